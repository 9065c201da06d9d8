"""Handing in what was asked for again (补正、当场更正、容缺补交): only the listed answers and materials, kept in a
draft until they are sent together."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from schemas.form_fields import root_of
from schemas.items import Item, Material

from .. import drafts
from ..domain.case import Case, Correction, File
from ..domain.guards import Move, Supply
from ..domain.guards.move import same
from ..domain.history import owed
from ..domain.lifecycle import rule_for
from ..domain.numbers import grouped
from ..domain.refusal import Refusal
from ..drafts import Draft
from . import rows, words
from .access import own_case
from .acting import citizen_on
from .action_forms import version_of
from .ask import Ask
from .material_slots import remove, slots_of, upload
from .papers import listed_points
from .reply import Reply, redirect
from .shared_files import answered_elsewhere
from .show import show
from .supplies import opened_by, supply_of, uploads_for


def supplement_page(ask: Ask) -> Reply | Refusal:
    """GET: what the notice lists, with the answers as they are."""
    found = _open_case(ask)
    if isinstance(found, Refusal):
        return found
    case, item, listed = found
    return _page(ask, case, item, listed, draft=_draft_of(ask, case) or _shared(ask, case, item, listed))


def supplement(ask: Ask) -> Reply | Refusal:
    """POST: a file up or away, or everything handed in."""
    found = _open_case(ask)
    if isinstance(found, Refusal):
        return found if not _already_sent(ask) else redirect(ask.url(f"/me/{ask.params['number']}/"))
    case, item, listed = found
    draft = _draft_of(ask, case) or _begin(ask, case, item, listed)
    if ask.posted.first("_go") in ("upload", "remove"):
        return _change_file(ask, case, item, listed, draft)
    if rows.wanted(ask):
        answers, raw = rows.changed(ask, item.form(ask.lang), _names(item, listed))
        return _page(ask, case, item, listed, draft=replace(draft, form=answers), raw=raw)
    return _send(ask, case, item, listed, draft)


def _open_case(ask: Ask) -> tuple[Case, Item, Correction] | Refusal:
    case = own_case(ask)
    if isinstance(case, Refusal):
        return case
    item = ask.house.desk.world(case, ask.now).item
    listed = listed_of(case, item, lang=ask.lang)
    return (case, item, listed) if listed else Refusal("not_in_state", {"state": case.state})


def action_of(case: Case) -> str:
    """What handing in means in this state: a supplement, a fix on the spot, or late materials."""
    return {"correcting": "supplement", "submitted": "fix"}.get(case.state, "add_owed")


def listed_of(case: Case, item: Item, *, lang: str) -> Correction | None:
    """What may be handed in now; None when nothing may."""
    if action_of(case) != "add_owed":
        return case.correction
    late = owed(case, item) if rule_for(case.state, "add_owed") else ()
    reason = words.say("pages", "owed_reason", lang)
    return Correction(reason, (), tuple(material.id for material in late)) if late else None


def _draft_id(ask: Ask, case: Case) -> str:
    """One supplement draft a person and case version: a new notice starts anew."""
    agent = "" if ask.visitor.sub == case.applicant else f" {ask.visitor.sub}"
    return hashlib.sha256(f"supplement {case.number} {case.version}{agent}".encode()).hexdigest()[:32]


def _draft_of(ask: Ask, case: Case) -> Draft | None:
    draft = drafts.find(ask.house.store, _draft_id(ask, case), now=ask.now)
    return draft if draft and draft.applicant == ask.visitor.sub else None


def _begin(ask: Ask, case: Case, item: Item, listed: Correction) -> Draft:
    begun = drafts.begin(
        ask.house.store, item, session=ask.visitor.session, sub=ask.visitor.sub, form={}, now=ask.now,
        draft_id=_draft_id(ask, case), number=case.number,
    )  # fmt: skip
    shared = answered_elsewhere(ask, case, listed) if not begun.materials else {}
    return (_keep(ask, begun, lambda d: replace(d, materials=shared)) or begun) if shared else begun


def _shared(ask: Ask, case: Case, item: Item, listed: Correction) -> Draft | None:
    """What is shown before anything was kept: shared documents that another case of the package was corrected with."""
    shared = answered_elsewhere(ask, case, listed)
    if not shared:
        return None
    known = (_draft_id(ask, case), item.id, item.version, item.name(), ask.visitor.session, ask.now)
    return Draft(*known, ask.visitor.sub, case.number, materials=shared)


def _already_sent(ask: Ask) -> bool:
    """Whether this post is a second sending of a supplement that has arrived."""
    case = own_case(ask)
    if isinstance(case, Refusal):
        return False
    last = case.last("supplement") or case.last("fix") or case.last("add_owed")
    return last is not None and case.version == version_of(ask) + 1 and ask.posted.first("_go") == "submit"


def _change_file(ask: Ask, case: Case, item: Item, listed: Correction, draft: Draft) -> Reply | Refusal:
    asked = _asked(case, item, listed, draft)
    change = remove(ask) if ask.posted.first("_go") == "remove" else upload(ask, asked, draft.materials)
    if isinstance(change, Refusal):
        wrong = {ask.posted.first("_slot"): words.explain(change, ask.lang)}
        return _page(ask, case, item, listed, draft=draft, wrong_files=wrong)
    saved = _keep(ask, draft, lambda d: replace(d, materials=change(d.materials)))
    return redirect(ask.url(f"/me/{case.number}/supplement/")) if saved else Refusal("not_found")


def _send(ask: Ask, case: Case, item: Item, listed: Correction, draft: Draft) -> Reply | Refusal:
    """Hands everything in if it is whole; what cannot go yet is kept as it was typed."""
    form, names = item.form(ask.lang), _names(item, listed)
    answers, raw = form.parse(ask.posted.fields, names=names)
    typed = replace(draft, form=answers)
    supply = supply_of(case, item, _whole(case, answers, names), typed.materials)
    wrong = {
        f.field: f.message for f in form.faults(supply.form, today=ask.today) if root_of(f.field) in names
    }
    missing = _missing(ask, item, listed, case=case, draft=typed)
    sent = None if wrong or missing else _sent(ask, case, supply)
    if isinstance(sent, Case):
        return redirect(ask.url(f"/me/{case.number}/"))
    kept = _keep(ask, draft, lambda d: replace(d, form=answers))
    if sent or kept is None:
        return sent or Refusal("not_found")
    return _page(ask, case, item, listed, draft=kept, raw=raw, wrong=wrong, wrong_files=missing)


def _sent(ask: Ask, case: Case, supply: Supply) -> Case | Refusal:
    """The case with what was asked for."""
    actor = citizen_on(ask, case, action_of(case))
    if isinstance(actor, Refusal):
        return actor
    move = Move(action_of(case), actor, {}, supply)
    return ask.house.desk.perform(case.number, move, version=version_of(ask), now=ask.now)


def _keep(ask: Ask, draft: Draft, edit: Callable[[Draft], Draft]) -> Draft | None:
    return drafts.change(ask.house.store, draft, edit, now=ask.now)


def _whole(case: Case, answers: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Old answers without the listed ones, then the new ones: an emptied answer is gone."""
    return {**{name: value for name, value in case.form.items() if name not in names}, **answers}


