"""The board of supervision (监察看板): lights by department, what stands behind each number, one department by day."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from ..domain.case import Actor
from ..domain.lights import BY_ID, LIGHTS
from ..domain.numbers import grouped
from ..domain.refusal import Refusal
from ..domain.rights import RULE_ON, may
from ..store.port import Listed
from ..watch import cards, lamps, rates, tallies
from . import words
from .ask import Ask
from .reply import Reply
from .show import show

_CARDS, _CASES = 12, 100


def board(ask: Ask) -> Reply:
    """GET: every department of one's post with its lights now and its figures this month."""
    staff, month = staff_of(ask), ask.today.isoformat()[:7]
    rows = [_dept_row(ask, staff, dept, month) for dept in depts_of(ask, staff)]
    return show(
        ask,
        "review/board.html",
        staff=True,
        nav_current="/review/board/",
        at=ask.now.isoformat(),
        columns=[(lit, words.say("lamps", lit, ask.lang)) for lit in LIGHTS],
        rows=rows,
        cards=_newest(ask, staff, [row["id"] for row in rows]),
        month=month,
    )


def department(ask: Ask) -> Reply | Refusal:
    """GET: one department by day and by item, in one month."""
    staff, dept, month = staff_of(ask), ask.params["dept"], month_of(ask)
    if dept not in staff.depts or staff.regions:
        return Refusal("not_yours")
    items = tallies.by_dept_and_item(ask.house.store, [month]).get(dept, {})
    named = {entry["id"]: entry["name"] for entry in ask.house.catalogue.index({dept})}
    return show(
        ask,
        "review/board_dept.html",
        staff=True,
        nav_current="/review/board/",
        dept=names(ask).get(dept, dept),
        dept_id=dept,
        month=month,
        before=tallies.months_before(month),
        after=next_month(month) if month < ask.today.isoformat()[:7] else None,
        days=[
            (day.isoformat(), _figures(counts))
            for day, counts in sorted(tallies.by_day(ask.house.store, month, [dept]).items())
        ],
        items=[
            (named.get(item, item), _figures(counts))
            for item, counts in sorted(items.items())
            if not staff.items or item in staff.items
        ],
        total=_figures(tallies.total(items)),
        cards=_newest(ask, staff, [dept]),
    )


def cases(ask: Ask) -> Reply | Refusal:
    """GET: the cases behind a number of the board."""
    staff, dept, lit = staff_of(ask), ask.query.get("dept", ""), ask.query.get("light", "")
    if dept not in staff.depts:
        return Refusal("not_yours")
    if lit not in LIGHTS:
        return Refusal("not_found")
    found = _theirs(ask, staff, dept, lit)[:_CASES]
    return show(
        ask,
        "review/board_cases.html",
        staff=True,
        nav_current="/review/board/",
        dept=names(ask).get(dept, dept),
        light=words.say("lamps", lit, ask.lang),
        rows=[_case_row(row) for row in found],
        more=len(found) == _CASES,
        may_urge=may(staff, RULE_ON),
    )


def _dept_row(ask: Ask, staff: Actor, dept: str, month: str) -> dict[str, Any]:
    counts = {} if staff.regions else tallies.month_of(ask.house.store, month, dept)
    return {
        "id": dept,
        "name": names(ask).get(dept, dept),
        "url": None if staff.regions else f"/review/board/department/{dept}/",
        "lights": [_cell(ask, staff, dept, lit) for lit in LIGHTS],
        "figures": _figures(counts),
    }


def _cell(ask: Ask, staff: Actor, dept: str, lit: str) -> dict[str, Any]:
    n = _count(ask, staff, dept, lit)
    return {
        "n": n,
        "capped": n >= lamps.CAP,
        "url": f"/review/board/cases/?{urlencode({'dept': dept, 'light': lit})}",
        "tone": words.tone("lamps", lit),
    }


def _count(ask: Ask, staff: Actor, dept: str, lit: str) -> int:
    if staff.regions or staff.items:
        return len(_theirs(ask, staff, dept, lit))
    return lamps.tally(ask.house.store, dept, lit)


