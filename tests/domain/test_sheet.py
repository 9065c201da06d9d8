"""The desk's sheet: whose a case is to work on follows from its entries alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from chalicelib.domain import sheet as rules
from chalicelib.domain.case import SYSTEM_ACTOR, Actor
from chalicelib.domain.refusal import Refusal
from chalicelib.domain.sheet import Sheet
from chalicelib.drawing import drawn

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
LATER = NOW + timedelta(minutes=31)


def reviewer(sub: str, *roles: str) -> Actor:
    return Actor(sub, sub, frozenset(roles or ("reviewer",)), "岗", frozenset({"csgl"}))


A, B, C = reviewer("a"), reviewer("b"), reviewer("c")
CHIEF = reviewer("chief", "chief")
EMPTY = Sheet("N", "csgl")
Step = Callable[[Sheet], Sheet | Refusal]


def claim(by: Actor, now: datetime = NOW) -> Step:
    return lambda sheet: rules.claim(sheet, by, now=now, minutes=30)


def after(*steps: Step, sheet: Sheet = EMPTY) -> Sheet:
    for step in steps:
        made = step(sheet)
        assert isinstance(made, Sheet), made
        sheet = made
    return sheet


def recused(by: Actor) -> Step:
    return lambda sheet: rules.recuse(sheet, by, "亲属", now=NOW)


def given(to: Actor) -> Step:
    return lambda sheet: rules.assign(sheet, to, by=SYSTEM_ACTOR, now=NOW)


def taken(by: Actor, why: str = "同事请假") -> Step:
    return lambda sheet: rules.take_over(sheet, by, why, now=NOW, minutes=30)


def handed(by: Actor, to: Actor | None, why: str = "出差") -> Step:
    return lambda sheet: rules.hand_over(sheet, by, why, to=to, now=NOW)


REFUSED: dict[str, tuple[tuple[Step, ...], Step, str]] = {
    "a colleague holds it": ((claim(A),), claim(B), "held"),
    "it was given to another reviewer": ((given(A),), claim(B), "assigned_other"),
    "who stepped back does not come again": ((recused(A),), claim(A), "recused"),
    "not even with a reason": ((recused(A),), taken(A), "recused"),
    "taking over says why": ((claim(A),), taken(B, " "), "reason_missing"),
    "stepping back says why": ((), lambda s: rules.recuse(s, A, "", now=NOW), "reason_missing"),
    "handing over says why": ((claim(A),), handed(A, B, ""), "reason_missing"),
    "nobody hands over to themselves": ((claim(A),), handed(A, A), "colleague_unknown"),
    "nobody hands over to a stranger": ((claim(A),), handed(A, None), "colleague_unknown"),
    "nor to who stepped back": ((recused(B), claim(A)), handed(A, B), "colleague_recused"),
    "nor what a colleague holds": ((claim(A),), handed(B, C), "held"),
    "a note has words": ((), lambda s: rules.note(s, A, "  ", now=NOW), "note_empty"),
    "nobody answers what was not asked": ((), lambda s: rules.second(s, A, "同意", now=NOW), "second_not_asked"),
    "one second opinion at a time": (
        (lambda s: rules.ask_second(s, A, "请看", to=B, now=NOW),),
        lambda s: rules.ask_second(s, A, "请看", to=C, now=NOW),
        "second_open",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "step", "code"), REFUSED.values(), ids=REFUSED)
def test_what_the_sheet_refuses(before: tuple[Step, ...], step: Step, code: str) -> None:
    outcome = step(after(*before))
    assert isinstance(outcome, Refusal) and outcome.code == code


HOLDS: dict[str, tuple[tuple[Step, ...], datetime, str]] = {
    "a claim holds": ((claim(A),), NOW, "a"),
    "a claim runs out": ((claim(A),), LATER, ""),
    "a claim is renewed": ((claim(A), claim(A, NOW + timedelta(minutes=20))), LATER, "a"),
    "a claim that ran out is anybody's": ((claim(A), claim(B, LATER)), LATER, "b"),
    "a claim is given up": ((claim(A), lambda s: rules.release(s, A, now=NOW)), NOW, ""),
    "nobody gives up another's": ((claim(A), lambda s: rules.release(s, B, now=NOW)), NOW, "a"),
    "a claim is taken over": ((claim(A), taken(B)), NOW, "b"),
    "stepping back frees the case": ((claim(A), recused(A)), NOW, ""),
    "another's stepping back does not": ((claim(A), recused(B)), NOW, "a"),
    "handing over frees the case": ((claim(A), handed(A, B)), NOW, ""),
    "a step ends the claim": (
        (claim(A), lambda s: rules.done(s, A, source="reviewing", target="reviewing", now=NOW)),
        NOW,
        "",
    ),
    "a lot that is drawn ends no claim": ((claim(A), given(B)), NOW, "a"),
}


@pytest.mark.parametrize(("steps", "now", "holder"), HOLDS.values(), ids=HOLDS)
def test_who_holds_a_case(steps: tuple[Step, ...], now: datetime, holder: str) -> None:
    hold = after(*steps).hold(now)
    assert (hold.actor if hold else "") == holder


GIVEN: dict[str, tuple[tuple[Step, ...], str]] = {
    "by lot": ((given(A),), "a"),
    "only once": ((given(A), given(B)), "a"),
    "by hand": ((given(A), handed(A, B)), "b"),
    "taken over": ((given(A), taken(B)), "b"),
    "lost by stepping back": ((given(A), recused(A)), ""),
    "not lost by another's stepping back": ((given(A), recused(B)), "a"),
    "kept within the review": (
        (given(A), claim(A), lambda s: rules.done(s, A, source="reviewing", target="on_hold", now=NOW)),
        "a",
    ),
    "over when the case goes on": (
        (given(A), lambda s: rules.done(s, CHIEF, source="reviewing", target="granted", now=NOW)),
        "",
    ),
}


@pytest.mark.parametrize(("steps", "whose"), GIVEN.values(), ids=GIVEN)
def test_whom_the_review_was_given_to(steps: tuple[Step, ...], whose: str) -> None:
    found = after(*steps).assigned
    assert (found[0] if found else "") == whose


STOPS: dict[str, tuple[tuple[Step, ...], Actor, str, str]] = {
    "a colleague's claim": ((claim(A),), B, "pass_on", "held"),
    "a reviewer's claim stops the chief too": ((claim(A),), CHIEF, "grant", "held"),
    "another's review": ((given(A),), B, "pass_on", "assigned_other"),
    "but the chief decides on any": ((given(A),), CHIEF, "grant", ""),
    "one's own stepping back": ((recused(A),), A, "pass_on", "recused"),
    "not an opinion of another department": ((claim(A),), B, "give_opinion", ""),
    "not one's own claim": ((claim(A),), A, "pass_on", ""),
    "nothing on an empty sheet": ((), A, "pass_on", ""),
}


@pytest.mark.parametrize(("steps", "actor", "action", "code"), STOPS.values(), ids=STOPS)
def test_what_stops_a_step(steps: tuple[Step, ...], actor: Actor, action: str, code: str) -> None:
    no = rules.stops(after(*steps), actor, action, "reviewing", now=NOW)
    assert (no.code if no else "") == code


@pytest.mark.parametrize("pick", [0, 1])
def test_the_lot_falls_on_any_reviewer_who_has_not_stepped_back(pick: int) -> None:
    among = [CHIEF, C, B, A]
    made = drawn(after(recused(B)), "reviewing", among=among, draw=lambda left: left[pick], now=NOW)
    assert made.assigned == (("a", "a"), ("c", "c"))[pick]


@pytest.mark.parametrize(("state", "among"), [("submitted", [A]), ("reviewing", [CHIEF]), ("closed", [A])])
def test_no_lot_is_drawn_outside_the_review_or_for_nobody(state: str, among: list[Actor]) -> None:
    assert drawn(EMPTY, state, among=among, draw=lambda left: left[0], now=NOW) is EMPTY
