"""Webhooks: what is told of one event. Nothing about the applicant: who needs more asks with rights of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
