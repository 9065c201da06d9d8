"""Documents handed in before (复用以前的材料): a file of the person's own earlier case, offered for a like material.

Files are kept by their content, so using one again copies nothing; whose it is is asked of the cases each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from schemas.calendar import day_of
from schemas.items import Material

from .. import ledger, uploads
from ..actions import LostItem
from ..domain.case import Case, File
from ..domain.refusal import Refusal
from ..store.port import CASES
from . import words
from .ask import Ask
from .material_slots import Change, Files

_CASES_READ = 8
_OFFERS_EACH = 3


@dataclass(frozen=True, slots=True)
class Offer:
    """A file of an earlier case that this material would take."""

    material: str
    file: File
    case: Case


def offered(
    ask: Ask, slots: list[dict[str, Any]], materials: Iterable[Material], kept: Files
) -> list[dict[str, Any]]:
    """The slots, each with the buttons for what was handed in before."""
    found: dict[str, list[Offer]] = {}
    for offer in _offers(ask, [material for material in materials if material.upload]):
        there = {file.sha256 for file in kept.get(offer.material, ())}
        mine = found.setdefault(offer.material, [])
        if offer.file.sha256 not in there | {one.file.sha256 for one in mine} and len(mine) < _OFFERS_EACH:
            mine.append(offer)
    return [
        slot | {"earlier": [_button(ask, offer) for offer in found.get(slot["id"], ())]} for slot in slots
    ]


def reuse(ask: Ask, materials: Iterable[Material], kept: Files) -> Change | Refusal:
    """Takes the named file of an earlier case of the person's own.

    Refusals: file_unknown (not theirs, or for no such material), too_many_files.
    """
    slot, sha256 = ask.posted.first("_slot"), ask.posted.first("_file")
    wanted = [material for material in materials if material.id == slot and material.upload]
    offer = next((one for one in _offers(ask, wanted) if one.file.sha256 == sha256), None)
    if offer is None:
        return Refusal("file_unknown")
    others = [file for file in kept.get(slot, ()) if file.sha256 != sha256]
    if len(others) >= uploads.MAX_FILES_EACH:
        return Refusal("too_many_files")
    return lambda now: {**now, slot: (*(f for f in now.get(slot, ()) if f.sha256 != sha256), offer.file)}


def _button(ask: Ask, offer: Offer) -> dict[str, str]:
    day = words.day_text(day_of(offer.case.received_at), ask.lang)
    return {
        "id": offer.file.sha256,
        "text": words.say("materials", "earlier", ask.lang, name=offer.file.name, day=day),
    }


def _offers(ask: Ask, materials: list[Material]) -> Iterator[Offer]:
    """What fits, newest case first. A like material has the same name and is of the same kind."""
    if not (ask.visitor.sub and materials):
        return
    for case in _own_cases(ask):
        for known in _materials_of(ask, case):
            like = [one for one in materials if (one.name, one.kind) == (known.name, known.kind)]
            for material in like:
                fitting = (
                    file for file in case.materials.get(known.id, ()) if uploads.fits(file, material) is None
                )
                yield from (Offer(material.id, file, case) for file in fitting)


def _own_cases(ask: Ask) -> Iterator[Case]:
    for row in ask.house.store.query(
        CASES, "owner", ask.visitor.sub, limit=_CASES_READ, newest_first=True
    ).rows:
        found = ledger.find(ask.house.store, row.key, now=ask.now)
        if found and found[0].applicant == ask.visitor.sub and any(found[0].materials.values()):
            yield found[0]


def _materials_of(ask: Ask, case: Case) -> tuple[Material, ...]:
    try:
        return ask.house.desk.world(case, ask.now).item.materials
    except LostItem:  # a case is not worth failing another application over
        return ()
