"""A package (套餐、一件事) in hand: which item waits for which, and where the whole stands.

Nothing about its progress is stored: it follows from the cases each time it is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from schemas.calendar import Calendar
from schemas.items import Limit

from . import clocks
from .case import Case
from .clocks import Clock
from .lifecycle import FINAL, STATES, rule_for
from .policy import Policy

WAITING = "waiting"  # needs the result of another item first
STARTING = "starting"  # nothing stands in its way; its case is about to be made
BLOCKED = "blocked"  # an item whose result it needs came to nothing
_OVER = frozenset(FINAL) | {"denied", BLOCKED}

# What the whole shows is the first of these that one of its items shows: what needs the applicant, then what is
# least far, and only when nothing is open any more the worst ending.
WORST_FIRST: tuple[str, ...] = (
    "correcting", "on_hold", "special", STARTING, "submitted", "accepted", "reviewing", "granted", "delivering",
    WAITING, "refused", "denied", "revoked", "terminated", "lapsed", BLOCKED, "referred_up", "withdrawn",
    "not_required", "closed",
)  # fmt: skip
assert set(STATES) <= set(WORST_FIRST)


@dataclass(frozen=True, slots=True)
class Planned:
    """One item of the package as handed in. `after` are the items whose results it needs."""

    key: str
    item_id: str
    item_version: str
    name: str
    name_en: str
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parcel:
    """What was handed in for a package. `payload` holds each item's answers and files as split then.

    `stopped` is when its applicant took the whole back: nothing begins after that. `grant` is the number of
    the grant (代办) under which `agent` handed it in for the applicant.
    """

    number: str
    package_id: str
    package_version: str
    name: str
    name_en: str
    lead: str
    applicant: str
    applicant_name: str
    received_at: datetime
    query_code: str
    request_key: str
    fingerprint: str
    planned: tuple[Planned, ...]
    payload: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    stopped: datetime | None = None
    agent: str = ""
    agent_name: str = ""
    grant: str = ""

    def has(self, dept: str, cases: Mapping[str, Case | None]) -> bool:
        """Whether a department leads it or handles one of its cases."""
        return dept == self.lead or any(case and case.dept == dept for case in cases.values())


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one item stands. `state` is its case's, or waiting, starting or blocked where there is no case."""

    planned: Planned
    state: str
    case: Case | None

    @property
    def over(self) -> bool:
        """Whether nothing more will happen to it by itself."""
        return self.state in _OVER


def standings(parcel: Parcel, cases: Mapping[str, Case | None]) -> tuple[Standing, ...]:
    """Where each item stands, in the package's order. `planned` lists what is needed before what needs it."""
    known: dict[str, Standing] = {}
    for planned in parcel.planned:
        case = cases.get(planned.key)
        unmade = "withdrawn" if parcel.stopped else _without_case(planned, known)
        state = outcome(case) if case else unmade
        known[planned.key] = Standing(planned, state, case)
    return tuple(known.values())


def outcome(case: Case) -> str:
    """The case's state; one closed after a refusal stays refused."""
    given = case.last("grant") or case.last("file")
    return "denied" if case.state == "closed" and given is None else case.state


def ready(parcel: Parcel, cases: Mapping[str, Case | None]) -> tuple[Planned, ...]:
    """The items whose case can be made now."""
    return tuple(one.planned for one in standings(parcel, cases) if one.state == STARTING)


def to_withdraw(parcel: Parcel, cases: Mapping[str, Case | None]) -> tuple[Case, ...]:
    """The cases that still can be withdrawn, of a package that was taken back."""
    made = (case for case in cases.values() if case and parcel.stopped)
    return tuple(case for case in made if rule_for(case.state, "withdraw"))


def may_stop(parcel: Parcel, children: tuple[Standing, ...]) -> bool:
    """Whether taking the whole back would change anything."""
    open_now = (one.state in (WAITING, STARTING) or rule_for(one.state, "withdraw") for one in children)
    return parcel.stopped is None and any(open_now)


def state_of(children: tuple[Standing, ...]) -> str:
    """Where the whole stands: its worst item."""
    return min((one.state for one in children), key=WORST_FIRST.index)


def joint_clock(
    children: tuple[Standing, ...], licences: Collection[str], *, policy: Policy, calendar: Calendar
) -> Clock | None:
    """The limit for licences handled jointly (并联, 行政许可法 42(2)), derived from the cases.

    Counts from the day the first of them was accepted and stops when the last is decided. None where fewer than
    two are handled, or none was accepted yet.
    """
    joint = [one for one in children if one.planned.key in licences]
    legal = [one.case.clocks["legal"] for one in joint if one.case and "legal" in one.case.clocks]
    if len(joint) < 2 or not legal:
        return None
    limit, day0 = Limit(policy.joint_days, "workday"), min(clock.day0 for clock in legal)
    clock = clocks.start("joint", day0, limit=limit, calendar=calendar)
    extra = min(max(clock.extra for clock in legal), policy.joint_extension_days)
    clock = clocks.extend(clock, extra, calendar=calendar) if extra else clock
    ends = [one.stopped for one in legal if one.stopped]
    decided = all(one.over or (one.case and _decided(one.case)) for one in joint)
    return replace(clock, stopped=max(ends)) if decided and ends else clock


def _decided(case: Case) -> bool:
    legal = case.clocks.get("legal")
    return legal is not None and legal.stopped is not None


def _without_case(planned: Planned, known: Mapping[str, Standing]) -> str:
    before = [known[key].state for key in planned.after]
    if any(state in _OVER and not _gives_result(state) for state in before):
        return BLOCKED
    return STARTING if all(map(_gives_result, before)) else WAITING


def _gives_result(state: str) -> bool:
    """Whether what comes after can go on: the result is delivered, or none was needed."""
    return state in ("closed", "not_required")
