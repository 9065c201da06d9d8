"""The access log as a page: one day, newest line first, for who supervises."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from .. import access_log
from ..domain.case import Event, first_broken
from ..domain.numbers import grouped
from ..store.port import Listed
from .ask import Ask
from .reply import Reply
from .show import show

_CASES = 200  # records of one page; a supervisor who needs more asks for the record by its day and case


def day(ask: Ask) -> Reply:
    """GET: the lines of one day about cases of the supervisor's departments."""
    wanted, staff = _day(ask), ask.visitor.staff
    assert staff is not None
    found = list(access_log.of_day(ask.house.store, wanted, staff, limit=_CASES))
    lines = [one for row, events in found for one in _lines(row, events)]
    later = wanted + timedelta(days=1)
    return show(
        ask,
        "review/access.html",
        staff=True,
        nav_current="/review/access/",
        day=wanted.isoformat(),
        before=(wanted - timedelta(days=1)).isoformat(),
        after=later.isoformat() if later <= ask.today else None,
        broken=[grouped(row.head["number"]) for row, events in found if first_broken(events) is not None],
        lines=sorted(lines, key=lambda line: line["at"], reverse=True),
    )


def _day(ask: Ask) -> date:
    """The day asked for; today for nonsense and for days to come."""
    try:
        return min(date.fromisoformat(ask.query.get("day", "")), ask.today)
    except ValueError:
        return ask.today


def _lines(row: Listed, events: tuple[Event, ...]) -> Iterator[dict[str, Any]]:
    for event in events:
        yield {
            "at": event.at.isoformat(),
            "who": event.actor_name,
            "post": event.post,
            "number": grouped(row.head["number"]),
            "item": row.head["item_name"],
            "what": f"access_{event.action}",
        }
