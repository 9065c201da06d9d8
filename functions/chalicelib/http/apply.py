"""Applying (申请), page by page and without scripts: the pages of answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from schemas.packages import Applicable

from .. import drafts
from ..domain.refusal import Refusal
from ..drafts import Draft
from . import applicable, later, prefill, rows
from .ask import Ask
from .draft_page import address, draft_item, item_facts, page_count, saved
from .reply import Reply, redirect
from .show import show
from .visitor import begun, write


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
    return redirect(ask.url(address(draft, _after(item, 0)))).with_cookie(cookie)


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
    action = address(draft, str(index + 1))
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
            ask, item, index, known, action=address(draft, str(index + 1)), draft=draft, raw=raw
        )
    answers, raw = _parsed(ask, item, index)
    wrong = {} if later.wanted(ask) else _faults(ask, item, index, {**draft.form, **answers})
    if wrong:
        return _form_page(
            ask, item, index, {**draft.form, **answers}, action=address(draft, str(index + 1)), draft=draft,
            raw=raw, wrong=wrong,
        )  # fmt: skip
    asked = set(item.form().names(index))
    kept = saved(ask, draft, lambda d: replace(d, form={**_without(d.form, asked), **answers}))
    if kept and later.wanted(ask):
        return later.slip_page(ask, kept)
    return redirect(ask.url(address(kept, _after(item, index)))) if kept else Refusal("not_found")


def _draft_page(ask: Ask) -> tuple[Draft, Applicable, int] | Refusal | Reply:
    found = draft_item(ask)
    if isinstance(found, (Refusal, Reply)):
        return found
    number = ask.params["page"]
    index = int(number) - 1 if number.isascii() and number.isdigit() and len(number) < 3 else -1
    inside = 0 <= index < len(found[1].form().pages)
    return (*found, index) if inside else Refusal("not_found")


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
    back = address(draft, str(index)) if draft and index else None
    return show(
        ask,
        "form.html",
        status=422 if wrong else 200,
        item=item_facts(ask, item),
        page={"n": index + 1, "count": page_count(item), "title": page.title, "intro": page.intro},
        controls=prefill.noted(
            form.controls(form.names(index), instance=answers, raw=raw or {}, errors=wrong or {}), notes or {}
        ),
        errors=[(f"f-{name}", message) for name, message in (wrong or {}).items()],
        action=ask.url(action),
        back_url=ask.url(back) if back else None,
        submit_label=None,
    )


def _after(item: Applicable, index: int) -> str:
    return str(index + 2) if index + 1 < len(item.form().pages) else "materials"


def _without(answers: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in answers.items() if name not in names}
