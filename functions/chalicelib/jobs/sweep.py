"""Doing what happens by itself: acceptance by silence, corrections and late materials that never came, holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from schemas.calendar import day_of

from .. import drafts
from ..actions import Desk
from ..listing import SWEEP
from ..store.every import every
from ..store.port import CASES, DRAFTS, TRIES, Listed


def sweep(desk: Desk, *, now: datetime) -> int:
    """Settles every case in which a limit that acts by itself has passed; drops old drafts; how many cases moved."""
    yesterday = (day_of(now) - timedelta(days=1)).isoformat()
    moved = sum(_settled(desk, row, now) for row in list(_overdue(desk, yesterday)))
    drafts.drop_old(desk.store, now=now)
    for table in (DRAFTS, TRIES):
        desk.store.drop_expired(table, now=now)
    return moved


def _overdue(desk: Desk, day: str) -> Iterator[Listed]:
    return every(desk.store, CASES, "sweep", SWEEP, high=f"{day}#~")


def _settled(desk: Desk, row: Listed, now: datetime) -> bool:
    case = desk.find(row.key, now=now)
    return case is not None and case.version != row.version
