"""How long each clock runs, and from when, for one case under one policy."""

from __future__ import annotations

from datetime import date, timedelta
from math import ceil

from schemas.items import Limit

from . import clocks
from .case import Case
from .clocks import DELIVERY_LIMIT, INTAKE_LIMIT, Clock
from .guards import Move
from .history import day_told, faster, is_green, owed, process_of, proposal, step_of
from .world import World


def begun(name: str, case: Case, move: Move, world: World, *, day0: date) -> Clock | None:
    """The clock of this name started at `day0`; None when the case gives it nothing to measure."""
    limit = _limit(name, case, move, world)
    if limit is None:
        return None
    if world.policy.day0_counts and limit.unit == "workday":
        day0 -= timedelta(days=1)
    return clocks.start(name, day0, limit=limit, calendar=world.calendar)


def _limit(name: str, case: Case, move: Move, world: World) -> Limit | None:
    item = world.item
    plain = {
        "legal": item.legal_limit,
        "delivery": DELIVERY_LIMIT,
        "correction": Limit(item.correction_days, "workday"),
    }
    if name in plain:
        return plain[name]
    return _SPECIAL[name](case, move, world)


def _intake(case: Case, move: Move, world: World) -> Limit:
    before = case.clocks.get("intake")
    if before is None or world.policy.new_intake_after_supplement:
        return INTAKE_LIMIT
    left = INTAKE_LIMIT.n - clocks.used(before, world.today, calendar=world.calendar).n
    return Limit(max(1, left), "workday")


def _opinion(case: Case, move: Move, world: World) -> Limit:
    """Nobody's silence counts before the joint meeting to which they were called."""
    days = int(str(process_of(world.item, "opinion_days", world.policy.opinion_days)))
    meeting = day_told(move.data)
    return Limit(max(days, world.calendar.count(world.today, meeting).n) if meeting else days, "workday")


def _promise(case: Case, move: Move, world: World) -> Limit:
    promise = world.item.promise_limit
    if promise.unit == "immediate" or not is_green(case):
        return promise
    return Limit(faster(promise.n, world.policy.green_factor), promise.unit)


def _step(case: Case, move: Move, world: World) -> Limit | None:
    """The budget of the step the case moves to."""
    if not world.item.steps:
        return None
    move_by = {"pass_on": 1, "send_back": -1}.get(move.action, 0)
    at = min(max(step_of(case, world.item) + move_by, 0), len(world.item.steps) - 1)
    days = ceil(world.item.steps[at].days)
    return Limit(days, "workday") if days else Limit(0, "immediate")


def _owed(case: Case, move: Move, world: World) -> Limit | None:
    """Only where materials may still come (容缺)."""
    days = int(str(process_of(world.item, "owed_days", world.policy.owed_days)))
    return Limit(days, "workday") if owed(case, world.item) else None


def _hold(case: Case, move: Move, world: World) -> Limit:
    """As many days as the proposal asked for."""
    waiting = proposal(case)
    return Limit(int(waiting.data.get("max_days", 10)) if waiting else 10, "workday")


def _mend(case: Case, move: Move, world: World) -> Limit | None:
    """Only after a bad rating."""
    return Limit(world.policy.mend_days, "workday") if move.data.get("score") in ("1", "2") else None


_SPECIAL = {
    "intake": _intake,
    "opinion": _opinion,
    "promise": _promise,
    "step": _step,
    "owed": _owed,
    "hold": _hold,
    "mend": _mend,
}
