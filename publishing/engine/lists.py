"""Paged lists that hardly move: parts are numbered from the oldest entry, the head takes what is new."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from publishing.engine.hooks import PAGE, Part
from publishing.spelling import understood

_MEMBERS = "select id, mark from members where list = ? order by sort desc"
_ROW = "select row from documents where kind = 'guide' and id = ?"


class Cut(NamedTuple):
    """One part before its rows are read: its members, its neighbours, and a digest of what it will show."""

    ids: list[str]
    number: int
    total: int
    newer: str | None
    older: str | None
    digest: bytes

    @property
    def suffix(self) -> str:
        return f"{self.number}/" if self.number else ""


def cuts(db: sqlite3.Connection, name: str, url: str) -> Iterator[Cut]:
    """Every part of a list; an empty list has an empty head.

    A part is full (PAGE) and the head holds PAGE to 2 × PAGE - 1 entries, so an addition changes the head
    alone until it can spare a part, and a removal changes the parts from there on.
    """
    members = db.execute(_MEMBERS, (name,)).fetchall()
    older = max(0, len(members) // PAGE - 1)
    head = len(members) - older * PAGE
    yield _cut(members[:head], 0, len(members), newer=None, older=f"{url}{older}/" if older else None)
    for number in range(older, 0, -1):
        start = len(members) - number * PAGE
        newer = url if number == older else f"{url}{number + 1}/"
        lower = f"{url}{number - 1}/" if number > 1 else None
        yield _cut(members[start : start + PAGE], number, 0, newer=newer, older=lower)


def _cut(
    members: Sequence[tuple[str, str]], number: int, total: int, *, newer: str | None, older: str | None
) -> Cut:
    """`mark` is a digest of a member's row, so that unchanged parts need not read theirs."""
    shown = "\n".join([*(mark for _, mark in members), str(number), str(total), newer or "", older or ""])
    digest = hashlib.blake2b(shown.encode(), digest_size=16).digest()
    return Cut([name for name, _ in members], number, total, newer, older, digest)


def part(db: sqlite3.Connection, cut: Cut) -> Part:
    """The part with its rows."""
    rows = [understood(db.execute(_ROW, (name,)).fetchone()[0]) for name in cut.ids]
    return Part(rows, cut.number, cut.total, cut.newer, cut.older)
