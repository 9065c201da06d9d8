"""Under review: steps, visits, holds, extension, referral, hearing, calendars."""

from __future__ import annotations

from ..case import Case
from ..clocks import due_again
from ..history import process_of, step_of
from ..refusal import Refusal
from ..world import World
from .clause import guard, over, text, unless
from .move import Move


@guard
def has_next_step(case: Case, move: Move, world: World) -> Refusal | None:
    """There is a step to pass the case on to before the decision."""
    return unless(step_of(case, world.item) < len(world.item.steps) - 1, "no_such_step")


@guard
def has_step_before(case: Case, move: Move, world: World) -> Refusal | None:
    """There is a step under review to send the case back to; neither clock stops for it."""
    return unless(step_of(case, world.item) > 1, "no_such_step")


@guard
def two_inspectors(case: Case, move: Move, world: World) -> Refusal | None:
    """A site check is done by two or more members of staff (行政许可法 34(3))."""
    names = {text(move, "inspector_a"), text(move, "inspector_b")} - {""}
    return unless(len(names) == 2, "two_inspectors")


@guard
def hold_over(case: Case, move: Move, world: World) -> Refusal | None:
    """The most days a hold may last have passed."""
    return unless(over(case, "hold", world), "hold_running")


@guard
def before_legal_due(case: Case, move: Move, world: World) -> Refusal | None:
    """An extension is decided before the legal limit has passed (行政许可法 42)."""
    return unless(not case.clocks["legal"].passed(world.today), "too_late_to_extend")


@guard
def first_extension(case: Case, move: Move, world: World) -> Refusal | None:
    """Once only."""
    return unless(case.last("extend") is None, "extended_before")


@guard
def extension_in_bounds(case: Case, move: Move, world: World) -> Refusal | None:
    """At most ten working days, fifteen where departments handle it jointly."""
    joint = bool(world.item.guide.get("joint_depts"))
    most = world.policy.joint_extension_days if joint else world.policy.extension_days
    days = move.data.get("days")
    return unless(isinstance(days, int) and 1 <= days <= most, "extension_too_long", most=str(most))


@guard
def opinion_written(case: Case, move: Move, world: World) -> Refusal | None:
    """What is referred up carries the lower office's opinion (行政许可法 35)."""
    return unless(text(move, "opinion"), "opinion_missing")


@guard
def hearing_served(case: Case, move: Move, world: World) -> Refusal | None:
    """Where the guide requires a hearing right, it was told (行政许可法 36, 46, 47)."""
    needed = bool(process_of(world.item, "hearing", False))
    return unless(not needed or text(move, "hearing") or _held_hearing(case), "hearing_not_served")


def _held_hearing(case: Case) -> bool:
    return any(event.action == "special" and event.data.get("kind") == "听证" for event in case.events)


@guard
def not_green(case: Case, move: Move, world: World) -> Refusal | None:
    """Once is enough."""
    return unless(case.last("fast_track") is None, "green_already")


@guard
def calendar_changed(case: Case, move: Move, world: World) -> Refusal | None:
    """A running limit falls on another day, or is no longer provisional, under the calendar as it is now."""
    open_clocks = (clock for clock in case.clocks.values() if clock.running and not clock.paused)
    return unless(any(due_again(clock, world.calendar) != clock for clock in open_clocks), "calendar_same")
