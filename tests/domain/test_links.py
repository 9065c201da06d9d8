"""Services of others by the rules alone: what may be handed to them, and what they may say."""

from __future__ import annotations

from typing import Any

import pytest
from chalicelib.domain.act import act
from chalicelib.domain.case import Actor, Case
from chalicelib.domain.guards import Move
from chalicelib.domain.lifecycle import LINK
from chalicelib.domain.refusal import Refusal

from tests.domain.world import CHIEF, WINDOW, done, handed_in, world

CARRIER = Actor("link:post", "寄递平台", frozenset({LINK}), depts=WINDOW.depts)
PARCEL = {"carrier": "邮政速递", "tracking": "EM990102001CN"}
DAY = "2026-09-22"


def ready() -> Case:
    """A case whose result waits to be handed over."""
    case = done(handed_in("2026-09-18"), "accept", WINDOW, "2026-09-18")
    return done(done(case, "grant", CHIEF, "2026-09-21"), "prepare", WINDOW, "2026-09-21")


def sent() -> Case:
    return done(ready(), "dispatch", WINDOW, DAY, **PARCEL)


def said(case: Case, action: str, actor: Actor, **data: Any) -> str:
    """The refusal's code, or the state that follows."""
    outcome = act(case, Move(action, actor, data), world(DAY))
    return outcome.code if isinstance(outcome, Refusal) else outcome.state


@pytest.mark.parametrize("lacking", ["carrier", "tracking"])
def test_nothing_is_sent_without_carrier_and_number(lacking: str) -> None:
    assert said(ready(), "dispatch", WINDOW, **{**PARCEL, lacking: " "}) == "parcel_missing"


def told(case: Case, **changes: Any) -> dict[str, Any]:
    asked = case.last("dispatch")
    ref = asked.seq if asked else 0
    told = {"kind": "logistics", "step": "moving", "ref": ref, "tracking": PARCEL["tracking"]}
    return {**told, **changes}


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "pigeons"},
        {"kind": "video"},
        {"step": "sealed"},
        {"ref": 1},
        {"ref": None},
        {"tracking": "EM2"},
    ],
    ids=str,
)
def test_a_carrier_speaks_only_of_its_parcel_and_closes_no_other_case(changes: dict[str, Any]) -> None:
    case = sent()
    assert said(case, "hear", CARRIER, **told(case)) == "delivering"
    assert said(case, "hear", CARRIER, **told(case, **changes)) == "not_asked"
    assert (
        said(case, "deliver", CARRIER, **{**told(case, step="delivered"), **changes, "proof": "已签收"})
        == "not_asked"
    )


def test_a_carrier_closes_the_case_it_was_given_and_the_clock_of_delivery() -> None:
    case = sent()
    after = act(
        case, Move("deliver", CARRIER, {**told(case, step="delivered"), "proof": "已签收"}), world(DAY)
    )
    assert isinstance(after, Case) and after.state == "closed" and not after.clocks["delivery"].running


def test_no_other_service_and_no_other_step_closes_a_case() -> None:
    case = sent()
    decision = case.last("grant")
    assert decision
    seal = {"kind": "seal", "step": "sealed", "ref": decision.seq, "digest": decision.digest}
    assert said(case, "hear", CARRIER, **seal) == "delivering"
    for facts in (seal, told(case)):
        assert said(case, "deliver", CARRIER, **facts, proof="已签收") == "not_asked"


def test_a_carrier_that_was_given_nothing_closes_nothing() -> None:
    case = ready()
    assert said(case, "deliver", CARRIER, **told(case, step="delivered"), proof="已签收") == "not_asked"


@pytest.mark.parametrize("who", [WINDOW, CHIEF], ids=["window", "chief"])
def test_nobody_speaks_for_a_service(who: Actor) -> None:
    case = sent()
    assert said(case, "hear", who, **told(case)) == "not_allowed"
