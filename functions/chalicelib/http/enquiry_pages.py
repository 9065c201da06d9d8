"""Asking, complaining and suggesting (咨询、投诉、建议): the form, the answer, and what was published."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import schemas
from schemas.calendar import WorkingDays
from schemas.forms import Form
from schemas.items import Item

from .. import enquiries, ledger
from ..domain.case import Case
from ..domain.enquiry import COMPLAIN, Enquiry
from ..domain.numbers import grouped, normalise
from ..domain.refusal import Refusal
from . import words
from .ask import Ask
from .reply import Reply, redirect
from .show import show
from .visitor import begun, write

_LIST = 20


@cache
def form_of(name: str, lang: str) -> Form:
    """One of the two forms: ask, or answer; "contact" is the ask form for those who are not signed in."""
    table = json.loads((Path(schemas.__file__).parent / "enquiries.json").read_text("utf-8"))
    facts = table["ask" if name == "contact" else name]
    more = ["contact"] if name == "contact" else []
    return Form({**facts["schema"], "required": facts["schema"]["required"] + more}, facts["en"], lang=lang)


def ask_page(ask: Ask) -> Reply | Refusal:
    """GET: the empty form; a guide's or a case's link says what it is about."""
    known = {"kind": ask.query.get("kind", ""), "number": ask.query.get("case", "")[:20]}
    return _form_page(
        ask, item=_item(ask, ask.query.get("item", "")), known=known, key=secrets.token_urlsafe(18)
    )


def send(ask: Ask) -> Reply | Refusal:
    """POST: written down with a number and a day by which it is answered; twice is once."""
    item, key = _item(ask, ask.posted.first("_item")), ask.posted.first("_key")[:64]
    if len(key) < 16:
        return Refusal("bad_request")
    form = _form(ask)
    data, raw = form.parse(ask.posted.fields, names=form.names(0))
    wrong = {fault.field: fault.message for fault in form.faults(data, today=ask.today)}
    if "number" in data and normalise(data["number"]) is None:
        wrong.setdefault("number", words.say("enquiries", "number_wrong", ask.lang))
    if wrong:
        return _form_page(ask, item=item, known=data, raw=raw, wrong=wrong, key=key)
    made = enquiries.ask(ask.house.store, _made(ask, data, item), key=key, now=ask.now)
    return redirect(ask.url(f"/ask/{made.number}/"))


def own(ask: Ask) -> Reply | Refusal:
    """GET: an enquiry, for the person or the browser that sent it."""
    found = enquiries.find(ask.house.store, ask.params["number"], now=ask.now)
    visitor = ask.visitor
    if found is None:
        return Refusal("not_found")
    mine = found.sub == visitor.sub if found.sub else found.session in visitor.sessions
    return enquiry_page(ask, found) if mine else Refusal("not_found")


def for_guest(ask: Ask, number: str, code: str) -> Reply | None:
    """The enquiry that number and code open; None when they open none."""
    found = enquiries.by_code(ask.house.store, number, code, now=ask.now)
    return enquiry_page(ask, found) if found else None


def answers_page(ask: Ask) -> Reply:
    """GET: published answers, newest first."""
    page = enquiries.published(ask.house.store, limit=_LIST, after=ask.query.get("after"))
    rows = [
        {"kind": words.say("enquiry_kinds", row.head["kind"], ask.lang), "about": about(row.head, ask.lang),
         "summary": row.head["summary"], "answer": row.head["answer"], "at": row.head["answered_at"],
         "item_url": f"/guides/{row.head['item']}/" if row.head["item"] else None}
        for row in page.rows
    ]  # fmt: skip
    after = ask.url(f"/ask/answers/?after={page.after}") if page.after else None
    return show(ask, "answers.html", rows=rows, next_url=after, ask_url=ask.url("/ask/"))


def rows_of(ask: Ask) -> list[dict[str, Any]]:
    """The signed-in person's enquiries, for their own page."""
    return [
        {
            "url": ask.url(f"/ask/{row.head['number']}/"),
            "title": f"{words.say('enquiry_kinds', row.head['kind'], ask.lang)}{_about_after(row.head, ask.lang)}",
            "number": grouped(row.head["number"]),
            "state": words.say("enquiry_states", row.head["state"], ask.lang),
            "tone": words.tone("enquiry_states", row.head["state"]),
            "asked": row.head["asked_at"],
        }
        for row in enquiries.of_person(ask.house.store, ask.visitor.sub, limit=_LIST)
    ]


