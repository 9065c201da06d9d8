"""Drawing lots (随机分派): who of the entitled reviewers gets a case, so that nobody chooses whose case they decide."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from .domain import sheet as rules
from .domain.case import SYSTEM_ACTOR, Actor
from .domain.lifecycle import REVIEWER
from .domain.sheet import Sheet

Draw = Callable[[Sequence[Actor]], Actor]


def drawn(sheet: Sheet, state: str, *, among: Iterable[Actor], draw: Draw, now: datetime) -> Sheet:
    """The sheet with a reviewer drawn `among` those whose work the case is; the same one if none is needed or left.

    `draw` is the only randomness: tests hand in a seeded one.
    """
    if sheet.assigned or not rules.in_review(state):
        return sheet
    left = rules.entitled(tuple(among), sheet, REVIEWER)
    return rules.assign(sheet, draw(left) if left else None, by=SYSTEM_ACTOR, now=now)
