"""What pages show of a package (一件事): each item's place in the order, its clock, and the whole's promise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from schemas.calendar import day_of
from schemas.items import Item, Limit

from .. import packages
from ..domain import clocks
from ..domain.case import Case, File
from ..domain.clocks import Clock
from ..domain.history import opinions
from ..domain.numbers import grouped
from ..domain.package import (
    BLOCKED,
    STARTING,
    WAITING,
    Parcel,
    Standing,
    joint_clock,
    may_stop,
    standings,
    state_of,
)
from ..listing import pressing
from . import words
from .ask import Ask
from .material_slots import size_text
from .views import clock_view

LICENCE = "01"  # 行政许可 in the codes of 事项类型
Link = Callable[[Case], str | None]


def view_of(ask: Ask, parcel: Parcel, *, link: Link) -> dict[str, Any]:
    """The package as its page shows it. `link` gives the address of a case, or nothing."""
    children = standings(parcel, cases_of(ask, parcel))
    state, lang = state_of(children), ask.lang
    limits = [_whole_clock(ask, parcel, children), _joint(ask, parcel, children)]
    return {
        "number": grouped(parcel.number),
        "name": name_of(parcel, lang),
        "page": f"/packages/{parcel.package_id.removeprefix('package-')}/",
        "state_text": state_text(state, lang),
        "tone": _tone(state),
        "counts": _counts(children, lang),
        "may_stop": may_stop(parcel, children),
        "clocks": [
            clock_view(one, ask.today, calendar=ask.house.calendar, lang=lang) for one in limits if one
        ],
        "children": [_row(ask, one, children, link) for one in children],
        "facts": [
            (words.say("package", "lead", lang), lead_name(ask, parcel)),
            (words.say("facts", "received", lang), words.moment_text(parcel.received_at, lang)),
        ],
    }


def cases_of(ask: Ask, parcel: Parcel) -> dict[str, Case | None]:
    """The cases as the law sees them now."""
    made = packages.cases_of(ask.house.store, parcel, now=ask.now)
    return {
        key: ask.house.desk.find(case.number, now=ask.now) if case else None for key, case in made.items()
    }


def name_of(parcel: Parcel, lang: str) -> str:
    """Its name as it was when it was handed in."""
    return parcel.name_en if lang == "en" else parcel.name


def lead_name(ask: Ask, parcel: Parcel) -> str:
    """The department in the lead."""
    rows = ask.house.catalogue.site().get("departments", ())
    lead: Mapping[str, Any] = next((row for row in rows if row["id"] == parcel.lead), {})
    return str(lead.get("name_en" if ask.lang == "en" else "name", parcel.lead))


def handed_in(ask: Ask, parcel: Parcel) -> list[str]:
    """Every document once, however many items share it."""
    found: dict[str, str] = {}
    for planned in parcel.planned:
        item = ask.house.catalogue.version(planned.item_id, planned.item_version)
        titles = {material.id: material.title(ask.lang) for material in item.materials} if item else {}
        for name, files in parcel.payload[planned.key]["materials"].items():
            for file in (File(**facts) for facts in files):
                text = (
                    f"{titles.get(name, name)}：{file.name}（{size_text(file)}，SHA-256 {file.sha256[:16]}…）"
                )
                found.setdefault(file.sha256, text)
    return list(found.values())


def _row(ask: Ask, one: Standing, children: Iterable[Standing], link: Link) -> dict[str, Any]:
    item = ask.house.catalogue.version(one.planned.item_id, one.planned.item_version)
    clock = pressing(one.case) if one.case else None
    calendar, lang = ask.house.calendar, ask.lang
    return {
        "name": one.planned.name_en if lang == "en" else one.planned.name,
        "dept": _office(item, lang) if item else "",
        "state_text": state_text(one.state, lang),
        "tone": _tone(one.state),
        "order": _order(one, {other.planned.key: other for other in children}, lang),
        "clocks": [clock_view(clock, ask.today, calendar=calendar, lang=lang)] if clock else [],
        "opinions": opinions_of(ask, one.case) if one.case and ask.visitor.staff else [],
        "number": grouped(one.case.number) if one.case else None,
        "url": link(one.case) if one.case else None,
    }


def _office(item: Item, lang: str) -> str:
    """The authority at the desk, and the body it hands the item to."""
    body = item.guide.get("handed_to_en" if lang == "en" else "handed_to")
    office = item.dept_name(lang)
    return words.say("package", "handed_on", lang, office=office, body=body) if body else office


def _order(one: Standing, known: Mapping[str, Standing], lang: str) -> str:
    """The item's place in the order, in words."""
    if one.case is None and one.state == "withdrawn":
        return words.say("package", "stopped", lang)
    if not one.planned.after:
        return words.say("package", "starting" if one.state == STARTING else "first", lang)
    before = [known[key] for key in one.planned.after]
    failed = [other for other in before if other.over and other.state not in ("closed", "not_required")]
    told = failed if one.state == BLOCKED else before
    names = words.say("package", "joint", lang).join(
        words.say(
            "package", "quoted", lang, name=other.planned.name_en if lang == "en" else other.planned.name
        )
        for other in told
    )
    code = {WAITING: "waits", BLOCKED: "blocked"}.get(one.state, "follows")
    return words.say("package", code, lang, names=names)


