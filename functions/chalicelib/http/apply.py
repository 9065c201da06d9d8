"""Applying (申请), page by page and without scripts: answers, materials, check, hand in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from schemas.form_fields import root_of
from schemas.packages import Applicable

from .. import applications, drafts
from ..applications import Application, Request
from ..domain.refusal import Refusal
from ..drafts import Draft
from . import applicable, direct_uploads, earlier_files, later, prefill, rows, words
from .access import draft_of
from .ask import Ask
from .fee_rows import fee_rows
from .material_slots import Change, remove, send_file, slots_of, upload
from .reply import Reply, redirect
from .show import show
from .visitor import begun, write

PRIVACY_URL = "/pages/privacy/"


def first_page(ask: Ask) -> Reply | Refusal:
    """POST of the static first page: answers that will do open a draft, others come back with messages."""
    item = applicable.current(ask, ask.params["item"])
    if item is None:
        return Refusal("unknown_item")
    if not item.online:
        return Refusal("item_closed")
    if rows.wanted(ask):
        answers, raw = rows.changed(ask, item.form(ask.lang), item.form().names(0))
        return _form_page(ask, item, 0, answers, action=f"/apply/{item.id}/", raw=raw)
    answers, raw = _parsed(ask, item, 0)
    wrong = {} if later.wanted(ask) else _faults(ask, item, 0, answers)
    if wrong:
        return _form_page(ask, item, 0, answers, action=f"/apply/{item.id}/", raw=raw, wrong=wrong)
    visitor = begun(ask.visitor)
    draft = drafts.begin(
        ask.house.store, item, session=visitor.session, sub=visitor.sub, form=answers, now=ask.now
    )
    house = ask.house
    cookie = write(visitor, house.keys, now=ask.now, secure=house.settings.secure)
    if later.wanted(ask):
        return later.slip_page(ask, draft).with_cookie(cookie)
    return redirect(ask.url(_address(draft, _after(item, 0)))).with_cookie(cookie)


def unknown_item(ask: Ask) -> Reply | Refusal:
    """GET of a first page that is not a static file: there is no such item, or not online."""
    item = applicable.current(ask, ask.params["item"])
    if item is None:
        return Refusal("unknown_item")
    if not item.online:
        return Refusal("item_closed")
    filled = prefill.of(ask, item.form(), 0, {})
    return _form_page(ask, item, 0, filled.answers, action=f"/apply/{item.id}/", notes=filled.notes)


def form_page(ask: Ask) -> Reply | Refusal:
    """GET of one page of a draft."""
    found = _draft_page(ask)
    if isinstance(found, (Refusal, Reply)):
        return found
    draft, item, index = found
    filled = prefill.of(ask, item.form(), index, draft.form)
    action = _address(draft, str(index + 1))
    return _form_page(ask, item, index, filled.answers, action=action, draft=draft, notes=filled.notes)


def save_page(ask: Ask) -> Reply | Refusal:
    """POST of one page of a draft: saved if it will do, shown again with messages if not."""
    found = _draft_page(ask)
    if isinstance(found, (Refusal, Reply)):
        return found
    draft, item, index = found
    if rows.wanted(ask):
        answers, raw = rows.changed(ask, item.form(ask.lang), item.form().names(index))
        known = {**_without(draft.form, set(item.form().names(index))), **answers}
        return _form_page(
            ask, item, index, known, action=_address(draft, str(index + 1)), draft=draft, raw=raw
        )
    answers, raw = _parsed(ask, item, index)
    wrong = {} if later.wanted(ask) else _faults(ask, item, index, {**draft.form, **answers})
    if wrong:
        return _form_page(
            ask, item, index, {**draft.form, **answers}, action=_address(draft, str(index + 1)), draft=draft,
            raw=raw, wrong=wrong,
        )  # fmt: skip
    asked = set(item.form().names(index))
    saved = _change(ask, draft, lambda d: replace(d, form={**_without(d.form, asked), **answers}))
    if saved and later.wanted(ask):
        return later.slip_page(ask, saved)
    return redirect(ask.url(_address(saved, _after(item, index)))) if saved else Refusal("not_found")


def materials_page(ask: Ask) -> Reply | Refusal:
    """GET of the materials of a draft."""
    found = _draft_item(ask)
    if isinstance(found, (Refusal, Reply)):
        return found
    return _materials(ask, *found)


def save_material(ask: Ask) -> Reply | Refusal:
    """POST on the materials page: one file up, one file away, or on to the check."""
    found = _draft_item(ask)
    if isinstance(found, (Refusal, Reply)):
        return found
    draft, item = found
    if later.wanted(ask):
        return later.slip_page(ask, draft)
    if ask.posted.first("_go") == "next":
        return _to_check(ask, draft, item)
    change = _file_change(ask, draft, item)
    if isinstance(change, Refusal):
        return _materials(
            ask, draft, item, errors={ask.posted.first("_slot"): words.explain(change, ask.lang)}
        )
    saved = _change(ask, draft, lambda d: replace(d, materials=change(d.materials)))
    return redirect(ask.url(_address(saved, "materials"))) if saved else Refusal("not_found")


def material_sent(ask: Ask) -> Reply | Refusal:
    """GET: the browser comes back from the bucket with a file it sent there."""
    found = _draft_item(ask)
    if isinstance(found, (Refusal, Reply)):
        return found
    draft, item = found
    came = direct_uploads.arrived(ask, item.materials_for(draft.form), draft)
    if isinstance(came, Refusal):
        return came
    material, change = came
    if isinstance(change, Refusal):
        return _materials(ask, draft, item, errors={material.id: words.explain(change, ask.lang)})
    saved = _change(ask, draft, lambda d: replace(d, materials=change(d.materials)))
    return redirect(ask.url(_address(saved, "materials"))) if saved else Refusal("not_found")


def _file_change(ask: Ask, draft: Draft, item: Applicable) -> Change | Refusal:
    """What the button pressed does to the files: one away, one of an earlier case, or a new one."""
    wanted = item.materials_for(draft.form)
    if ask.posted.first("_go") == "remove":
        return remove(ask)
    if ask.posted.first("_go") == "reuse":
        return earlier_files.reuse(ask, wanted, draft.materials)
    return upload(ask, wanted, draft.materials)


def check_page(ask: Ask) -> Reply | Refusal:
    """GET of the answers and files together, before they are handed in."""
    found = _draft_item(ask)
    if isinstance(found, (Refusal, Reply)):
        return found
    return _check(ask, *found)


def draft_file(ask: Ask) -> Reply | Refusal:
    """One of the files of a draft, for the person who uploaded it."""
    draft = draft_of(ask)
    if isinstance(draft, Refusal):
        return draft
    return send_file(ask, draft.materials)


def hand_in(ask: Ask) -> Reply | Refusal:
    """POST of the check page: hand in. Twice is once; signing in comes first and loses nothing."""
    found = _draft_item(ask)
    if isinstance(found, (Refusal, Reply)):
        return found
    draft, item = found
    if not ask.visitor.sub:
        return redirect(f"/signin?next={ask.url(_address(draft, 'check'))}")
    if ask.visitor.assurance < ask.house.settings.assurance:
        return Refusal("assurance_low")
    application = Application(item, draft.form, draft.materials)
    request = Request(ask.visitor.citizen, f"draft {draft.id}", applications.content_of(application))
    twin = applicable.earlier(ask, application, request)
    if twin is None:
        wrong = applicable.faults(ask, application.pruned())
        if wrong:
            return _check(ask, draft, item, wrong=wrong)
        twin = applicable.submit(ask, application.pruned(), request)
    if isinstance(twin, Refusal):
        return twin
    drafts.handed_in(ask.house.store, draft, twin.number, ask.visitor.sub, now=ask.now)
    return redirect(applicable.receipt_url(ask, draft, twin.number))


def _draft_item(ask: Ask) -> tuple[Draft, Applicable] | Refusal | Reply:
    """The visitor's draft and its item; a draft already handed in leads to its receipt."""
    draft = draft_of(ask)
    if isinstance(draft, Refusal):
        return draft
    if draft.number:
        return redirect(applicable.receipt_url(ask, draft, draft.number))
    item = applicable.of_draft(ask, draft)
    return (draft, item) if item else Refusal("unknown_item")


