"""Handing in a package (一件事): its own record first, then one case for each item as soon as it can start.

Every write is create-if-absent under a key derived from the request, so whoever comes again, the applicant or
the job, completes what a crash left undone and doubles nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from schemas.package_items import Child
from schemas.packages import Bundle

from . import applications, ledger
from .actions import Desk, LostItem
from .applications import QUERY_CODE_SIGNS, Application, Fault, Request
from .domain.act import World
from .domain.case import Actor, Case, File
from .domain.guards import Move
from .domain.lifecycle import APPLICANT
from .domain.numbers import derive
from .domain.package import Parcel, Planned, ready, to_withdraw
from .domain.refusal import Refusal
from .ledger import file_out
from .store.port import PACKAGES, Record, Store

TO_DO = "to-do"  # packages in which something may have become possible stand in one list
_ATTEMPTS = 8
_TRIES = 16
_PLAIN = (
    "number", "package_id", "package_version", "name", "name_en", "lead", "applicant", "applicant_name",
    "query_code", "request_key", "fingerprint",
)  # fmt: skip
_OF_AGENT = ("agent", "agent_name", "grant")


def faults(bundle: Bundle, application: Application, *, lang: str, now: datetime) -> tuple[Fault, ...]:
    """Everything to mend before handing in, in the package's own names; each item's own rules count too."""
    found = {(one.kind, one.name): one for one in applications.faults(application, lang=lang, now=now)}
    for child in bundle.children:
        own = _application(child, application)
        for fault in applications.faults(own, lang=lang, now=now):
            name = child.slot(fault.name) if fault.kind == "material" else child.named(fault.name)
            found.setdefault((fault.kind, name), replace(fault, name=name))
    return tuple(found.values())


def earlier(store: Store, request: Request, *, now: datetime) -> Parcel | Refusal | None:
    """The package an earlier try of this request made; key_reused when its content differed."""
    for attempt in range(_ATTEMPTS):
        record = store.find(PACKAGES, derive(_own(request), attempt=attempt), now=now)
        if record is None:
            return None
        if record.head["request_key"] == _own(request):
            return (
                parcel_in(record) if record.head["fingerprint"] == request.content else Refusal("key_reused")
            )
    return None


def submit(
    bundle: Bundle, application: Application, request: Request, *, desk: Desk, now: datetime
) -> Parcel | Refusal:
    """The stored package with the cases that can start. `application` is pruned and has no faults.

    Refusals: item_closed, key_reused.
    """
    if not bundle.online:
        return Refusal("item_closed")
    blank = _blank(bundle, application, request, now)
    for attempt in range(_ATTEMPTS):
        parcel = replace(blank, number=derive(_own(request), attempt=attempt))
        kept: Parcel | Refusal | None = parcel
        if not desk.store.create(PACKAGES, _record(parcel, _mark(parcel, now))):
            kept = earlier(desk.store, request, now=now)
        if isinstance(kept, Parcel):
            advance(desk, kept.number, now=now)
        if kept is not None:
            return kept
    raise RuntimeError("every candidate number belongs to somebody else")


def advance(desk: Desk, number: str, *, now: datetime) -> int:
    """Makes the cases that can start now and takes the package off the list; how many were made.

    Of a package taken back, the cases that still can be are withdrawn instead.

    If one of its cases moves meanwhile, `touch` has changed the version and the package stays on the list.
    """
    record = desk.store.find(PACKAGES, number, now=now)
    if record is None:
        return 0
    parcel = parcel_in(record)
    cases = cases_of(desk.store, parcel, now=now)
    startable = ready(parcel, cases)
    for case in to_withdraw(parcel, cases):
        desk.perform(case.number, Move("withdraw", _applicant(parcel), {}), version=case.version, now=now)
    for planned in startable:
        _start(desk, parcel, planned, now=now)
    if "sweep" in record.index:
        sort = record.index["sweep"][1]
        desk.store.unmark(PACKAGES, number, index="sweep", sort=sort, version=record.version)
    return len(startable)


def touch(store: Store, number: str, *, now: datetime) -> None:
    """Puts the package on the list again: one of its cases came to an end."""
    _change(store, number, {}, now=now)


def stop(desk: Desk, number: str, *, now: datetime) -> None:
    """Takes the whole back: nothing new begins, what is undecided is withdrawn. A crash leaves the rest to the job."""
    _change(desk.store, number, {"stopped": now.isoformat()}, now=now)
    advance(desk, number, now=now)


def _change(store: Store, number: str, facts: Mapping[str, Any], *, now: datetime) -> None:
    for _ in range(_TRIES):
        record = store.find(PACKAGES, number, now=now)
        if record is None:
            return
        index = {**record.index, "sweep": _mark(parcel_in(record), now)}
        if store.update(
            PACKAGES, replace(record, head={**record.head, **facts}, index=index), expected=record.version
        ):
            return
    raise TimeoutError(f"package {number} kept changing")


def find(store: Store, number: str, *, now: datetime) -> Parcel | None:
    """The package of this number."""
    record = store.find(PACKAGES, number, now=now)
    return parcel_in(record) if record else None


def cases_of(store: Store, parcel: Parcel, *, now: datetime) -> dict[str, Case | None]:
    """The case of each item as last written, None where it has not been made."""
    return {planned.key: _case(store, parcel, planned, now) for planned in parcel.planned}


def _case(store: Store, parcel: Parcel, planned: Planned, now: datetime) -> Case | None:
    key = _request(parcel, planned).owned_key
    for attempt in range(_ATTEMPTS):
        found = ledger.find(store, derive(key, attempt=attempt), now=now)
        if found is None or found[0].request_key == key:
            return found[0] if found else None
    return None


def _start(desk: Desk, parcel: Parcel, planned: Planned, *, now: datetime) -> None:
    """The item's case. What waited for nothing counts as received with the package, whoever makes it when."""
    item = desk.catalogue.version(planned.item_id, planned.item_version)
    if item is None:
        raise LostItem(f"{planned.item_id} {planned.item_version}")
    kept = parcel.payload[planned.key]
    files = {name: tuple(File(**file) for file in files) for name, files in kept["materials"].items()}
    world = World(item, desk.calendar, now if planned.after else parcel.received_at, desk.policy)
    applications.create(
        Application(item, kept["form"], files), _request(parcel, planned), store=desk.store, world=world,
        package=parcel.number, query_code=parcel.query_code,
    )  # fmt: skip


