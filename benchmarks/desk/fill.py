"""Open cases by the hundred thousand, written as the ledger writes them, in a few large transactions."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from chalicelib import ledger
from chalicelib.domain.act import World, act, submitted
from chalicelib.domain.case import Actor, Case
from chalicelib.domain.guards import Move
from chalicelib.domain.numbers import derive
from chalicelib.domain.refusal import Refusal
from chalicelib.house import House
from chalicelib.store import rows
from chalicelib.store.embedded import EmbeddedStore
from chalicelib.store.port import CASES

from schemas.items import Item
from tests.http.stand_in import MONDAY

TODAY = date(2026, 11, 23)
SEED, AT_ONCE, DAYS = 7, 5000, 12
FAMILY, GIVEN = "林周沈陆江白顾乔温丁祝施闻许尹康", "一禾满岚知远映衡明烛松年清若谷安宁舒"
WINDOW = Actor("shen-lan", "沈岚", frozenset({"window", "reviewer"}), "综合窗口一岗")
CHIEF = Actor("jiang-ying", "江映", frozenset({"chief"}), "首席代表")
WAYS: tuple[tuple[int, tuple[tuple[Actor, str, dict[str, object]], ...]], ...] = (
    (30, ()),
    (45, ((WINDOW, "accept", {}),)),
    (8, ((WINDOW, "accept", {}), (CHIEF, "grant", {"hearing": "已告知"}))),
    (5, ((WINDOW, "accept", {}), (CHIEF, "grant", {"hearing": "已告知"}), (WINDOW, "prepare", {}))),
    (4, ((WINDOW, "accept", {}), (CHIEF, "deny", {"reason": "不符合条件", "hearing": "已告知"}))),
    (8, ((WINDOW, "correct", {"fields": ["x"], "reason": "请补正"}),)),
)


def fill(house: House, count: int) -> int:
    """Writes `count` open cases of all departments; how many bytes the database then has."""
    store = house.store
    assert isinstance(store, EmbeddedStore)
    chance = random.Random(SEED)
    depts = [dept["id"] for dept in house.catalogue.site()["departments"]]
    world = _world(house)
    models = list(_models(house))
    weights = [weight for weight, _ in models]
    for start in range(0, count, AT_ONCE):
        with store.lasting.writing() as db:
            for n in range(start, min(start + AT_ONCE, count)):
                model = chance.choices(models, weights)[0][1]
                case = _own(model, n, chance, dept=chance.choice(depts))
                record = ledger.to_record(case, world, known=len(case.events) - 1)
                index = {
                    name: place for name, place in record.index.items() if name not in ("outbox", "sweep")
                }
                rows.insert(db, CASES, replace(record, index=index))
    return store.lasting.path.stat().st_size


def _world(house: House) -> World:
    """Today, for the lights; any item will do."""
    item = house.catalogue.current(house.catalogue.index()[0]["id"])
    assert item is not None
    return World(item, house.calendar, MONDAY, house.desk.policy)


def _own(model: Case, n: int, chance: random.Random, *, dept: str) -> Case:
    """The model as somebody else's case, in another department."""
    name = chance.choice(FAMILY) + "".join(chance.choices(GIVEN, k=chance.choice((1, 2, 2))))
    return replace(
        model, number=derive(f"bench {n}", attempt=0), dept=dept, applicant=f"p{n}", applicant_name=name
    )


def _models(house: House) -> Iterator[tuple[int, Case]]:
    """One case of each item, state and day."""
    for entry in house.catalogue.index():
        item = house.catalogue.current(entry["id"])
        assert item is not None
        for day in range(DAYS):
            for weight, steps in WAYS:
                days = day if steps else day % 4  # in time: what was silently accepted is not to be accepted
                made = _walked(house, item, MONDAY - timedelta(days=days), steps)
                if made is not None:
                    yield weight, made


def _walked(
    house: House, item: Item, at: datetime, steps: tuple[tuple[Actor, str, dict[str, object]], ...]
) -> Case | None:
    world = World(item, house.calendar, at, house.desk.policy)
    example = dict((item.form().schema.get("examples") or [{}])[0])
    blank = Case(
        number="", item_id=item.id, item_version=item.version, item_name=item.name(), item_name_en=item.name("en"),
        dept=str(item.guide["dept"]), state="", version=1, received_at=at, applicant="p", applicant_name="p", query_code="AAAAAAAA",
        request_key="k", fingerprint="f", form=example, materials={},
    )  # fmt: skip
    case = submitted(blank, Actor("p", "p", frozenset({"applicant"})), world)
    for actor, action, data in steps:
        own = replace(actor, depts=frozenset({str(item.guide["dept"])}))
        outcome = act(case, Move(action, own, data), world)
        if isinstance(outcome, Refusal):
            return None
        case = outcome
    return case
