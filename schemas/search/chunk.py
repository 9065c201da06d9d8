"""One file of the search index: some two thousand documents with their postings, complete in itself.

Layout, little-endian, every table aligned to four bytes:
  magic, number of documents, for each tier its tokens and bytes of postings, bytes of records;
  for each tier: tokens (u32, sorted), ends of their postings (u32), postings;
  ends of records (u32), records (JSON).
A posting is a bitmap with one bit a document, or, where that is shorter, a list of u16 document numbers.
"""

from __future__ import annotations

import json
import struct
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

MAGIC = b"BSI1"
TITLE, HEAD, BODY = TIERS = (0, 1, 2)
MOST = 2048  # documents in one file
_START = struct.Struct("<4s8I")
Record = dict[str, Any]


class Entry(NamedTuple):
    """One document for the index: its tokens, each in its highest tier only, and its record."""

    tokens: tuple[array[int], array[int], array[int]]
    record: bytes


def entry(*, title: set[int], head: set[int], body: set[int], record: Record) -> bytes:
    """A document as bytes, to be kept until its file is packed."""
    head -= title
    tiers = [array("I", tokens) for tokens in (title, head, body - title - head)]
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()
    sizes = struct.pack("<3I", *map(len, tiers))
    return b"".join([sizes, *(tier.tobytes() for tier in tiers), text])


def read_entry(data: bytes) -> Entry:
    """What `entry` wrote."""
    at, tiers = 12, []
    for size in struct.unpack_from("<3I", data):
        tiers.append(array("I", data[at : at + 4 * size]))
        at += 4 * size
    return Entry((tiers[0], tiers[1], tiers[2]), data[at:])


def pack(entries: Iterable[bytes]) -> bytes:
    """The file of these documents, in their order."""
    postings: tuple[defaultdict[int, list[int]], ...] = tuple(defaultdict(list) for _ in TIERS)
    records = []
    for number, data in enumerate(entries):
        tokens, record = read_entry(data)
        records.append(record)
        for tier in TIERS:
            found = postings[tier]
            for token in tokens[tier]:
                found[token].append(number)
    tiers = [_tier(found, count=len(records)) for found in postings]
    ends, text = _joined(records)
    sizes = [size for keys, _, data in tiers for size in (len(keys), len(data))]
    start = _START.pack(MAGIC, len(records), *sizes, len(text))
    parts = [part for keys, finish, data in tiers for part in (keys.tobytes(), finish.tobytes(), data)]
    return b"".join([start, *parts, ends.tobytes(), text])


def _tier(found: dict[int, list[int]], *, count: int) -> tuple[array[int], array[int], bytes]:
    keys = array("I", sorted(found))
    ends, data = _joined([_posting(found[key], count=count) for key in keys])
    return keys, ends, data + b"\0" * (-len(data) % 4)


def _joined(parts: list[bytes]) -> tuple[array[int], bytes]:
    ends, at = array("I"), 0
    for part in parts:
        at += len(part)
        ends.append(at)
    return ends, b"".join(parts)


def _posting(documents: list[int], *, count: int) -> bytes:
    width = (count + 7) // 8
    if 2 * len(documents) < width:
        return array("H", documents).tobytes()
    bits = bytearray(b"0") * count
    for number in documents:
        bits[count - 1 - number] = 49
    return int(bits, 2).to_bytes(width, "little")


class Chunk:
    """One file of the index, read where it lies: nothing is unpacked before it is asked for."""

    __slots__ = ("_data", "_ends", "_keys", "_records", "_texts", "_tiers", "count", "width")

    def __init__(self, data: bytes | memoryview) -> None:
        view = memoryview(data)
        magic, self.count, *sizes = _START.unpack_from(view)
        if magic != MAGIC:
            raise ValueError("not a search index file")
        self.width = (self.count + 7) // 8
        self._data, at = view, _START.size
        self._keys, self._ends, self._tiers = [], [], []
        for tier in TIERS:
            keys, size = sizes[2 * tier : 2 * tier + 2]
            self._keys.append(view[at : at + 4 * keys].cast("I"))
            self._ends.append(view[at + 4 * keys : at + 8 * keys].cast("I"))
            self._tiers.append(at + 8 * keys)
            at += 8 * keys + size
        self._records = view[at : at + 4 * self.count].cast("I")
        self._texts = at + 4 * self.count

    def bitmap(self, tier: int, token: int) -> bytes | None:
        """The documents with a token in a tier, one bit each; None when there is none."""
        keys = self._keys[tier]
        at = bisect_left(keys, token)
        if at == len(keys) or keys[at] != token:
            return None
        ends, start = self._ends[tier], self._tiers[tier]
        posting = self._data[start + (ends[at - 1] if at else 0) : start + ends[at]]
        return bytes(posting) if len(posting) == self.width else self._spread(posting)

    def _spread(self, posting: memoryview) -> bytes:
        bits = bytearray(self.width)
        for number in array("H", bytes(posting)):
            bits[number >> 3] |= 1 << (number & 7)
        return bytes(bits)

    def record(self, number: int) -> Record:
        """What the result page shows of a document."""
        start = self._records[number - 1] if number else 0
        text = self._data[self._texts + start : self._texts + self._records[number]]
        record: Record = json.loads(bytes(text))
        return record
