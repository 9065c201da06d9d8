"""From what a scan saw to what must be compiled, what is gone, and what has two files of one name."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

from publishing.engine.compile import DIGEST, Job
from publishing.engine.scan import Place, Seen, look
from publishing.engine.store import Known, Store
from publishing.faults import Fault, shown

__all__ = ["Place", "Survey"]
Key = tuple[str, str]


class Survey:
    """The sources as they are now beside what the store knows of them."""

    def __init__(
        self,
        store: Store,
        places: list[Place],
        *,
        now: int,
        only: frozenset[str] | None = None,
        today: date | None = None,
    ) -> None:
        self._sight = look(places, store.marks(), now=now, only=only)
        self.faults: list[Fault] = []
        self._jobs: dict[Key, Job] = {}
        known = {one[:2]: one for folder in self._sight.folders for one in store.known("folder = ?", folder)}
        found = self._found(store, known)
        self.removed = sorted(key for key in known if key not in found)
        for key, seen in found.items():
            old = known.get(key)
            if old is None or old.path != seen.path:
                self._jobs[key] = Job(seen, b"")
            elif old.stamp != seen.stamp or not seen.stamp:
                self._jobs[key] = Job(seen, old.digest)
        self._recompile_for_forms(store)
        if today:
            self._recompile_for(store.known("until != '' and until <= ?", today.isoformat()))

    @property
    def jobs(self) -> list[Job]:
        """What to compile, in order of path."""
        return sorted(self._jobs.values(), key=lambda job: job.seen.path)

    @property
    def any(self) -> bool:
        """Whether anything may have changed."""
        return bool(self._jobs or self.removed or self.faults or self._sight.folders)

    def concerns(self, kind: str) -> bool:
        """Whether a document of this kind is new, different or gone; one that only looks young is not."""
        changed = any(key[0] == kind and _differs(job) for key, job in self._jobs.items())
        return changed or any(key[0] == kind for key in self.removed)

    def _found(self, store: Store, known: dict[Key, Known]) -> dict[Key, Seen]:
        found: dict[Key, Seen] = {}
        for seen in (one for entries in self._sight.folders.values() for one in entries):
            other = found.get((seen.kind, seen.id)) or self._elsewhere(store, seen, known)
            if other:
                name = shown(Path(other.path))
                self.faults.append(Fault(shown(Path(seen.path)), 1, f"和 {name} 重名，请换一个文件名"))
            else:
                found[seen.kind, seen.id] = seen
        return found

    def _elsewhere(self, store: Store, seen: Seen, known: dict[Key, Known]) -> Known | None:
        """A document of the same name in a folder that did not change."""
        if (seen.kind, seen.id) in known:
            return None
        return next(store.known("kind = ? and id = ?", seen.kind, seen.id), None)

    def _recompile_for_forms(self, store: Store) -> None:
        """Guides are compiled with their form: a changed form means a new version of each."""
        forms = [key[1] for key, job in self._jobs.items() if key[0] == "form" and _differs(job)]
        forms += [name for kind, name in self.removed if kind == "form"]
        query = "kind || ':' || id in (select source from asks where target = ?)"
        for name in forms:
            self._recompile_for(store.known(query, f"form:{name}"))

    def _recompile_for(self, documents: object) -> None:
        for one in documents:  # type: ignore[attr-defined]
            key = one.kind, one.id
            if key not in self.removed:
                seen = (
                    self._jobs[key].seen if key in self._jobs else Seen(one.kind, one.id, one.path, one.stamp)
                )
                self._jobs[key] = Job(seen, b"")

    def remember(self, store: Store) -> None:
        """Next time only what differs from now is looked into."""
        gone = [(folder,) for folder, seen in self._sight.folders.items() if not seen]
        store.many("delete from folders where path = ?", gone)
        store.many("insert or replace into folders values (?, ?)", self._sight.marks.items())


def _differs(job: Job) -> bool:
    data = Path(job.seen.path).read_bytes()
    return hashlib.blake2b(data, digest_size=DIGEST).digest() != job.digest
