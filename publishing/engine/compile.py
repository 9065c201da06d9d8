"""One changed source in, everything the build must know of it out. Runs in the workers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from publishing import catalogue, check, sources, whole_files
from publishing.bodies import Reader
from publishing.check_site import UNIQUE
from publishing.duties import schedule
from publishing.duties.hooks import claims
from publishing.engine import registry
from publishing.engine.known import Asked
from publishing.engine.scan import Seen
from publishing.faults import Fault
from publishing.rows import entry_row, guide_row
from publishing.sources import Document
from publishing.spelling import canonical, spelled

DIGEST = 16


class Job(NamedTuple):
    """A source that looks changed. `digest` is what it held last time; empty means: compile it anyway."""

    seen: Seen
    digest: bytes


class Compiled(NamedTuple):
    """The answer for one source. `same` means its bytes did not change; `faults` stop the build."""

    kind: str
    id: str
    path: str
    stamp: bytes
    digest: bytes
    same: bool = False
    until: str = ""
    public: bool = True
    listed: bool = False
    online: bool = False
    version: str = ""
    row: str = ""
    faults: tuple[Fault, ...] = ()
    facts: str = "{}"
    extracts: tuple[tuple[str, bytes], ...] = ()


class Compiler:
    """Compiles for one day into one output folder."""

    def __init__(self, content: Asked, *, today: date, output: Path) -> None:
        self._content = content
        self._today = today
        self._catalogue = output / "catalogue"
        self._reader = Reader()
        self._written: set[str] = set()  # forms

    def batch(self, jobs: Iterable[Job]) -> list[Compiled]:
        return [self.one(job) for job in jobs]

    def one(self, job: Job) -> Compiled:
        kind, name, path, stamp = job.seen.kind, job.seen.id, job.seen.path, job.seen.stamp
        data = Path(path).read_bytes()
        digest = hashlib.blake2b(data, digest_size=DIGEST).digest()
        bare = Compiled(kind, name, path, stamp, digest)
        if digest == job.digest:
            return bare._replace(same=True)
        if kind in ("file", "form"):
            return bare
        return self._document(bare, data)

    def _document(self, bare: Compiled, data: bytes) -> Compiled:
        unread: list[Fault] = []
        document = sources.parsed(bare.kind, Path(bare.path), data, faults=unread)
        if document is None:
            return bare._replace(faults=tuple(unread), public=False)
        content = self._content
        content.begin()
        content.unreadable.clear()
        faults = tuple(sorted(set(check.document(content, document, reader=self._reader, today=self._today))))
        faults += tuple(content.unreadable)
        until = _until(document.front, self._today)
        facts: dict[str, Any] = {"asks": sorted(content.asked)}
        if any(not fault.warning for fault in faults) or not schedule.public(document.front, self._today):
            return bare._replace(faults=faults, public=False, until=until, facts=canonical(facts))
        return self._public(bare._replace(faults=faults, until=until), document, facts)

    def _public(self, bare: Compiled, document: Document, facts: dict[str, Any]) -> Compiled:
        """What readers will see of a sound document."""
        item = None
        front = schedule.effective(document.front, self._today)
        if document.kind == "guide":
            effective = Document(
                document.kind,
                document.path,
                document.front_text,
                dict(front),
                document.body,
                document.body_line,
            )
            item = self._catalogued(catalogue.compiled(self._content, effective, self._reader))
            row = canonical(guide_row(self._content, document.id, item["guide"]))
        else:
            row = canonical(entry_row(document))
        listed = schedule.listed(document.front, self._today) and front.get("state") != catalogue.CANCELLED
        counted = bool(listed and item)
        lists = registry.lists_of(front, self._content.site) if counted else []
        extracts = tuple(_extracts(document, item))
        facts |= _facts(document, lists) | {"mark": _mark(row), "extracts": [name for name, _ in extracts]}
        facts["tallies"] = registry.tallies_of(front) if counted else []
        return bare._replace(
            listed=listed,
            online=bool(item) and catalogue.is_online(item["guide"]),  # type: ignore[index]
            version=item["version"] if item else "",
            row=row,
            facts=canonical(facts),
            extracts=extracts,
        )

    def _catalogued(self, made: catalogue.Compiled) -> catalogue.Item:
        """The item, with its version and its form in the catalogue; what many share is written once."""
        path, text = made.form
        if path not in self._written:
            whole_files.write(f"{self._catalogue}/{path}", text)
            self._written.add(path)
        catalogue.write_version(self._catalogue, made)
        return made.item


def _facts(document: Document, lists: list[str]) -> dict[str, Any]:
    """What is only a document's own, what its pages show, which lists it is in, which guides it points to."""
    front = document.front
    own = (
        [[key, value] for key in UNIQUE if isinstance(value := front.get(key), str)]
        if document.kind == "guide"
        else []
    )
    return {
        "uniques": own,
        "shows": sorted(set(registry.mentions_of(document))),
        "lists": lists,
        "sort": f"{front.get('effective_on', '')} {document.id}",
        "points": [
            *front.get("related", ()),
            *(one["guide"] for one in front.get("items", ()) if "guide" in one),
        ],
    }


def _mark(row: str) -> str:
    """What differs when a list entry does."""
    return hashlib.blake2b(row.encode(), digest_size=DIGEST).hexdigest()


def _extracts(document: Document, item: dict[str, Any] | None) -> Iterable[tuple[str, bytes]]:
    if item:
        yield catalogue.ENTRIES + item["guide"]["dept"], spelled(catalogue.entry(item))
        entry, said = claims(item["guide"], document.id)
        yield entry, spelled(said)
    for name, extract in registry.EXTRACTORS.items():
        data = extract(document, item)
        if data is not None:
            yield name, data.encode() if isinstance(data, str) else data


def _until(front: dict[str, Any], today: date) -> str:
    """The first day on which this document must be looked at again; empty for never."""
    days = [day for value in front.values() if (day := _day(value))]
    turns = [turn for day in days for turn in (day, day + timedelta(days=1)) if turn > today]
    return min(turns).isoformat() if turns else ""


def _day(value: object) -> date | None:
    if not isinstance(value, str) or len(value) != len("2026-11-23"):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
