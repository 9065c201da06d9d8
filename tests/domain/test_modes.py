"""Every further row of the table: steps, special procedures, holds, extensions, late materials, opinions, ratings."""

from __future__ import annotations

from datetime import date

import pytest
from chalicelib.domain.act import act, settle
from chalicelib.domain.case import Case
from chalicelib.domain.guards import Move, Supply
from chalicelib.domain.history import opinions, step_of
from chalicelib.domain.policy import Policy, of
from chalicelib.domain.refusal import Refusal

from schemas.items import Item
from tests.domain.world import (
    CHIEF,
    CITIZEN,
    HEAD,
    LATE_SLOT,
    OTHER_PHOTO,
    PHOTO,
    PHOTO_SLOT,
    POLICE,
    STEPS,
    WINDOW,
    done,
    handed_in,
    item,
    supply,
    world,
)  # fmt: skip

TESTED = {"special": [{"type": "检测", "basis": "公共场所卫生管理条例", "max_days": 30}]}
PROPOSAL = {
    "proposed": "special",
    "kind": "检测",
    "basis": "条例第八条",
    "reason": "需要现场检测",
    "days": 10,
}


def refused(case: Case, move: Move, day: str, *, of: Item | None = None) -> str:
    outcome = act(case, move, world(day, of=of))
    assert isinstance(outcome, Refusal), outcome.state
    return outcome.code


def reviewing(of: Item | None = None) -> Case:
    return done(handed_in("2026-09-18", of=of), "accept", WINDOW, "2026-09-18", of=of)


def closed(of: Item | None = None) -> Case:
    case = done(reviewing(of), "grant", CHIEF, "2026-09-21", of=of)
    case = done(case, "prepare", WINDOW, "2026-09-21", of=of)
    return done(case, "deliver", WINDOW, "2026-09-22", of=of, method="electronic", proof="已打开")


def test_a_special_procedure_is_proposed_approved_and_pauses_both_clocks():
    thing = item(**TESTED)
    case = done(reviewing(thing), "propose", WINDOW, "2026-09-21", of=thing, **PROPOSAL)
    case = done(case, "special", CHIEF, "2026-09-21", of=thing)
    assert (case.state, case.clocks["legal"].paused, case.clocks["promise"].paused) == ("special", True, True)
    assert case.events[-1].data["kind"] == "检测" and case.events[-1].data["proposed_by"] == "沈岚"
    case = done(case, "file_result", WINDOW, "2026-09-30", of=thing, result="检测合格，报告见附件")
    assert case.clocks["legal"].due == date(2026, 10, 30)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"proposed": "special", "kind": "实地核查", "basis": "x", "reason": "x"}, "special_unlawful"),
        ({"proposed": "special", "kind": "鉴定", "basis": "x", "reason": "x"}, "special_unlawful"),
        ({"proposed": "special", "kind": "检测", "basis": "", "reason": "x"}, "special_unlawful"),
        ({"proposed": "grant", "reason": "x"}, "unknown_action"),
        ({"proposed": "hold"}, "reason_missing"),
    ],
)
def test_only_what_the_law_lists_may_be_proposed(data, code):
    thing = item(**TESTED)
    assert refused(reviewing(thing), Move("propose", WINDOW, data), "2026-09-21", of=thing) == code


def test_the_chief_approves_only_what_somebody_proposed():
    assert refused(reviewing(), Move("hold", CHIEF), "2026-09-21") == "nothing_proposed"
    asked = done(
        reviewing(), "propose", WINDOW, "2026-09-21", proposed="hold", reason="等待邻里协商", max_days=5
    )
    assert refused(asked, Move("terminate", CHIEF), "2026-09-21") == "nothing_proposed"
    assert (
        refused(asked, Move("propose", WINDOW, {"proposed": "hold", "reason": "x"}), "2026-09-21")
        == "proposal_open"
    )
    declined = done(asked, "decline", CHIEF, "2026-09-21", reason="可以继续审查")
    assert refused(declined, Move("hold", CHIEF), "2026-09-21") == "nothing_proposed"


