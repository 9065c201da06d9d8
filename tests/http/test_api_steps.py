"""Who may do what, and when, by program."""

from __future__ import annotations

from typing import Any

import pytest

from tests.http.deeds import Deeds
from tests.http.sayings import problem
from tests.http.stand_in import MONDAY, Town, token

APPLY = "/api/v1/applications"


STEPS: dict[str, tuple[str, str, int, dict[str, Any], int, str]] = {
    "an old version": ("shen-lan", "accept", 2, {}, 409, "changed_meanwhile"),
    "a huge version": ("shen-lan", "accept", 999_999_999, {}, 409, "changed_meanwhile"),
    "a version beyond all": ("shen-lan", "accept", 10**30, {}, 422, "invalid"),
    "a negative version": ("shen-lan", "accept", -1, {}, 422, "invalid"),
    "a role that may not": ("jiang-ying", "accept", 1, {}, 403, "not_allowed"),
    "another department": ("lu-zhiyuan", "accept", 1, {}, 403, "not_yours"),
    "a stranger": ("zhou-man", "withdraw", 1, {}, 403, "not_yours"),
    "a step that does not fit": ("jiang-ying", "grant", 1, {}, 409, "not_in_state"),
    "an action there is not": ("shen-lan", "explode", 1, {}, 422, "unknown_action"),
    "an action of the law": ("shen-lan", "deem_accepted", 1, {}, 403, "not_allowed"),
    "the applicant's action": ("shen-lan", "supplement", 1, {}, 403, "not_allowed"),
    "nothing to supplement": ("lin-he", "supplement", 1, {}, 409, "not_in_state"),
    "no reason": ("shen-lan", "refuse", 1, {}, 422, "invalid"),
    "no points": ("shen-lan", "correct", 1, {"reason": "请改"}, 422, "points_missing"),
    "points that are none": ("shen-lan", "correct", 1, {"reason": "请改", "fields": ["no_such"]}, 422, "invalid"),
    "a name too many": ("shen-lan", "accept", 1, {"x": 1}, 422, "invalid"),
    "a note that is a list": ("shen-lan", "accept", 1, {"note": ["x"]}, 422, "invalid"),
    "a note of a megabyte": ("shen-lan", "accept", 1, {"note": "长" * 300_000}, 422, "invalid"),
}  # fmt: skip


@pytest.mark.parametrize("name", STEPS)
def test_a_step_that_may_not_be_done_is_refused_and_leaves_no_trace(
    here: Town, deeds: Deeds, name: str
) -> None:
    who, action, version, more, status, code = STEPS[name]
    number = deeds.handed_in()["number"]
    problem(deeds.act(who, number, action, version=version, **more), status, code)
    case = here.house.desk.find(number, now=MONDAY)
    assert case is not None and (case.version, len(case.events)) == (1, 1)


def test_a_step_sent_twice_is_done_once(here: Town, deeds: Deeds) -> None:
    number = deeds.handed_in()["number"]
    first, again = (deeds.act("shen-lan", number, "accept", version=1, note="好") for _ in range(2))
    assert first.status == again.status == 200 and first.body == again.body
    problem(deeds.act("shen-lan", number, "accept", version=1, note="不同"), 409, "changed_meanwhile")


def test_after_five_working_days_silence_has_accepted(here: Town, deeds: Deeds) -> None:
    number = deeds.handed_in()["number"]
    here.clock.move(days=9)
    problem(
        deeds.act("shen-lan", number, "correct", version=1, reason="请改", fields=["address"]),
        401,
        "token_invalid",
    )
    late = here.program.call(
        f"/api/v1/review/cases/{number}/actions", {"action": "correct", "version": 1, "reason": "请改", "fields": ["address"]},
        token=token("shen-lan", days=20),
    )  # fmt: skip
    problem(late, 409, "changed_meanwhile")
    seen = here.program.read(f"/api/v1/review/cases/{number}", token("shen-lan", days=20)).json
    assert seen["state"] == "reviewing" and [step["action"] for step in seen["timeline"]] == [
        "submit",
        "deem_accepted",
        "assign",
    ]


def test_a_correction_and_its_supplement_by_program(here: Town, deeds: Deeds) -> None:
    number = deeds.handed_in()["number"]
    deeds.corrected(number)
    more = {"form": {"address": "听潮路 12 号一层"}, "materials": {"picture": [deeds.reference(shade=2)]}}
    problem(
        deeds.act(
            "lin-he", number, "supplement", version=2, form={"firm": "别家"}, materials=more["materials"]
        ),
        422,
        "not_listed",
    )
    problem(deeds.act("lin-he", number, "supplement", version=2, form=more["form"]), 422, "points_open")
    first, again = (deeds.act("lin-he", number, "supplement", version=2, **more) for _ in range(2))
    assert first.status == again.status == 200 and first.json["version"] == again.json["version"] == 3
    problem(
        deeds.act("shen-lan", number, "correct", version=3, fields=["text"], reason="还要改"),
        409,
        "second_correction",
    )


def test_a_guest_is_told_the_state_and_nothing_that_was_written(here: Town, deeds: Deeds) -> None:
    receipt = deeds.handed_in()
    deeds.corrected(receipt["number"])
    path = f"{APPLY}/{receipt['number']}"
    seen = here.program.read(f"{path}?code={receipt['query_code']}")
    assert seen.status == 200 and seen.json["state"] == "correcting"
    assert not {"form", "materials", "applicant_name", "correction"} & set(seen.json)
    assert not [
        word
        for word in ("听潮", "请写到门牌号", "林禾", "lin-he", "沈岚", "13800001234")
        if word in seen.text
    ]
    problem(here.program.read(path, token("lin-he")), 404, "wrong_code")


def test_every_problem_is_in_both_languages(shared: Town) -> None:
    answer = shared.program.read("/api/v1/review/cases")
    assert answer.json["title"] == "请先登录。" and answer.json["title_en"] == "Sign in first."
