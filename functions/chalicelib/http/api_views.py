"""Cases and receipts as the JSON interface gives them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..domain.case import Case
from ..domain.lifecycle import RULES
from ..domain.numbers import grouped
from ..domain.timeline import Stage
from ..ledger import file_out
from . import words


def receipt_json(case: Case, base_url: str) -> dict[str, Any]:
    """The receipt of an application: the same for every retry, whatever has become of the case since."""
    first = case.events[0]
    return {
        "number": case.number,
        "number_grouped": grouped(case.number),
        "query_code": case.query_code,
        "item": case.item_id,
        "item_version": case.item_version,
        "received_at": case.received_at.isoformat(),
        "intake_due": first.data["due"]["intake"],
        "receipt_sha256": first.data["receipt"],
        "status_url": f"{base_url}/api/v1/applications/{case.number}",
    }


def case_json(
    case: Case, stages: tuple[Stage, ...], *, private: bool, covered: bool = False
) -> dict[str, Any]:
    """One case: state, clocks, timeline; answers, files and reasons only when `private`; when `covered`, not who
    handled it and how long (办理过程不公开)."""
    value: dict[str, Any] = {
        "number": case.number,
        "version": case.version,
        "item": case.item_id,
        "item_version": case.item_version,
        "dept": case.dept,
        "state": case.state,
        "state_text": words.say("states", case.state, "zh"),
        "state_text_en": words.say("states", case.state, "en"),
        "received_at": case.received_at.isoformat(),
        "clocks": [_clock(clock) for clock in case.clocks.values()],
        "timeline": [_stage(stage, private=private, covered=covered) for stage in stages],
        "actions": sorted(
            {rule.action for rule in RULES if case.state in rule.source and "system" not in rule.by}
        ),
    }
    return value | _private(case) if private else value


def listed_json(head: Mapping[str, Any], version: int) -> dict[str, Any]:
    """One row of a queue."""
    names = (
        "number",
        "item_id",
        "item_name",
        "dept",
        "state",
        "received_at",
        "updated_at",
        "pressing",
        "due",
    )
    return {name.replace("item_id", "item"): head[name] for name in names} | {"version": version}


def _private(case: Case) -> dict[str, Any]:
    correction = case.correction
    return {
        "applicant_name": case.applicant_name,
        "form": dict(case.form),
        "materials": {name: [file_out(file) for file in kept] for name, kept in case.materials.items()},
        "correction": {
            "reason": correction.reason,
            "fields": list(correction.fields),
            "materials": list(correction.materials),
        }
        if correction
        else None,
    }


def _clock(clock: Any) -> dict[str, Any]:
    return {
        "name": clock.name,
        "day0": clock.day0.isoformat(),
        "limit": clock.limit.n,
        "unit": clock.limit.unit,
        "due": clock.due.isoformat(),
        "provisional": clock.provisional,
        "stopped": clock.stopped.isoformat() if clock.stopped else None,
    }


def _stage(stage: Stage, *, private: bool, covered: bool) -> dict[str, Any]:
    event = stage.event
    shown = {
        "seq": event.seq,
        "at": event.at.isoformat(),
        "action": event.action,
        "state": event.target,
        "role": event.role,
        "post": "" if covered else event.post,
        "working_days": None if covered else stage.took.n,
        "waiting_on": stage.whose,
        "sha256": event.digest,
    }
    return shown | {"note": event.note, "data": dict(event.data)} if private else shown
