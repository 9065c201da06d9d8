"""The form with which somebody is given authority (委托), read from a page or from a program."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import schemas
from schemas.forms import Form

from .. import grants, ledger, uploads
from ..domain.case import Case, File
from ..domain.grant import LONGEST, STAFF, Grant
from ..domain.lifecycle import FINAL
from ..domain.numbers import grouped, normalise
from ..domain.refusal import Refusal
from . import words
from .applicable import current
from .ask import Ask
from .reply import Reply
from .search import entitled
from .show import show

PAPER_MB = 4
_KINDS = ("pdf", "jpg", "png")


@cache
def form_of(lang: str) -> Form:
    """The questions, as kept in schemas/grants.json."""
    facts = json.loads((Path(schemas.__file__).parent / "grants.json").read_text("utf-8"))["make"]
    return Form(facts["schema"], facts["en"], lang=lang)


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form: answers, the case it is about, the key of this request, what is wrong."""

    case: str = ""
    key: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)


def form_page(ask: Ask, typed: Typed) -> Reply | Refusal:
    """The form, with messages where something is wrong. A case that is not the visitor's own is not found."""
    case = own_case(ask, typed.case) if typed.case else None
    if isinstance(case, Refusal):
        return case
    form = form_of(ask.lang)
    names = [name for name in form.names(0) if not (case and name == "items")]
    return show(
        ask, "agent_new.html", status=422 if typed.wrong else 200, heading=form.title,
        controls=form.controls(names, instance=typed.data, raw=typed.raw, errors=typed.wrong),
        errors=[(f"f-{name}", text) for name, text in typed.wrong.items()],
        about=_about(case, ask.lang) if case else "", paper_error=typed.wrong.get("paper"),
        action=ask.url("/me/agents/new/"), hidden={"_case": case.number if case else "", "_key": typed.key},
        back_url=ask.url("/me/agents/"),
    )  # fmt: skip


def made(ask: Ask) -> Grant | Reply | Refusal:
    """The grant of a posted form, stored; the form again where something is wrong.

    Refusals: assurance_low, bad_request (no key), not_found (the case), key_reused.
    """
    form, key = form_of(ask.lang), ask.posted.first("_key")[:64]
    if len(key) < 16:
        return Refusal("bad_request")
    if ask.visitor.assurance < ask.house.settings.assurance:
        return Refusal("assurance_low")
    case = own_case(ask, ask.posted.first("_case")) if ask.posted.first("_case") else None
    if isinstance(case, Refusal):
        return case
    data, raw = form.parse(ask.posted.fields, names=form.names(0))
    paper = _paper(ask)
    wrong = {fault.field: fault.message for fault in form.faults(data, today=ask.today)}
    items = items_named(ask, str(data.get("items", "")))
    wrong |= terms_wrong(ask, data, items, paper if isinstance(paper, File) else None)
    if isinstance(paper, Refusal):
        wrong["paper"] = words.explain(paper, ask.lang)
    if wrong or isinstance(paper, Refusal) or isinstance(items, str):
        return form_page(ask, Typed(case.number if case else "", key, data, raw, wrong))
    return grants.make(ask.house.store, grant_of(ask, data, items, case, paper), key=key, now=ask.now)


def terms_wrong(
    ask: Ask, data: Mapping[str, Any], items: tuple[str, ...] | str, paper: File | None
) -> dict[str, str]:
    """What a schema cannot say: names of items, the last day, oneself as agent, the letter of authority."""
    found = {}
    if isinstance(items, str):
        found["items"] = words.say("grants", "item_unknown", ask.lang, names=items)
    if not _fits(str(data.get("ends", "")), ask.today):
        found["ends"] = words.say("grants", "ends_bad", ask.lang)
    if str(data.get("agent_name", "")).strip() == ask.visitor.name:
        found["agent_name"] = words.say("grants", "name_own", ask.lang)
    if data.get("kind") == STAFF and paper is None:
        found["paper"] = words.say("grants", "paper_missing", ask.lang)
    return found


def grant_of(
    ask: Ask, data: Mapping[str, Any], items: tuple[str, ...], case: Case | None, paper: File | None
) -> Grant:
    """The grant for answers without faults; of one case it is about no other items."""
    visitor = ask.visitor
    return Grant(
        number="", code="", kind=data["kind"], principal=visitor.sub, principal_name=visitor.name,
        agent_name=data["agent_name"].strip(), items=() if case else items, powers=tuple(sorted(data["powers"])),
        made_at=ask.now, ends=date.fromisoformat(data["ends"]), assurance=visitor.assurance,
        case_number=case.number if case else "", evidence=paper,
    )  # fmt: skip


def items_named(ask: Ask, text: str) -> tuple[str, ...] | str:
    """The ids of the items written one a line, by id or by name in either language; or the names unknown."""
    wanted = [line.strip() for line in text.splitlines() if line.strip()]
    if not wanted:
        return ()
    known = {line: _ids(ask, line) for line in wanted}
    unknown = [line for line, ids in known.items() if not ids]
    return (
        "、".join(unknown) if unknown else tuple(dict.fromkeys(one for ids in known.values() for one in ids))
    )


def own_case(ask: Ask, number: str) -> Case | Refusal:
    """The visitor's own case, still open; anything else is not found."""
    plain = normalise(number)
    found = ledger.find(ask.house.store, plain, now=ask.now) if plain else None
    open_ = found and found[0].applicant == ask.visitor.sub and found[0].state not in FINAL
    return found[0] if found and open_ else Refusal("not_found")


def _ids(ask: Ask, line: str) -> tuple[str, ...]:
    """The item or package of this id, or those that bear exactly this name."""
    return (line,) if current(ask, line) else entitled(ask, line)


def _fits(text: str, today: date) -> bool:
    try:
        return today <= date.fromisoformat(text) <= today + LONGEST
    except ValueError:
        return False


def _paper(ask: Ask) -> File | Refusal | None:
    """The letter attached, kept; None when there is none. Refusals: file_type, file_too_big."""
    sent = ask.posted.files.get("file")
    if sent is None or not sent.data:
        return None
    file = uploads.inspect(sent.name, sent.data)
    if file is None or file.kind not in _KINDS:
        return Refusal("file_type", {"accept": "PDF、JPG、PNG"})
    if file.size > PAPER_MB * 1024 * 1024:
        return Refusal("file_too_big", {"max_mb": str(PAPER_MB)})
    ask.house.store.put_file(sent.data)
    return file


def _about(case: Case, lang: str) -> str:
    name = case.item_name_en if lang == "en" else case.item_name
    return words.say("grants", "case_choice", lang, name=name, number=grouped(case.number))
