"""Paged lists that hardly move: where a part ends is said by its members, not by their number."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from zlib import crc32

from publishing.engine.hooks import Part
from publishing.spelling import understood

LEAST, MOST, SELDOM = 20, 50, 10  # members of a part, and how many names for one that ends a part
Member = tuple[str, str]  # name, mark
_MEMBERS = "select id, mark from members where list = ? order by sort desc"
_ROW = "select row from documents where kind = 'guide' and id = ?"


class Cut(NamedTuple):
    """One part before its rows are read: its members, its neighbours, and a digest of what it will show."""

    ids: list[str]
    suffix: str
    total: int
    newer: str | None
    older: str | None
    digest: bytes


def cuts(db: sqlite3.Connection, name: str, url: str) -> Iterator[Cut]:
    """Every part of a list, the newest first; an empty list has an empty head, which alone says how many there are.

    A part ends where the next member's name says so, not where a count does: an addition or a removal moves
    the ends near it and no others, and the parts are the same however the list came to be what it is.
    """
    members = db.execute(_MEMBERS, (name,)).fetchall()
    parts = list(_parts(members))
    urls = [url, *(f"{url}{_suffix(part)}" for part in parts[1:])]
    for number, part in enumerate(parts):
        newer = urls[number - 1] if number else None
        older = urls[number + 1] if number + 1 < len(parts) else None
        yield _cut(
            part, _suffix(part) if number else "", 0 if number else len(members), newer=newer, older=older
        )


def _parts(members: Sequence[Member]) -> Iterator[Sequence[Member]]:
    """The head has LEAST members and more (fewer if there are no others), the others LEAST to MOST."""
    names = [name.encode() for name, _ in reversed(members)]
    starts = [0]  # counted from the oldest
    while (start := _next(names, starts[-1])) < len(names):
        starts.append(start)
    if len(names) - starts[-1] < LEAST and len(starts) > 1:
        starts.pop()
    end = 0
    for start in reversed(starts):
        yield members[end : len(members) - start]
        end = len(members) - start


def _next(names: Sequence[bytes], start: int) -> int:
    """Where the part after the one from `start` on begins, unless the names end before."""
    likely = range(start + LEAST, min(start + MOST, len(names)))
    return next((at for at in likely if not crc32(names[at]) % SELDOM), start + MOST)


def _suffix(part: Sequence[Member]) -> str:
    """What follows the list's address: parts are called by their oldest member."""
    return f"from-{part[-1][0]}/"


def _cut(members: Sequence[Member], suffix: str, total: int, *, newer: str | None, older: str | None) -> Cut:
    """`mark` is a digest of a member's row, so that unchanged parts need not read theirs."""
    shown = "\n".join([*[mark for _, mark in members], suffix, str(total), newer or "", older or ""])
    digest = hashlib.blake2b(shown.encode(), digest_size=16).digest()
    return Cut([name for name, _ in members], suffix, total, newer, older, digest)


def part(db: sqlite3.Connection, cut: Cut) -> Part:
    """The part with its rows."""
    rows = [understood(db.execute(_ROW, (name,)).fetchone()[0]) for name in cut.ids]
    return Part(rows, cut.suffix, cut.total, cut.newer, cut.older)
