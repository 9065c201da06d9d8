"""Cases as records: how a case is written down, and where it is listed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from schemas.items import Limit

from . import trace
from .domain.case import Case, Correction, Event, File
from .domain.clocks import Clock, Pause
from .domain.history import is_green, unanswered
from .domain.lifecycle import FINAL, WAITS_FOR_APPLICANT
from .store.port import CASES, Record, Store

SWEEP = "law"  # everything that happens by itself stands in one list, by day
RANKS = ("0", "1")
OUTBOX_SHARDS = ("0", "1", "2", "3")
_OF_THE_CASE = ("intake", "correction", "promise", "legal", "delivery")
ASKED = "open"  # cases with an opinion outstanding stand in one list, by the day it is due
_NAME_SIGNS = 60
_ACTS_BY_ITSELF = ("intake", "correction", "owed", "hold", "opinion")


def find(store: Store, number: str, *, now: datetime) -> tuple[Case, Record] | None:
    """The case and the record it was read from."""
    record = store.find(CASES, number, now=now)
    return (from_record(record), record) if record else None


def save(store: Store, case: Case, *, read: Record) -> bool:
    """Writes the case over the record it was read from: one conditional write. False: somebody was faster."""
    known = len(read.events)
    record = to_record(case, mark=read.index.get("outbox"), known=known)
    return store.update(
        CASES,
        record,
        expected=read.version,
        appended=record.events[known:],
        with_body=record.body != read.body,
    )


def to_record(case: Case, *, mark: tuple[str, str] | None = None, known: int = 0) -> Record:
    """The case written down. An outbox mark that still stands keeps pointing at its first unsent event."""
    return Record(
        key=case.number,
        version=case.version,
        head=_head(case),
        body={"form": dict(case.form), "materials": _materials(case.materials)},
        events=_traced([event_out(event) for event in case.events], case.number, known),
        index=_index(case, mark or _mark(case, known)),
    )


def _traced(events: list[dict[str, Any]], number: str, known: int) -> tuple[dict[str, Any], ...]:
    """The events, the new ones with the trace id of the work that adds them: beside the seal, being no history."""
    mark = trace.about(number)
    return tuple(
        event | {"trace": mark} if mark and at >= known else event for at, event in enumerate(events)
    )


def from_record(record: Record) -> Case:
    """The case as it was written down."""
    head, body = record.head, record.body
    plain = (
        "number", "item_id", "item_version", "item_name", "item_name_en", "dept", "state", "applicant",
        "applicant_name", "query_code", "request_key", "fingerprint",
    )  # fmt: skip
    return Case(
        **{name: head[name] for name in plain},
        version=record.version,
        received_at=datetime.fromisoformat(head["received_at"]),
        form=body["form"],
        materials={name: tuple(File(**file) for file in kept) for name, kept in body["materials"].items()},
        clocks={name: clock_in(name, facts) for name, facts in head["clocks"].items()},
        correction=_correction_in(head["correction"]),
        package=head.get("package", ""),
        region=head.get("region", ""),
        grant=head.get("grant", ""),
        events=tuple(event_in(facts) for facts in record.events),
    )


def pressing(case: Case) -> Clock | None:
    """The running clock of the case itself that presses first; the legal one stands behind the promise."""
    running = [clock for clock in case.clocks.values() if clock.running and clock.name in _OF_THE_CASE]
    return min(running, key=lambda clock: (clock.due, clock.name == "legal"), default=None)


def lane(case: Case) -> str:
    """Which of the department's lists the case stands in."""
    if case.state in FINAL:
        return "closed"
    return "applicant" if case.state in WAITS_FOR_APPLICANT else "office"


def clock_in(name: str, facts: Mapping[str, Any]) -> Clock:
    """A clock as it was written down."""
    return Clock(
        name=name,
        day0=date.fromisoformat(facts["day0"]),
        limit=Limit(facts["n"], facts["unit"]),
        due=date.fromisoformat(facts["due"]),
        provisional=facts["provisional"],
        pauses=tuple(_pause_in(*pause) for pause in facts["pauses"]),
        stopped=date.fromisoformat(facts["stopped"]) if facts["stopped"] else None,
        extra=facts["extra"],
    )


