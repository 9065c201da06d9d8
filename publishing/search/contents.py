"""The files of the index and their table of contents. Only names decide what shares a file."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple
from zlib import crc32

from schemas.search.chunk import MOST, Chunk, pack

Key = tuple[str, str]  # kind and id of a document
_USUAL = 1024  # documents in a file on average


class File(NamedTuple):
    """One file of the index: its name says its content, `first` and `last` its documents."""

    name: str
    count: int  # type: ignore[assignment]  # how many documents; the tuple's own count is not asked for
    first: Key
    last: Key


def ends_file(key: Key) -> bool:
    """Whether a file ends with this document, whatever else is published: so an addition touches one file."""
    return crc32("/".join(key).encode()) % _USUAL == 0


def cut(entries: Iterable[tuple[Key, bytes]]) -> Iterator[tuple[File, bytes]]:
    """Entries in the order of their keys, packed into files."""
    keys: list[Key] = []
    held: list[bytes] = []
    for key, entry in entries:
        keys.append(key)
        held.append(entry)
        if ends_file(key) or len(held) == MOST:
            yield _packed(keys, held)
            keys, held = [], []
    if held:
        yield _packed(keys, held)


def _packed(keys: list[Key], entries: list[bytes]) -> tuple[File, bytes]:
    data = pack(entries)
    return File(f"{hashlib.sha256(data).hexdigest()[:20]}.bin", len(keys), keys[0], keys[-1]), data


def touched(
    files: list[File], *, added: Collection[Key], removed: Collection[Key]
) -> Iterator[tuple[int, int]]:
    """The stretches [from, to) of files to cut anew; one that ends because it is full pulls in the next."""
    open_end = [not ends_file(file.last) or file.last in removed for file in files]
    lasts = [file.last for file in files]
    marks = {min(bisect_left(lasts, key), len(files) - 1) for key in (*added, *removed)} if files else set()
    done = 0
    for mark in sorted(marks):
        if mark < done:
            continue
        start, done = mark, mark + 1
        while start and open_end[start - 1]:
            start -= 1
        while done < len(files) and open_end[done - 1]:
            done += 1
        yield start, done


def members(data: bytes) -> list[Key]:
    """The documents in a file."""
    chunk = Chunk(data)
    records = map(chunk.record, range(chunk.count))
    return [(record["k"], record["i"]) for record in records]


def recut(
    files: list[File],
    *,
    changed: Collection[Key],
    removed: Collection[Key],
    read: Callable[[str], bytes],
    entry: Callable[[Key], bytes | None],
) -> Iterator[tuple[File, bytes | None]]:
    """The files after a change; data is None for those that stay as they are.

    `entry` gives a document's entry now, None when it is not to be found. Equal to cutting everything anew.
    """
    gone = frozenset(removed) | {key for key in changed if entry(key) is None}
    new = frozenset(changed) - gone
    at = 0
    for start, end in touched(files, added=new, removed=gone) if files else [(0, 0)]:
        yield from ((file, None) for file in files[at:start])
        keys = {key for file in files[start:end] for key in members(read(file.name))}
        keys |= {key for key in new if _belongs(key, files, start, end)}
        yield from cut((key, data) for key in sorted(keys - gone) if (data := entry(key)) is not None)
        at = end
    yield from ((file, None) for file in files[at:])


def _belongs(key: Key, files: list[File], start: int, end: int) -> bool:
    after_earlier = start == 0 or key > files[start - 1].last
    return after_earlier and (end >= len(files) or key <= files[end - 1].last)


def table(files: Iterable[File], facts: dict[str, object]) -> str:
    """The table of contents as JSON, beside what else a reader has to know."""
    rows = [[file.name, file.count, "/".join(file.first), "/".join(file.last)] for file in files]
    return json.dumps(
        {"format": 1, "files": rows} | facts, ensure_ascii=False, separators=(",", ":"), sort_keys=True
    )


def listed(text: bytes | str) -> list[File]:
    """The files that `table` wrote down."""
    rows = json.loads(text)["files"]
    return [File(name, count, _key(first), _key(last)) for name, count, first, last in rows]


def _key(text: str) -> Key:
    kind, _, name = text.partition("/")
    return kind, name
