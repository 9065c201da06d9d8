"""Which sources changed since the last build, by what the file system says of them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

RACY = 2_000_000_000  # ns: a file this young may change again without a new time stamp
_WIDTH = 8


@dataclass(frozen=True, slots=True)
class Place:
    """A folder that holds sources of one kind: documents, form schemas, or files shipped as they are."""

    kind: str
    folder: Path
    suffix: str = ""
    whole_path: bool = False  # ids are paths ("files/a/b.svg"), not bare names

    def name(self, path: str) -> str:
        relative = path[len(str(self.folder)) + 1 :]
        if self.whole_path:
            return f"{self.folder.name}/{relative}"
        bare = path.rpartition("/")[2]
        return bare[:-3] if self.suffix == ".md" else bare


@dataclass(frozen=True, slots=True)
class Seen:
    """One source file; `stamp` is empty when it must be read again next time."""

    kind: str
    id: str
    path: str
    stamp: bytes


@dataclass(slots=True)
class Sight:
    """Folders that look different, with what is in them now; folders that are gone have an empty list."""

    folders: dict[str, list[Seen]] = field(default_factory=dict)
    marks: dict[str, bytes] = field(default_factory=dict)


def look(
    places: list[Place], known: Mapping[str, bytes], *, now: int, only: frozenset[str] | None = None
) -> Sight:
    """Compare every folder with its mark. `now`: the file system's clock (ns); `only` these folders."""
    sight = Sight()
    met = set()
    for place in places:
        for folder, entries in _folders(place, only):
            met.add(folder)
            seen = [_seen(place, entry, now) for entry in entries]
            mark = _mark(seen)
            if known.get(folder) != mark or not mark:
                sight.folders[folder] = seen
                sight.marks[folder] = mark
    if only is None:
        sight.folders |= {folder: [] for folder in known if folder not in met}
    return sight


def _folders(place: Place, only: frozenset[str] | None) -> Iterator[tuple[str, list[os.DirEntry[str]]]]:
    waiting = [str(place.folder)] if place.folder.is_dir() else []
    while waiting:
        folder = waiting.pop()
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
        waiting += [entry.path for entry in entries if entry.is_dir()]
        if only is None or folder in only:
            yield (
                folder,
                [entry for entry in entries if entry.name.endswith(place.suffix) and entry.is_file()],
            )


def _seen(place: Place, entry: os.DirEntry[str], now: int) -> Seen:
    stat = entry.stat()
    if max(stat.st_mtime_ns, stat.st_ctime_ns) > now - RACY:
        return Seen(place.kind, place.name(entry.path), entry.path, b"")
    stamp = b"".join(
        value.to_bytes(_WIDTH, "big", signed=True)
        for value in (stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino)
    )
    return Seen(place.kind, place.name(entry.path), entry.path, stamp)


def _mark(seen: list[Seen]) -> bytes:
    """The state of a whole folder; empty while one of its files is too young to trust."""
    if not all(one.stamp for one in seen):
        return b""
    total = hashlib.blake2b(digest_size=16)
    for one in seen:
        total.update(f"{one.id}\0".encode() + one.stamp)
    return total.digest()
