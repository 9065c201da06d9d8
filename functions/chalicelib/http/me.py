"""A citizen's own pages (我的办件): cases, receipts, papers, supplement, withdraw."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from schemas.items import Item

from .. import drafts
from ..domain.case import Case, Event, File
from ..domain.clocks import INTAKE_LIMIT
from ..domain.enquiry import ANSWER_TOLD
from ..domain.guards import Move
from ..domain.numbers import grouped
from ..domain.refusal import Refusal
from ..store.port import CASES, NOTICES
from . import action_forms, enquiry_pages, favourites, package_pages, qr, words
from .access import own_case
from .acting import agent_fact, citizen_on
from .ask import Ask
from .fee_rows import fee_rows
from .linked import told_text
from .material_slots import send_file, size_text
from .papers import paper
from .reply import Reply, redirect
from .show import show
from .status import case_page
from .views import item_name

_LIST = 50


def home(ask: Ask) -> Reply:
    """Cases, drafts and messages of the signed-in person, newest first."""
    store, sub = ask.house.store, ask.visitor.sub
    heads = store.query(CASES, "owner", sub, limit=_LIST, newest_first=True).rows
    told = store.query(NOTICES, "owner", sub, limit=_LIST, newest_first=True).rows
    return show(
        ask,
        "me.html",
        cases=[_case_row(ask, row.head) for row in heads],
        packages=package_pages.rows_of(ask),
        enquiries=enquiry_pages.rows_of(ask),
        favourites=favourites.rows_of(ask),
        drafts=[_draft_row(ask, draft) for draft in drafts.of_person(store, sub, now=ask.now)],
        messages=[_message(ask, row.head) for row in told],
    )


def case(ask: Ask) -> Reply | Refusal:
    """Where the case stands."""
    found = own_case(ask)
    return found if isinstance(found, Refusal) else case_page(ask, found, owner=True)


def receipt(ask: Ask) -> Reply | Refusal:
    """The receipt (收件凭证) of the application itself."""
    found = own_case(ask)
    return found if isinstance(found, Refusal) else _receipt_page(ask, found, found.events[0])


def letter(ask: Ask) -> Reply | Refusal:
    """One paper of the case, to read and print."""
    found = own_case(ask)
    if isinstance(found, Refusal):
        return found
    event = next((event for event in found.events if str(event.seq) == ask.params["seq"]), None)
    if event and "receipt" in event.data:
        return _receipt_page(ask, found, event)
    back = ask.url(f"/me/{found.number}/")
    text = paper(found, event, _item_of(ask, found), lang=ask.lang, back_url=back) if event else None
    return show(ask, "document.html", d=text) if text else Refusal("not_found")


def _receipt_page(ask: Ask, case: Case, event: Event) -> Reply:
    """What one event handed in, as it was on that day."""
    item, sha256 = _item_of(ask, case), event.data["receipt"]
    base, number = ask.house.settings.base_url, grouped(case.number)
    view = {
        "number": number,
        "query_code": case.query_code,
        "item_name": item_name(case, ask.lang),
        "dept_name": item.dept_name(ask.lang),
        "applicant_name": case.applicant_name,
        "agent": agent_fact(case, ask.lang),
        "received_at": event.at,
        "intake_sentence": _intake_sentence(ask, case, event),
        "materials": _handed_in(ask, event, item),
        "fees": fee_rows(item, case.form, ask.lang),
        "sha256": sha256,
        "qr": qr.image(qr.status_text(base, ask.url("/status/"), number=number, sha256=sha256)),
        "status_url": f"{base}{ask.url('/status/')}",
        "url": ask.url(f"/me/{case.number}/"),
    }
    return show(ask, "receipt.html", receipt=view)


def own_file(ask: Ask) -> Reply | Refusal:
    """A file the applicant handed in."""
    found = own_case(ask)
    return found if isinstance(found, Refusal) else send_file(ask, found.materials)


def withdraw_page(ask: Ask) -> Reply | Refusal:
    """GET: what withdrawing means."""
    return _confirm_page(ask, "withdraw")


def withdraw(ask: Ask) -> Reply | Refusal:
    """POST: withdraw (撤回)."""
    return _confirmed(ask, "withdraw")


def rate_page(ask: Ask) -> Reply | Refusal:
    """GET: the rating form (好差评)."""
    return _confirm_page(ask, "rate")


def rate(ask: Ask) -> Reply | Refusal:
    """POST: rate, once."""
    return _confirmed(ask, "rate")


def _confirm_page(
    ask: Ask, action: str, *, data: Mapping[str, Any] | None = None, wrong: Mapping[str, str] | None = None
) -> Reply | Refusal:
    found = own_case(ask)
    if isinstance(found, Refusal):
        return found
    form = action_forms.form_of(action, ask.lang)
    return show(
        ask,
        "confirm.html",
        status=422 if wrong else 200,
        heading=words.say("pages", action, ask.lang),
        text=words.say("pages", f"{action}_text", ask.lang),
        action=ask.url(f"/me/{found.number}/{action}/"),
        controls=form.controls(form.names(0), instance=data or {}, errors=wrong or {}),
        errors=[(f"f-{name}", message) for name, message in (wrong or {}).items()],
        hidden={"_version": found.version},
        button=words.say("pages", f"{action}_button", ask.lang),
        danger=action == "withdraw",
        back_url=ask.url(f"/me/{found.number}/"),
    )


def _confirmed(ask: Ask, action: str) -> Reply | Refusal:
    found = own_case(ask)
    if isinstance(found, Refusal):
        return found
    form = action_forms.form_of(action, ask.lang)
    data, _ = form.parse(ask.posted.fields, names=form.names(0))
    wrong = {fault.field: fault.message for fault in form.faults(data, today=ask.today)}
    if wrong:
        return _confirm_page(ask, action, data=data, wrong=wrong)
    actor = citizen_on(ask, found, action)
    if isinstance(actor, Refusal):
        return actor
    move = Move(action, actor, data)
    outcome = ask.house.desk.perform(found.number, move, version=action_forms.version_of(ask), now=ask.now)
    return outcome if isinstance(outcome, Refusal) else redirect(ask.url(f"/me/{found.number}/"))


def _case_row(ask: Ask, head: Any) -> dict[str, Any]:
    return {
        "number": grouped(head["number"]),
        "item_name": head["item_name_en" if ask.lang == "en" else "item_name"],
        "state_text": words.say("states", head["state"], ask.lang),
        "tone": words.tone("states", head["state"]),
        "updated": head["updated_at"],
        "url": ask.url(f"/me/{head['number']}/"),
    }


def _draft_row(ask: Ask, draft: drafts.Draft) -> dict[str, Any]:
    return {
        "item_name": draft.item_name,
        "url": ask.url(f"/apply/{draft.item_id}/{draft.id}/1"),
        "erase_url": ask.url(f"/apply/{draft.item_id}/{draft.id}/erase"),
        "saved": draft.saved_at.isoformat(),
    }


def _message(ask: Ask, head: Any) -> dict[str, Any]:
    name = head["item_name_en" if ask.lang == "en" else "item_name"]
    told = told_text(head["action"], head.get("data", {}), ask.lang)
    text = words.say("messages", "text", ask.lang, item=name, number=grouped(head["number"]), event=told)
    if "for" in head:
        text = words.say("messages", "for", ask.lang, name=head["for"], text=text)
    room = "ask" if head["action"] == ANSWER_TOLD else "me"
    return {"at": head["at"], "text": text, "url": ask.url(f"/{room}/{head['number']}/")}


def _item_of(ask: Ask, case: Case) -> Item:
    return ask.house.desk.world(case, ask.now).item


def _intake_sentence(ask: Ask, case: Case, event: Event) -> str:
    """What happens next, and by when; nothing, where the system has filed it by itself."""
    if case.last("file"):
        return words.say("receipt", "filed", ask.lang)
    due = event.data.get("due", {}).get("intake")
    if due is None:
        return words.say("receipt", "goes_on", ask.lang)
    day = words.day_text(date.fromisoformat(due), ask.lang)
    return words.say("receipt", "intake", ask.lang, n=INTAKE_LIMIT.n, due=day)


def _handed_in(ask: Ask, event: Event, item: Item) -> list[str]:
    titles = {material.id: material.title(ask.lang) for material in item.materials}
    files = event.data.get("files", {})
    return [_file_line(ask, titles.get(name, name), File(sha256, label, size, kind))
            for name, kept in files.items() for label, size, kind, sha256 in kept]  # fmt: skip


def _file_line(ask: Ask, title: str, file: File) -> str:
    return words.say(
        "receipt", "file", ask.lang, title=title, name=file.name, size=size_text(file), sha=file.sha256[:16]
    )