def _pause_in(start: str, end: str | None, reason: str) -> Pause:
    return Pause(date.fromisoformat(start), date.fromisoformat(end) if end else None, reason)


def _head(case: Case) -> dict[str, Any]:
    due = pressing(case)
    return {
        "number": case.number,
        "item_id": case.item_id,
        "item_version": case.item_version,
        "item_name": case.item_name,
        "item_name_en": case.item_name_en,
        "dept": case.dept,
        "state": case.state,
        "applicant": case.applicant,
        "applicant_name": case.applicant_name,
        "query_code": case.query_code,
        "request_key": case.request_key,
        "fingerprint": case.fingerprint,
        "received_at": case.received_at.isoformat(),
        "updated_at": case.events[-1].at.isoformat(),
        "pressing": due.name if due else None,
        "due": due.due.isoformat() if due else None,
        "green": is_green(case),
        "clocks": {name: _clock_out(clock) for name, clock in case.clocks.items()},
        "correction": _correction_out(case.correction),
        **({"package": case.package} if case.package else {}),
        **({"region": case.region} if case.region else {}),
        **({"grant": case.grant} if case.grant else {}),
        **({"asked": list(unanswered(case))} if unanswered(case) else {}),
    }


def places(case: Case) -> dict[str, tuple[str, str]]:
    """Where the desk lists the case: every list has its own index, so that none of them needs a scan."""
    place = f"{rank(case)}{_order(case)}#{case.number}"
    return {
        "queue": (f"{case.dept}:{lane(case)}", place),
        "state": (f"{case.dept}:{case.state}", place),
        "item": (f"{case.item_id}:{case.state}", place),
        "who": (f"{case.dept}:{lane(case)}", f"{case.applicant_name[:_NAME_SIGNS]}#{place}"),
    }


def _order(case: Case) -> str:
    due = pressing(case)
    return due.due.isoformat() if due else case.events[-1].at.isoformat()


def _index(case: Case, mark: tuple[str, str]) -> dict[str, tuple[str, str]]:
    index = {
        **places(case),
        "owner": (case.applicant, f"{case.received_at.isoformat()}#{case.number}"),
        "outbox": mark,
    }
    awaited = [clock.due for name, clock in case.clocks.items() if name in _ACTS_BY_ITSELF and clock.running]
    if unanswered(case) and case.state not in FINAL:
        by = case.clocks["opinion"].due.isoformat() if "opinion" in case.clocks else _order(case)
        index["asked"] = (ASKED, f"{by}#{case.number}")
    if awaited:
        index["sweep"] = (SWEEP, f"{min(awaited).isoformat()}#{case.number}")
    return index


def rank(case: Case) -> str:
    """Green-channel cases stand before all others of their list."""
    return RANKS[0] if is_green(case) else RANKS[1]


def _mark(case: Case, known: int) -> tuple[str, str]:
    first = case.events[known]
    shard = OUTBOX_SHARDS[sum(case.number.encode()) % len(OUTBOX_SHARDS)]
    return shard, f"{first.at.isoformat()}#{case.number}#{first.seq}"


def _materials(materials: Mapping[str, tuple[File, ...]]) -> dict[str, list[dict[str, Any]]]:
    return {name: [file_out(file) for file in kept] for name, kept in materials.items()}


def file_out(file: File) -> dict[str, Any]:
    """A file's facts as JSON."""
    return {"sha256": file.sha256, "name": file.name, "size": file.size, "kind": file.kind}


def _clock_out(clock: Clock) -> dict[str, Any]:
    return {
        "day0": clock.day0.isoformat(),
        "n": clock.limit.n,
        "unit": clock.limit.unit,
        "due": clock.due.isoformat(),
        "provisional": clock.provisional,
        "pauses": [
            [p.start.isoformat(), p.end.isoformat() if p.end else None, p.reason] for p in clock.pauses
        ],
        "stopped": clock.stopped.isoformat() if clock.stopped else None,
        "extra": clock.extra,
    }


def _correction_out(correction: Correction | None) -> dict[str, Any] | None:
    if correction is None:
        return None
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
