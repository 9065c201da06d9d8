"""Webhooks: what is told of one event. Nothing about the applicant: who needs more asks with rights of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..domain.links import LINKS
from ..store.port import Record


def payload(record: Record, event: Mapping[str, Any], *, base_url: str) -> dict[str, Any]:
    """Standard Webhooks' shape: type, timestamp, data."""
    head = record.head
    return {
        "type": f"case.{event['action']}",
        "timestamp": event["at"],
        "data": {
            "number": record.key,
            "seq": event["seq"],
            "action": event["action"],
            "state": event["target"],
            "item": head["item_id"],
            "item_version": head["item_version"],
            "dept": head["dept"],
            "digest": event["digest"],
            "url": f"{base_url}/api/v1/review/cases/{record.key}",
        },
    }


def asked(record: Record, event: Mapping[str, Any], *, kind: str) -> dict[str, Any]:
    """What a service is asked: its request's own facts. Of the applicant only answers that somebody chose by hand."""
    head, said = record.head, {**event["data"], "digest": event["digest"]}
    ask = {name: said[name] for name in LINKS[kind].sends}
    if "fields" in ask:
        ask["fields"] = {
            name: record.body["form"][name] for name in ask["fields"] if name in record.body["form"]
        }
    facts = {
        "number": record.key,
        "ref": event["seq"],
        "dept": head["dept"],
        "item": head["item_id"],
        "ask": ask,
    }
    return {"type": f"link.{kind}", "timestamp": event["at"], "data": facts}
