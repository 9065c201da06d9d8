"""What an address under /apply names: one item, or a package that is applied for like one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas.packages import PREFIX, Applicable, Bundle

from .. import applications, packages
from ..applications import Application, Fault, Request
from ..domain.act import World
from ..domain.case import Case
from ..domain.package import Parcel
from ..domain.refusal import Refusal
from ..drafts import Draft
from .ask import Ask


def current(ask: Ask, name: str, answers: Mapping[str, Any] | None = None) -> Applicable | None:
    """The item or package as published now, of a package what these answers choose."""
    if not name.startswith(PREFIX):
        return ask.house.catalogue.current(name)
    package = ask.house.packages.current(name)
    return package.with_answers(answers or {}) if package else None


def of_draft(ask: Ask, draft: Draft) -> Applicable | None:
    """What a draft is for, as it was when the draft was begun, with what its answers choose."""
    if not draft.item_id.startswith(PREFIX):
        return ask.house.catalogue.version(draft.item_id, draft.item_version)
    package = ask.house.packages.version(draft.item_id, draft.item_version)
    return package.with_answers(draft.form) if package else None


def faults(ask: Ask, application: Application) -> tuple[Fault, ...]:
    """Everything that keeps it from being handed in."""
    if isinstance(application.item, Bundle):
        return packages.faults(application.item, application, lang=ask.lang, now=ask.now)
    return applications.faults(application, lang=ask.lang, now=ask.now)


def earlier(ask: Ask, name: str, request: Request) -> Case | Parcel | Refusal | None:
    """What an earlier try of this request made. What a crash left undone in a package is completed."""
    if not name.startswith(PREFIX):
        return applications.earlier(ask.house.store, request, now=ask.now)
    twin = packages.earlier(ask.house.store, request, now=ask.now)
    if isinstance(twin, Parcel):
        packages.advance(ask.house.desk, twin.number, now=ask.now)
    return twin


def submit(ask: Ask, application: Application, request: Request) -> Case | Parcel | Refusal:
    """The stored case or package. `application` is pruned and has no faults."""
    desk, item = ask.house.desk, application.item
    if isinstance(item, Bundle):
        return packages.submit(item, application, request, desk=desk, now=ask.now)
    world = World(item, desk.calendar, ask.now, desk.policy)
    return applications.submit(application, request, store=desk.store, world=world)


def receipt_url(ask: Ask, draft: Draft, number: str) -> str:
    """Where the receipt is."""
    return ask.url(f"/me/{'package/' if draft.item_id.startswith(PREFIX) else ''}{number}/receipt/")
