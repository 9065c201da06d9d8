"""The monthly score: each part by its formula, what was excused left out, nothing made up."""

from __future__ import annotations

import re
from typing import Any

import pytest
from chalicelib.domain.score import ITEMS, Score, grade, score

from tests.http.front_door import Answer
from tests.http.stand_in import Town
from tests.watch.test_board_pages import answer, overdue

__all__ = ["overdue"]


def card(rule: str, light: str, state: str = "open") -> dict[str, str]:
    return {"rule": rule, "light": light, "state": state}


def points(part: str, cards: list[dict[str, str]], **counts: int) -> int | None:
    return next(one.tenths for one in score(cards, counts).parts if one.item.id == part)


@pytest.mark.parametrize(
    ("cards", "expected"),
    [
        ([], 140),
        ([card("promise_near", "yellow")] * 2, 140),
        ([card("promise_near", "yellow")] * 3, 110),
        ([card("promise_over", "red")], 90),
        ([card("legal_over", "breach")], 40),
        ([card("legal_over", "breach")] * 2, 0),
        ([card("legal_over", "breach", "excused")] * 2, 140),
        ([card("legal_over", "breach", "upheld")], 40),
        ([card("second_correction", "breach")], 140),
    ],
)
def test_time_loses_points_by_its_own_cards_only(cards: list[dict[str, str]], expected: int) -> None:
    assert points("time", cards) == expected


@pytest.mark.parametrize(
    ("part", "rule"), [("flow", "second_correction"), ("flow", "no_reason"), ("fees", "fee_outside_list")]
)
def test_flow_and_fees_lose_by_theirs(part: str, rule: str) -> None:
    weight = next(item.weight for item in ITEMS if item.id == part)
    assert points(part, [card(rule, "breach")]) == 10 * max(0, weight - 10)


def test_satisfaction_is_what_people_said_and_nothing_when_nobody_did() -> None:
    assert points("satisfaction", [], rated=3, satisfied=2) == 66
    assert points("satisfaction", []) is None


@pytest.mark.parametrize(("early", "bonus"), [(0, 0), (9, 0), (10, 1), (19, 1), (55, 5), (100, 10)])
def test_closing_early_adds_a_point_for_every_full_tenth(early: int, bonus: int) -> None:
    assert score([], {"closed": 100, "early": early}).bonus == bonus


def test_what_is_judged_by_hand_counts_neither_way() -> None:
    found = score([], {"rated": 1, "satisfied": 1})
    assert found.of == 14 + 14 + 8 + 10 and found.tenths == 460
    assert sum(item.weight for item in ITEMS) == 100


def test_the_table_shows_formulas_and_links_every_input(here: Town, overdue: str) -> None:
    desk: Any = here.browser("gu-mingzhu")
    page = desk.open("/review/board/scores/")
    assert page.status == 200 and "每次违规扣 10 分" in page.text
    assert "/review/board/scores/csgl/?month=2026-11" in page.text
    cards = desk.open("/review/board/scores/csgl/?month=2026-11")
    assert "超过承诺时限" in cards.text and f"/review/cards/{overdue}.promise_over.2/" in cards.text
    assert desk.open("/review/board/scores/elsewhere/").status == 403


def test_every_cell_of_the_table_stands_under_its_own_heading(here: Town, overdue: str) -> None:
    text = here.browser("gu-mingzhu").open("/review/board/scores/").text
    heads = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', text)[1:]
    row = next(row for row in re.findall(r"<tr>(.*?)</tr>", text, flags=re.S) if "城市管理局" in row)
    labels = re.findall(r'data-l="([^"]*)"', row)
    assert [head.split(" (")[0] for head in heads] == labels and len(labels) == 8