def test_a_hold_pauses_the_promise_and_never_the_legal_limit():
    case = done(reviewing(), "propose", WINDOW, "2026-09-21", proposed="hold", reason="等待协商", max_days=5)
    case = done(case, "hold", CHIEF, "2026-09-21")
    assert case.clocks["promise"].paused and not case.clocks["legal"].paused
    ended = settle(case, world("2026-09-30"))
    assert (ended.state, ended.events[-1].action) == ("reviewing", "hold_ends")
    assert ended.clocks["legal"].due == date(2026, 10, 22)
    assert ended.clocks["promise"].due > reviewing().clocks["promise"].due


def test_an_extension_comes_once_before_the_due_date_and_within_ten_days():
    ask = {"days": 10, "reason": "案情复杂"}
    case = done(reviewing(), "extend", HEAD, "2026-10-22", **ask)
    assert case.clocks["legal"].due == date(2026, 11, 5)
    assert refused(case, Move("extend", HEAD, ask), "2026-10-23") == "extended_before"
    assert refused(reviewing(), Move("extend", HEAD, ask), "2026-10-23") == "too_late_to_extend"
    assert (
        refused(reviewing(), Move("extend", HEAD, {**ask, "days": 11}), "2026-10-12") == "extension_too_long"
    )
    assert refused(reviewing(), Move("extend", CHIEF, ask), "2026-10-12") == "not_allowed"
    joint = item(joint_depts=["gafj"])
    assert done(reviewing(joint), "extend", HEAD, "2026-10-12", of=joint, days=15, reason="联合办理")


def test_steps_have_their_own_budgets_and_going_back_stops_no_limit():
    case = reviewing()
    assert (step_of(case, item()), case.clocks["step"].due) == (1, date(2026, 9, 22))
    case = done(case, "pass_on", WINDOW, "2026-09-21")
    assert (step_of(case, item()), case.clocks["step"].due) == (2, date(2026, 9, 23))
    back = done(case, "send_back", CHIEF, "2026-09-22", reason="补充审核意见")
    assert (step_of(back, item()), back.clocks["legal"].due) == (1, date(2026, 10, 22))
    assert refused(reviewing(), Move("send_back", CHIEF, {"reason": "x"}), "2026-09-21") == "no_such_step"


def test_a_site_check_names_two_people_and_the_legal_clock_runs_on():
    assert (
        refused(
            reviewing(),
            Move("site_check", WINDOW, {"inspector_a": "沈岚", "inspector_b": "沈岚"}),
            "2026-09-21",
        )
        == "two_inspectors"
    )
    case = done(reviewing(), "site_check", WINDOW, "2026-09-21", inspector_a="沈岚", inspector_b="陆知远")
    assert case.clocks["legal"] == reviewing().clocks["legal"]
    pausing = item(process={"site_check_pauses_promise": True})
    case = done(
        reviewing(pausing),
        "site_check",
        WINDOW,
        "2026-09-21",
        of=pausing,
        inspector_a="沈岚",
        inspector_b="陆知远",
        days=2,
    )
    assert case.clocks["promise"].due > reviewing().clocks["promise"].due
    assert case.clocks["legal"].due == reviewing().clocks["legal"].due


def test_other_departments_answer_or_let_their_time_pass_and_only_then_is_anything_granted():
    joint = item(joint_depts=["gafj"])
    case = done(reviewing(joint), "ask_opinion", WINDOW, "2026-09-21", of=joint, departments=["gafj"])
    assert refused(case, Move("grant", CHIEF), "2026-09-22", of=joint) == "opinions_open"
    assert refused(case, Move("grant", POLICE), "2026-09-22", of=joint) == "not_allowed"
    answered = done(case, "give_opinion", POLICE, "2026-09-22", of=joint, dept="gafj", opinion="no_objection")
    assert answered.clocks["opinion"].stopped == date(2026, 9, 22)
    assert done(answered, "grant", CHIEF, "2026-09-22", of=joint).state == "granted"
    silent = settle(case, world("2026-09-28", of=joint))
    assert opinions(silent)[0].answer == "no_objection_by_timeout"
    assert silent.state == "reviewing", "silence between departments grants nothing by itself"


