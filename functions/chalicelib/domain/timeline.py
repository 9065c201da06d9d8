"""What a person sees of the history: steps, who, how long, and whose time it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from schemas.calendar import Calendar, WorkingDays, day_of

from .case import Case, Event
from .lifecycle import DRAFT, FINAL, RULES, WAITS_FOR_APPLICANT


@dataclass(frozen=True, slots=True)
class Stage:
    """One line of the timeline: the event, and the time until the next one.

    `took` counts working days; `whose` says on whom the case waited meanwhile: office, applicant or nobody.
    """

    event: Event
    until: datetime | None
    took: WorkingDays
    whose: str

    @property
    def open(self) -> bool:
        """Whether the case still stands at this stage."""
        return self.until is None and self.whose != "nobody"


def stages(case: Case, now: datetime, *, calendar: Calendar) -> tuple[Stage, ...]:
    """The history as stages, oldest first; derived from events, never stored beside them."""
    return tuple(_stage(event, after, now, calendar) for event, after in _pairs(case.events))


def time_spent(case: Case, now: datetime, *, calendar: Calendar) -> dict[str, WorkingDays]:
    """Working days that the case waited on the office and on the applicant."""
    spent = {"office": 0, "applicant": 0}
    for stage in stages(case, now, calendar=calendar):
        if stage.whose in spent:
            spent[stage.whose] += stage.took.n
    return {whose: WorkingDays(n) for whose, n in spent.items()}


def explains(case: Case) -> bool:
    """Whether the history leads to the state by rows of the table alone."""
    state = DRAFT
    for event in case.events:
        allowed = any(
            event.action == rule.action and state in rule.source and event.target == rule.leads_to(state)
            for rule in RULES
        )
        if not allowed or event.source != state:
            return False
        state = event.target
    return state == case.state


def _pairs(events: tuple[Event, ...]) -> Iterator[tuple[Event, Event | None]]:
    for position, event in enumerate(events):
        yield event, events[position + 1] if position + 1 < len(events) else None


def _stage(event: Event, after: Event | None, now: datetime, calendar: Calendar) -> Stage:
    until = after.at if after else None
    took = calendar.count(day_of(event.at), day_of(until or now))
    return Stage(event, until, took, _whose(event.target))


def _whose(state: str) -> str:
    if state in FINAL:
        return "nobody"
    return "applicant" if state in WAITS_FOR_APPLICANT else "office"
