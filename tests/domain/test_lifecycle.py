"""The lifecycle table: who may do what, when, and what it leaves behind."""

from __future__ import annotations

from typing import Any

import pytest
from chalicelib.domain.act import act
from chalicelib.domain.case import Case, first_broken
from chalicelib.domain.guards import GUARDS, Move
from chalicelib.domain.lifecycle import DRAFT, FINAL, RULES, STATES, rule_for
from chalicelib.domain.refusal import Refusal
from chalicelib.domain.timeline import explains, time_spent

from tests.domain.world import (
    CALENDAR,
    CHIEF,
    CITIZEN,
    ELSEWHERE,
    OTHER_PHOTO,
    STRANGER,
    WINDOW,
    at,
    done,
    handed_in,
    supply,
    world,
)  # fmt: skip

ASKED: dict[str, Any] = {"fields": ["place"], "materials": ["photo"], "reason": "地点写到门牌号，照片要清楚"}


def refused(case: Case, move: Move, day: str = "2026-09-21") -> str:
    outcome = act(case, move, world(day))
    assert isinstance(outcome, Refusal), outcome.state
    return outcome.code


def correcting() -> Case:
    return done(handed_in("2026-09-18"), "correct", WINDOW, "2026-09-18", **ASKED)


def reviewing() -> Case:
    return done(handed_in("2026-09-18"), "accept", WINDOW, "2026-09-18")


def test_final_states_are_those_nothing_leaves():
    ended = {
        "closed",
        "withdrawn",
        "refused",
        "not_required",
        "lapsed",
        "terminated",
        "referred_up",
        "revoked",
    }
    assert ended == FINAL


def test_after_an_end_only_a_closed_case_is_rated_mended_checked_revoked_or_sealed():
    after = {rule.action for rule in RULES if FINAL & set(rule.source)}
    assert after == {"rate", "mend_rating", "check_after", "revoke", "hear"}
    assert not [rule for rule in RULES if (FINAL - {"closed"}) & set(rule.source)]


def test_every_guard_and_follow_up_named_in_the_table_exists():
    assert {name for rule in RULES for name in rule.guards} == set(GUARDS)
    for rule in RULES:
        state = rule.target
        for action in rule.then:
            follow_up = rule_for(state, action)
            assert follow_up is not None
            state = follow_up.leads_to(state)


def test_every_state_can_be_reached_from_the_start():
    reached: set[str] = {DRAFT}
    before: set[str] = set()
    while reached != before:
        before = set(reached)
        reached |= {rule.leads_to(state) for rule in RULES for state in before if state in rule.source}
    assert reached - {DRAFT} == set(STATES)


def test_a_case_goes_from_submission_to_closing():
    case = reviewing()
    assert case.state == "reviewing"
    case = done(case, "grant", CHIEF, "2026-09-22", note="符合条件")
    case = done(case, "prepare", WINDOW, "2026-09-23")
    case = done(case, "deliver", WINDOW, "2026-09-24", method="electronic", proof="9月24日 10:00 打开")
    assert case.state == "closed"
    assert [e.action for e in case.events] == ["submit", "accept", "assign", "grant", "prepare", "deliver"]
    assert not [clock.name for clock in case.clocks.values() if clock.running]
    assert explains(case) and first_broken(case.events) is None


@pytest.mark.parametrize(
    ("actor", "action", "data", "code"),
    [
        (CITIZEN, "accept", {}, "not_allowed"),
        (STRANGER, "withdraw", {}, "not_yours"),
        (ELSEWHERE, "accept", {}, "not_yours"),
        (CHIEF, "accept", {}, "not_allowed"),
        (WINDOW, "grant", {}, "not_allowed"),
        (CHIEF, "grant", {}, "not_in_state"),
        (WINDOW, "deem_accepted", {}, "not_allowed"),
        (WINDOW, "fly", {}, "unknown_action"),
        (WINDOW, "refuse", {"right_body": "区民政局"}, "reason_missing"),
        (WINDOW, "refuse", {"reason": "不属于本部门"}, "right_body_missing"),
        (WINDOW, "not_required", {"reason": " "}, "reason_missing"),
        (WINDOW, "correct", {"reason": "请补"}, "points_missing"),
    ],
)
def test_a_submitted_case_refuses(actor, action, data, code):
    assert refused(handed_in("2026-09-18"), Move(action, actor, data)) == code


