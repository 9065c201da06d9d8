"""The materials page of an application (申请材料): files up and away, then on to the check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from schemas.packages import Applicable

from .. import applications
from ..applications import Application
from ..domain.refusal import Refusal
from ..drafts import Draft
from . import direct_uploads, earlier_files, later, words
from .access import draft_of
from .ask import Ask
from .draft_page import address, draft_item, item_facts, page_count, saved
from .material_slots import Change, remove, send_file, slots_of, upload
from .reply import Reply, redirect
from .show import show


def materials_page(ask: Ask) -> Reply | Refusal:
    """GET of the materials of a draft."""
    found = draft_item(ask)
    if isinstance(found, (Refusal, Reply)):
        return found
    return _materials(ask, *found)


def save_material(ask: Ask) -> Reply | Refusal:
    """POST on the materials page: one file up, one file away, or on to the check."""
    found = draft_item(ask)
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
    kept = saved(ask, draft, lambda d: replace(d, materials=change(d.materials)))
    return redirect(ask.url(address(kept, "materials"))) if kept else Refusal("not_found")


def material_sent(ask: Ask) -> Reply | Refusal:
    """GET: the browser comes back from the bucket with a file it sent there."""
    found = draft_item(ask)
    if isinstance(found, (Refusal, Reply)):
        return found
    draft, item = found
    came = direct_uploads.arrived(ask, item.materials_for(draft.form), draft)
    if isinstance(came, Refusal):
        return came
    material, change = came
    if isinstance(change, Refusal):
        return _materials(ask, draft, item, errors={material.id: words.explain(change, ask.lang)})
    kept = saved(ask, draft, lambda d: replace(d, materials=change(d.materials)))
    return redirect(ask.url(address(kept, "materials"))) if kept else Refusal("not_found")


def _file_change(ask: Ask, draft: Draft, item: Applicable) -> Change | Refusal:
    """What the button pressed does to the files: one away, one of an earlier case, or a new one."""
    wanted = item.materials_for(draft.form)
    if ask.posted.first("_go") == "remove":
        return remove(ask)
    if ask.posted.first("_go") == "reuse":
        return earlier_files.reuse(ask, wanted, draft.materials)
    return upload(ask, wanted, draft.materials)


def draft_file(ask: Ask) -> Reply | Refusal:
    """One of the files of a draft, for the person who uploaded it."""
    draft = draft_of(ask)
    if isinstance(draft, Refusal):
        return draft
    return send_file(ask, draft.materials)


def _materials(ask: Ask, draft: Draft, item: Applicable, *, errors: Mapping[str, str] | None = None) -> Reply:
    wanted = item.materials_for(draft.form)
    last = len(item.form().pages)
    slots = slots_of(ask, wanted, draft.materials, errors=errors or {}, link=ask.url(address(draft, "files")))
    slots = direct_uploads.ticketed(
        ask, earlier_files.offered(ask, slots, wanted, draft.materials), wanted, draft
    )
    return show(
        ask,
        "materials.html",
        status=422 if errors else 200,
        item=item_facts(ask, item),
        page={"n": last + 1, "count": page_count(item), "title": words.say("pages", "materials", ask.lang)},
        slots=slots,
        leads_to=direct_uploads.origin_of(slots),
        errors=[(f"s-{name}", message) for name, message in (errors or {}).items()],
        action=ask.url(address(draft, "materials")),
        back_url=ask.url(address(draft, str(last))),
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
    return redirect(ask.url(address(draft, "check")))
