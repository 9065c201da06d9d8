"""What was published, as the functions read it: pages, the catalogue, the search index."""

from __future__ import annotations

import mmap
from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import Protocol


class Shelf(Protocol):
    """Files under relative names. What is not there is None. A shelf is itself and no other: hash is identity."""

    def __hash__(self) -> int: ...

    def file(self, name: str) -> Path | None:
        """The file as a file of this machine, good to read until the next call."""

    def stamp(self, name: str) -> Hashable:
        """Something that changes when the file does."""

    def bring(self, names: Iterable[str]) -> None:
        """Has these files near, for a reader who will soon want them all."""


class Folder:
    """A shelf that is a folder, which may be replaced as a whole at any moment."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def file(self, name: str) -> Path | None:
        """The file, whether or not somebody removes it before it is opened."""
        path = self._root / name
        return path if path.is_file() else None

    def stamp(self, name: str) -> Hashable:
        """Which file this is, and of when."""
        try:
            facts = (self._root / name).stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return facts.st_ino, facts.st_mtime_ns, facts.st_size

    def bring(self, names: Iterable[str]) -> None:
        """They are near."""


def read(shelf: Shelf, name: str) -> bytes | None:
    """The bytes of a file."""
    path = shelf.file(name)
    try:
        return path.read_bytes() if path else None
    except (FileNotFoundError, NotADirectoryError):
        return None


def mapped(shelf: Shelf, name: str) -> memoryview | None:
    """The bytes of a file, mapped rather than copied: processes share them and nothing counts twice."""
    path = shelf.file(name)
    if path is None:
        return None
    try:
        with path.open("rb") as file:
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except FileNotFoundError:
        return None
