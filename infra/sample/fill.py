"""Sample cases for a demonstration: the forms' own examples, handed in and handled over the last two months.

Everything goes through the same rules and the same store as real work, with the time told as an argument; figures
and warnings follow from it and from nothing else. The same day makes the same cases, and a second run adds none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from chalicelib import applications
from chalicelib.applications import Application, Request
from chalicelib.domain.act import World
from chalicelib.domain.case import Actor, Case, File
from chalicelib.domain.guards import Move
from chalicelib.domain.lifecycle import FINAL
from chalicelib.house import House

from schemas.calendar import SHANGHAI, WorkingDays
from schemas.items import Item

CASES, DAYS = 150, 60
PEOPLE = ("许知微", "方砚秋", "孟听澜", "罗青禾", "唐远舟", "温若川")
_DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c02"
    "0000000b4944415478da6364f80f00010501012718e3660000000049454e44ae426082"
)
_WORDS: dict[str, dict[str, Any]] = {
    "deny": {"reason": "经核对，申请人的情况不符合办事指南写明的受理条件。"},
    "deliver": {"method": "electronic", "proof": "已经电子送达并签收"},
    "rate": {"score": "5"},
}


@dataclass(frozen=True, slots=True)
class Plan:
    """One sample case: when it comes, how long it takes, how it ends."""

    n: int
    item: Item
    applicant: Actor
    day: date
    pace: float  # of the promise used up; above 1 it is late
    ends: str
    method: str
    score: str


def fill(house: House, *, today: date, cases: int = CASES) -> int:
    """Hands in and handles sample cases of the days before `today`; how many there are."""
    items = [item for item in _items(house) if item.online and item.form_schema.get("examples")]
    plans = list(_plans(house, items, today, cases))
    return sum(_lived(house, plan, today) for plan in plans)


def _items(house: House) -> Iterator[Item]:
    for entry in house.catalogue.index():
        item = house.catalogue.current(entry["id"])
        if item:
            yield item


def _plans(house: House, items: list[Item], today: date, cases: int) -> Iterator[Plan]:
    random = Random(today.isoformat())  # noqa: S311  (nothing secret)
    for n in range(cases if items else 0):
        day = today - timedelta(days=random.randint(0, DAYS))
        while not house.calendar.is_working(day):
            day -= timedelta(days=1)
        pace = random.choices((0.3, 0.6, 0.9, 1.2, 9.0), (40, 30, 20, 4, 6))[0]
        yield Plan(
            n=n,
            item=random.choice(items),
            applicant=Actor(f"sample-{n % len(PEOPLE)}", PEOPLE[n % len(PEOPLE)], frozenset({"applicant"})),
            day=day,
            pace=pace,
            ends=random.choices(("grant", "deny", "withdraw"), (92, 5, 3))[0],
            method=random.choices(("electronic", "post", "window"), (70, 20, 10))[0],
            score=random.choices(("5", "4", "3", "2", ""), (35, 20, 5, 2, 38))[0],
        )


def _lived(house: House, plan: Plan, today: date) -> bool:
    """One case from submission as far as its plan and the rules let it come by today."""
    case = _handed_in(house, plan)
    if case is None:
        return False
    for action, day in _course(house, plan):
        if day > today or (case.state in FINAL and action not in ("rate",)):
            break
        now = datetime.combine(day, time(10), SHANGHAI)
        after = _done(house, case, action, plan, now)
        if after is None and action == "deliver":  # some results are handed over only against the originals
            case = _done(house, case, "verify_originals", plan, now) or case
            after = _done(house, case, action, plan, now)
        if after is None:
            break
        case = after
    return True


def _course(house: House, plan: Plan) -> Iterator[tuple[str, date]]:
    """What happens on which day."""
    whole = max(1, plan.item.promise_limit.n) if plan.item.promise_limit.unit == "workday" else 1
    took = int(whole * plan.pace) if plan.item.promise_limit.unit == "workday" else int(plan.pace)
    decided = house.calendar.add(plan.day, WorkingDays(took)).on
    after = house.calendar.add(decided, WorkingDays(1)).on
    yield "accept", plan.day
    for _ in plan.item.steps[2:-1]:
        yield "pass_on", house.calendar.add(plan.day, WorkingDays(took // 2)).on
    yield plan.ends, decided
    if plan.ends == "grant":
        yield "prepare", decided
    yield "deliver", after
    if plan.score:
        yield "rate", after


def _handed_in(house: House, plan: Plan) -> Case | None:
    now = datetime.combine(plan.day, time(9), SHANGHAI)
    form = plan.item.form_schema["examples"][plan.n % len(plan.item.form_schema["examples"])]
    picture = File(house.store.put_file(_DOT), "示例.png", len(_DOT), "png")
    files = {one.id: (picture,) for one in plan.item.materials_for(form) if one.upload}
    application = Application(plan.item, form, files).pruned()
    request = Request(plan.applicant, f"sample-{plan.day}-{plan.n}", applications.content_of(application))
    world = World(plan.item, house.calendar, now, house.desk.policy)
    made = applications.submit(application, request, store=house.store, world=world)
    return made if isinstance(made, Case) and made.version == 1 else None


def _done(house: House, case: Case, action: str, plan: Plan, now: datetime) -> Case | None:
    """The case after a step; the same case where the step does not apply to it, None where it stops here."""
    for actor in _hands(house, case, action, plan):
        data = {**_WORDS.get(action, {}), **({"method": plan.method} if action == "deliver" else {})}
        move = Move(action, actor, data | (_said(plan.score) if action == "rate" else {}))
        known = house.desk.find(case.number, now=now) or case
        after = house.desk.perform(case.number, move, version=known.version, now=now)
        if isinstance(after, Case):
            return after
    return case if action in ("verify_originals", "pass_on", "withdraw") else None


def _said(score: str) -> dict[str, str]:
    """The three answers of a survey: whoever is satisfied comes back, whoever is very much so trusts the result."""
    return {"score": score, "use": "yes" if score > "3" else "no", "trust": "yes" if score > "4" else "no"}


def _hands(house: House, case: Case, action: str, plan: Plan) -> Iterator[Actor]:
    if action in ("withdraw", "rate"):
        yield plan.applicant
        return
    yield from (one for one in house.staff.everybody() if case.belongs_to(one))
