"""Handing in an application (申请): checked whole, then one conditional write that a retry cannot double."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from schemas.calendar import day_of
from schemas.items import Material
from schemas.packages import Applicable

from . import ledger
from .domain.act import World, submitted
from .domain.case import Actor, Case, File, canonical
from .domain.numbers import derive
from .domain.refusal import Refusal
from .keys import fingerprint
from .store.port import CASES, Store
from .uploads import MAX_FILES_EACH, fits

QUERY_CODE_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_ATTEMPTS = 8
_MAY_LACK = (
    "2",
    "3",
)  # what a guide says of a material's need: as the case calls for it, may follow later (容缺)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend: a form field or a material, and what to do, in the applicant's language.

    `code` is a refusal code for a material and the name of the broken rule for a field.
    """

    kind: str
    name: str
    code: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Application:
    """What somebody hands in: the item, the answers, the files."""

    item: Applicable
    form: Mapping[str, Any]
    materials: Mapping[str, tuple[File, ...]]

    def pruned(self) -> Application:
        """Without branches not chosen and without files for materials that do not apply."""
        form = self.item.form().prune(self.form)
        wanted = {material.id for material in self.item.materials_for(form) if material.upload}
        files = {name: kept for name, kept in self.materials.items() if name in wanted and kept}
        return Application(self.item, form, files)


def faults(application: Application, *, lang: str, now: datetime) -> tuple[Fault, ...]:
    """Everything that keeps the application from being handed in, form first, in form order."""
    item, form = application.item, application.form
    found = item.form(lang).faults(form, today=day_of(now))
    wrong = [Fault("field", fault.field, fault.code, fault.message) for fault in found]
    for material in item.materials_for(form):
        code = _material_fault(material, application.materials.get(material.id, ()))
        if code:
            wrong.append(Fault("material", material.id, code))
    return tuple(wrong)


@dataclass(frozen=True, slots=True)
class Request:
    """Who hands in, under which key, and what makes a retry the same request.

    `content` is a fingerprint of what was sent, before pruning, so that a changed guide cannot turn a
    retry into another request. The key belongs to whoever acts, also for somebody else.
    """

    applicant: Actor
    key: str
    content: str

    @property
    def owned_key(self) -> str:
        """The key as this applicant's own: two people may choose the same one."""
        return fingerprint(self.applicant.sub.encode(), self.key.encode())


def content_of(application: Application) -> str:
    """The fingerprint of what was sent: item, answers and file hashes."""
    return content(application.item.id, application.form, application.materials)


def content(item_id: str, form: Mapping[str, Any], materials: Mapping[str, tuple[File, ...]]) -> str:
    """The same before the item was looked up: a retry is answered even when the item is gone."""
    hashes = {name: [file.sha256 for file in kept] for name, kept in materials.items()}
    return fingerprint(item_id.encode(), canonical(form), canonical(hashes))


def earlier(store: Store, request: Request, *, now: datetime) -> Case | Refusal | None:
    """The case an earlier try of this request made; key_reused when its content differed; None if there is none."""
    for attempt in range(_ATTEMPTS):
        found = ledger.find(store, derive(request.owned_key, attempt=attempt), now=now)
        if found is None:
            return None
        if found[0].request_key == request.owned_key:
            return found[0] if found[0].fingerprint == request.content else Refusal("key_reused")
    return None


def submit(application: Application, request: Request, *, store: Store, world: World) -> Case | Refusal:
    """The stored case. `application` is pruned and has no faults.

    Refusals: item_closed, key_reused (another request with the same key was faster).
    """
    if not application.item.online:
        return Refusal("item_closed")
    return create(application, request, store=store, world=world)


def create(
    application: Application,
    request: Request,
    *,
    store: Store,
    world: World,
    package: str = "",
    query_code: str = "",
) -> Case | Refusal:
    """As `submit`, also for items that are only applied for with a package: its number and query code are given."""
    code = query_code or "".join(secrets.choice(QUERY_CODE_SIGNS) for _ in range(8))
    blank = replace(_blank(application, request, world), package=package, query_code=code)
    for attempt in range(_ATTEMPTS):
        case = submitted(
            replace(blank, number=derive(request.owned_key, attempt=attempt)), request.applicant, world
        )
        if store.create(CASES, ledger.to_record(case, world)):
            return case
        twin = earlier(store, request, now=world.now)
        if twin is not None:
            return twin
    raise RuntimeError("every candidate number belongs to somebody else")


def _blank(application: Application, request: Request, world: World) -> Case:
    item, now = world.item, world.now
    return Case(
        number="",
        item_id=item.id,
        item_version=item.version,
        item_name=item.name("zh"),
        item_name_en=item.name("en"),
        dept=item.dept,
        state="",
        version=1,
        received_at=now,
        applicant=request.applicant.applicant[0],
        applicant_name=request.applicant.applicant[1],
        grant=request.applicant.grant,
        query_code="",
        request_key=request.owned_key,
        fingerprint=request.content,
        form=application.form,
        materials=application.materials,
        region=str(item.guide.get("region", "")),
    )


def _material_fault(material: Material, files: tuple[File, ...]) -> str:
    if not material.upload:
        return ""
    if not files:
        return "" if material.need in _MAY_LACK else "material_missing"
    if len(files) > MAX_FILES_EACH:
        return "too_many_files"
    return next((no.code for file in files if (no := fits(file, material))), "")
