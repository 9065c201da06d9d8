"""Answers we already have (免重复填写): from the sign-in, then from the person's newest cases of any item.

A page is filled in once, before it was ever answered, and each filled field says where its text comes from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from schemas.calendar import day_of
from schemas.forms import Form

from .. import ledger
from ..store.port import CASES
from . import visitor, words
from .ask import Ask

_CASES_READ = 5


@dataclass(frozen=True, slots=True)
class Filled:
    """The answers of a page with what was filled in, and where each filled text comes from."""

    answers: Mapping[str, Any]
    notes: Mapping[str, str] = field(default_factory=dict)


def of(ask: Ask, form: Form, index: int, answers: Mapping[str, Any]) -> Filled:
    """What can be filled in on this page; nothing on a page that was answered before, or for strangers."""
    names = form.names(index)
    wanted = {name: key for name, key in form.prefills.items() if name in names}
    if not (wanted and ask.visitor.sub) or any(name in answers for name in names):
        return Filled(answers)
    found = dict(_found(ask, set(wanted.values())))
    texts = {name: found[key][0] for name, key in wanted.items() if key in found}
    return Filled({**answers, **texts}, {name: found[wanted[name]][1] for name in texts})


def noted(controls: list[dict[str, Any]], notes: Mapping[str, str]) -> list[dict[str, Any]]:
    """The controls, each filled one saying so in its hint; those under an option too."""
    return [_noted(control, notes) for control in controls]


def _noted(control: dict[str, Any], notes: Mapping[str, str]) -> dict[str, Any]:
    note = notes.get(control["name"].partition("--")[0])
    options = [{**option, "reveals": noted(option["reveals"], notes)} for option in control["options"]]
    return {
        **control,
        "options": options,
        "hint": _joined(control["hint"], note) if note else control["hint"],
    }


def _joined(hint: str, note: str) -> str:
    """Two sentences in a row; the first may lack its full stop."""
    stop = ". " if note[0].isascii() else "。"
    return f"{hint.rstrip('。. ')}{stop}{note}" if hint else note


def _found(ask: Ask, keys: set[str]) -> Iterator[tuple[str, tuple[str, str]]]:
    """(key, (text, where from)); the sign-in is surest, then the newest case."""
    left = set(keys)
    known = visitor.known(ask.visitor, ask.house.keys)
    for key in sorted(left & known.keys()):
        yield key, (known[key], words.say("prefill", "sign_in", ask.lang))
    left -= known.keys()
    for key, text, note in _from_cases(ask) if left else ():
        if key in left:
            left.discard(key)
            yield key, (text, note)
        if not left:
            return


def _from_cases(ask: Ask) -> Iterator[tuple[str, str, str]]:
    for row in ask.house.store.query(
        CASES, "owner", ask.visitor.sub, limit=_CASES_READ, newest_first=True
    ).rows:
        found = ledger.find(ask.house.store, row.key, now=ask.now)
        if found is None or found[0].applicant != ask.visitor.sub:
            continue
        case = found[0]
        item = ask.house.catalogue.version(case.item_id, case.item_version)
        note = words.say("prefill", "case", ask.lang, day=words.day_text(day_of(case.received_at), ask.lang))
        for name, key in item.form().prefills.items() if item else ():
            text = case.form.get(name)
            if isinstance(text, str) and text:
                yield key, text, note
