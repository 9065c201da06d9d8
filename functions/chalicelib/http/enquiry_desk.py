"""The desk for enquiries: what waits for an answer, and answering it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from .. import enquiries
from ..domain.case import Actor
from ..domain.enquiry import Enquiry
from ..domain.numbers import grouped
from ..domain.refusal import Refusal
from ..store.port import Listed
from . import words
from .action_forms import version_of
from .ask import Ask
from .enquiry_pages import about, form_of, view
from .reply import Reply, redirect
from .show import show

_LIST = 100


def queue(ask: Ask) -> Reply:
    """GET: the departments' open enquiries, the most pressing first, and the last answers."""
    depts, store = _staff(ask).depts, ask.house.store
    return show(
        ask,
        "review/enquiries.html",
        staff=True,
        nav_current="/review/enquiries/",
        waiting=[_row(ask, row) for row in enquiries.waiting(store, depts, limit=_LIST)],
        done=[_row(ask, row) for row in enquiries.done(store, depts, limit=_LIST // 5)],
    )


def one(ask: Ask) -> Reply | Refusal:
    """GET: one enquiry with the form for its answer."""
    found = _mine(ask)
    return found if isinstance(found, Refusal) else _page(ask, found)


def answer(ask: Ask) -> Reply | Refusal:
    """POST: the answer, once."""
    found = _mine(ask)
    if isinstance(found, Refusal):
        return found
    form = form_of("answer", ask.lang)
    data, raw = form.parse(ask.posted.fields, names=form.names(0))
    data = form.prune(data)
    wrong = {fault.field: fault.message for fault in form.faults(data, today=ask.today)}
    if wrong:
        return _page(ask, found, data=data, raw=raw, wrong=wrong)
    outcome = enquiries.answer(
        ask.house.store, found.number, _staff(ask), version=version_of(ask), text=data["answer"],
        summary=data.get("summary", ""), now=ask.now,
    )  # fmt: skip
    return outcome if isinstance(outcome, Refusal) else redirect(f"/review/enquiries/{found.number}/")


def _page(
    ask: Ask, enquiry: Enquiry, *, data: Mapping[str, Any] | None = None, raw: Mapping[str, Any] | None = None,
    wrong: Mapping[str, str] | None = None,
) -> Reply:  # fmt: skip
    form = form_of("answer", ask.lang)
    controls = form.controls(form.names(0), instance=data or {}, raw=raw or {}, errors=wrong or {})
    return show(
        ask,
        "review/enquiry.html",
        status=422 if wrong else 200,
        staff=True,
        nav_current="/review/enquiries/",
        e=view(ask, enquiry),
        controls=[] if enquiry.answer else controls,
        errors=[(f"f-{name}", message) for name, message in (wrong or {}).items()],
        hidden={"_version": enquiry.version},
        action=f"/review/enquiries/{enquiry.number}/",
    )


def _mine(ask: Ask) -> Enquiry | Refusal:
    found = enquiries.find(ask.house.store, ask.params["number"], now=ask.now)
    if found is None:
        return Refusal("not_found")
    return found if _staff(ask).works_on(found.dept) else Refusal("not_yours")


def _row(ask: Ask, row: Listed) -> dict[str, Any]:
    head = row.head
    late = head["state"] == "open" and ask.today.isoformat() > head["due"]
    state = "late" if late else head["state"]
    return {
        "url": f"/review/enquiries/{head['number']}/",
        "number": grouped(head["number"]),
        "kind": words.say("enquiry_kinds", head["kind"], ask.lang),
        "about": about(head, ask.lang),
        "asked": head["asked_at"],
        "due": words.day_text(date.fromisoformat(head["due"]), ask.lang),
        "state": words.say("enquiry_states", state, ask.lang),
        "tone": words.tone("enquiry_states", state),
    }


def _staff(ask: Ask) -> Actor:
    assert ask.visitor.staff is not None
    return ask.visitor.staff
