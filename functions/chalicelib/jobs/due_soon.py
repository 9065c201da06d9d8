"""Reminding applicants (临期提醒): a limit of theirs ends in a few days, and their case with it if they do nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from schemas.calendar import WorkingDays, day_of

from ..actions import Desk
from ..ledger import clock_in
from ..listing import SWEEP
from ..store.every import every
from ..store.port import CASES, TRIES, Listed, Record, Store
from .deliver import Outward, tell

WAKING_HOUR = 9  # of the day in China: nobody's telephone rings at midnight
_LIMITS = ("correction", "owed")  # what only the applicant can do
_CHINA = ZoneInfo("Asia/Shanghai")


def remind_applicants(desk: Desk, *, now: datetime, outward: Outward) -> int:
    """Tells every applicant, and their agents, once for each limit, `policy.remind_days` working days before its end.

    One round a day, begun again when it was cut short; a reminder that is there is not written twice. How many cases
    are within these days.
    """
    today = day_of(now)
    done = f"reminded-{today.isoformat()}"
    if now.astimezone(_CHINA).hour < WAKING_HOUR or desk.store.find(TRIES, done, now=now):
        return 0
    last = desk.calendar.add(today, WorkingDays(desk.policy.remind_days)).on
    ending = [
        (row, limit)
        for row in _awaited(desk.store, today.isoformat(), last.isoformat())
        if (limit := _ending(row, last.isoformat()))
    ]
    for row, (name, day) in ending:
        _remind(desk.store, row.key, name, day, now=now, outward=outward)
    desk.store.create(TRIES, Record(done, {}, expires_at=now + timedelta(days=2)))
    return len(ending)


def _awaited(store: Store, first: str, last: str) -> Iterator[Listed]:
    """Cases in which something happens by itself within these days."""
    return every(store, CASES, "sweep", SWEEP, low=first, high=f"{last}#~")


def _ending(row: Listed, last: str) -> tuple[str, str] | None:
    """Which limit of the applicant's runs, and until when, if that is soon."""
    clocks = {
        name: clock_in(name, row.head["clocks"][name]) for name in _LIMITS if name in row.head["clocks"]
    }
    running = [(name, clock.due.isoformat()) for name, clock in clocks.items() if clock.running]
    return next((one for one in running if one[1] <= last), None)


def _remind(store: Store, number: str, limit: str, day: str, *, now: datetime, outward: Outward) -> None:
    record = store.find(CASES, number, now=now)
    if record is None:
        return
    event: dict[str, Any] = {
        "action": "due_soon", "seq": f"{limit}-{day}", "at": now.isoformat(), "data": {"due": {limit: day}},
    }  # fmt: skip
    tell(store, record, [event], now=now, outward=outward)
