"""The monthly score of a department (绩效评分), from cards and tallies; each part with its formula and its inputs.

One hundred points in nine parts. Four parts follow from records; the others are entered by hand with a reason and are
left out of the sum, points and all, until they are. A quarter is graded when every part of its months can be said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from .lights import BREACH, BY_ID, RED, YELLOW

RUNNING = 3  # warnings running that cost points
OFF_WARNINGS, OFF_RED, OFF_BREACH = 3, 5, 10
EXCUSED = "excused"
GRADES: tuple[tuple[int, str], ...] = (
    (90, "excellent"),
    (80, "good"),
    (60, "fair"),
    (0, "poor"),
)  # from this share


@dataclass(frozen=True, slots=True)
class Item:
    """One part of the score: its weight, the rules whose cards it loses points by, and how it is worked out."""

    id: str
    cn: str
    weight: int
    formula: str
    rules: tuple[str, ...] = ()
    by_hand: bool = False


_TIME = tuple(rule.id for rule in BY_ID.values() if rule.clock or rule.id in ("opinion_silent", "urged"))
_CARDS = f"每连续 {RUNNING} 次预警扣 {OFF_WARNINGS} 分，每次纠错扣 {OFF_RED} 分，每次违规扣 {OFF_BREACH} 分，扣完为止"
ITEMS: tuple[Item, ...] = (
    Item("openness", "政务公开", 10, "由监察人员评定，写明理由", by_hand=True),
    Item("flow", "流程规范", 14, _CARDS, ("second_correction", "no_reason", "no_acceptance")),
    Item("time", "期限合法", 14, _CARDS, _TIME),
    Item("fees", "收费合理", 8, _CARDS, ("fee_outside_list",)),
    Item("satisfaction", "满意度", 10, "10 分 × 满意度；没有评价的月份不计"),
    Item("manner", "服务态度", 10, "由监察人员评定，写明理由", by_hand=True),
    Item("inspection", "监督检查", 14, "由监察人员评定，写明理由", by_hand=True),
    Item("liability", "法律责任", 10, "由监察人员评定，写明理由", by_hand=True),
    Item("integrity", "廉洁", 10, "由监察人员评定，写明理由", by_hand=True),
)
assert sum(item.weight for item in ITEMS) == 100


@dataclass(frozen=True, slots=True)
class Part:
    """What one part came to. `points` in tenths; None while it cannot be said. `lights` counts its cards by colour."""

    item: Item
    tenths: int | None
    lights: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Score:
    """A department's month: parts, bonus, and the sum over what could be worked out, in tenths."""

    parts: tuple[Part, ...]
    bonus: int
    early: float | None

    @property
    def tenths(self) -> int:
        """All points that could be worked out, bonus included."""
        return sum(part.tenths or 0 for part in self.parts) + 10 * self.bonus

    @property
    def of(self) -> int:
        """How many points there were to have in these parts."""
        return sum(part.item.weight for part in self.parts if part.tenths is not None)


def score(
    cards: Iterable[Mapping[str, Any]],
    counts: Mapping[str, int],
    entered: Mapping[str, int] = MappingProxyType({}),
) -> Score:
    """The score of a month from the heads of its cards, those excused left out, its counters, and what was entered
    by hand, in tenths by part."""
    held = [card for card in cards if card["state"] != EXCUSED]
    parts = tuple(_part(item, held, counts, entered) for item in ITEMS)
    closed = counts.get("closed", 0)
    early = counts.get("early", 0) * 1000 // closed / 10 if closed else None
    return Score(parts, int(early // 10) if early else 0, early)


def grade(months: Iterable[Score]) -> str | None:
    """The grade (等级) of a quarter: its points as a share of what there was to have; None while a part is missing."""
    known = list(months)
    if not known or any(one.of < 100 - _unrated(one) for one in known):
        return None
    share = sum(one.tenths for one in known) * 10 // sum(one.of for one in known)
    return next(name for least, name in GRADES if share >= least)


def _unrated(one: Score) -> int:
    """The points of satisfaction in a month in which nobody rated: there is nothing to enter for them."""
    return sum(part.item.weight for part in one.parts if part.tenths is None and not part.item.by_hand)


def _part(
    item: Item, cards: list[Mapping[str, Any]], counts: Mapping[str, int], entered: Mapping[str, int]
) -> Part:
    if item.by_hand:
        return Part(item, entered.get(item.id), {})
    if item.id == "satisfaction":
        rated = counts.get("rated", 0)
        return Part(item, item.weight * 10 * counts.get("satisfied", 0) // rated if rated else None, {})
    mine = [card for card in cards if card["rule"] in item.rules]
    lights = Counter(card["light"] for card in mine)
    off = OFF_WARNINGS * (lights[YELLOW] // RUNNING) + OFF_RED * lights[RED] + OFF_BREACH * lights[BREACH]
    return Part(item, 10 * max(0, item.weight - off), lights)
