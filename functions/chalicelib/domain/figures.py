"""What each event of a case adds to the statistics (统计): counts by day, from history alone.

An event counts on the day on which it happened, however late it is heard of. A rating and its mending count on the
day the case was closed, so that every rate speaks of the same cases above and below its line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from schemas.calendar import Calendar, day_of

from . import clocks
from .case import Case, Event
from .history import is_green

USED, DAYS, VISITS, SCORE = "used:", "days:", "visits:", "score:"  # counters that carry a number: used:5
_PLAIN: Mapping[str, tuple[str, ...]] = {
    "submit": ("received",),
    "accept": ("accepted",),
    "decide_now": ("accepted",),
    "deem_accepted": ("accepted", "deemed"),
    "take_filing": ("accepted",),
    "grant": ("granted",),
    "deny": ("denied",),
    "refuse": ("refused", "ended"),
    "not_required": ("refused", "ended"),
    "lapse": ("lapsed", "ended"),
    "owed_lapses": ("lapsed", "ended"),
    "withdraw": ("withdrawn", "ended"),
    "terminate": ("terminated", "ended"),
    "refer_up": ("referred", "ended"),
    "revoke": ("revoked",),
}
_CLOSING = ("deliver", "file")
# The other two questions of the survey, by the count of their answers: would use it again, trusts the result.
ASKED: Mapping[str, str] = {"use_said": "use", "trust_said": "trust"}


@dataclass(frozen=True, slots=True)
class Part:
    """What one event adds on one day; (case number, seq) names it for ever."""

    day: date
    seq: int
    counts: Mapping[str, int]


def parts(case: Case, calendar: Calendar) -> tuple[Part, ...]:
    """Everything the case adds to the statistics so far, an event at most one part."""
    return tuple(part for event in case.events if (part := _part(case, event, calendar)).counts)


def _part(case: Case, event: Event, calendar: Calendar) -> Part:
    if event.action in ("rate", "mend_rating"):
        closing = case.last("deliver") or case.last("file")
        counts = dict.fromkeys(_rated(event) if event.action == "rate" else _mended(case, event), 1)
        return Part(day_of((closing or event).at), event.seq, counts)
    names = _closed(case, event, calendar) if event.action in _CLOSING else _PLAIN.get(event.action, ())
    return Part(day_of(event.at), event.seq, dict.fromkeys(names, 1))


def _rated(event: Event) -> Iterator[str]:
    score = str(event.data.get("score", ""))
    yield "rated"
    yield f"{SCORE}{score}"
    yield "satisfied" if score in ("3", "4", "5") else "bad"
    for said, name in ASKED.items():
        if event.data.get(name):
            yield said
        if event.data.get(name) == "yes":
            yield name


def _mended(case: Case, event: Event) -> Iterator[str]:
    yield "mended"
    clock = case.clocks.get("mend")
    if clock and day_of(event.at) <= clock.due:
        yield "mended_in_time"


def _closed(case: Case, event: Event, calendar: Calendar) -> Iterator[str]:
    """A closed case: whether it was in time, how long it took, how often somebody had to come."""
    yield "closed"
    visits = f"{VISITS}{_visits(case, event)}"
    yield visits
    if is_green(case):
        yield "green"
    promise, legal = case.clocks.get("promise"), case.clocks.get("legal")
    if promise is None or promise.stopped is None:
        return
    yield f"{USED}{clocks.used(promise, promise.stopped, calendar=calendar).n}"
    yield f"{DAYS}{(promise.stopped - promise.day0).days}"
    yield from _in_time(promise, "on_time", "late")
    if promise.stopped < promise.due:
        yield "early"
    if legal:
        yield from _in_time(legal, "lawful", "unlawful")


def _in_time(clock: clocks.Clock, yes: str, no: str) -> Iterator[str]:
    yield no if clock.stopped and clock.passed(clock.stopped) else yes


def _visits(case: Case, closing: Event) -> int:
    """Days on which the applicant had to come: to show originals, to collect the result at a window."""
    shown = [event for event in case.events if event.action == "verify_originals"]
    collected = [closing] if closing.data.get("method") == "window" else []
    return len({day_of(event.at) for event in (*shown, *collected)})
