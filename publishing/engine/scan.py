"""Which sources changed since the last build, by what the file system says of them."""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

RACY = 2_000_000_000  # ns: a file this young may change again without a new time stamp
_packed = struct.Struct(">4q").pack
File = tuple[str, bytes]  # name and stamp


@dataclass(frozen=True, slots=True)
class Place:
    """A folder that holds sources of one kind: documents, form schemas, or files shipped as they are."""

    kind: str
    folder: Path
    suffix: str = ""
    whole_path: bool = False  # ids are paths ("files/a/b.svg"), not bare names

    def id(self, path: str) -> str:
        """What a file is called by."""
        if self.whole_path:
            return f"{self.folder.name}/{path[len(str(self.folder)) + 1 :]}"
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
    sight, met = Sight(), set()
    for place in places:
        for folder, files in _folders(place, only, now):
            met.add(folder)
            mark = _mark(files)
            if known.get(folder) != mark or not mark:
                paths = ((f"{folder}/{name}", stamp) for name, stamp in files)
                sight.folders[folder] = [
                    Seen(place.kind, place.id(path), path, stamp) for path, stamp in paths
                ]
                sight.marks[folder] = mark
    if only is None:
        sight.folders |= {folder: [] for folder in known if folder not in met}
    return sight


def _folders(place: Place, only: frozenset[str] | None, now: int) -> Iterator[tuple[str, list[File]]]:
    """The folders of a place with their files; with `only` these alone are opened."""
    root = str(place.folder)
    waiting = [root] if only is None else [one for one in only if f"{one}/".startswith(f"{root}/")]
    while waiting:
        folder = waiting.pop()
        if os.path.isdir(folder):  # noqa: PTH112  (a province has thousands)
            files, below = _inside(folder, place.suffix, now)
            waiting += below if only is None else []
            yield folder, files


def _inside(folder: str, suffix: str, now: int) -> tuple[list[File], list[str]]:
    """Files in order of their names, and folders."""
    files, below = [], []
    with os.scandir(folder) as found:
        for entry in found:
            if entry.is_dir():
                below.append(entry.path)
            elif entry.name.endswith(suffix) and entry.is_file():
                files.append((entry.name, _stamp(entry.stat(), now)))
    return sorted(files), sorted(below)


def _stamp(stat: os.stat_result, now: int) -> bytes:
    """What differs when a file does; nothing while it is so young that it may change without a new time."""
    changed, status = stat.st_mtime_ns, stat.st_ctime_ns
    young = now - RACY
    if changed > young or status > young:
        return b""
    return _packed(changed, status, stat.st_size, stat.st_ino)


def _mark(files: list[File]) -> bytes:
    """The state of a whole folder; empty while one of its files is too young to trust."""
    if not all(stamp for _, stamp in files):
        return b""
    text = b"".join([part for name, stamp in files for part in (os.fsencode(name), b"\0", stamp)])
    return hashlib.blake2b(text, digest_size=16).digest()
