"""The pages of supervision, as each post sees them."""

from __future__ import annotations

from typing import Any

import pytest
from chalicelib.store.port import CARDS
from chalicelib.store.walk import every

from tests.http.deeds import Deeds
from tests.http.stand_in import Town
from tests.watch.test_watch_jobs import reviewed, rounds


@pytest.fixture
def overdue(here: Town) -> str:
    """A case that was promised for yesterday."""
    number = reviewed(here, Deeds(here))
    rounds(here)
    here.clock.move(days=1)
    rounds(here)
    return number


def a_card(here: Town, rule: str = "promise_over") -> str:
    return next(record.key for record in every(here.store, CARDS) if f".{rule}." in record.key)


def test_the_board_counts_what_is_red_and_each_number_leads_to_its_cases(here: Town, overdue: str) -> None:
    desk = here.browser("gu-mingzhu")
    board = desk.open("/review/board/")
    link = "/review/board/cases/?dept=csgl&amp;light=red"
    assert board.status == 200 and link in board.text and "超过承诺时限" in board.text
    cases = desk.open("/review/board/cases/?dept=csgl&light=red")
    assert f"/review/{overdue}/" in cases.text and "发出督办" in cases.text
    assert "没有这种状态的办件" in desk.open("/review/board/cases/?dept=csgl&light=frozen").text


def test_who_may_not_press_a_case_is_not_offered_it(here: Town, overdue: str) -> None:
    chief = here.browser("jiang-ying")
    assert "发出督办" not in chief.open("/review/board/cases/?dept=csgl&light=red").text
    assert chief.open("/review/cards/new/").status == 403


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/review/board/cases/?dept=elsewhere&light=red", 403),
        ("/review/board/cases/?dept=csgl&light=purple", 404),
        ("/review/board/cases/", 403),
        ("/review/board/department/elsewhere/", 403),
        ("/review/board/department/csgl/?month=1999-01", 200),
        ("/review/board/department/csgl/?month=<b>", 200),
        ("/review/cards/nothing/", 404),
    ],
)
def test_addresses_that_people_change_are_answered_plainly(here: Town, address: str, status: int) -> None:
    assert here.browser("gu-mingzhu").open(address).status == status


def test_a_department_by_day_and_by_item(here: Town, overdue: str) -> None:
    page = here.browser("bai-heng").open("/review/board/department/csgl/")
    assert "户外招牌设置备案" in page.text and "2026年11月23日" in page.text and "合计" in page.text
    assert "其中绿色通道办结 0 件" in page.text


def test_cases_of_the_green_channel_are_counted_apart(here: Town) -> None:
    deeds = Deeds(here)
    number = deeds.handed_in()["number"]
    steps: list[tuple[str, str, dict[str, Any]]] = [
        ("jiang-ying", "fast_track", {"reason": "军属优先"}), ("shen-lan", "accept", {}), ("jiang-ying", "grant", {}),
        ("shen-lan", "prepare", {}), ("shen-lan", "deliver", {"method": "window", "proof": "签收"}),
    ]  # fmt: skip
    for who, action, data in steps:
        case = here.house.desk.find(number, now=here.clock())
        assert case
        assert deeds.act(who, number, action, version=case.version, **data).status == 200, action
    rounds(here)
    assert "其中绿色通道办结 1 件" in here.browser("bai-heng").open("/review/board/department/csgl/").text


def test_a_reminder_leads_to_the_card_where_the_handler_answers_and_the_supervisor_rules(
    here: Town, overdue: str
) -> None:
    key, handler = a_card(here), here.browser("shen-lan")
    assert f"/review/cards/{key}/" in handler.open("/review/reminders/").text
    page = handler.open(f"/review/cards/{key}/")
    assert "认定免责" not in page.text
    assert "请写明理由" in answer(handler, key, "answer", "").text
    done = handler.follow(answer(handler, key, "answer", "申请人要求改期，已经电话说明"))
    assert "已说明，待认定" in done.text
    supervisor = here.browser("gu-mingzhu")
    assert "请选择一项" in supervisor.fill(page_of(supervisor, key), {"why": "x"}, has="why").text
    ruled = supervisor.follow(answer(supervisor, key, "excuse", "情况属实"))
    assert "认定免责" in ruled.text and "您现在不需要处理这张卡" in ruled.text


def page_of(browser: Any, key: str) -> Any:
    return browser.open(f"/review/cards/{key}/")


def answer(browser: Any, key: str, action: str, why: str) -> Any:
    return browser.fill(page_of(browser, key), {"action": action, "why": why}, has="why")


def test_a_handler_cannot_rule_and_a_stranger_cannot_see(here: Town, overdue: str) -> None:
    key, handler = a_card(here), here.browser("shen-lan")
    token = {"_csrf": handler.token, "action": "excuse", "why": "x"}
    assert handler.post(f"/review/cards/{key}/", token).status == 403
    assert here.browser("lu-zhiyuan").open(f"/review/cards/{key}/").status == 403


def test_a_supervisor_presses_a_case(here: Town, overdue: str) -> None:
    desk = here.browser("gu-mingzhu")
    page = desk.open(f"/review/cards/new/?number={overdue}")
    wrong = desk.fill(page, {"number": "没有", "why": "请今天办结"}, has="number")
    assert wrong.status == 422 and "没有找到这件办件" in wrong.text
    card = desk.follow(desk.fill(page, {"rule": "urged", "why": "请今天办结"}, has="number"))
    assert "请今天办结" in card.text and "人工发出" in card.text
    rounds(here)
    assert "督办" in here.browser("shen-lan").open("/review/reminders/").text


def test_nothing_of_supervision_is_seen_by_the_applicant(here: Town, overdue: str) -> None:
    page = here.browser("lin-he").open(f"/me/{overdue}/").text
    assert not [word for word in ("预警", "纠错", "督办", "超过承诺时限") if word in page]


def test_without_reminders_the_page_says_so(here: Town) -> None:
    assert "没有提醒" in here.browser("shen-lan").open("/review/reminders/").text