def test_departments_may_be_called_to_a_joint_meeting_on_a_day_to_come():
    joint = item(joint_depts=["gafj", "mzj"])
    called = {"departments": ["gafj", "mzj"], "meeting_on": "2026-09-23"}
    late = Move("ask_opinion", WINDOW, called)
    assert refused(reviewing(joint), late, "2026-09-24", of=joint) == "meeting_passed"
    case = done(reviewing(joint), "ask_opinion", WINDOW, "2026-09-21", of=joint, **called)
    assert {one.meeting for one in opinions(case)} == {date(2026, 9, 23)}
    later = done(
        reviewing(joint),
        "ask_opinion",
        WINDOW,
        "2026-09-21",
        of=joint,
        **{**called, "meeting_on": "2026-10-13"},
    )
    assert later.clocks["opinion"].due == date(2026, 10, 13), "nobody's silence counts before the meeting"
    said = done(case, "give_opinion", POLICE, "2026-09-23", of=joint, dept="gafj", opinion="no_objection")
    assert [(one.dept, one.answer, one.meeting) for one in opinions(said)] == [
        ("gafj", "no_objection", date(2026, 9, 23)),
        ("mzj", "", date(2026, 9, 23)),
    ]


def test_only_departments_the_guide_names_are_asked_and_an_objection_says_why():
    joint = item(joint_depts=["gafj"])
    assert (
        refused(
            reviewing(joint), Move("ask_opinion", WINDOW, {"departments": ["mzj"]}), "2026-09-21", of=joint
        )
        == "department_unknown"
    )
    case = done(reviewing(joint), "ask_opinion", WINDOW, "2026-09-21", of=joint, departments=["gafj"])
    answer = {"dept": "gafj", "opinion": "objection"}
    assert refused(case, Move("give_opinion", POLICE, answer), "2026-09-22", of=joint) == "reason_missing"
    assert refused(case, Move("give_opinion", WINDOW, answer), "2026-09-22", of=joint) == "opinion_not_asked"


def tolerant(**process: object) -> Item:
    return item(tolerate_missing=True, materials=[PHOTO_SLOT, LATE_SLOT], process=process)


def with_lease() -> Supply:
    return Supply(supply().form, {"photo": (PHOTO,), "lease": (OTHER_PHOTO,)})


def test_a_case_accepted_with_late_materials_is_granted_only_when_they_came():
    late = tolerant()
    case = reviewing(late)
    assert case.clocks["owed"].due == date(2026, 10, 9)
    assert not case.clocks["legal"].paused, "late materials do not stop the legal limit"
    assert refused(case, Move("grant", CHIEF), "2026-09-21", of=late) == "still_owed"
    case = done(case, "add_owed", CITIZEN, "2026-09-22", of=late, given=with_lease())
    assert case.clocks["owed"].stopped == date(2026, 9, 22)
    assert done(case, "grant", CHIEF, "2026-09-22", of=late).state == "granted"


def test_only_what_is_owed_may_come_late():
    late = tolerant()
    other = Supply({"name": "别人", "place": "听潮路"}, {"photo": (PHOTO,), "lease": (OTHER_PHOTO,)})
    assert (
        refused(reviewing(late), Move("add_owed", CITIZEN, {}, other), "2026-09-22", of=late) == "not_listed"
    )
    assert refused(reviewing(), Move("add_owed", CITIZEN, {}, with_lease()), "2026-09-22") == "nothing_listed"


