"""The small shapes that the description of the interface is built from, and the answers beside cases."""

from __future__ import annotations

from typing import Any

from ..domain.grant import ENDED, KINDS, OFFERED, OVER, POWERS, RUNNING
from ..domain.lifecycle import STATES
from ..domain.package import WORST_FIRST

TEXT = {"type": "string"}
WHOLE = {"type": "integer"}
BOOL = {"type": "boolean"}
DAY, INSTANT = {"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}


def listed(items: dict[str, Any]) -> dict[str, Any]:
    """A list of these."""
    return {"type": "array", "items": items}


def maybe(one: dict[str, Any]) -> dict[str, Any]:
    """This, or null."""
    return {**one, "type": [one["type"], "null"]}


def shape(properties: dict[str, Any], *, required: tuple[str, ...] | None = None) -> dict[str, Any]:
    """An object in which all of these are there, or those required."""
    return {"type": "object", "properties": properties, "required": list(required or properties)}


def other_answers() -> dict[str, Any]:
    """What packages and grants answer with."""
    return {
        "PackageReceipt": _package_receipt(),
        "Package": _package(),
        "Grant": _grant(),
        "Grants": _grants(),
    }


def _package_receipt() -> dict[str, Any]:
    return shape({
        "number": TEXT, "number_grouped": TEXT, "query_code": TEXT, "package": TEXT, "package_version": TEXT,
        "received_at": INSTANT, "receipt_sha256": TEXT, "status_url": TEXT,
    })  # fmt: skip


def _package() -> dict[str, Any]:
    state = {"enum": list(WORST_FIRST)}
    item = shape({
        "key": TEXT, "item": TEXT, "name": TEXT, "name_en": TEXT, "state": state, "after": listed(TEXT),
        "case": maybe(TEXT),
    })  # fmt: skip
    return shape({
        "number": TEXT, "package": TEXT, "package_version": TEXT, "state": state, "state_text": TEXT,
        "state_text_en": TEXT, "received_at": INSTANT, "stopped": maybe(INSTANT), "items": listed(item),
    })  # fmt: skip


def _grant() -> dict[str, Any]:
    always = {
        "number": TEXT, "state": {"enum": [OFFERED, RUNNING, ENDED, OVER]}, "kind": {"enum": list(KINDS)},
        "principal_name": TEXT, "agent_name": TEXT, "items": listed(TEXT), "case": maybe(TEXT),
        "powers": listed({"enum": list(POWERS)}), "made_at": INSTANT, "ends": DAY,
        "evidence": maybe({"type": "object"}),
    }  # fmt: skip
    return shape(always | {"code": TEXT}, required=tuple(always))


def _grants() -> dict[str, Any]:
    return shape({"given": listed(_grant()), "held": listed(_grant())})


def case_shape() -> dict[str, Any]:
    """A case; what applicant and office alone may read is not required."""
    clock = {
        "name": TEXT, "day0": DAY, "limit": WHOLE, "unit": TEXT, "due": DAY,
        "provisional": BOOL, "stopped": maybe(DAY),
    }  # fmt: skip
    stage = {
        "seq": WHOLE, "at": INSTANT, "action": TEXT, "state": {"enum": list(STATES)}, "role": TEXT, "post": TEXT,
        "working_days": maybe(WHOLE), "waiting_on": {"enum": ["office", "applicant", "nobody"]}, "sha256": TEXT,
    }  # fmt: skip
    told = {
        "number": TEXT, "version": WHOLE, "item": TEXT, "item_version": TEXT, "dept": TEXT,
        "state": {"enum": list(STATES)}, "state_text": TEXT, "state_text_en": TEXT, "received_at": INSTANT,
        "clocks": listed(shape(clock)), "timeline": listed(shape(stage)), "actions": listed(TEXT),
    }  # fmt: skip
    kept = {"type": "object"}
    private = {"applicant_name": TEXT, "form": kept, "materials": kept, "correction": maybe(kept)}
    return shape(told | private, required=tuple(told))


def listed_case() -> dict[str, Any]:
    """A case in a list."""
    return shape({
        "number": TEXT, "version": WHOLE, "item": TEXT, "item_name": TEXT, "dept": TEXT,
        "state": {"enum": list(STATES)}, "received_at": INSTANT, "updated_at": INSTANT,
        "pressing": maybe(TEXT), "due": maybe(DAY),
    })  # fmt: skip
