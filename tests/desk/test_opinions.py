"""An opinion asked of another department: they find the case on a list of their own, answer, and see nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chalicelib import ledger
from chalicelib.domain.act import act, submitted
from chalicelib.domain.case import Actor, Case
from chalicelib.domain.guards import Move
from chalicelib.domain.numbers import derive
from chalicelib.store.port import CASES

from tests.desk.test_at_work import deed
from tests.http.stand_in import Town

ROAD = "zhanyong-daolu"
NUMBER = derive("road works", attempt=0)
CITIZEN = Actor("lin-he", "林禾", frozenset({"applicant"}))


Steps = Sequence[tuple[str, dict[str, Any]]]
STEPS: Steps = (("accept", {}), ("ask_opinion", {"departments": ["gafj"], "reason": "是否影响通行"}))


def handed_in(town: Town) -> str:
    """A case about road works that was accepted."""
    asked(town, STEPS[:1])
    return NUMBER


def asked(town: Town, steps: Steps = STEPS) -> None:
    """A case about road works on which the police were asked."""
    item = town.house.catalogue.current(ROAD)
    assert item
    blank = Case(
        number=NUMBER, item_id=item.id, item_version=item.version, item_name=item.name(), item_name_en=item.name("en"),
        dept=str(item.guide["dept"]), state="", version=1, received_at=town.clock(), applicant="lin-he",
        applicant_name="林禾", query_code="AAAAAAAA", request_key="k", fingerprint="f",
        form=dict(item.form().schema["examples"][0]), materials={},
    )  # fmt: skip
    world = town.house.desk.world(blank, town.clock())
    case = submitted(blank, CITIZEN, world)
    window = town.house.staff.find("shen-lan")
    assert window
    for action, data in steps:
        made = act(case, Move(action, window, data), world)
        assert isinstance(made, Case), made
        case = made
    assert town.store.create(CASES, ledger.to_record(case, world))


def test_the_department_asked_finds_answers_and_is_done_with_it(either: Town) -> None:
    asked(either)
    police, window = either.browser("lu-zhiyuan"), either.browser("shen-lan")
    deed(window, NUMBER, "note", text="只给本部门看的话")
    assert NUMBER in police.open("/review/?view=asked").text
    assert NUMBER not in police.open("/review/?view=all").text
    assert NUMBER not in window.open("/review/?view=asked").text
    page = police.open(f"/review/{NUMBER}/")
    assert page.status == 200 and "只给本部门看的话" not in page.text
    for name in ("claim", "recuse", "hand_over", "ask_second"):
        assert deed(police, NUMBER, name, text="x", to="jiang-ying").status in (403, 422), name
    fields = {"give_opinion-dept": "gafj", "give_opinion-opinion": "no_objection"}
    said = police.fill(page, {"action": "give_opinion", **fields}, has="_version")
    assert said.status == 200, said.errors
    assert NUMBER not in police.open("/review/?view=asked").text
    case = either.house.desk.find(NUMBER, now=either.clock())
    assert case and case.last("give_opinion")


def test_a_joint_meeting_stands_on_the_desk_with_what_each_department_said_and_the_citizen_sees_neither(
    either: Town,
) -> None:
    number = handed_in(either)
    window = either.browser("shen-lan")
    page = window.open(f"/review/{number}/")
    assert "公安" in page.text and ">gafj<" not in page.text
    said = window.fill(
        page,
        {"action": "ask_opinion", "ask_opinion-departments": ["gafj"], **day("2020", "1", "2")},
        has="_version",
    )
    assert said.status == 422 and "联审会议的日期已经过去" in said.text
    window.fill(said, {"action": "ask_opinion", **day("2027", "1", "6")}, has="_version")
    for who in ("shen-lan", "lu-zhiyuan"):
        desk = either.browser(who).open(f"/review/{number}/").text
        assert desk.count("联审会议：2027年1月6日") == 2 and "等待回复" in desk, who
    assert "联审会议" not in either.browser("lin-he").open(f"/me/{number}/").text


def day(year: str, month: str, of: str) -> dict[str, str]:
    parts = {"year": year, "month": month, "day": of}
    return {f"ask_opinion-meeting_on-{part}": value for part, value in parts.items()}


def test_an_opinion_is_given_though_a_colleague_of_the_lead_department_holds_the_case(either: Town) -> None:
    asked(either)
    deed(either.browser("shen-lan"), NUMBER, "claim")
    police = either.browser("lu-zhiyuan")
    page = police.open(f"/review/{NUMBER}/")
    fields = {"give_opinion-dept": "gafj", "give_opinion-opinion": "no_objection"}
    assert police.fill(page, {"action": "give_opinion", **fields}, has="_version").status == 200