def _counts(children: tuple[Standing, ...], lang: str) -> str:
    done = sum(one.over for one in children)
    waiting = sum(one.state == WAITING for one in children)
    under_way = len(children) - done - waiting
    return words.say("package", "counts", lang, all=len(children), done=done, open=under_way, waiting=waiting)


def _whole_clock(ask: Ask, parcel: Parcel, children: tuple[Standing, ...]) -> Clock | None:
    """The promise for the whole, counted from receipt; it stops with the last item."""
    package = ask.house.packages.version(parcel.package_id, parcel.package_version)
    if package is None:
        return None
    limit, day0 = Limit(int(package.front["days"]), "workday"), day_of(parcel.received_at)
    clock = clocks.start("package", day0, limit=limit, calendar=ask.house.calendar)
    if not all(one.over for one in children):
        return clock
    ends = [day_of(one.case.events[-1].at) for one in children if one.case]
    return replace(clock, stopped=max(ends)) if ends else clock


def _joint(ask: Ask, parcel: Parcel, children: tuple[Standing, ...]) -> Clock | None:
    """The joint limit, where the package says that its licences are handled jointly."""
    package = ask.house.packages.version(parcel.package_id, parcel.package_version)
    if package is None or not package.front.get("joint"):
        return None
    licences = {child.key for child in package.children if child.item.guide.get("item_type") == LICENCE}
    return joint_clock(children, licences, policy=ask.house.desk.policy, calendar=ask.house.calendar)


def opinions_of(ask: Ask, case: Case) -> list[str]:
    """For the desk: each department asked about this case, and what it said or by when silence is no objection; and
    the days on which they meet about it."""
    clock, lang = case.clocks.get("opinion"), ask.lang
    rows = ask.house.catalogue.site().get("departments", ())
    names = {row["id"]: str(row["name_en" if lang == "en" else "name"]) for row in rows}
    due = words.day_text(clock.due, lang) if clock else ""
    said = [
        words.say(
            "package", "opinion" if one.answer else "opinion_open", lang, dept=names.get(one.dept, one.dept),
            said=words.say("opinions", one.answer, lang), due=due,
        )
        for one in opinions(case)
    ]  # fmt: skip
    days = sorted({one.meeting for one in opinions(case) if one.meeting})
    return said + [words.say("package", "meeting", lang, day=words.day_text(day, lang)) for day in days]


def state_text(state: str, lang: str) -> str:
    """What a state is called, of a whole or of one item."""
    return words.say("package_states" if words.has("package_states", state) else "states", state, lang)


def _tone(state: str) -> str:
    return words.tone("package_states" if words.has("package_states", state) else "states", state)
