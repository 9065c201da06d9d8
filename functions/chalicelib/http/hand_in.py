"""The check page (核对) and handing in: for oneself, or for somebody who gave the authority to."""

from __future__ import annotations

from schemas.form_fields import root_of
from schemas.packages import Applicable

from .. import applications, drafts
from ..applications import Application, Request
from ..domain.refusal import Refusal
from ..drafts import Draft
from . import acting, applicable, words
from .ask import Ask
from .draft_page import address, draft_item, item_facts, page_count
from .fee_rows import fee_rows
from .material_slots import slots_of
from .reply import Reply, redirect
from .show import show

PRIVACY_URL = "/pages/privacy/"


def check_page(ask: Ask) -> Reply | Refusal:
    """GET of the answers and files together, before they are handed in."""
    found = draft_item(ask)
    if isinstance(found, (Refusal, Reply)):
        return found
    return _check(ask, *found)


def hand_in(ask: Ask) -> Reply | Refusal:
    """POST of the check page: hand in. Twice is once; signing in comes first and loses nothing."""
    found = draft_item(ask)
    if isinstance(found, (Refusal, Reply)):
        return found
    draft, item = found
    if not ask.visitor.sub:
        return redirect(f"/signin?next={ask.url(address(draft, 'check'))}")
    if ask.visitor.assurance < ask.house.settings.assurance:
        return Refusal("assurance_low")
    application = Application(item, draft.form, draft.materials)
    applicant = acting.applicant(ask, ask.posted.first("_for")[:20], item.id)
    if isinstance(applicant, Refusal):
        return applicant
    request = Request(applicant, f"draft {draft.id}", applications.content_of(application))
    twin = applicable.earlier(ask, item.id, request)
    if twin is None:
        wrong = applicable.faults(ask, application.pruned())
        if wrong:
            return _check(ask, draft, item, wrong=wrong)
        twin = applicable.submit(ask, application.pruned(), request)
    if isinstance(twin, Refusal):
        return twin
    drafts.handed_in(ask.house.store, draft, twin.number, ask.visitor.sub, now=ask.now)
    return redirect(applicable.receipt_url(ask, draft, twin.number))


def _check(ask: Ask, draft: Draft, item: Applicable, *, wrong: tuple[applications.Fault, ...] = ()) -> Reply:
    form = item.form(ask.lang)
    sections = [
        {
            "title": page["title"],
            "change_url": ask.url(address(draft, str(number))),
            "rows": [(label, text) for _, label, text in page["rows"]],
        }
        for number, page in enumerate(form.rows(form.prune(draft.form)), start=1)
    ]
    return show(
        ask,
        "check.html",
        status=422 if wrong else 200,
        item=item_facts(ask, item),
        page={"n": page_count(item), "count": page_count(item)},
        sections=sections,
        materials=_material_rows(ask, draft, item),
        materials_url=ask.url(address(draft, "materials")),
        errors=[(_anchor(ask, draft, item, fault), _said(ask, item, fault)) for fault in wrong],
        action=ask.url(address(draft, "check")),
        privacy_url=PRIVACY_URL,
        fees=fee_rows(item, form.prune(draft.form), ask.lang),
        needs_sign_in=not ask.visitor.sub,
        names=acting.choices(ask, item.id, ask.posted.first("_for")),
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
