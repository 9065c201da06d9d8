"""The monthly score: each part by its formula, what was excused left out, nothing made up."""

from __future__ import annotations

import re
from typing import Any

import pytest
from chalicelib.domain.score import ITEMS, score

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
    assert [head.split(" (")[0] for head in heads] == labels and len(labels) == 6


def test_an_excused_card_gives_its_points_back(here: Town, overdue: str) -> None:
    desk: Any = here.browser("gu-mingzhu")
    before = desk.open("/review/board/scores/").text
    for rule in ("promise_over", "step_over"):
        answer(desk, f"{overdue}.{rule}.{2 if rule == 'promise_over' else 3}", "excuse", "情况属实")
    assert "<b>36</b> / 36" in desk.open("/review/board/scores/").text and before.count("<b>36</b> / 36") < 9