def _draft_page(ask: Ask) -> tuple[Draft, Applicable, int] | Refusal | Reply:
    found = _draft_item(ask)
    if isinstance(found, (Refusal, Reply)):
        return found
    number = ask.params["page"]
    index = int(number) - 1 if number.isascii() and number.isdigit() and len(number) < 3 else -1
    inside = 0 <= index < len(found[1].form().pages)
    return (*found, index) if inside else Refusal("not_found")


def _change(ask: Ask, draft: Draft, edit: Any) -> Draft | None:
    """Saves an edit; a signed-in visitor's draft becomes theirs on any device."""
    owner = draft.applicant or ask.visitor.sub
    return drafts.change(ask.house.store, draft, lambda d: replace(edit(d), applicant=owner), now=ask.now)


def _parsed(ask: Ask, item: Applicable, index: int) -> tuple[dict[str, Any], dict[str, Any]]:
    form = item.form(ask.lang)
    return form.parse(ask.posted.fields, names=form.names(index))


def _faults(ask: Ask, item: Applicable, index: int, answers: Mapping[str, Any]) -> dict[str, str]:
    form = item.form(ask.lang)
    found = form.faults(form.prune(answers), names=form.names(index), today=ask.today)
    return {fault.field: fault.message for fault in found}


def _form_page(
    ask: Ask, item: Applicable, index: int, answers: Mapping[str, Any], *, action: str, draft: Draft | None = None,
    raw: Mapping[str, Any] | None = None, wrong: Mapping[str, str] | None = None,
    notes: Mapping[str, str] | None = None,
) -> Reply:  # fmt: skip
    form = item.form(ask.lang)
    page = form.pages[index]
    back = _address(draft, str(index)) if draft and index else None
    return show(
        ask,
        "form.html",
        status=422 if wrong else 200,
        item=_item(ask, item),
        page={"n": index + 1, "count": _count(item), "title": page.title, "intro": page.intro},
        controls=prefill.noted(
            form.controls(form.names(index), instance=answers, raw=raw or {}, errors=wrong or {}), notes or {}
        ),
        errors=[(f"f-{name}", message) for name, message in (wrong or {}).items()],
        action=ask.url(action),
        back_url=ask.url(back) if back else None,
        submit_label=None,
    )


