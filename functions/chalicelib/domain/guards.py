"""The conditions of the lifecycle table, each a clause that agrees (None) or refuses with a reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .case import Actor, Case, File
from .clocks import due_again
from .history import opinions, owed, process_of, proposal, rating, step_of, unanswered
from .lifecycle import PROPOSED
from .refusal import Refusal
from .world import World

SCORES = ("5", "4", "3", "2", "1")  # 非常满意 … 非常不满意, codes of 好差评
SPECIAL_KINDS = (
    "听证",
    "招标",
    "拍卖",
    "检验",
    "检测",
    "检疫",
    "鉴定",
    "专家评审",
)  # 行政许可法 45, nothing else


@dataclass(frozen=True, slots=True)
class Supply:
    """What a supplement hands in: the whole new answers and files.

    `follows` names answers that may change because a listed answer decides whether they are asked.
    """

    form: Mapping[str, Any]
    materials: Mapping[str, tuple[File, ...]]
    follows: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Move:
    """An action somebody asks for. `data` has passed its JSON Schema; only what hands in has a supply."""

    action: str
    actor: Actor
    data: Mapping[str, Any] = field(default_factory=dict)
    supply: Supply | None = None


Guard = Callable[[Case, Move, World], Refusal | None]
GUARDS: dict[str, Guard] = {}


def guard(function: Guard) -> Guard:
    """Enters a guard under its own name, by which the table calls it."""
    GUARDS[function.__name__] = function
    return function


def unless(holds: object, code: str, **detail: str) -> Refusal | None:
    """The refusal, unless the condition holds."""
    return None if holds else Refusal(code, detail)


def _over(case: Case, clock: str, world: World) -> bool:
    """Whether a running clock has passed on an official calendar: a provisional date never acts by itself."""
    measured = case.clocks.get(clock)
    return bool(measured and measured.running and measured.passed(world.today) and not measured.provisional)


def _text(move: Move, name: str) -> str:
    return str(move.data.get(name, "")).strip()


@guard
def within_intake(case: Case, move: Move, world: World) -> Refusal | None:
    """The five working days of Art 32 have not passed; afterwards silence has already accepted the case."""
    return unless(not _over(case, "intake", world), "intake_passed")


@guard
def intake_over(case: Case, move: Move, world: World) -> Refusal | None:
    """Silence accepts only after the intake limit, and never on a provisional calendar."""
    return unless(_over(case, "intake", world), "intake_running")


@guard
def correction_over(case: Case, move: Move, world: World) -> Refusal | None:
    """The applicant's own limit has passed on an official calendar."""
    return unless(_over(case, "correction", world), "correction_running")


@guard
def within_correction(case: Case, move: Move, world: World) -> Refusal | None:
    """A supplement arrives before the limit set in the notice."""
    return unless(not _over(case, "correction", world), "correction_passed")


@guard
def reason_given(case: Case, move: Move, world: World) -> Refusal | None:
    """A refusal says why (行政许可法 38(2))."""
    return unless(_text(move, "reason"), "reason_missing")


@guard
def right_body_named(case: Case, move: Move, world: World) -> Refusal | None:
    """Who is not competent names who is (行政许可法 32(1)2)."""
    return unless(_text(move, "right_body"), "right_body_missing")


@guard
def points_listed(case: Case, move: Move, world: World) -> Refusal | None:
    """A correction notice lists every point at once (行政许可法 32(1)4)."""
    return unless([*move.data.get("fields", ()), *move.data.get("materials", ())], "points_missing")


@guard
def first_correction(case: Case, move: Move, world: World) -> Refusal | None:
    """Only one notice; a second needs a recorded override."""
    return unless(case.last("correct") is None or _text(move, "override_reason"), "second_correction")


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
    return unless(ends and owed(case, world.item) and _over(case, "owed", world), "owed_running")


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
    names = {_text(move, "inspector_a"), _text(move, "inspector_b")} - {""}
    return unless(len(names) == 2, "two_inspectors")


@guard
def departments_named(case: Case, move: Move, world: World) -> Refusal | None:
    """Opinions are asked of departments the guide names as joint, and of each only once."""
    asked, known = move.data.get("departments", ()), {opinion.dept for opinion in opinions(case)}
    allowed = set(world.item.guide.get("joint_depts", ())) - known
    return unless(asked and set(asked) <= allowed, "department_unknown")


@guard
def opinion_asked(case: Case, move: Move, world: World) -> Refusal | None:
    """The answering department was asked, has not answered, and is the actor's own."""
    dept = _text(move, "dept")
    return unless(dept in unanswered(case) and dept in move.actor.depts, "opinion_not_asked")


@guard
def objection_explained(case: Case, move: Move, world: World) -> Refusal | None:
    """An objection gives its reason."""
    return unless(move.data.get("opinion") != "objection" or _text(move, "reason"), "reason_missing")


@guard
def opinion_over(case: Case, move: Move, world: World) -> Refusal | None:
    """The time to answer has passed: between departments, and only there, silence is no objection."""
    return unless(unanswered(case) and _over(case, "opinion", world), "opinion_running")


@guard
def opinions_in(case: Case, move: Move, world: World) -> Refusal | None:
    """The lead department decides when every department asked has answered or let its time pass."""
    return unless(not unanswered(case), "opinions_open", points="、".join(unanswered(case)))