def about(head: Mapping[str, Any], lang: str) -> str:
    """The item an enquiry is about; nothing for a general one."""
    return str(head["item_name_en" if lang == "en" else "item_name"])


def _about_after(head: Mapping[str, Any], lang: str) -> str:
    name = about(head, lang)
    return f"{'：' if lang == 'zh' else ': '}{name}" if name else ""


def enquiry_page(ask: Ask, enquiry: Enquiry) -> Reply:
    """One enquiry with its number, its day and its answer."""
    return show(ask, "enquiry.html", e=view(ask, enquiry), alt_url=None)


def view(ask: Ask, enquiry: Enquiry) -> dict[str, Any]:
    """What a page shows of an enquiry."""
    late = enquiry.late(ask.today)
    state = "late" if late else enquiry.state
    return {
        "number": grouped(enquiry.number),
        "code": enquiry.code,
        "kind": words.say("enquiry_kinds", enquiry.kind, ask.lang),
        "about": enquiry.item_name_en if ask.lang == "en" else enquiry.item_name,
        "case_number": grouped(enquiry.case_number) if enquiry.case_number else "",
        "text": enquiry.text,
        "contact": enquiry.contact,
        "asked": enquiry.asked_at.isoformat(),
        "due": words.day_text(enquiry.due, ask.lang),
        "state": words.say("enquiry_states", state, ask.lang),
        "tone": words.tone("enquiry_states", state),
        "answer": enquiry.answer.text if enquiry.answer else "",
        "answered": enquiry.answer.at.isoformat() if enquiry.answer else None,
        "post": enquiry.answer.post if enquiry.answer else "",
        "published": enquiry.published,
    }


def _made(ask: Ask, data: Mapping[str, Any], item: Item | None) -> Enquiry:
    policy, calendar = ask.house.desk.policy, ask.house.calendar
    number = normalise(data.get("number", "")) or ""
    case = _own_case(ask, number)
    dept = case.dept if case else item.dept if item else policy.enquiry_dept
    return Enquiry(
        number="", code="", kind=data["kind"], text=data["text"], contact=data.get("contact", ""),
        dept=policy.enquiry_dept if data["kind"] == COMPLAIN else dept,
        asked_at=ask.now, due=calendar.add(ask.today, WorkingDays(policy.enquiry_days)).on,
        session=ask.visitor.session, sub=ask.visitor.sub, case_number=number, item=item.id if item else "",
        item_name=item.name("zh") if item else case.item_name if case else "",
        item_name_en=item.name("en") if item else case.item_name_en if case else "",
    )  # fmt: skip


def _own_case(ask: Ask, number: str) -> Case | None:
    """The case, if it is theirs: nobody learns here which numbers exist."""
    found = ledger.find(ask.house.store, number, now=ask.now) if number and ask.visitor.sub else None
    return found[0] if found and found[0].applicant == ask.visitor.sub else None


def _item(ask: Ask, name: str) -> Item | None:
    return ask.house.catalogue.current(name)


def _form(ask: Ask) -> Form:
    return form_of("ask" if ask.visitor.sub else "contact", ask.lang)


def _form_page(
    ask: Ask, *, item: Item | None, known: Mapping[str, Any], key: str,
    raw: Mapping[str, Any] | None = None, wrong: Mapping[str, str] | None = None,
) -> Reply:  # fmt: skip
    form, visitor = _form(ask), begun(ask.visitor)
    told = words.say("enquiries", "lead", ask.lang, days=ask.house.desk.policy.enquiry_days)
    which = words.say("enquiries", "about", ask.lang, name=item.name(ask.lang)) if item else ""
    reply = show(
        replace(ask, visitor=visitor),
        "ask.html",
        status=422 if wrong else 200,
        heading=form.title,
        text=told,
        about=which,
        action=ask.url("/ask/"),
        controls=form.controls(form.names(0), instance=known, raw=raw or {}, errors=wrong or {}),
        errors=[(f"f-{name}", message) for name, message in (wrong or {}).items()],
        hidden={"_item": item.id if item else "", "_key": key},
        phone=item.guide["complain" if known.get("kind") == COMPLAIN else "consult"]["phone"] if item else "",
    )
    if ask.visitor.session:
        return reply
    return reply.with_cookie(write(visitor, ask.house.keys, now=ask.now, secure=ask.house.settings.secure))
