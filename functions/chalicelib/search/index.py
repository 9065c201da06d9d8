"""The published index: its table of contents, and for each token the documents that have it."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

from schemas.search.chunk import BODY, HEAD, TITLE, Chunk, Record

from .. import published
from ..published import Shelf

CONTENTS = "index.json"
_TOKENS_KEPT = 768  # answers kept; at 100,000 documents one is 40 KB at most
_RECORDS_KEPT = 4096

Read = Callable[[str], "bytes | memoryview | None"]


class Bitmaps(NamedTuple):
    """The documents with a token in their title, head and body: one bit each."""

    title: int
    head: int
    body: int

    @property
    def anywhere(self) -> int:
        return self.title | self.head | self.body


class Gone(Exception):
    """A file of the index is not there any more: the site has just been published anew."""


class Index:
    """One published state. `read(name)` gives a file's bytes, or None; see `in_folder`."""

    def __init__(self, read: Read, contents: Mapping[str, Any]) -> None:
        self._read = read
        self.contents = contents
        self._names = [row[0] for row in contents["files"]]
        widths = [(row[1] + 7) // 8 for row in contents["files"]]
        self._starts = [0, *accumulate(widths)]  # in bytes
        self._chunks: dict[int, Chunk] = {}
        self.count = sum(row[1] for row in contents["files"])
        self.bitmaps = lru_cache(maxsize=_TOKENS_KEPT)(self._bitmaps)
        self.record = lru_cache(maxsize=_RECORDS_KEPT)(self._record)

    def _chunk(self, number: int) -> Chunk:
        if number not in self._chunks:
            data = self._read(self._names[number])
            if data is None:
                raise Gone(self._names[number])
            self._chunks[number] = Chunk(data)
        return self._chunks[number]

    def _bitmaps(self, token: int) -> Bitmaps:
        """Where a token stands, over all files."""
        title, head, body = (self._joined(tier, token) for tier in (TITLE, HEAD, BODY))
        return Bitmaps(title, head, body)

    def _joined(self, tier: int, token: int) -> int:
        chunks = [self._chunk(number) for number in range(len(self._names))]
        found = [chunk.bitmap(tier, token) for chunk in chunks]
        if not any(found):
            return 0
        parts = [bits or bytes(chunk.width) for bits, chunk in zip(found, chunks, strict=True)]
        return int.from_bytes(b"".join(parts), "little")

    def any_of(self, tokens: tuple[int, ...]) -> Bitmaps:
        """Where at least one of these tokens stands."""
        found = [self.bitmaps(token) for token in tokens]
        if len(found) == 1:
            return found[0]
        title, head, body = 0, 0, 0
        for bits in found:
            title, head, body = title | bits.title, head | bits.head, body | bits.body
        return Bitmaps(title, head, body)

    def _record(self, document: int) -> Record:
        """What the index says of the document with this bit."""
        number = bisect_right(self._starts, document >> 3) - 1
        return self._chunk(number).record(document - 8 * self._starts[number])


def open_index(read: Read) -> Index | None:
    """The index as published now; None where there is none."""
    contents = read(CONTENTS)
    return None if contents is None else Index(read, json.loads(bytes(contents)))


def on_shelf(shelf: Shelf, folder: str) -> Read:
    """Files of a folder of the shelf; only the table of contents, which is replaced, is copied."""

    def read(name: str) -> bytes | memoryview | None:
        take = published.read if name == CONTENTS else published.mapped
        return take(shelf, f"{folder}/{name}")

    return read


def in_folder(folder: Path) -> Read:
    """Files of a folder of this machine."""
    return on_shelf(published.Folder(folder.parent), folder.name)
