"""A package (一件事) after it was handed in: where each item stands, for its owner, a guest with the code, the desk."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from schemas.calendar import day_of
from schemas.items import Limit

from .. import packages
from ..domain import clocks
from ..domain.case import Case, File
from ..domain.clocks import INTAKE_LIMIT, Clock
from ..domain.numbers import grouped, normalise
from ..domain.package import BLOCKED, STARTING, WAITING, Parcel, Standing, standings, state_of
from ..domain.refusal import Refusal
from ..ledger import pressing
from ..store.port import PACKAGES
from . import words
from .ask import Ask
from .material_slots import size_text
from .reply import Reply
from .show import show
from .views import clock_view, sentence

Link = Callable[[Case], str | None]
_LIST = 20


def own(ask: Ask) -> Reply | Refusal:
    """GET: the signed-in applicant's own package."""
    parcel = _own(ask)
    if isinstance(parcel, Refusal):
        return parcel
    return _page(ask, parcel, link=lambda case: ask.url(f"/me/{case.number}/"), receipt=True)


def receipt(ask: Ask) -> Reply | Refusal:
    """GET: one receipt (收件凭证) for the whole; each case has its own besides."""
    parcel = _own(ask)
    if isinstance(parcel, Refusal):
        return parcel
    intake = clocks.start(
        "intake", day_of(parcel.received_at), limit=INTAKE_LIMIT, calendar=ask.house.calendar
    )
    view = {
        "number": grouped(parcel.number),
        "query_code": parcel.query_code,
        "item_name": _name(parcel, ask.lang),
        "dept_name": _lead_name(ask, parcel),
        "applicant_name": parcel.applicant_name,
        "received_at": parcel.received_at,
        "intake_sentence": sentence(intake, intake.day0, calendar=ask.house.calendar, lang=ask.lang),
        "materials": _handed_in(ask, parcel),
        "sha256": parcel.fingerprint,
        "status_url": f"{ask.house.settings.base_url}{ask.url('/status/')}",
        "url": ask.url(f"/me/package/{parcel.number}/"),
    }
    return show(ask, "receipt.html", receipt=view)


def for_guest(ask: Ask, number: str, code: str) -> Reply | None:
    """The page for somebody with number and query code; None when they do not fit."""
    plain = normalise(number)
    parcel = packages.find(ask.house.store, plain, now=ask.now) if plain else None
    given = "".join(sign for sign in code.upper() if sign.isalnum())
    fits = hmac.compare_digest(given.encode(), (parcel.query_code if parcel else "-").encode())
    return _page(ask, parcel, link=lambda case: None, receipt=False) if parcel and fits else None


def at_desk(ask: Ask) -> Reply | Refusal:
    """GET: the whole for staff of the lead or of any department with a case in it."""
    number, staff = normalise(ask.params["number"]), ask.visitor.staff
    parcel = packages.find(ask.house.store, number, now=ask.now) if number else None
    if parcel is None or staff is None:
        return Refusal("not_found")
    cases = _cases(ask, parcel)
    if not any(parcel.has(dept, cases) for dept in staff.depts):
        return Refusal("not_yours")
    return _page(ask, parcel, link=_desk_link(ask), receipt=False, staff=True)


def rows_of(ask: Ask) -> list[dict[str, Any]]:
    """The packages of the signed-in person, newest first, for their list."""
    page = ask.house.store.query(PACKAGES, "owner", ask.visitor.sub, limit=_LIST, newest_first=True)
    return [
        {
            "name": row.head["name_en" if ask.lang == "en" else "name"],
            "number": grouped(row.head["number"]),
            "received": row.head["received_at"],
            "url": ask.url(f"/me/package/{row.head['number']}/"),
        }
        for row in page.rows
    ]


def beside(ask: Ask, case: Case) -> dict[str, Any] | None:
    """For the desk: the package a case belongs to and where the other items stand; None for a case by itself."""
    parcel = packages.find(ask.house.store, case.package, now=ask.now) if case.package else None
    if parcel is None:
        return None
    view = _view(ask, parcel, link=_desk_link(ask))
    others = [row for row in view["children"] if row["number"] != grouped(case.number)]
    return {**view, "url": f"/review/package/{parcel.number}/", "children": others}


