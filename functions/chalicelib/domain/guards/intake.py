"""At the window: limits of intake and correction, what is asked for again, what may follow later (容缺)."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.materials import answers_meet

from ..case import Case
from ..history import owed, process_of
from ..refusal import Refusal
from ..world import World
from .clause import guard, over, text, unless
from .move import Move, changes, same


@guard
def within_intake(case: Case, move: Move, world: World) -> Refusal | None:
    """The five working days of Art 32 have not passed; afterwards silence has already accepted the case."""
    return unless(not over(case, "intake", world), "intake_passed")


@guard
def intake_over(case: Case, move: Move, world: World) -> Refusal | None:
    """Silence accepts only after the intake limit, and never on a provisional calendar."""
    return unless(over(case, "intake", world), "intake_running")


@guard
def correction_over(case: Case, move: Move, world: World) -> Refusal | None:
    """The applicant's own limit has passed on an official calendar."""
    return unless(over(case, "correction", world), "correction_running")


@guard
def within_correction(case: Case, move: Move, world: World) -> Refusal | None:
    """A supplement arrives before the limit set in the notice."""
    return unless(not over(case, "correction", world), "correction_passed")


@guard
def reason_given(case: Case, move: Move, world: World) -> Refusal | None:
    """A refusal says why (行政许可法 38(2))."""
    return unless(text(move, "reason"), "reason_missing")


@guard
def right_body_named(case: Case, move: Move, world: World) -> Refusal | None:
    """Who is not competent names who is (行政许可法 32(1)2)."""
    return unless(text(move, "right_body"), "right_body_missing")


@guard
def points_listed(case: Case, move: Move, world: World) -> Refusal | None:
    """A correction notice lists every point at once (行政许可法 32(1)4)."""
    return unless([*move.data.get("fields", ()), *move.data.get("materials", ())], "points_missing")


@guard
def first_correction(case: Case, move: Move, world: World) -> Refusal | None:
    """Only one notice; a second needs a recorded override."""
    return unless(case.last("correct") is None or text(move, "override_reason"), "second_correction")


@guard
def fix_invited(case: Case, move: Move, world: World) -> Refusal | None:
    """Intake opened something to be put right on the spot (行政许可法 32(1)3)."""
    return unless(case.correction, "nothing_listed")


@guard
def only_listed_points(case: Case, move: Move, world: World) -> Refusal | None:
    """A supplement changes nothing the notice did not list."""
    if case.correction is None or move.supply is None:
        return Refusal("nothing_listed")
    listed = {*case.correction.fields, *case.correction.materials, *move.supply.follows}
    extra = set(changes(case, move.supply)) - listed
    return unless(not extra, "not_listed", points="、".join(sorted(extra)))


@guard
def every_listed_point(case: Case, move: Move, world: World) -> Refusal | None:
    """Each material asked for again is handed in again, and different."""
    wanted = case.correction.materials if case.correction else ()
    after = move.supply.materials if move.supply else {}
    silent = [
        name for name in wanted if not after.get(name) or same(after[name], case.materials.get(name, ()))
    ]
    return unless(not silent, "points_open", points="、".join(silent))


@guard
def immediate_item(case: Case, move: Move, world: World) -> Refusal | None:
    """Only 即办件 are decided when they come in."""
    return unless(world.item.immediate, "not_immediate")


@guard
def filing_complete(case: Case, move: Move, world: World) -> Refusal | None:
    """A filing (备案) that its guide lets through unseen: these answers, nobody has looked yet, nothing is owed or
    on paper only."""
    wanted = process_of(world.item, "filed_at_once_when", None)
    untouched = [event.action for event in case.events] == ["submit"]
    paper = [m for m in world.item.materials_for(case.form) if m.medium == "1" and not m.shared_from]
    at_once = isinstance(wanted, Mapping) and answers_meet(wanted, case.form) and untouched
    return unless(at_once and not paper and not owed(case, world.item), "needs_a_person")


@guard
def nothing_owed(case: Case, move: Move, world: World) -> Refusal | None:
    """No material is still to follow (容缺): until then nothing is granted."""
    late = owed(case, world.item)
    return unless(not late, "still_owed", points="、".join(material.name for material in late))


@guard
def only_owed_materials(case: Case, move: Move, world: World) -> Refusal | None:
    """What comes later is what was owed, and something does come."""
    if move.supply is None:
        return Refusal("nothing_listed")
    late = {material.id for material in owed(case, world.item)}
    brought = set(changes(case, move.supply))
    if not late or not brought:
        return Refusal("nothing_listed")
    return unless(brought <= late, "not_listed", points="、".join(sorted(brought - late)))


@guard
def owed_over(case: Case, move: Move, world: World) -> Refusal | None:
    """The limit for late materials has passed and the guide says that the case then ends."""
    ends = process_of(world.item, "owed_consequence", "close") == "close"
    return unless(ends and owed(case, world.item) and over(case, "owed", world), "owed_running")
