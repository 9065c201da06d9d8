"""A document that several items of a package share is asked for again once: what corrects one corrects the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from schemas.packages import Package

from .. import packages
from ..domain.case import Case, Correction, File
from ..domain.package import Parcel
from .ask import Ask

Files = Mapping[str, tuple[File, ...]]


def answered_elsewhere(ask: Ask, case: Case, listed: Correction) -> dict[str, tuple[File, ...]]:
    """For each listed material: what its applicant handed in for it with another case of the package, if newer."""
    parcel = packages.find(ask.house.store, case.package, now=ask.now) if case.package else None
    package = ask.house.packages.version(parcel.package_id, parcel.package_version) if parcel else None
    if parcel is None or package is None:
        return {}
    slots = _slots(parcel, package, case)
    newest = _newest(ask, parcel, package, case)
    found = {name: newest[slots[name]][1] for name in listed.materials if slots.get(name) in newest}
    return {name: files for name, files in found.items() if files != case.materials.get(name)}


def _slots(parcel: Parcel, package: Package, case: Case) -> dict[str, str]:
    """What the package calls each shared document of this case's item."""
    item = next((child for child in package.children if child.item.id == case.item_id), None)
    return dict(item.materials) if item else {}


def _newest(
    ask: Ask, parcel: Parcel, package: Package, case: Case
) -> dict[str, tuple[datetime, tuple[File, ...]]]:
    """The newest files of each shared document that another case was corrected with."""
    found: dict[str, tuple[datetime, tuple[File, ...]]] = {}
    cases = packages.cases_of(ask.house.store, parcel, now=ask.now)
    for other in cases.values():
        if other is None or other.number == case.number:
            continue
        slots = _slots(parcel, package, other)
        for at, name in _corrected(other):
            slot, files = slots.get(name), other.materials.get(name, ())
            if slot and files and (slot not in found or at > found[slot][0]):
                found[slot] = (at, files)
    return found


def _corrected(case: Case) -> Iterator[tuple[datetime, str]]:
    for event in case.events:
        if event.action in ("supplement", "fix", "add_owed"):
            yield from ((event.at, str(name)) for name in event.data.get("files", {}))
