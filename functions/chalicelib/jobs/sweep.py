"""Doing what the law does by itself: acceptance by silence, and the end of a correction nobody made."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from schemas.calendar import day_of

from ..actions import Desk
from ..store.port import CASES, DRAFTS, Listed

_BATCH = 100


def sweep(desk: Desk, *, now: datetime) -> int:
    """Settles every case whose intake or correction limit has passed, and drops old drafts; how many cases moved."""
    yesterday = (day_of(now) - timedelta(days=1)).isoformat()
    overdue = [row for clock in ("intake", "correction") for row in _overdue(desk, clock, yesterday)]
    moved = sum(_settled(desk, row, now) for row in overdue)
    desk.store.drop_expired(DRAFTS, now=now)
    return moved


def _overdue(desk: Desk, clock: str, day: str) -> Iterator[Listed]:
    after: str | None = None
    while True:
        page = desk.store.query(CASES, "sweep", clock, high=f"{day}#~", limit=_BATCH, after=after)
        yield from page.rows
        after = page.after
        if after is None:
            return


def _settled(desk: Desk, row: Listed, now: datetime) -> bool:
    case = desk.find(row.key, now=now)
    return case is not None and case.version != row.version
