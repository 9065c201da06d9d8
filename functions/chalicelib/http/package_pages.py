"""A package (一件事) after it was handed in: for its owner, for a guest with the code, for the desk."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping
from typing import Any

from schemas.calendar import day_of
from schemas.items import Item

from .. import packages
from ..domain import clocks
from ..domain.case import Case
from ..domain.clocks import INTAKE_LIMIT
from ..domain.numbers import grouped, normalise
from ..domain.package import Parcel, may_stop, standings
from ..domain.refusal import Refusal
from ..store.port import PACKAGES
from . import qr, words
from .acting import holds
from .ask import Ask
from .fee_rows import bill
from .package_views import Link, cases_of, handed_in, lead_name, name_of, view_of
from .reply import Reply, redirect
from .show import show
from .views import sentence

_LIST = 20


def own(ask: Ask) -> Reply | Refusal:
    """GET: the signed-in applicant's own package."""
    parcel = _own(ask)
    if isinstance(parcel, Refusal):
        return parcel
    return _page(ask, parcel, link=lambda case: ask.url(f"/me/{case.number}/"), owner=True)


def withdraw_page(ask: Ask) -> Reply | Refusal:
    """GET: what taking the whole back means."""
    parcel = _own(ask, principal_only=True)
    if isinstance(parcel, Refusal):
        return parcel
    if not may_stop(parcel, standings(parcel, cases_of(ask, parcel))):
        return Refusal("not_in_state")
    return show(
        ask, "confirm.html", heading=words.say("package", "withdraw", ask.lang),
        text=words.say("package", "withdraw_text", ask.lang), action=ask.url(f"/me/package/{parcel.number}/withdraw/"),
        controls=[], errors=[], button=words.say("package", "withdraw_button", ask.lang), danger=True,
        back_url=ask.url(f"/me/package/{parcel.number}/"),
    )  # fmt: skip


def withdraw(ask: Ask) -> Reply | Refusal:
    """POST: take the whole back (撤回); twice is once."""
    parcel = _own(ask, principal_only=True)
    if isinstance(parcel, Refusal):
        return parcel
    if parcel.stopped is None:
        packages.stop(ask.house.desk, parcel.number, now=ask.now)
    return redirect(ask.url(f"/me/package/{parcel.number}/"))


def receipt(ask: Ask) -> Reply | Refusal:
    """GET: one receipt (收件凭证) for the whole; each case has its own besides."""
    parcel = _own(ask)
    if isinstance(parcel, Refusal):
        return parcel
    intake = clocks.start(
        "intake", day_of(parcel.received_at), limit=INTAKE_LIMIT, calendar=ask.house.calendar
    )
    number, base = grouped(parcel.number), ask.house.settings.base_url
    view = {
        "number": number,
        "query_code": parcel.query_code,
        "item_name": name_of(parcel, ask.lang),
        "dept_name": lead_name(ask, parcel),
        "applicant_name": parcel.applicant_name,
        "received_at": parcel.received_at,
        "intake_sentence": sentence(intake, intake.day0, calendar=ask.house.calendar, lang=ask.lang),
        "materials": handed_in(ask, parcel),
        "fees": bill(_items(ask, parcel), ask.lang),
        "sha256": parcel.fingerprint,
        "qr": qr.image(qr.status_text(base, ask.url("/status/"), number=number, sha256=parcel.fingerprint)),
        "status_url": f"{base}{ask.url('/status/')}",
        "url": ask.url(f"/me/package/{parcel.number}/"),
    }
    return show(ask, "receipt.html", receipt=view)


def for_guest(ask: Ask, number: str, code: str) -> Reply | None:
    """The page for somebody with number and query code; None when they do not fit."""
    plain = normalise(number)
    parcel = packages.find(ask.house.store, plain, now=ask.now) if plain else None
    given = "".join(sign for sign in code.upper() if sign.isalnum())
    fits = hmac.compare_digest(given.encode(), (parcel.query_code if parcel else "-").encode())
    return _page(ask, parcel, link=lambda case: None) if parcel and fits else None


def at_desk(ask: Ask) -> Reply | Refusal:
    """GET: the whole for staff of the lead or of any department with a case in it."""
    number, staff = normalise(ask.params["number"]), ask.visitor.staff
    parcel = packages.find(ask.house.store, number, now=ask.now) if number else None
    if parcel is None or staff is None:
        return Refusal("not_found")
    cases = cases_of(ask, parcel)
    if not any(parcel.has(dept, cases) for dept in staff.depts):
        return Refusal("not_yours")
    return _page(ask, parcel, link=_desk_link(ask), staff=True)


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
    view = view_of(ask, parcel, link=_desk_link(ask))
    others = [row for row in view["children"] if row["number"] != grouped(case.number)]
    return {**view, "url": f"/review/package/{parcel.number}/", "children": others}


def desk_url(ask: Ask, number: str) -> str:
    """Where the desk finds a number: a package where it is one, a case otherwise."""
    found = packages.find(ask.house.store, number, now=ask.now)
    return f"/review/{'package/' if found else ''}{number}/"


def _own(ask: Ask, *, principal_only: bool = False) -> Parcel | Refusal:
    """The visitor's own package, or one that they handed in for its applicant under a grant still in force."""
    number = normalise(ask.params["number"])
    parcel = packages.find(ask.house.store, number, now=ask.now) if number else None
    if parcel is None:
        return Refusal("not_found")
    mine = parcel.applicant == ask.visitor.sub or (not principal_only and holds(ask, parcel.grant))
    return parcel if mine else Refusal("not_yours")


def _items(ask: Ask, parcel: Parcel) -> Iterator[tuple[Item, Mapping[str, Any]]]:
    """Each item as it was handed in, with its own answers."""
    for planned in parcel.planned:
        item = ask.house.catalogue.version(planned.item_id, planned.item_version)
        if item:
            yield item, parcel.payload[planned.key]["form"]


def _desk_link(ask: Ask) -> Link:
    staff = ask.visitor.staff
    return lambda case: f"/review/{case.number}/" if staff and case.concerns(staff) else None


def _page(ask: Ask, parcel: Parcel, *, link: Link, owner: bool = False, staff: bool = False) -> Reply:
    view = view_of(ask, parcel, link=link)
    base, mine = f"/me/package/{parcel.number}", owner and parcel.applicant == ask.visitor.sub
    view["receipt_url"] = ask.url(f"{base}/receipt/") if owner else None
    view["withdraw_url"] = ask.url(f"{base}/withdraw/") if mine and view["may_stop"] else None
    phone = ask.house.catalogue.site()["site"]["hotline"]
    more: dict[str, Any] = {} if owner or staff else {"alt_url": None}
    return show(ask, "package_status.html", staff=staff, p=view, help={"phone": phone}, **more)
