"""Lights and cards: what each rule says on which day, from history and calendar alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from chalicelib.domain import lights
from chalicelib.domain.act import settle
from chalicelib.domain.case import Case
from chalicelib.domain.lights import BREACH, DONE, FROZEN, GREEN, RED, WAITING, YELLOW
from chalicelib.domain.policy import Policy
from chalicelib.domain.spans import spans

from tests.domain.world import CHIEF, CITIZEN, WINDOW, done, handed_in, item, supply, world

SPECIAL = item(special=[{"type": "检测", "basis": "x", "max_days": 30}])


def accepted(**of: object) -> Case:
    """Accepted on a Monday: step 3, promise 8, law 20 working days: 5, 12 and 30 November."""
    made = item(**of)
    return done(handed_in("2026-11-02", of=made), "accept", WINDOW, "2026-11-02", of=made)


def seen(case: Case, day: str, **of: object) -> tuple[str, str]:
    shown = lights.lights_of(case, world(day, of=item(**of)))
    return shown.case, shown.step


def told(case: Case, day: str, **of: object) -> list[tuple[str, str]]:
    return [(card.rule.id, card.day.isoformat()) for card in lights.cards(case, world(day, of=item(**of)))]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-11-02", (GREEN, GREEN)),
        ("2026-11-03", (GREEN, GREEN)),
        ("2026-11-04", (GREEN, YELLOW)),  # one working day of the step is left
        ("2026-11-05", (GREEN, YELLOW)),
        ("2026-11-06", (GREEN, BREACH)),  # the step is over, the case is not
        ("2026-11-10", (GREEN, BREACH)),
        ("2026-11-11", (YELLOW, BREACH)),
        ("2026-11-12", (YELLOW, BREACH)),
        ("2026-11-13", (RED, BREACH)),
        ("2026-11-30", (RED, BREACH)),
        ("2026-12-01", (BREACH, BREACH)),
    ],
)
def test_the_lights_of_a_case_and_its_step_day_by_day(day: str, expected: tuple[str, str]) -> None:
    assert seen(accepted(), day) == expected


@pytest.mark.parametrize(
    ("promise", "near", "why"),
    [
        (1, "2026-11-02", "a promise of one day is near from the start"),
        (5, "2026-11-06", "one working day is left"),
        (10, "2026-11-13", "nine of ten used is one left"),
        (20, "2026-11-26", "eighteen of twenty used"),
        (30, "2026-12-09", "twenty-seven of thirty used"),
    ],
)
def test_yellow_begins_at_nine_tenths_or_on_the_last_working_day(promise: int, near: str, why: str) -> None:
    case = accepted(promise=promise, legal=60)
    span = next(span for span in spans(case) if span.clock == "promise")
    assert lights.near_from(span, calendar=world("2026-11-02").calendar) == date.fromisoformat(near), why


def test_the_share_and_the_days_are_settings() -> None:
    case, early = accepted(), Policy(yellow_share=0.5, yellow_days=3)
    shown = lights.lights_of(case, world("2026-11-06", policy=early))
    assert shown.case == YELLOW and seen(case, "2026-11-06")[0] == GREEN


def test_before_acceptance_the_intake_limit_is_the_light_and_silence_is_a_breach() -> None:
    case = handed_in("2026-11-02")
    assert [seen(case, f"2026-11-0{n}")[0] for n in (2, 5, 6, 9)] == [GREEN, GREEN, YELLOW, YELLOW]
    assert seen(case, "2026-11-10")[0] == BREACH
    silent = settle(case, world("2026-11-10"))
    assert told(silent, "2026-11-10")[:2] == [("intake_near", "2026-11-06"), ("intake_over", "2026-11-10")]


def test_a_case_that_waits_for_its_applicant_shows_no_colour() -> None:
    case = done(
        handed_in("2026-11-02"), "correct", WINDOW, "2026-11-03", reason="x", fields=["name"], materials=[]
    )
    assert seen(case, "2026-11-20") == (WAITING, DONE)
    assert told(case, "2026-11-20") == []


def held() -> Case:
    asked = done(
        accepted(), "propose", WINDOW, "2026-11-04", proposed="hold", reason="等部门回函", max_days=20
    )
    return done(asked, "hold", CHIEF, "2026-11-04")


def test_on_hold_the_light_is_frozen_but_the_law_goes_on() -> None:
    case = held()
    assert seen(case, "2026-11-20") == (FROZEN, FROZEN)
    assert seen(case, "2026-12-01")[0] == BREACH
    assert ("promise_near", "2026-11-11") not in told(case, "2026-11-20")


def test_a_special_procedure_freezes_everything() -> None:
    asked = done(accepted(), "propose", WINDOW, "2026-11-04", of=SPECIAL, proposed="special", kind="检测",
                 basis="第四十五条", reason="要检测", max_days=30)  # fmt: skip
    case = done(asked, "special", CHIEF, "2026-11-04", of=SPECIAL)
    assert lights.lights_of(case, world("2026-12-10", of=SPECIAL)) == lights.Lights(FROZEN, FROZEN, None)
    assert told(case, "2026-12-10") == []


def test_after_the_hold_the_limit_is_near_later() -> None:
    back = done(held(), "resume", WINDOW, "2026-11-09")
    assert ("promise_near", "2026-11-16") in told(back, "2026-11-16")
    assert ("promise_near", "2026-11-16") not in told(back, "2026-11-13")


def test_each_card_once_with_its_day_and_its_post() -> None:
    case = accepted()
    assert told(case, "2026-12-01") == [
        ("step_near", "2026-11-04"),
        ("step_over", "2026-11-06"),
        ("promise_near", "2026-11-11"),
        ("promise_over", "2026-11-13"),
        ("legal_over", "2026-12-01"),
    ]
    assert {card.post for card in lights.cards(case, world("2026-12-01"))} == {"市容科"}


def test_cards_are_the_same_however_late_they_are_looked_for() -> None:
    case = done(accepted(), "pass_on", WINDOW, "2026-11-09")
    late = done(case, "grant", CHIEF, "2026-11-13")
    assert told(late, "2026-12-20")[:4] == [
        ("step_near", "2026-11-04"),
        ("step_over", "2026-11-06"),  # of the first step, though another has begun since
        ("step_near", "2026-11-10"),
        ("promise_near", "2026-11-11"),
    ]
    assert ("promise_over", "2026-11-13") in told(late, "2026-12-20")
    assert ("legal_over", "2026-12-01") not in told(late, "2026-12-20")


def test_a_case_in_time_earns_no_card_but_a_warning_at_most() -> None:
    quick = done(accepted(), "grant", CHIEF, "2026-11-03")
    assert told(quick, "2026-11-13") == []
    last = done(accepted(), "grant", CHIEF, "2026-11-12")
    assert "promise_over" not in [rule for rule, _ in told(last, "2026-12-31")]


def test_what_is_decided_on_the_spot_warns_nobody_on_the_day_itself() -> None:
    case = accepted(promise=0, unit="immediate")
    assert told(case, "2026-11-02", promise=0, unit="immediate") == []
    assert ("promise_over", "2026-11-03") in told(case, "2026-11-03", promise=0, unit="immediate")


def test_a_second_correction_notice_is_a_breach() -> None:
    asked = {"reason": "x", "fields": ["name"], "materials": []}
    case = done(handed_in("2026-11-02"), "correct", WINDOW, "2026-11-02", **asked)
    back = done(case, "supplement", CITIZEN, "2026-11-03", given=supply(name="林小禾"))
    again = done(back, "correct", WINDOW, "2026-11-03", override_reason="确有必要", **asked)
    assert told(back, "2026-11-03") == []
    assert told(again, "2026-11-03") == [("second_correction", "2026-11-03")]


@pytest.mark.parametrize(
    ("changed", "rule"),
    [({"data": {"reason": " "}}, "no_reason"), ({"action": "grant", "target": "granted"}, "no_acceptance")],
)
def test_what_the_guards_forbid_is_found_in_a_history_from_elsewhere(changed: dict, rule: str) -> None:
    case = handed_in("2026-11-02")
    refused = done(case, "refuse", WINDOW, "2026-11-03", reason="不属于本机关职权", right_body="区民政局")
    forged = replace(refused, events=(refused.events[0], replace(refused.events[1], **changed)))
    assert (rule, "2026-11-03") in told(forged, "2026-11-03")
    assert told(refused, "2026-11-03") == []


def test_silence_of_a_department_is_shown_to_the_supervisor() -> None:
    joint = item(joint_depts=["gafj"])
    asked = done(accepted(), "ask_opinion", WINDOW, "2026-11-03", of=joint, departments=["gafj"])
    silent = settle(asked, world("2026-11-09", of=joint))
    [card] = [c for c in lights.cards(silent, world("2026-11-09", of=joint)) if c.rule.id == "opinion_silent"]
    assert (card.dept, card.rule.light) == ("gafj", YELLOW)


def test_a_provisional_calendar_turns_nothing_red_by_itself() -> None:
    made = item(promise=30, legal=60)
    case = done(handed_in("2026-12-01", of=made), "accept", WINDOW, "2026-12-01", of=made)
    assert case.clocks["promise"].provisional
    shown = lights.lights_of(case, world("2027-04-30", of=made))
    assert shown.case == YELLOW
    assert not {card.rule.id for card in lights.cards(case, world("2027-04-30", of=made))} & {
        "promise_over",
        "legal_over",
    }


def test_the_next_change_is_the_first_day_on_which_a_light_is_another_one() -> None:
    case, days = accepted(), []
    day = date(2026, 11, 2)
    while following := lights.lights_of(case, world(day.isoformat())).next_change:
        days.append(day := following)
    assert [day.isoformat()[5:] for day in days] == ["11-04", "11-06", "11-11", "11-13", "11-26", "12-01"]


def test_between_two_changes_no_light_changes() -> None:
    case, day = accepted(), date(2026, 11, 2)
    before = seen(case, day.isoformat())
    for _ in range(40):
        upcoming = lights.lights_of(case, world(day.isoformat())).next_change
        day = date.fromordinal(day.toordinal() + 1)
        after = seen(case, day.isoformat())
        assert after == before or day == upcoming
        before = after