def _asked(case: Case, item: Item, listed: Correction, draft: Draft | None) -> list[Material]:
    """The listed materials, and those that only the new answers call for."""
    answers = draft.form if draft and draft.form else case.form
    merged = _whole(case, answers, _names(item, listed))
    called_for = uploads_for(item, merged) - uploads_for(item, case.form)
    return [m for m in item.materials if m.id in listed.materials or m.id in called_for]


def _missing(ask: Ask, item: Item, listed: Correction, *, case: Case, draft: Draft) -> dict[str, str]:
    """A listed material must come again, and not as it was; one newly called for must come unless it is optional."""
    asked = _asked(case, item, listed, draft)
    due = [m for m in asked if m.id in listed.materials or m.need == "1"]
    return {
        m.id: words.explain(Refusal(code, {"name": m.title(ask.lang)}), ask.lang)
        for m in due
        if (code := _fault(draft.materials.get(m.id, ()), case.materials.get(m.id, ())))
    }


def _fault(now: tuple[File, ...], before: tuple[File, ...]) -> str:
    """What keeps the files of one material from being handed in again."""
    if not now:
        return "material_missing"
    return "material_same" if same(now, before) else ""


def _due(case: Case) -> date:
    """By when: the limit of the notice, of intake, or of late materials."""
    clock = {"supplement": "correction", "fix": "intake", "add_owed": "owed"}[action_of(case)]
    return case.clocks[clock].due


def _names(item: Item, listed: Correction) -> tuple[str, ...]:
    """The listed fields in form order, each with the fields it opens."""
    allowed = {*listed.fields, *opened_by(item, listed.fields)}
    form = item.form()
    return tuple(name for index in range(len(form.pages)) for name in form.names(index) if name in allowed)


def _page(
    ask: Ask, case: Case, item: Item, listed: Correction, *, draft: Draft | None,
    raw: Mapping[str, Any] | None = None, wrong: Mapping[str, str] | None = None,
    wrong_files: Mapping[str, str] | None = None,
) -> Reply:  # fmt: skip
    form, names = item.form(ask.lang), _names(item, listed)
    typed = draft.form if draft and draft.form else case.form
    errors = [(f"s-{name}", text) for name, text in (wrong_files or {}).items()]
    errors += [(f"f-{name}", text) for name, text in (wrong or {}).items()]
    return show(
        ask,
        "supplement.html",
        status=422 if errors else 200,
        c={"number": grouped(case.number), "item_name": item.name(ask.lang)},
        notice={
            "reason": listed.reason,
            "due_text": words.day_text(_due(case), ask.lang),
            "points": listed_points(listed.fields, listed.materials, item, ask.lang),
        },
        controls=form.controls(names, instance=_whole(case, typed, names), raw=raw or {}, errors=wrong or {}),
        slots=slots_of(
            ask, _asked(case, item, listed, draft), draft.materials if draft else {}, errors=wrong_files or {}
        ),
        errors=errors,
        action=ask.url(f"/me/{case.number}/supplement/"),
        hidden={"_version": case.version},
        back_url=ask.url(f"/me/{case.number}/"),
    )