@guard
def proposable(case: Case, move: Move, world: World) -> Refusal | None:
    """One proposal at a time, for what the chief approves; a special procedure names kind and basis."""
    if proposal(case):
        return Refusal("proposal_open")
    if move.data.get("proposed") not in PROPOSED:
        return Refusal("unknown_action")
    return _special(move.data, world) if move.data["proposed"] == "special" else None


@guard
def something_proposed(case: Case, move: Move, world: World) -> Refusal | None:
    """There is a proposal to decline."""
    return unless(proposal(case), "nothing_proposed")


@guard
def proposed(case: Case, move: Move, world: World) -> Refusal | None:
    """A reviewer proposed exactly this, and the chief who approves is somebody else."""
    waiting = proposal(case)
    if waiting is None or waiting.data["proposed"] != move.action:
        return Refusal("nothing_proposed")
    return unless(waiting.actor != move.actor.sub, "own_proposal")


@guard
def special_allowed(case: Case, move: Move, world: World) -> Refusal | None:
    """Kind and basis of the proposal are lawful."""
    waiting = proposal(case)
    return _special(waiting.data, world) if waiting else Refusal("nothing_proposed")


def _special(data: Mapping[str, Any], world: World) -> Refusal | None:
    """Of the eight kinds of Art 45, listed in the guide, with its legal basis."""
    listed = {entry["type"] for entry in world.item.guide.get("special", ())}
    lawful = data.get("kind") in SPECIAL_KINDS and data.get("kind") in listed
    return unless(lawful and str(data.get("basis", "")).strip(), "special_unlawful")


@guard
def result_attached(case: Case, move: Move, world: World) -> Refusal | None:
    """A special procedure ends with its result on file."""
    return unless(_text(move, "result"), "result_missing")


@guard
def hold_over(case: Case, move: Move, world: World) -> Refusal | None:
    """The most days a hold may last have passed."""
    return unless(_over(case, "hold", world), "hold_running")


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
    return unless(_text(move, "opinion"), "opinion_missing")


@guard
def hearing_served(case: Case, move: Move, world: World) -> Refusal | None:
    """Where the guide requires a hearing right, it was told (行政许可法 36, 46, 47)."""
    needed = bool(process_of(world.item, "hearing", False))
    return unless(not needed or _text(move, "hearing") or _held_hearing(case), "hearing_not_served")


def _held_hearing(case: Case) -> bool:
    return any(event.action == "special" and event.data.get("kind") == "听证" for event in case.events)


@guard
def not_green(case: Case, move: Move, world: World) -> Refusal | None:
    """Once is enough."""
    return unless(case.last("fast_track") is None, "green_already")


@guard
def originals_verified(case: Case, move: Move, world: World) -> Refusal | None:
    """Where originals are checked at collection, nothing is released before they were (先审后领)."""
    needed = bool(process_of(world.item, "originals_at_collection", False))
    return unless(not needed or case.last("verify_originals"), "originals_unverified")


@guard
def proof_of_delivery(case: Case, move: Move, world: World) -> Refusal | None:
    """A case closes only with a record of how the result reached the applicant (行政许可法 44)."""
    return unless(_text(move, "proof"), "proof_missing")


@guard
def first_rating(case: Case, move: Move, world: World) -> Refusal | None:
    """One rating a case."""
    return unless(rating(case) is None, "rated_before")


@guard
def score_valid(case: Case, move: Move, world: World) -> Refusal | None:
    """One of the five scores."""
    return unless(move.data.get("score") in SCORES, "score_invalid")


@guard
def bad_rating_open(case: Case, move: Move, world: World) -> Refusal | None:
    """There is a bad rating that nobody has mended."""
    clock = case.clocks.get("mend")
    return unless(clock and clock.running, "nothing_to_mend")


@guard
def after_commitment(case: Case, move: Move, world: World) -> Refusal | None:
    """Checks afterwards belong to items granted on a promise (告知承诺)."""
    return unless(world.item.guide.get("commitment"), "not_on_promise")


@guard
def promise_broken(case: Case, move: Move, world: World) -> Refusal | None:
    """Only a check that found the promise untrue leads to revocation."""
    checked = case.last("check_after")
    return unless(checked and checked.data.get("kept") == "no", "promise_kept")


@guard
def calendar_changed(case: Case, move: Move, world: World) -> Refusal | None:
    """A running limit falls on another day, or is no longer provisional, under the calendar as it is now."""
    open_clocks = (clock for clock in case.clocks.values() if clock.running and not clock.paused)
    return unless(any(due_again(clock, world.calendar) != clock for clock in open_clocks), "calendar_same")


def changes(case: Case, supply: Supply) -> list[str]:
    """Names of the answers and materials a supply changes, sorted."""
    names = {
        name for name in case.form.keys() | supply.form.keys() if case.form.get(name) != supply.form.get(name)
    }
    for name in case.materials.keys() | supply.materials.keys():
        if not same(case.materials.get(name, ()), supply.materials.get(name, ())):
            names.add(name)
    return sorted(names)


def same(before: tuple[File, ...], after: tuple[File, ...]) -> bool:
    """Whether two lists of files hold the same contents."""
    return [file.sha256 for file in before] == [file.sha256 for file in after]