def desk_url(ask: Ask, number: str) -> str:
    """Where the desk finds a number: a package where it is one, a case otherwise."""
    found = packages.find(ask.house.store, number, now=ask.now)
    return f"/review/{'package/' if found else ''}{number}/"


def _own(ask: Ask) -> Parcel | Refusal:
    number = normalise(ask.params["number"])
    parcel = packages.find(ask.house.store, number, now=ask.now) if number else None
    if parcel is None:
        return Refusal("not_found")
    return parcel if parcel.applicant == ask.visitor.sub else Refusal("not_yours")


def _cases(ask: Ask, parcel: Parcel) -> dict[str, Case | None]:
    """The cases as the law sees them now."""
    made = packages.cases_of(ask.house.store, parcel, now=ask.now)
    return {
        key: ask.house.desk.find(case.number, now=ask.now) if case else None for key, case in made.items()
    }


def _desk_link(ask: Ask) -> Link:
    staff = ask.visitor.staff
    return lambda case: f"/review/{case.number}/" if staff and case.concerns(staff) else None


def _page(ask: Ask, parcel: Parcel, *, link: Link, receipt: bool, staff: bool = False) -> Reply:
    view = _view(ask, parcel, link=link)
    view["receipt_url"] = ask.url(f"/me/package/{parcel.number}/receipt/") if receipt else None
    phone = ask.house.catalogue.site()["site"]["hotline"]
    more: dict[str, Any] = {} if receipt or staff else {"alt_url": None}
    return show(ask, "package_status.html", staff=staff, p=view, help={"phone": phone}, **more)


def _view(ask: Ask, parcel: Parcel, *, link: Link) -> dict[str, Any]:
    children = standings(parcel, _cases(ask, parcel))
    state, lang = state_of(children), ask.lang
    whole = _whole_clock(ask, parcel, children)
    return {
        "number": grouped(parcel.number),
        "name": _name(parcel, lang),
        "page": f"/packages/{parcel.package_id.removeprefix('package-')}/",
        "state_text": _state_text(state, lang),
        "tone": _tone(state),
        "counts": _counts(children, lang),
        "clocks": [clock_view(whole, ask.today, calendar=ask.house.calendar, lang=lang)] if whole else [],
        "children": [_row(ask, one, children, link) for one in children],
        "facts": [
            (words.say("package", "lead", lang), _lead_name(ask, parcel)),
            (words.say("facts", "received", lang), words.moment_text(parcel.received_at, lang)),
        ],
    }


def _row(ask: Ask, one: Standing, children: Iterable[Standing], link: Link) -> dict[str, Any]:
    item = ask.house.catalogue.version(one.planned.item_id, one.planned.item_version)
    clock = pressing(one.case) if one.case else None
    calendar, lang = ask.house.calendar, ask.lang
    return {
        "name": one.planned.name_en if lang == "en" else one.planned.name,
        "dept": item.dept_name(lang) if item else "",
        "state_text": _state_text(one.state, lang),
        "tone": _tone(one.state),
        "order": _order(one, {other.planned.key: other for other in children}, lang),
        "clocks": [clock_view(clock, ask.today, calendar=calendar, lang=lang)] if clock else [],
        "number": grouped(one.case.number) if one.case else None,
        "url": link(one.case) if one.case else None,
    }


def _order(one: Standing, known: Mapping[str, Standing], lang: str) -> str:
    """The item's place in the order, in words."""
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


def _state_text(state: str, lang: str) -> str:
    return words.say("package_states" if words.has("package_states", state) else "states", state, lang)


def _tone(state: str) -> str:
    return words.tone("package_states" if words.has("package_states", state) else "states", state)


def _name(parcel: Parcel, lang: str) -> str:
    return parcel.name_en if lang == "en" else parcel.name


def _lead_name(ask: Ask, parcel: Parcel) -> str:
    rows = ask.house.catalogue.site().get("departments", ())
    lead: Mapping[str, Any] = next((row for row in rows if row["id"] == parcel.lead), {})
    return str(lead.get("name_en" if ask.lang == "en" else "name", parcel.lead))


def _handed_in(ask: Ask, parcel: Parcel) -> list[str]:
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
