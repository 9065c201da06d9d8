"""Every run of every clock of a case, from its events: also those that a later run has replaced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from schemas.calendar import Calendar, day_of

from .case import Case, Event
from .clocks import Clock
from .lifecycle import Rule, rule_for


@dataclass(frozen=True, slots=True)
class Span:
    """One run of one clock. `seq` is the event that began it; `ended` is None while it runs.

    `pauses` are (start, end) with days start < d <= end left out; an open pause has no end.
    """

    clock: str
    seq: int
    day0: date
    due: date
    ended: date | None = None
    pauses: tuple[tuple[date, date | None], ...] = ()
    provisional: bool = False

    @property
    def frozen(self) -> bool:
        """Whether its time stands still now."""
        return self.ended is None and any(end is None for _, end in self.pauses)

    def working_days(self, calendar: Calendar) -> int:
        """The whole length of the limit in working days, pauses left out."""
        out = sum(calendar.count(start, end).n for start, end in self.pauses if end)
        return max(0, calendar.count(self.day0, self.due).n - out)


def spans(case: Case) -> tuple[Span, ...]:
    """All runs in the order of their beginning. The last run of each clock is what the case itself says of it."""
    closed: list[Span] = []
    running: dict[str, Span] = {}
    for event in case.events:
        rule = rule_for(event.source, event.action)
        if rule:
            closed += _stopped(running, rule, day_of(event.at))
            _begun(running, rule, event)
        _moved(running, event.data.get("due", {}))
    last = {name: _as_kept(span, case.clocks.get(name)) for name, span in running.items()}
    return tuple(sorted([*_exact(closed, case, running), *last.values()], key=lambda span: span.seq))


def of_clock(clock: Clock, seq: int = 0) -> Span:
    """A clock as the case keeps it."""
    return Span(
        clock.name,
        seq,
        clock.day0,
        clock.due,
        clock.stopped,
        tuple((pause.start, pause.end) for pause in clock.pauses),
        clock.provisional,
    )


def _stopped(running: dict[str, Span], rule: Rule, today: date) -> list[Span]:
    """Runs that this row ends; paused and resumed ones are noted on the way."""
    for name in rule.pauses:
        if name in running and not running[name].frozen:
            running[name] = replace(running[name], pauses=(*running[name].pauses, (today, None)))
    for name in rule.resumes:
        if name in running:
            running[name] = replace(running[name], pauses=_shut(running[name], today))
    over = [name for name in (*rule.stops, *rule.starts) if name in running]
    return [
        replace(span, ended=today, pauses=_shut(span, today))
        for span in (running.pop(name) for name in dict.fromkeys(over))
    ]


def _shut(span: Span, today: date) -> tuple[tuple[date, date | None], ...]:
    return tuple((start, end or today) for start, end in span.pauses)


def _begun(running: dict[str, Span], rule: Rule, event: Event) -> None:
    """Runs that this row begins; a clock that measures nothing in this case has no due date."""
    today = day_of(event.at)
    dues: Mapping[str, str] = event.data.get("due", {})
    for name in rule.starts:
        if name in dues:
            running[name] = Span(name, event.seq, today, date.fromisoformat(dues[name]))


def _moved(running: dict[str, Span], dues: Mapping[str, str]) -> None:
    for name, due in dues.items():
        if name in running:
            running[name] = replace(running[name], due=date.fromisoformat(due))


def _as_kept(span: Span, clock: Clock | None) -> Span:
    return of_clock(clock, span.seq) if clock else span


def _exact(closed: list[Span], case: Case, running: Mapping[str, Span]) -> list[Span]:
    """A clock that ran once or runs no more is kept by the case with all its facts; earlier runs are not."""
    newest = {span.clock: span.seq for span in closed if span.clock not in running}
    return [
        _as_kept(span, case.clocks.get(span.clock)) if newest.get(span.clock) == span.seq else span
        for span in closed
    ]