def _materials(ask: Ask, draft: Draft, item: Applicable, *, errors: Mapping[str, str] | None = None) -> Reply:
    wanted = item.materials_for(draft.form)
    last = len(item.form().pages)
    slots = slots_of(
        ask, wanted, draft.materials, errors=errors or {}, link=ask.url(_address(draft, "files"))
    )
    slots = direct_uploads.ticketed(
        ask, earlier_files.offered(ask, slots, wanted, draft.materials), wanted, draft
    )
    return show(
        ask,
        "materials.html",
        status=422 if errors else 200,
        item=_item(ask, item),
        page={"n": last + 1, "count": _count(item), "title": words.say("pages", "materials", ask.lang)},
        slots=slots,
        leads_to=direct_uploads.origin_of(slots),
        errors=[(f"s-{name}", message) for name, message in (errors or {}).items()],
        action=ask.url(_address(draft, "materials")),
        back_url=ask.url(_address(draft, str(last))),
    )


def _to_check(ask: Ask, draft: Draft, item: Applicable) -> Reply | Refusal:
    """On to the check, unless a material that must be there is missing."""
    application = Application(item, draft.form, draft.materials).pruned()
    wrong = [
        fault
        for fault in applications.faults(application, lang=ask.lang, now=ask.now)
        if fault.kind == "material"
    ]
    if wrong:
        titles = {material.id: material.title(ask.lang) for material in item.materials}
        said = {f.name: words.explain(Refusal(f.code, {"name": titles[f.name]}), ask.lang) for f in wrong}
        return _materials(ask, draft, item, errors=said)
    return redirect(ask.url(_address(draft, "check")))


def _check(ask: Ask, draft: Draft, item: Applicable, *, wrong: tuple[applications.Fault, ...] = ()) -> Reply:
    form = item.form(ask.lang)
    sections = [
        {
            "title": page["title"],
            "change_url": ask.url(_address(draft, str(number))),
            "rows": [(label, text) for _, label, text in page["rows"]],
        }
        for number, page in enumerate(form.rows(form.prune(draft.form)), start=1)
    ]
    return show(
        ask,
        "check.html",
        status=422 if wrong else 200,
        item=_item(ask, item),
        page={"n": _count(item), "count": _count(item)},
        sections=sections,
        materials=_material_rows(ask, draft, item),
        materials_url=ask.url(_address(draft, "materials")),
        errors=[(_anchor(ask, draft, item, fault), _said(ask, item, fault)) for fault in wrong],
        action=ask.url(_address(draft, "check")),
        privacy_url=PRIVACY_URL,
        fees=fee_rows(item, form.prune(draft.form), ask.lang),
        needs_sign_in=not ask.visitor.sub,
        leads_to=ask.house.provider.origin,
    )


def _material_rows(ask: Ask, draft: Draft, item: Applicable) -> list[dict[str, str]]:
    return [
        {
            "name": slot["name"],
            "text": slot["given"] or "、".join(file["name"] for file in slot["files"]) or slot["none"],
        }
        for slot in slots_of(ask, item.materials_for(draft.form), draft.materials, errors={})
    ]


def _said(ask: Ask, item: Applicable, fault: applications.Fault) -> str:
    if fault.kind == "field":
        return fault.message
    titles = {material.id: material.title(ask.lang) for material in item.materials}
    return words.explain(Refusal(fault.code, {"name": titles.get(fault.name, fault.name)}), ask.lang)


def _anchor(ask: Ask, draft: Draft, item: Applicable, fault: applications.Fault) -> str:
    """Where on the check page the fault belongs: the section of its page, or the materials."""
    if fault.kind == "material":
        return "part-materials"
    form = item.form()
    page = next((n for n in range(len(form.pages)) if root_of(fault.name) in form.names(n)), 0)
    return f"part-{page + 1}"


def _item(ask: Ask, item: Applicable) -> dict[str, str]:
    return {"id": item.id, "name": item.name(ask.lang), "url": item.guide_url(ask.lang)}


def _count(item: Applicable) -> int:
    """Pages of answers, the materials, and the check."""
    return len(item.form().pages) + 2


def _after(item: Applicable, index: int) -> str:
    return str(index + 2) if index + 1 < len(item.form().pages) else "materials"


def _address(draft: Draft, page: str) -> str:
    return f"/apply/{draft.item_id}/{draft.id}/{page}"


def _without(answers: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in answers.items() if name not in names}
