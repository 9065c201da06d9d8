"""What handlers of the JSON interface share: bodies checked, files by ticket, faults with pointers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from schemas.form_fields import GROUP

from ..applications import Application, Fault
from ..domain.case import Case, File
from ..domain.guards import Move
from ..domain.numbers import normalise
from ..domain.refusal import Refusal
from ..domain.timeline import stages
from . import words
from .api_shapes import faults_in, schema
from .api_views import case_json
from .ask import Ask, read_json
from .reply import Reply, data, problem

_ENTRY = re.compile(rf"^({GROUP})\[([0-9]+)\]\.(.+)$")  # members[0].name, a field of an entry of a group


def key_of(ask: Ask) -> str | Refusal:
    """The Idempotency-Key of the request. Refusals: key_missing."""
    key = ask.headers.get("idempotency-key", "")
    return key if 16 <= len(key) <= 128 and key.isascii() and key.isprintable() else Refusal("key_missing")


def checked(ask: Ask, name: str) -> dict[str, Any] | Refusal | Reply:
    """The body as the named schema describes it."""
    body = read_json(ask.body)
    if isinstance(body, Refusal):
        return body
    wrong = faults_in(body, schema(name))
    return problem(Refusal("invalid"), errors=wrong) if wrong else body


def files_of(ask: Ask, sent: Mapping[str, Any]) -> dict[str, tuple[File, ...]] | Refusal:
    """The files referred to; each must carry the ticket this caller got for it."""
    found: dict[str, tuple[File, ...]] = {}
    for name, references in sent.items():
        for ref in references:
            parts = (ask.visitor.sub, ref["sha256"], ref["name"], str(ref["size"]), ref["type"])
            if not ask.house.keys.holds(ref["ticket"], "file", *parts):
                return Refusal("file_unknown")
            if not ask.house.store.hold_file(ref["sha256"]):
                return Refusal("file_unknown")
            file = File(ref["sha256"], ref["name"], ref["size"], ref["type"])
            found[name] = (*found.get(name, ()), file)
    return found


def unknown(application: Application) -> list[Fault]:
    """A fault for each answer and each material that the item does not ask for."""
    item = application.item
    known = {material.id for material in item.materials}
    fields = [Fault("field", name, "unknown") for name in application.form if not item.form().has(name)]
    return fields + [
        Fault("material", n, "material_unknown") for n in application.materials if n not in known
    ]


def errors(wrong: list[Fault], english: list[Fault], application: Application) -> list[dict[str, str]]:
    in_english = {(fault.kind, fault.name): fault for fault in english}
    titles = {m.id: (m.title("zh"), m.title("en")) for m in application.item.materials}
    return [
        {
            "pointer": f"/{'form' if fault.kind == 'field' else 'materials'}/{escaped(fault.name)}",
            "code": fault.code,
            "message": _text(fault, titles.get(fault.name, (fault.name,) * 2)[0], "zh"),
            "message_en": _text(
                in_english.get((fault.kind, fault.name), fault),
                titles.get(fault.name, (fault.name,) * 2)[1],
                "en",
            ),
        }
        for fault in wrong
    ]


def _text(fault: Fault, title: str, lang: str) -> str:
    if fault.kind == "material":
        return words.explain(Refusal(fault.code, {"name": title}), lang)
    return fault.message or words.say("api", "unknown_field", lang, name=fault.name[:60])


def escaped(name: str) -> str:
    plain = name.replace("~", "~0").replace("/", "~1")
    return _ENTRY.sub(r"\1/\2/\3", plain)


def performed(ask: Ask, case: Case, move: Move, version: int) -> Reply | Refusal:
    outcome = ask.house.desk.perform(case.number, move, version=version, now=ask.now)
    if isinstance(outcome, Refusal):
        return outcome
    return data(case_json(outcome, stages(outcome, ask.now, calendar=ask.house.calendar), private=True))


def case_of(ask: Ask) -> Case | None:
    number = normalise(ask.params["number"])
    return ask.house.desk.find(number, now=ask.now) if number else None
