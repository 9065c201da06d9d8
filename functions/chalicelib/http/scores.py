"""The table of scores (绩效评分): each department's month with the formula shown and every input linked."""

from __future__ import annotations

from typing import Any

from ..domain import score
from ..domain.lights import BREACH, RED, YELLOW
from ..domain.refusal import Refusal
from ..watch import cards, entered, tallies
from . import score_entry, words
from .ask import Ask
from .board import card_row, depts_of, month_of, names, next_month, reaches, staff_of
from .reply import Reply
from .show import show

_SHOWN = 500


def table(ask: Ask) -> Reply | Refusal:
    """GET: the scores of one's departments in one month."""
    staff, month = staff_of(ask), month_of(ask)
    if staff.regions or staff.items:
        return Refusal("not_yours")  # a score is a whole department's
    quarter = tallies.quarter_of(month)
    rows = [_row(ask, dept, month, quarter) for dept in depts_of(ask, staff)]
    return show(
        ask,
        "review/scores.html",
        staff=True,
        nav_current="/review/board/",
        month=month,
        before=tallies.months_before(month),
        after=next_month(month) if month < ask.today.isoformat()[:7] else None,
        items=[
            {"name": one.cn, "weight": one.weight, "formula": one.formula, "by_hand": one.by_hand}
            for one in score.ITEMS
        ],
        hand_weight=sum(one.weight for one in score.ITEMS if one.by_hand),
        quarter=f"{quarter[0]} – {quarter[-1][5:]}",
        rows=rows,
    )


def inputs(ask: Ask) -> Reply | Refusal:
    """GET: the cards of one department in one month, that its score was worked out from."""
    staff, dept, month = staff_of(ask), ask.params["dept"], month_of(ask)
    if dept not in staff.depts:
        return Refusal("not_yours")
    found = [head for head in cards.of_month(ask.house.store, dept, month) if reaches(staff, head)]
    return show(
        ask,
        "review/score_cards.html",
        staff=True,
        nav_current="/review/board/",
        dept=names(ask).get(dept, dept),
        month=month,
        rows=[card_row(ask, head) for head in found[:_SHOWN]],
        total=len(found),
    )


def _scored(ask: Ask, dept: str, month: str) -> score.Score:
    store = ask.house.store
    held = entered.of(store, dept, month, now=ask.now).points
    return score.score(cards.of_month(store, dept, month), tallies.month_of(store, month, dept), held)


def _row(ask: Ask, dept: str, month: str, quarter: list[str]) -> dict[str, Any]:
    months = {one: _scored(ask, dept, one) for one in quarter if one <= ask.today.isoformat()[:7]}
    found = months[month]
    grade = score.grade(months.values()) if len(months) == len(quarter) else None
    return {
        "name": names(ask).get(dept, dept),
        "cards_url": f"/review/board/scores/{dept}/?month={month}",
        "figures_url": f"/review/board/department/{dept}/?month={month}",
        "parts": [_part(part) for part in found.parts if not part.item.by_hand],
        "hand": _hand(found, dept, month),
        "grade": words.say("grades", grade, "zh") if grade else words.say("board", "grade_open", "zh"),
        "bonus": found.bonus,
        "early": found.early,
        "sum": score_entry.points_text(found.tenths),
        "of": found.of,
    }


def _hand(found: score.Score, dept: str, month: str) -> dict[str, Any]:
    """The parts judged by hand as one: their points, and how many of them were entered."""
    parts = [part for part in found.parts if part.item.by_hand]
    known = [part.tenths for part in parts if part.tenths is not None]
    points = score_entry.points_text(sum(known)) if known else None
    return {"points": points, "done": len(known), "of": len(parts), "url": score_entry.address(dept, month)}


def _part(part: score.Part) -> dict[str, Any]:
    lit = [(words.say("lamps", name, "zh"), part.lights.get(name, 0)) for name in (YELLOW, RED, BREACH)]
    return {
        "name": part.item.cn,
        "points": None if part.tenths is None else score_entry.points_text(part.tenths),
        "lights": [(name, n) for name, n in lit if n],
    }
