"""No row of the lifecycle costs more than three writes, whoever does it: walks through the table until each was done."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from chalicelib import ledger, sheets
from chalicelib.actions import Desk
from chalicelib.domain import sheet as sheet_rules
from chalicelib.domain.act import act
from chalicelib.domain.case import Case
from chalicelib.domain.guards import Move, Supply
from chalicelib.domain.lifecycle import ACTIONS, FINAL, PROPOSED, RULES, STAFF_ROLES, rule_for
from chalicelib.domain.sheet import Sheet
from chalicelib.domain.world import World
from chalicelib.store.port import CASES

from schemas.items import Item
from tests.domain.world import (
    CALENDAR,
    EVERYBODY,
    LATE_SLOT,
    OTHER_PHOTO,
    PHOTO,
    PHOTO_SLOT,
    at,
    handed_in,
    item,
)  # fmt: skip
from tests.reliability.test_writes_per_action import MOST, Counted
from tests.store.dictstore import DictStore

KINDS = (
    {"special": [{"type": "检测", "basis": "条例", "max_days": 30}], "joint_depts": ["gafj"], "commitment": True},
    {"tolerate_missing": True, "materials": [PHOTO_SLOT, LATE_SLOT]},
    {"promise": 0, "unit": "immediate", "commitment": True},
)  # fmt: skip
WORDS: dict[str, Any] = {
    "reason": "缺少签名", "right_body": "区民政局", "proof": "林禾签收", "method": "window", "fields": ["name"],
    "materials": ["photo"], "inspector_a": "沈岚", "inspector_b": "陆知远", "departments": ["gafj"], "dept": "gafj",
    "opinion": "同意", "kind": "检测", "basis": "条例第八条", "result": "检测合格", "max_days": 10, "days": 5,
    "score": "1", "kept": "no", "carrier": "邮政", "tracking": "EX0001",
}  # fmt: skip
END = at("2027-09-01")  # the calendars known end with that year
ELSEWHERE = {  # handing in has a test of its own; a new calendar and a service's word are one write like any other
    "submit", "take_filing", "file", "recalendar", "hear",
}  # fmt: skip


@dataclass
class Walk:
    """One case that goes wherever it may, a step not yet seen first."""

    of: Item
    dice: random.Random
    now: datetime = field(default_factory=lambda: at("2026-09-18", 12))
    store: Counted = field(default_factory=lambda: Counted(DictStore()))  # type: ignore[arg-type]

    def __post_init__(self) -> None:
        self.desk = Desk(store=self.store, catalogue=Pinned(self.of), calendar=CALENDAR)  # type: ignore
        case = handed_in("2026-09-18", of=self.of)
        self.store.create(CASES, ledger.to_record(case, self.world))
        self.number = case.number

    @property
    def world(self) -> World:
        return World(self.of, CALENDAR, self.now)

    def step(self, seen: Counter[str]) -> bool:
        """One action, or some days without one; what it wrote, by the names of what it did. False: nothing is left."""
        case = self._acted(lambda: self.desk.find(self.number, now=self.now), seen)
        moves = [move for move in self._moves(case) if isinstance(act(case, move, self.world), Case)]
        new = [move for move in moves if not seen[move.action]]
        going = [move for move in moves if _target(case, move) not in FINAL - {"closed"}]
        if new or (going and self.dice.random() < 0.6):
            move = self.dice.choice(new or going)
            self._claimed(case, move)
            self._acted(
                lambda: self.desk.perform(self.number, move, version=case.version, now=self.now), seen
            )
        self.now += timedelta(hours=self.dice.choice((1, 30, 100, 400)))
        return bool(moves) and self.now < END

    def _claimed(self, case: Case, move: Move) -> None:
        """Whoever is staff has claimed the case before, so that the step ends a claim as well."""
        if move.actor.roles & set(STAFF_ROLES):
            claim = partial(sheet_rules.claim, actor=move.actor, now=self.now, minutes=30)
            assert isinstance(
                sheets.change(self.store, self.number, claim, dept=case.dept, now=self.now), Sheet
            )  # type: ignore[arg-type]

    def _acted(self, what: Any, seen: Counter[str]) -> Case:
        before = self._read()
        self.store.writes()
        after = what()
        spent = self.store.writes()
        assert isinstance(after, Case) and spent <= MOST, (after, spent)
        seen.update(event.action for event in after.events[len(before.events) :])
        return after

    def _read(self) -> Case:
        found = ledger.find(self.store, self.number, now=self.now)  # type: ignore[arg-type]
        assert found
        return found[0]

    def _moves(self, case: Case) -> Iterator[Move]:
        late = Supply(case.form, {**case.materials, "lease": (PHOTO,)})
        other = Supply({**case.form, "name": "林小禾"}, {**case.materials, "photo": (OTHER_PHOTO,)})
        for rule in (rule for rule in RULES if case.state in rule.source):
            given = {"add_owed": late, "fix": other, "supplement": other}.get(rule.action)
            for actor in (somebody for somebody in EVERYBODY if somebody.roles & set(rule.by)):
                for proposed in PROPOSED if rule.action == "propose" else ("",):
                    said = {**WORDS, "proposed": proposed, "day": self._next_working_day()}
                    yield Move(rule.action, actor, said, given)

    def _next_working_day(self) -> str:
        days = (self.world.today + timedelta(days=n) for n in range(1, 20))
        return next(day for day in days if CALENDAR.is_working(day)).isoformat()


def _target(case: Case, move: Move) -> str:
    rule = rule_for(case.state, move.action)
    return rule.target if rule else ""


class Pinned:
    """A catalogue of one item."""

    def __init__(self, of: Item) -> None:
        self._of = of

    def version(self, item_id: str, version: str) -> Item:
        return self._of


def test_no_row_of_the_lifecycle_takes_more_than_three_writes() -> None:
    dice, seen = random.Random(4), Counter[str]()
    for n in range(300):
        walk = Walk(item(**KINDS[n % len(KINDS)]), dice)
        for _ in range(25):
            if not walk.step(seen):
                break
        if not set(ACTIONS) - set(seen) - ELSEWHERE:
            break
    assert set(ACTIONS) - set(seen) == ELSEWHERE, set(ACTIONS) - set(seen)