def test_an_excused_card_gives_its_points_back(here: Town, overdue: str) -> None:
    desk: Any = here.browser("gu-mingzhu")
    before = desk.open("/review/board/scores/").text
    for rule in ("promise_over", "step_over"):
        answer(desk, f"{overdue}.{rule}.{2 if rule == 'promise_over' else 3}", "excuse", "情况属实")
    assert "<b>36</b> / 36" in desk.open("/review/board/scores/").text and before.count("<b>36</b> / 36") < 9


JUDGED = "/review/board/scores/csgl/judged/"
HAND = {item.id: item.weight for item in ITEMS if item.by_hand}
WHY = "第三季度作风检查通报，2026年11月20日"


def judge(
    here: Town, part: str, points: str, why: str = WHY, *, sub: str = "gu-mingzhu", **more: str
) -> Answer:
    desk = here.browser(sub)
    return desk.fill(desk.open(JUDGED), {"part": part, "points": points, "why": why, **more}, has="points")


def test_what_a_supervisor_judges_counts_and_every_entry_stays_with_name_and_reason(either: Town) -> None:
    assert "已经记录" in judge(either, "manner", "7.5").text
    page = judge(either, "manner", "9", why="复核后改分，通报已更正")
    assert (
        "<b>9</b> / 10" in page.text
        and "服务态度：7.5" in page.text
        and "顾明烛" in page.text
        and WHY in page.text
    )
    table = either.browser("gu-mingzhu").open("/review/board/scores/").text
    assert "<b>45</b> / 46" in table and "录入 1 / 5 项" in table, "36 by records and 10 by hand"


@pytest.mark.parametrize(
    ("part", "points", "why", "said"),
    [
        ("manner", "10.5", WHY, "这一项最多 10 分"),
        ("inspection", "14.5", WHY, "这一项最多 14 分"),
        ("manner", "-1", WHY, "得分"),
        ("manner", "", WHY, "得分"),
        ("manner", "9", "", "理由"),
        ("time", "9", WHY, "评定项目"),
    ],
)
def test_what_is_judged_wrongly_is_said_and_what_was_typed_stays(
    here: Town, part: str, points: str, why: str, said: str
) -> None:
    answer = judge(here, part, points, why)
    assert answer.status == 422 and any(said in error for error in answer.errors), answer.errors
    assert why in answer.text
    assert "这个月还没有人工评定" in here.browser("gu-mingzhu").open(JUDGED).text


def test_of_two_who_judge_at_once_the_second_is_told(here: Town) -> None:
    judge(here, "manner", "9")
    late = judge(here, "manner", "3", _version="0")
    assert late.status == 422 and "<b>9</b> / 10" in late.text


def test_a_department_reads_what_was_judged_of_it_and_only_supervision_enters(here: Town) -> None:
    judge(here, "integrity", "10")
    head = here.browser("bai-heng")
    page = head.open(JUDGED)
    assert WHY in page.text and 'name="points"' not in page.text
    sent = {"_csrf": head.token, "part": "integrity", "points": "1", "why": WHY, "_version": "1"}
    assert head.post(JUDGED, sent).status == 403
    assert here.browser("gu-mingzhu").open("/review/board/scores/elsewhere/judged/").status == 403


def month(**points: int) -> Score:
    """A month with nothing against the department but what was judged."""
    return score([], {"rated": 1, "satisfied": 1}, {**{part: 10 * n for part, n in HAND.items()}, **points})


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        ([month()] * 3, "excellent"),
        ([month(inspection=0)] * 3, "good"),
        ([month(inspection=0, manner=0)] * 3, "fair"),
        ([month(inspection=0, manner=0, liability=0, integrity=0)] * 3, "poor"),
        ([month(), month(), score([], {}, {})], None),
        ([], None),
    ],
)
def test_a_quarter_is_graded_by_its_share_of_points_once_everything_is_entered(
    months: list[Score], expected: str | None
) -> None:
    assert grade(months) == expected


def test_a_month_in_which_nobody_rated_leaves_satisfaction_out_of_the_grade() -> None:
    assert grade([score([], {}, {part: 10 * n for part, n in HAND.items()})] * 3) == "excellent"
