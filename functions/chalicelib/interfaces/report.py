"""Case reporting (办件信息汇聚): every event of a case as one record of the upper platform's kinds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from schemas.calendar import SHANGHAI
from schemas.items import Catalogue
from schemas.masks import mask

from ..domain.lifecycle import RULES
from ..store.port import Record
from .outside import Subscriber

PROCESS = "process"
KINDS: Mapping[str, str] = {  # 申请、补正、受理、特别程序与挂起、办结、评价; every other step is 办理过程
    "submit": "application", "correct": "correction", "supplement": "correction", "lapse": "result",
    "accept": "acceptance", "decide_now": "acceptance", "deem_accepted": "acceptance",
    "take_filing": "acceptance", "file": "result",
    "not_required": "acceptance", "refuse": "acceptance",
    "special": "suspension", "file_result": "suspension", "hold": "suspension", "resume": "suspension",
    "hold_ends": "suspension", "extend": "suspension",
    "grant": "result", "deny": "result", "refer_up": "result", "withdraw": "result", "terminate": "result",
    "owed_lapses": "result", "deliver": "result", "revoke": "result",
    "rate": "rating", "mend_rating": "rating",
}  # fmt: skip
_SAID: Mapping[
    str, tuple[str, ...]
] = {  # what of an event's data goes out, by kind; free text of people does not
    "suspension": ("kind", "basis", "days"),
    "result": ("hearing", "method"),
    "rating": ("score",),
}
_TERMS = {rule.action: rule.cn for rule in RULES}


def record_of(
    record: Record, event: Mapping[str, Any], *, catalogue: Catalogue, to: Subscriber
) -> dict[str, Any]:
    """One record. `id` is (number, seq): a platform that has it already drops it."""
    kind = KINDS.get(event["action"], PROCESS)
    return {
        "id": f"{record.key}-{event['seq']}",
        "number": record.key,
        "seq": event["seq"],
        "kind": kind,
        "action": event["action"],
        "action_name": _TERMS[event["action"]],
        "at": _local(event["at"]),
        "state": event["target"],
        "role": event["role"],
        "post": event["post"],
        "due": event["data"].get("due", {}),
        "said": {name: event["data"][name] for name in _SAID.get(kind, ()) if name in event["data"]},
        "digest": event["digest"],
        "case": _case(record, catalogue, full=to.facts.get("applicant") == "full"),
    }


def _case(record: Record, catalogue: Catalogue, *, full: bool) -> dict[str, Any]:
    """What stays the same about a case: the item with its national codes, the department, the applicant."""
    head, site = record.head, catalogue.site()
    item = catalogue.version(head["item_id"], head["item_version"])
    guide = item.guide if item else {}
    dept: Mapping[str, Any] = next(
        (one for one in site.get("departments", ()) if one["id"] == head["dept"]), {}
    )
    name = str(head["applicant_name"])
    return {
        "region": site.get("region", {}).get("code", ""),
        "item": head["item_id"],
        "item_version": head["item_version"],
        "item_name": head["item_name"],
        "catalog_code": guide.get("catalog_code", ""),
        "task_code": guide.get("task_code", ""),
        "dept_code": dept.get("code", ""),
        "dept_name": dept.get("name", head["dept"]),
        "received_at": _local(head["received_at"]),
        "applicant": name if full else mask("name", name),
    }


def _local(instant: str) -> str:
    return datetime.fromisoformat(instant).astimezone(SHANGHAI).isoformat(timespec="seconds")
