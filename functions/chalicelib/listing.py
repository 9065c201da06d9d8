"""Where a case is listed: for each list the partition it stands in and the sort key that gives its place there.

Lists of the desk share one place: green channel first, then the light, the due date and the number. The light is
that of the day of the last write; on the day on which it changes, supervision moves the row (`watch.observe`).
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple, Protocol

from schemas.calendar import Calendar

from .domain.case import Case
from .domain.clocks import Clock
from .domain.history import is_green, unanswered
from .domain.lifecycle import FINAL
from .domain.lights import shown
from .domain.policy import Policy
from .domain.turns import APPLICANT_TURN, CLOSED, TURN_OF

SWEEP = "law"  # everything that happens by itself stands in one list, by day
ASKED = "open"  # cases with an opinion outstanding stand in one list, by the day it is due
OUTBOX_SHARDS = ("0", "1", "2", "3")
RANKS = ("0", "1")  # green-channel cases stand before all others
RED, NEAR, EASY, CALM = "0", "1", "2", "3"  # late; near; time enough; nothing presses the office
LITS = (RED, NEAR, EASY, CALM)
_LIT = {"red": RED, "today": NEAR, "yellow": NEAR, "green": EASY}
_OF_THE_CASE = ("intake", "correction", "promise", "legal", "delivery")
_ACTS_BY_ITSELF = ("intake", "correction", "owed", "hold", "opinion")
_NAME_SIGNS = 60
OFFICE_LANE = "office"


class Place(NamedTuple):
    """A sort key read back: what a list can be counted by."""

    lit: str
    due: str
    dept: str

    def late(self, today: date) -> bool:
        """Also before supervision has moved the row of a case that became late this night."""
        return self.lit == RED or (self.lit == NEAR and self.due < today.isoformat())

    def last_day(self, today: date) -> bool:
        """Due today."""
        return self.lit == NEAR and self.due == today.isoformat()


def read_place(sort: str) -> Place:
    """The facts that `place` wrote into a sort key."""
    due, _, dept = sort[2:].split("#")
    return Place(sort[1], due, dept)


def pressing(case: Case) -> Clock | None:
    """The running clock of the case itself that presses first; the legal one stands behind the promise."""
    running = [clock for clock in case.clocks.values() if clock.running and clock.name in _OF_THE_CASE]
    return min(running, key=lambda clock: (clock.due, clock.name == "legal"), default=None)


def lit(case: Case, today: date, *, calendar: Calendar, policy: Policy) -> str:
    """The light by which lists order the case today: the one that pages show beside its due date."""
    clock = pressing(case)
    if clock is None or case.state in FINAL:
        return CALM
    light, _ = shown(clock, today, calendar=calendar, policy=policy)
    return _LIT.get(light, CALM)


class Day(Protocol):
    """What a light follows from; a World is one."""

    @property
    def today(self) -> date:
        """The day in Asia/Shanghai."""

    @property
    def calendar(self) -> Calendar:
        """The working days."""

    @property
    def policy(self) -> Policy:
        """When a limit is near."""


def listed(case: Case, day: Day) -> dict[str, tuple[str, str]]:
    """Every list the case stands in today, but for the outbox."""
    return index_of(case, lit(case, day.today, calendar=day.calendar, policy=day.policy))


def lane_of(turn: str) -> str:
    """Whether the office, the applicant or nobody has something to do."""
    return turn if turn in (APPLICANT_TURN, CLOSED) else OFFICE_LANE


def place(case: Case, light: str) -> str:
    """Where the case stands on a list of the desk; what has ended, by when."""
    rank = RANKS[0] if is_green(case) and case.state not in FINAL else RANKS[1]
    return f"{rank}{light}{_order(case)}#{case.number}#{case.dept}"


def index_of(case: Case, light: str) -> dict[str, tuple[str, str]]:
    """Every list the case stands in but the outbox: each has its own index, so that none needs a scan."""
    turn, here = TURN_OF[case.state], place(case, light)
    index = {
        "queue": (f"{case.dept}:{turn}", here),
        "item": (f"{case.item_id}:{turn}", here),
        "all": (turn, here),
        "who": (lane_of(turn), f"{case.applicant_name[:_NAME_SIGNS]}#{case.number}"),
        "owner": (case.applicant, f"{case.received_at.isoformat()}#{case.number}"),
    }
    return index | _awaited(case)


def _awaited(case: Case) -> dict[str, tuple[str, str]]:
    """The lists of what others owe and of what happens by itself, by day."""
    found = {}
    days = [clock.due for name, clock in case.clocks.items() if name in _ACTS_BY_ITSELF and clock.running]
    if unanswered(case) and case.state not in FINAL:
        by = case.clocks["opinion"].due.isoformat() if "opinion" in case.clocks else _order(case)
        found["asked"] = (ASKED, f"{by}#{case.number}")
    if days:
        found["sweep"] = (SWEEP, f"{min(days).isoformat()}#{case.number}")
    return found


def mark(case: Case, known: int) -> tuple[str, str]:
    """The outbox mark: the first event after the `known` ones."""
    first = case.events[known]
    shard = OUTBOX_SHARDS[sum(case.number.encode()) % len(OUTBOX_SHARDS)]
    return shard, f"{first.at.isoformat()}#{case.number}#{first.seq}"


def _order(case: Case) -> str:
    due = pressing(case)
    if due and case.state not in FINAL:
        return due.due.isoformat()
    moved = (event.at for event in reversed(case.events) if event.source != event.target)
    return next(moved, case.events[-1].at).isoformat()
