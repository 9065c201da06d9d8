"""After the decision: release and delivery, ratings, checks afterwards."""

from __future__ import annotations

from ..case import Case
from ..history import process_of, rating
from ..refusal import Refusal
from ..world import World
from .clause import guard, text, unless
from .move import Move

SCORES = ("5", "4", "3", "2", "1")  # 非常满意 … 非常不满意, codes of 好差评


@guard
def originals_verified(case: Case, move: Move, world: World) -> Refusal | None:
    """Where originals are checked at collection, nothing is released before they were (先审后领)."""
    needed = bool(process_of(world.item, "originals_at_collection", False))
    return unless(not needed or case.last("verify_originals"), "originals_unverified")


@guard
def proof_of_delivery(case: Case, move: Move, world: World) -> Refusal | None:
    """A case closes only with a record of how the result reached the applicant (行政许可法 44)."""
    return unless(text(move, "proof"), "proof_missing")


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
    """Checks afterwards belong to what was granted on a promise (告知承诺) or filed unseen (自动备案)."""
    return unless(world.item.guide.get("commitment") or case.last("file"), "not_on_promise")


@guard
def promise_broken(case: Case, move: Move, world: World) -> Refusal | None:
    """Only a check that found the promise untrue leads to revocation."""
    checked = case.last("check_after")
    return unless(checked and checked.data.get("kept") == "no", "promise_kept")