def _theirs(ask: Ask, staff: Actor, dept: str, lit: str) -> list[Listed]:
    listed = lamps.listed(ask.house.store, dept, lit, limit=lamps.CAP if staff.regions else _CASES)
    return [row for row in listed if reaches(staff, row.head)]


def _figures(counts: dict[str, int]) -> dict[str, Any]:
    """What a month or a day says: received, closed, in time, late, the middle of the days used."""
    closed = counts.get("closed", 0)
    return {
        "received": counts.get("received", 0),
        "closed": closed,
        "late": counts.get("late", 0),
        "green": counts.get("green", 0),
        "on_time": rates.percent(counts.get("on_time", 0), closed),
        "early": rates.percent(counts.get("early", 0), closed),
        "median": rates.median(rates.used(counts)),
    }


def _newest(ask: Ask, staff: Actor, depts: Iterable[str]) -> list[dict[str, Any]]:
    """Cards that wait for an answer or a ruling: the most serious first, of each kind the newest."""
    heads = [row.head for dept in depts for row in cards.open_cards(ask.house.store, dept, limit=_CARDS)]
    mine = sorted((one for one in heads if reaches(staff, one)), key=lambda one: one["day"], reverse=True)
    mine.sort(key=lambda one: LIGHTS.index(one["light"]))
    return [card_row(ask, head) for head in mine[:_CARDS]]


def card_row(ask: Ask, head: Any) -> dict[str, Any]:
    """A card in a list."""
    return {
        "url": f"/review/cards/{head['key']}/",
        "day": head["day"],
        "rule": BY_ID[head["rule"]].cn,
        "tone": words.tone("lamps", head["light"]),
        "light": words.say("lamps", head["light"], ask.lang),
        "number": grouped(head["number"]),
        "item_name": head["item_name"],
        "dept": names(ask).get(head["dept"], head["dept"]),
        "post": head["post"],
        "state": words.say("card_states", head["state"], ask.lang) if "state" in head else "",
    }


def _case_row(row: Listed) -> dict[str, Any]:
    head = row.head
    known = words.has("staff_states", head["state"])
    return {
        "number": grouped(head["number"]),
        "url": f"/review/{head['number']}/",
        "urge": f"/review/cards/new/?number={head['number']}",
        "item_name": head["item_name"],
        "state": words.say("staff_states" if known else "states", head["state"], "zh"),
        "post": head["post"],
        "due": head["due"],
        "step": words.say("lamps", head["step_light"], "zh"),
        "step_tone": words.tone("lamps", head["step_light"]),
        "over": head["light"] in ("red", "breach"),
    }


def staff_of(ask: Ask) -> Actor:
    """The member of staff who asks; the door let nobody else in."""
    assert ask.visitor.staff is not None
    return ask.visitor.staff


def reaches(staff: Actor, head: Any) -> bool:
    """Whether a lamp or a card is about their work."""
    return staff.reaches(dept=head["dept"], item=head["item_id"], region=head["region"])


def names(ask: Ask) -> dict[str, str]:
    """Departments by id, by their short names."""
    return {dept["id"]: dept["short"] for dept in ask.house.catalogue.site().get("departments", ())}


def depts_of(ask: Ask, staff: Actor) -> list[str]:
    """Their departments in the site's order."""
    known = list(names(ask))
    return [*(dept for dept in known if dept in staff.depts), *sorted(staff.depts - set(known))]


def month_of(ask: Ask) -> str:
    """The month asked for, if it is one of ours; this one otherwise."""
    wanted, now = ask.query.get("month", ""), ask.today.isoformat()[:7]
    return wanted if wanted in tallies.months_to(ask.today, 60) else now


def next_month(month: str) -> str:
    """The month after ("2026-12" -> "2027-01")."""
    year, at = int(month[:4]), int(month[5:])
    return f"{year + at // 12:04d}-{at % 12 + 1:02d}"
