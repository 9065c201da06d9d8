"""What a supplement (补正) makes of a case: the listed answers and files replaced, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas.items import Item

from ..domain.case import Case, File
from ..domain.guards import Supply


def supply_of(
    case: Case, item: Item, answers: Mapping[str, Any], files: Mapping[str, tuple[File, ...]]
) -> Supply:
    """The whole new answers and files: what is listed replaced, the rest as it was.

    Answers that a listed answer opens or closes follow it, and so do materials that they call for.
    """
    form = item.form()
    merged = form.prune({**case.form, **answers})
    wanted = uploads_for(item, merged)
    kept = {name: list_ for name, list_ in {**case.materials, **files}.items() if name in wanted and list_}
    listed = case.correction.fields if case.correction else ()
    follows = opened_by(item, listed) | (wanted ^ uploads_for(item, case.form))
    return Supply(merged, kept, frozenset(follows))


def opened_by(item: Item, names: tuple[str, ...]) -> set[str]:
    """The fields that these fields open: they may change when the field that asks for them is listed."""
    form = item.form()
    found: set[str] = set()
    for rule in form.schema.get("allOf", ()):
        if set(rule["if"].get("properties", ())) & set(names):
            found |= set(rule["then"].get("properties", ()))
    return found


def uploads_for(item: Item, form: Mapping[str, Any]) -> set[str]:
    """The materials to upload that these answers call for."""
    return {material.id for material in item.materials_for(form) if material.upload}
