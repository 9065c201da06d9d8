"""What others have a say in: opinions of departments, proposals, special procedures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from ..case import Case
from ..history import opinions, proposal, unanswered
from ..lifecycle import PROPOSED
from ..refusal import Refusal
from ..world import World
from .clause import guard, over, text, unless
from .move import Move

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


@guard
def departments_named(case: Case, move: Move, world: World) -> Refusal | None:
    """Opinions are asked of departments the guide names as joint, and of each only once."""
    asked, known = move.data.get("departments", ()), {opinion.dept for opinion in opinions(case)}
    allowed = set(world.item.guide.get("joint_depts", ())) - known
    return unless(asked and set(asked) <= allowed, "department_unknown")


@guard
def meeting_to_come(case: Case, move: Move, world: World) -> Refusal | None:
    """A joint meeting (联审会议) is called for a day that has not passed."""
    told = text(move, "meeting_on")
    return unless(not told or date.fromisoformat(told) >= world.today, "meeting_passed")


@guard
def opinion_asked(case: Case, move: Move, world: World) -> Refusal | None:
    """The answering department was asked, has not answered, and is the actor's own."""
    dept = text(move, "dept")
    return unless(dept in unanswered(case) and dept in move.actor.depts, "opinion_not_asked")


@guard
def objection_explained(case: Case, move: Move, world: World) -> Refusal | None:
    """An objection gives its reason."""
    return unless(move.data.get("opinion") != "objection" or text(move, "reason"), "reason_missing")


@guard
def opinion_over(case: Case, move: Move, world: World) -> Refusal | None:
    """The time to answer has passed: between departments, and only there, silence is no objection."""
    return unless(unanswered(case) and over(case, "opinion", world), "opinion_running")


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
    return unless(text(move, "result"), "result_missing")
