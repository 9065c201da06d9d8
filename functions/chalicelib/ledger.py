"""Cases as records: how a case is written down, and where it is listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from schemas.items import Limit

from . import trace
from .domain.case import Case, Correction, Event, File
from .domain.clocks import Clock, Pause
from .domain.history import is_green, unanswered
from .domain.world import World
from .listing import listed, mark, pressing
from .store.port import CASES, Record, Store

_PLAIN = (
    "number", "item_id", "item_version", "item_name", "item_name_en", "dept", "state", "applicant",
    "applicant_name", "query_code",
)  # fmt: skip
_CLOCK = ("day0", "n", "unit", "due", "provisional", "pauses", "stopped", "extra")
_SENT = ("request_key", "fingerprint")  # never listed, so in the body


def find(store: Store, number: str, *, now: datetime) -> tuple[Case, Record] | None:
    """The case and the record it was read from."""
    record = store.find(CASES, number, now=now)
    return (from_record(record), record) if record else None


def save(store: Store, case: Case, *, read: Record, world: World) -> bool:
    """Writes the case over the record it was read from: one conditional write. False: somebody was faster."""
    known = len(read.events)
    record = to_record(case, world, outbox=read.index.get("outbox"), known=known)
    return store.update(
        CASES,
        record,
        expected=read.version,
        appended=record.events[known:],
        with_body=record.body != read.body,
    )


def to_record(case: Case, world: World, *, outbox: tuple[str, str] | None = None, known: int = 0) -> Record:
    """The case written down, with its lists as they are on the world's day. An outbox mark that still stands keeps
    pointing at its first unsent event."""
    return Record(
        key=case.number,
        version=case.version,
        head=_head(case),
        body={
            "form": dict(case.form),
            "materials": _materials(case.materials),
            **{name: getattr(case, name) for name in _SENT},
        },
        events=_traced([event_out(event) for event in case.events], case.number, known),
        index={**listed(case, world), "outbox": outbox or mark(case, known)},
    )


def _traced(events: list[dict[str, Any]], number: str, known: int) -> tuple[dict[str, Any], ...]:
    """The events, the new ones with the trace id of the work that adds them: beside the seal, being no history."""
    work = trace.about(number)
    return tuple(
        event | {"trace": work} if work and at >= known else event for at, event in enumerate(events)
    )


def from_record(record: Record) -> Case:
    """The case as it was written down."""
    head, body, sent = record.head, record.body, sent_of(record)
    return Case(
        **{name: head[name] for name in _PLAIN},
        **{name: sent[name] for name in _SENT},
        version=record.version,
        received_at=datetime.fromisoformat(head["received_at"]),
        form=body["form"],
        materials={name: tuple(File(**file) for file in kept) for name, kept in body["materials"].items()},
        clocks={name: clock_in(name, facts) for name, facts in head["clocks"].items()},
        correction=_correction_in(head.get("correction")),
        package=head.get("package", ""),
        region=head.get("region", ""),
        grant=head.get("grant", ""),
        events=tuple(event_in(facts) for facts in record.events),
    )


def relist(store: Store, record: Record, wanted: Mapping[str, tuple[str, str]]) -> bool:
    """Moves a case as it was read to where lists should have it, but for the outbox, which is no list of cases.

    False: it was written meanwhile, by somebody who knew where it belongs. Nothing is written where nothing moves.
    """
    names = (set(record.index) | set(wanted)) - {"outbox"}
    moved = {name: wanted.get(name) for name in names if wanted.get(name) != record.index.get(name)}
    return not moved or store.relist(CASES, record.key, moved, version=record.version)


def sent_of(record: Record) -> Mapping[str, Any]:
    """Where the request's key and fingerprint stand: in the body; in older records in the head."""
    return record.body if _SENT[0] in record.body else record.head


def clock_in(name: str, facts: Sequence[Any] | Mapping[str, Any]) -> Clock:
    """A clock as it was written down: a row, which is short in every list; earlier, a mapping."""
    row = [facts[key] for key in _CLOCK] if isinstance(facts, Mapping) else facts
    day0, n, unit, due, provisional, pauses, stopped, extra = row
    return Clock(
        name=name,
        day0=date.fromisoformat(day0),
        limit=Limit(n, unit),
        due=date.fromisoformat(due),
        provisional=bool(provisional),
        pauses=tuple(_pause_in(*pause) for pause in pauses),
        stopped=date.fromisoformat(stopped) if stopped else None,
        extra=extra,
    )


def _pause_in(start: str, end: str | None, reason: str) -> Pause:
    return Pause(date.fromisoformat(start), date.fromisoformat(end) if end else None, reason)


def _head(case: Case) -> dict[str, Any]:
    due = pressing(case)
    return {
        **{name: getattr(case, name) for name in _PLAIN},
        "received_at": case.received_at.isoformat(),
        "updated_at": case.events[-1].at.isoformat(),
        "pressing": due.name if due else None,
        "due": due.due.isoformat() if due else None,
        "green": is_green(case),
        "clocks": {name: _clock_out(clock) for name, clock in case.clocks.items()},
        **({"correction": _correction_out(case.correction)} if case.correction else {}),
        **({"package": case.package} if case.package else {}),
        **({"region": case.region} if case.region else {}),
        **({"grant": case.grant} if case.grant else {}),
        **({"asked": list(unanswered(case))} if unanswered(case) else {}),
    }


def _materials(materials: Mapping[str, tuple[File, ...]]) -> dict[str, list[dict[str, Any]]]:
    return {name: [file_out(file) for file in kept] for name, kept in materials.items()}


def file_out(file: File) -> dict[str, Any]:
    """A file's facts as JSON."""
    return {"sha256": file.sha256, "name": file.name, "size": file.size, "kind": file.kind}


def _clock_out(clock: Clock) -> list[Any]:
    pauses = [[p.start.isoformat(), p.end.isoformat() if p.end else None, p.reason] for p in clock.pauses]
    stopped = clock.stopped.isoformat() if clock.stopped else None
    return [
        clock.day0.isoformat(), clock.limit.n, clock.limit.unit, clock.due.isoformat(), int(clock.provisional),
        pauses, stopped, clock.extra,
    ]  # fmt: skip


def _correction_out(correction: Correction) -> dict[str, Any]:
    return {
        "reason": correction.reason,
        "fields": list(correction.fields),
        "materials": list(correction.materials),
        "notes": dict(correction.notes),
    }


def _correction_in(facts: Mapping[str, Any] | None) -> Correction | None:
    if facts is None:
        return None
    return Correction(facts["reason"], tuple(facts["fields"]), tuple(facts["materials"]), facts["notes"])


def event_out(event: Event) -> dict[str, Any]:
    """A line of history as JSON."""
    names = Event.__slots__
    return {name: getattr(event, name) for name in names} | {"at": event.at.isoformat()}


def event_in(facts: Mapping[str, Any]) -> Event:
    """A line of history as it was written down."""
    told = {name: value for name, value in facts.items() if name != "trace"}
    return replace(Event(**told), at=datetime.fromisoformat(facts["at"]))