@pytest.mark.parametrize(("consequence", "state"), [("close", "lapsed"), ("deny", "reviewing")])
def test_materials_that_never_come_have_the_consequence_the_guide_states(consequence, state):
    late = tolerant(owed_days=5, owed_consequence=consequence)
    assert settle(reviewing(late), world("2026-09-30", of=late)).state == state


def test_by_policy_the_legal_clock_may_wait_for_late_materials():
    late, waiting = tolerant(), Policy(tolerance_pauses_legal=True)
    case = done(handed_in("2026-09-18", of=late), "accept", WINDOW, "2026-09-18", of=late, policy=waiting)
    assert case.clocks["legal"].paused
    case = done(case, "add_owed", CITIZEN, "2026-09-22", of=late, policy=waiting, given=with_lease())
    assert not case.clocks["legal"].paused and case.clocks["legal"].due == date(2026, 10, 27)


def test_an_immediate_item_is_accepted_and_granted_in_one_write():
    now = item(promise=0, unit="immediate")
    case = done(handed_in("2026-09-18", of=now), "decide_now", CHIEF, "2026-09-18", of=now)
    assert [event.action for event in case.events] == ["submit", "decide_now", "assign", "grant"]
    assert (case.state, case.version) == ("granted", 2)
    assert refused(handed_in("2026-09-18"), Move("decide_now", CHIEF), "2026-09-18") == "not_immediate"


def test_the_green_channel_shortens_the_promise_and_never_the_law():
    case = done(reviewing(), "fast_track", CHIEF, "2026-09-18", reason="重点项目")
    assert case.clocks["promise"].due == date(2026, 9, 23)
    assert case.clocks["legal"].due == date(2026, 10, 22)
    early = done(handed_in("2026-09-18"), "fast_track", CHIEF, "2026-09-18", reason="重点项目")
    assert done(early, "accept", WINDOW, "2026-09-18").clocks["promise"].due == date(2026, 9, 23)


def test_intake_may_open_an_answer_to_be_put_right_on_the_spot():
    case = done(
        handed_in("2026-09-18"), "invite_fix", WINDOW, "2026-09-18", fields=["place"], reason="写到门牌号"
    )
    assert refused(case, Move("fix", CITIZEN, {}, supply(name="林小禾")), "2026-09-18") == "not_listed"
    fixed = done(case, "fix", CITIZEN, "2026-09-18", given=supply(place="听潮路 12 号"))
    assert fixed.form["place"] == "听潮路 12 号" and fixed.correction is None
    assert fixed.clocks["intake"] == case.clocks["intake"], "intake runs on"
    assert done(fixed, "correct", WINDOW, "2026-09-18", fields=["place"], reason="x"), (
        "it was no correction notice"
    )


def test_originals_are_checked_before_anything_is_released():
    checked = item(process={"originals_at_collection": True})
    case = done(
        done(reviewing(checked), "grant", CHIEF, "2026-09-21", of=checked),
        "prepare",
        WINDOW,
        "2026-09-21",
        of=checked,
    )
    assert (
        refused(case, Move("deliver", WINDOW, {"proof": "签收"}), "2026-09-22", of=checked)
        == "originals_unverified"
    )
    case = done(case, "verify_originals", WINDOW, "2026-09-22", of=checked)
    assert done(case, "deliver", WINDOW, "2026-09-22", of=checked, proof="签收").state == "closed"


def test_a_hearing_right_is_served_before_the_decision_where_the_guide_says_so():
    heard = item(process={"hearing": True})
    assert refused(reviewing(heard), Move("grant", CHIEF), "2026-09-21", of=heard) == "hearing_not_served"
    assert (
        done(
            reviewing(heard), "grant", CHIEF, "2026-09-21", of=heard, hearing="9月19日告知，当事人放弃"
        ).state
        == "granted"
    )


