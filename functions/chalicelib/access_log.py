"""The access log (查看记录): who saw whose personal data in full, and who was turned away. It only grows.

One record a case and day; its lines are chained like a case's history, so a line that was changed or taken
out shows (`verify.py`). A line is written before the data are shown: what cannot be noted is not shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from schemas.calendar import day_of

from . import ledger
from .domain.case import Actor, Case, Event, seal
from .store.port import ACCESS, Listed, Record, Store

KEPT = timedelta(days=3 * 366)  # 网络安全法 21 asks for six months at least
SEEN, FILE, REFUSED = "seen", "file", "refused"
_RACES = 8
_MOST = 500  # lines of one case and day; being turned away more often adds nothing


class Busy(Exception):
    """The line could not be written, so the data must not be shown."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to note: of which case, what was done (`SEEN`, `FILE`, `REFUSED`), and which data it showed."""

    case: Case
    what: str
    shown: tuple[str, ...] = ()


def note(store: Store, line: Line, staff: Actor, *, now: datetime) -> None:
    """Writes the line; Busy when it cannot."""
    day = day_of(now)
    key = f"{line.case.number}#{day.isoformat()}"
    for _ in range(_RACES):
        found = store.find(ACCESS, key, now=now)
        if found and len(found.events) >= _MOST and line.what == REFUSED:
            return
        if _added(store, found or _blank(key, line.case, day, now), line, staff, now=now, known=bool(found)):
            return
    raise Busy(key)


def of_day(
    store: Store, day: date, staff: Actor, *, limit: int
) -> Iterator[tuple[Listed, tuple[Event, ...]]]:
    """The lines of a day about cases of this person's departments, case by case."""
    page = store.query(ACCESS, "day", day.isoformat(), limit=limit)
    for row in page.rows:
        if staff.works_on(row.head["dept"]):
            yield row, lines(store, row.key)


def lines(store: Store, key: str) -> tuple[Event, ...]:
    """The lines of one record, whether or not its time is over."""
    record = store.find(ACCESS, key, now=datetime.fromisoformat("2000-01-01T00:00:00+00:00"))
    return tuple(ledger.event_in(facts) for facts in record.events) if record else ()


def _blank(key: str, case: Case, day: date, now: datetime) -> Record:
    return Record(
        key=key,
        head={"number": case.number, "dept": case.dept, "item_name": case.item_name, "day": day.isoformat()},
        index={"day": (day.isoformat(), key)},
        expires_at=now + KEPT,
    )


def _added(store: Store, record: Record, line: Line, staff: Actor, *, now: datetime, known: bool) -> bool:
    last = ledger.event_in(record.events[-1]) if record.events else None
    facts = ledger.event_out(_event(line, staff, last, now))
    if not known:
        return store.create(ACCESS, replace(record, events=(facts,)))
    return store.update(ACCESS, record, expected=record.version, appended=(facts,))


def _event(line: Line, staff: Actor, last: Event | None, now: datetime) -> Event:
    data: dict[str, Any] = {"shown": list(line.shown)}
    return seal(
        Event(
            seq=last.seq + 1 if last else 1, at=now, action=line.what, source="", target="",
            role="、".join(sorted(staff.roles)), actor=staff.sub, actor_name=staff.name, post=staff.post, note="",
            data=data, previous=last.digest if last else "",
        )
    )  # fmt: skip
