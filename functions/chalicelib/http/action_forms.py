"""The forms behind the buttons: one small schema an action, shared by pages and API."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import schemas
from schemas.forms import Form
from schemas.items import Item

from ..domain.case import Case
from .ask import Ask

Control = dict[str, Any]


@cache
def schemas_of_actions() -> Mapping[str, Mapping[str, Any]]:
    """{action: {schema, en}} as kept in schemas/actions.json."""
    table: Mapping[str, Mapping[str, Any]] = json.loads(
        (Path(schemas.__file__).parent / "actions.json").read_text("utf-8")
    )
    return table


@cache
def form_of(action: str, lang: str) -> Form:
    """The form of an action that is the same for every item."""
    facts = schemas_of_actions()[action]
    return Form(facts["schema"], facts["en"], lang=lang)


def form_for(action: str, case: Case, item: Item, lang: str) -> Form:
    """The form of an action on this case: a correction lists the answers and materials that were asked for."""
    if action != "correct":
        return form_of(action, lang)
    facts = schemas_of_actions()[action]
    return Form(_with_points(facts["schema"], case, item, lang), facts["en"], lang=lang)


def prefixed(controls: list[Control], action: str) -> list[Control]:
    """Controls whose names carry their action, so that several forms share one <form>."""
    return [control | {"name": f"{action}-{control['name']}"} for control in controls]


def unprefixed(fields: Mapping[str, list[str]], action: str) -> dict[str, list[str]]:
    """The posted values of one action under their own names."""
    start = f"{action}-"
    return {name.removeprefix(start): values for name, values in fields.items() if name.startswith(start)}


def version_of(ask: Ask) -> int:
    """The case version the page was made from; 0, which no case has, for nonsense."""
    typed = ask.posted.first("_version")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def _with_points(schema: Mapping[str, Any], case: Case, item: Item, lang: str) -> dict[str, Any]:
    """The correction form with its choices: answers but not declarations, materials but not shared ones."""
    rows = [row for page in item.form(lang).rows(case.form) for row in page["rows"]]
    fields = [{"const": name, "title": label} for name, label, _ in rows if case.form.get(name) is not True]
    files = [{"const": m.id, "title": m.title(lang)} for m in item.materials_for(case.form) if m.upload]
    properties = dict(schema["properties"])
    properties["fields"] = _offering(properties["fields"], fields)
    properties["materials"] = _offering(properties["materials"], files)
    kept = {name: spec for name, spec in properties.items() if name != "materials" or files}
    pages = [{**schema["x-pages"][0], "fields": list(kept)}]
    return {**schema, "properties": kept, "x-pages": pages}


def _offering(spec: Mapping[str, Any], options: list[dict[str, str]]) -> dict[str, Any]:
    return {**spec, "items": {"type": "string", "oneOf": options}}
