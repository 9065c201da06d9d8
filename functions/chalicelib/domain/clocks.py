"""The clocks of a case: intake, legal (法定), promised (承诺), correction and delivery.

All limits are working days unless the item says otherwise (行政许可法 82); day 0 is not counted, a policy
reading kept in `schemas.calendar.Calendar.add`. Only what Art 45 lists pauses the legal clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from schemas.calendar import Calendar, WorkingDays
from schemas.items import Limit

INTAKE_LIMIT = Limit(5, "workday")  # 行政许可法 32(1)4
DELIVERY_LIMIT = Limit(10, "workday")  # 行政许可法 44


@dataclass(frozen=True, slots=True)
class Pause:
    """Time that does not count: days d with start < d <= end; an open pause has no end yet."""

    start: date
    end: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class Clock:
    """One running or stopped limit. `due` is the last day on which the duty is still met.

    `extra` are working days added by an extension (行政许可法 42) or left over by another clock.
    """

    name: str
    day0: date
    limit: Limit
    due: date
    provisional: bool = False
    pauses: tuple[Pause, ...] = ()
    stopped: date | None = None
    extra: int = 0

    @property
    def running(self) -> bool:
        """Whether the duty is still owed."""
        return self.stopped is None

    @property
    def paused(self) -> bool:
        """Whether its time stands still now."""
        return self.running and any(pause.end is None for pause in self.pauses)

    def passed(self, today: date) -> bool:
        """Whether the duty was missed: by `today` while running, by the day it stopped otherwise."""
        return (self.stopped or today) > self.due


def start(name: str, day0: date, *, limit: Limit, calendar: Calendar) -> Clock:
    """A clock whose first counted day is the working day after `day0`."""
    return due_again(Clock(name, day0, limit, day0), calendar)


def due_again(clock: Clock, calendar: Calendar) -> Clock:
    """The same clock with its due date worked out from day 0, the limit, the closed pauses and the extension."""
    on, provisional = _due(clock.day0, limit=clock.limit, calendar=calendar)
    extra = clock.extra + sum(_paused(pause, calendar).n for pause in clock.pauses)
    if extra:
        later = calendar.add(on, WorkingDays(extra))
        on, provisional = later.on, provisional or later.provisional
    return replace(clock, due=on, provisional=provisional)


def extend(clock: Clock, days: int, *, calendar: Calendar) -> Clock:
    """The clock with working days added (延长)."""
    return due_again(replace(clock, extra=clock.extra + days), calendar)


def pause(clock: Clock, on: date, *, reason: str) -> Clock:
    """The clock with an open pause from `on`."""
    return replace(clock, pauses=(*clock.pauses, Pause(on, None, reason))) if not clock.paused else clock


def resume(clock: Clock, on: date, *, calendar: Calendar) -> Clock:
    """The clock with its open pause closed on `on` and the due date moved by the paused days."""
    closed = tuple(replace(p, end=on) if p.end is None else p for p in clock.pauses)
    return due_again(replace(clock, pauses=closed), calendar)


def used(clock: Clock, today: date, *, calendar: Calendar) -> WorkingDays:
    """Working days counted so far, paused days left out."""
    end = clock.stopped or today
    counted = calendar.count(clock.day0, end).n
    return WorkingDays(max(0, counted - paused_days(clock, today, calendar=calendar).n))


def paused_days(clock: Clock, today: date, *, calendar: Calendar) -> WorkingDays:
    """Working days left out so far."""
    end = clock.stopped or today
    return WorkingDays(sum(_paused(replace(p, end=min(p.end or end, end)), calendar).n for p in clock.pauses))


def left(clock: Clock, today: date, *, calendar: Calendar) -> int:
    """Working days until the due date; negative once it has passed."""
    if today <= clock.due:
        return calendar.count(today, clock.due).n
    return -calendar.count(clock.due, today).n


def _due(day0: date, *, limit: Limit, calendar: Calendar) -> tuple[date, bool]:
    if limit.unit == "workday":
        due = calendar.add(day0, WorkingDays(limit.n))
        return due.on, due.provisional
    return _next_working(day0 + timedelta(days=limit.n), calendar)


def _next_working(day: date, calendar: Calendar) -> tuple[date, bool]:
    """A limit in calendar days, or "on the spot", that would end on a rest day ends on the next working day."""
    while not calendar.is_working(day):
        day += timedelta(days=1)
    return day, calendar.is_provisional(day.year)


def _paused(pause: Pause, calendar: Calendar) -> WorkingDays:
    return calendar.count(pause.start, pause.end) if pause.end else WorkingDays(0)