def test_a_case_is_rated_once_and_a_bad_rating_is_mended_in_time():
    case = done(closed(), "rate", CITIZEN, "2026-09-23", score="2", note="等得太久")
    assert case.clocks["mend"].due == date(2026, 10, 21)
    assert refused(case, Move("rate", CITIZEN, {"score": "5"}), "2026-09-24") == "rated_before"
    mended = done(case, "mend_rating", WINDOW, "2026-09-24", reason="已电话回访并致歉")
    assert mended.clocks["mend"].stopped == date(2026, 9, 24)
    good = done(closed(), "rate", CITIZEN, "2026-09-23", score="5")
    assert "mend" not in good.clocks
    assert refused(closed(), Move("rate", CITIZEN, {"score": "6"}), "2026-09-23") == "score_invalid"
    assert refused(reviewing(), Move("rate", CITIZEN, {"score": "5"}), "2026-09-23") == "not_in_state"


def test_a_broken_promise_is_found_afterwards_and_revoked():
    promised = item(commitment=True)
    case = closed(promised)
    assert refused(case, Move("revoke", CHIEF, {"reason": "x"}), "2026-10-12", of=promised) == "promise_kept"
    case = done(case, "check_after", WINDOW, "2026-10-12", of=promised, kept="no", reason="没有消毒设施")
    assert done(case, "revoke", CHIEF, "2026-10-13", of=promised, reason="承诺不实").state == "revoked"
    assert refused(closed(), Move("check_after", WINDOW, {"kept": "no"}), "2026-10-12") == "not_on_promise"


def test_a_case_referred_up_carries_an_opinion_and_stops_here():
    assert refused(reviewing(), Move("refer_up", CHIEF), "2026-09-21") == "opinion_missing"
    up = done(reviewing(), "refer_up", CHIEF, "2026-09-21", opinion="同意，请市局审查")
    assert up.state == "referred_up" and not [clock for clock in up.clocks.values() if clock.running]


def test_termination_is_proposed_by_one_and_approved_by_another():
    asked = done(reviewing(), "propose", WINDOW, "2026-09-21", proposed="terminate", reason="申请人已注销")
    assert done(asked, "terminate", CHIEF, "2026-09-21").state == "terminated"


@pytest.mark.parametrize(
    ("policy", "due"),
    [(Policy(), date(2026, 10, 22)), (Policy(day0_counts=True), date(2026, 10, 21))],
)
def test_whether_day_zero_counts_is_a_setting(policy, due):
    case = done(handed_in("2026-09-18"), "accept", WINDOW, "2026-09-18", policy=policy)
    assert case.clocks["legal"].due == due


def test_whether_a_supplement_starts_five_new_days_is_a_setting():
    asked = done(handed_in("2026-09-18"), "correct", WINDOW, "2026-09-22", fields=["place"], reason="x")
    given = supply(place="听潮路 12 号")
    assert done(asked, "supplement", CITIZEN, "2026-09-23", given=given).clocks["intake"].limit.n == 5
    old = done(
        asked,
        "supplement",
        CITIZEN,
        "2026-09-23",
        given=given,
        policy=Policy(new_intake_after_supplement=False),
    )
    assert old.clocks["intake"].limit.n == 2


def test_a_policy_setting_that_does_not_exist_is_refused_by_name():
    with pytest.raises(ValueError, match="day_zero"):
        of({"day_zero": True})


def test_when_the_official_calendar_arrives_open_limits_move_and_history_says_so():
    from dataclasses import replace as swapped

    case = done(handed_in("2026-11-30"), "accept", WINDOW, "2026-12-01")
    assert case.clocks["legal"].due.year == 2026
    late = done(case, "extend", HEAD, "2026-12-02", days=10, reason="案情复杂")
    assert late.clocks["legal"].provisional
    known = swapped(late.clocks["legal"], due=date(2027, 1, 4))
    moved = settle(swapped(late, clocks={**late.clocks, "legal": known}), world("2026-12-03"))
    assert moved.events[-1].action == "recalendar"
    assert moved.events[-1].data["due"]["legal"] == late.clocks["legal"].due.isoformat()
    assert [step["name"] for step in STEPS]