@pytest.mark.parametrize("action", ["accept", "correct", "refuse", "not_required"])
def test_intake_decisions_come_too_late_after_five_working_days(action):
    data = {**ASKED, "right_body": "区民政局"}
    assert refused(handed_in("2026-09-18"), Move(action, WINDOW, data), "2026-09-25") == "intake_passed"


def test_only_the_chief_decides_and_a_denial_gives_reasons():
    assert refused(reviewing(), Move("grant", WINDOW)) == "not_allowed"
    assert refused(reviewing(), Move("deny", CHIEF)) == "reason_missing"
    assert done(reviewing(), "deny", CHIEF, "2026-09-21", reason="不符合第十一条").state == "denied"


def test_a_case_closes_only_with_a_record_of_delivery():
    denied = done(reviewing(), "deny", CHIEF, "2026-09-21", reason="不符合")
    assert refused(denied, Move("deliver", WINDOW, {"proof": ""})) == "proof_missing"
    assert done(denied, "deliver", WINDOW, "2026-09-22", method="window", proof="林禾签收").state == "closed"


def test_a_second_correction_notice_needs_an_override():
    back = act(correcting(), Move("supplement", CITIZEN, {}, supply(photo=OTHER_PHOTO)), world("2026-09-21"))
    assert isinstance(back, Case)
    assert refused(back, Move("correct", WINDOW, ASKED)) == "second_correction"
    again = done(back, "correct", WINDOW, "2026-09-21", **ASKED, override_reason="新照片仍然看不清")
    assert again.events[-1].data["override_reason"] == "新照片仍然看不清"


def test_a_supplement_changes_only_what_was_listed():
    move = Move("supplement", CITIZEN, {}, supply(name="林小禾", photo=OTHER_PHOTO))
    assert refused(correcting(), move) == "not_listed"


def test_a_supplement_brings_every_listed_material_anew():
    assert (
        refused(correcting(), Move("supplement", CITIZEN, {}, supply(place="听潮路 12 号"))) == "points_open"
    )


def test_a_supplement_starts_intake_anew_and_keeps_what_was_there_before():
    move = Move("supplement", CITIZEN, {}, supply(place="听潮路 12 号", photo=OTHER_PHOTO))
    back = act(correcting(), move, world("2026-09-21"))
    assert isinstance(back, Case)
    assert (back.state, back.correction, back.form["place"]) == ("submitted", None, "听潮路 12 号")
    assert back.clocks["intake"].due.isoformat() == "2026-09-29"  # 25 September is Mid-Autumn
    assert back.events[-1].data["changed"] == ["photo", "place"]
    assert back.events[-1].data["before"] == {"place": "听潮路"}


def test_a_supplement_after_the_limit_is_refused():
    move = Move("supplement", CITIZEN, {}, supply(photo=OTHER_PHOTO))
    assert refused(correcting(), move, "2026-12-01") == "correction_passed"


@pytest.mark.parametrize("make", [lambda: handed_in("2026-09-18"), correcting, reviewing])
def test_an_applicant_may_withdraw_until_the_decision(make):
    case = done(make(), "withdraw", CITIZEN, "2026-09-21")
    assert case.state == "withdrawn" and not any(clock.running for clock in case.clocks.values())


def test_nobody_withdraws_after_the_decision():
    granted = done(reviewing(), "grant", CHIEF, "2026-09-21")
    assert refused(granted, Move("withdraw", CITIZEN)) == "not_in_state"


def test_time_is_told_apart_between_office_and_applicant():
    move = Move("supplement", CITIZEN, {}, supply(photo=OTHER_PHOTO))
    back = act(correcting(), move, world("2026-09-23"))
    assert isinstance(back, Case)
    spent = time_spent(back, at("2026-09-24"), calendar=CALENDAR)
    assert (spent["applicant"].n, spent["office"].n) == (4, 1)


def test_changing_one_letter_of_history_breaks_the_chain():
    from dataclasses import replace

    case = reviewing()
    forged = (case.events[0], replace(case.events[1], note="改过"), *case.events[2:])
    assert first_broken(forged) == 2
    assert first_broken(case.events[:1] + case.events[2:]) == 2
    assert first_broken(case.events) is None
