"""The files of the index and their table of contents. Only names decide what shares a file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple
from zlib import crc32

from publishing import stretches
from schemas.search.chunk import MOST, pack

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
    for held in stretches.cut(entries, ends=lambda one: ends_file(one[0]), most=MOST):
        yield _packed([key for key, _ in held], [entry for _, entry in held])


def _packed(keys: list[Key], entries: list[bytes]) -> tuple[File, bytes]:
    data = pack(entries)
    return File(f"{hashlib.sha256(data).hexdigest()[:20]}.bin", len(keys), keys[0], keys[-1]), data


def recut(
    files: list[File],
    *,
    changed: Collection[Key],
    removed: Collection[Key],
    members: Callable[[File], Iterable[Key]],
    entry: Callable[[Key], bytes | None],
) -> Iterator[tuple[File, bytes | None]]:
    """The files after a change; data is None for those that stay as they are.

    `members` gives the documents in a file (those before the change, or now), `entry` a document's entry now, None
    when it is not to be found. Equal to cutting everything anew.
    """
    gone = frozenset(removed) | {key for key in changed if entry(key) is None}
    stale = stretches.anew(
        [(file.first, file.last) for file in files],
        added=frozenset(changed) - gone,
        removed=gone,
        ends=ends_file,
        members=lambda number: members(files[number]),
    )
    at = 0
    for start, end, keys in stale:
        yield from ((file, None) for file in files[at:start])
        yield from cut((key, data) for key in keys if (data := entry(key)) is not None)
        at = end
    yield from ((file, None) for file in files[at:])


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