def _request(parcel: Parcel, planned: Planned) -> Request:
    return Request(_sender(parcel), f"package {parcel.number} {planned.key}", parcel.fingerprint)


def _applicant(parcel: Parcel) -> Actor:
    return Actor(parcel.applicant, parcel.applicant_name, frozenset({APPLICANT}))


def _sender(parcel: Parcel) -> Actor:
    """Who handed it in: the applicant, or the agent for them."""
    if not parcel.grant:
        return _applicant(parcel)
    return Actor(
        parcel.agent, parcel.agent_name, frozenset({APPLICANT}), principal=parcel.applicant,
        principal_name=parcel.applicant_name, grant=parcel.grant,
    )  # fmt: skip


def _agent(sender: Actor) -> dict[str, Any]:
    return {"agent": sender.sub, "agent_name": sender.name, "grant": sender.grant} if sender.grant else {}


def _own(request: Request) -> str:
    return f"package {request.owned_key}"


def _blank(bundle: Bundle, application: Application, request: Request, now: datetime) -> Parcel:
    split = {child.key: _application(child, application) for child in bundle.children}
    return Parcel(
        number="", package_id=bundle.id, package_version=bundle.version, name=bundle.name("zh"),
        name_en=bundle.name("en"), lead=str(bundle.guide["lead"]), applicant=request.applicant.applicant[0],
        applicant_name=request.applicant.applicant[1], received_at=now,
        **_agent(request.applicant),
        query_code="".join(secrets.choice(QUERY_CODE_SIGNS) for _ in range(8)),
        request_key=_own(request), fingerprint=request.content,
        planned=tuple(_planned(bundle, child) for child in bundle.children),
        payload={key: _kept(part) for key, part in split.items()},
    )  # fmt: skip


def _planned(bundle: Bundle, child: Child) -> Planned:
    item = child.item
    return Planned(
        child.key, item.id, item.version, child.title("zh"), child.title("en"), bundle.before(child.key)
    )


def _application(child: Child, application: Application) -> Application:
    """One item's part of what was handed in: its own answers, and every file it wants, by reference."""
    answers = child.answers(application.form)
    return Application(child.item, answers, child.files(answers, application.materials))


def _kept(part: Application) -> dict[str, Any]:
    files = {name: [file_out(file) for file in files] for name, files in part.materials.items()}
    return {"form": dict(part.form), "materials": files}


def _record(parcel: Parcel, mark: tuple[str, str]) -> Record:
    of_agent = _OF_AGENT if parcel.grant else ()
    head = {name: getattr(parcel, name) for name in (*_PLAIN, *of_agent)}
    planned = [{name: getattr(one, name) for name in Planned.__slots__} for one in parcel.planned]
    at = parcel.received_at.isoformat()
    return Record(
        key=parcel.number,
        head={
            **head,
            "received_at": at,
            "planned": [{**one, "after": list(one["after"])} for one in planned],
        },
        body={"payload": dict(parcel.payload)},
        index={"owner": (parcel.applicant, f"{at}#{parcel.number}"), "sweep": mark},
    )


def parcel_in(record: Record) -> Parcel:
    plain: Mapping[str, Any] = {
        name: record.head[name] for name in (*_PLAIN, *_OF_AGENT) if name in record.head
    }
    stopped = record.head.get("stopped")
    return Parcel(
        **plain,
        received_at=datetime.fromisoformat(record.head["received_at"]),
        planned=tuple(Planned(**{**one, "after": tuple(one["after"])}) for one in record.head["planned"]),
        payload=record.body.get("payload", {}),
        stopped=datetime.fromisoformat(stopped) if stopped else None,
    )


def _mark(parcel: Parcel, now: datetime) -> tuple[str, str]:
    return TO_DO, f"{now.isoformat()}#{parcel.number}"
