"""The interface described in OpenAPI 3.1, made from the same schemas that check the requests."""

from __future__ import annotations

import json
from typing import Any

from ..domain.lifecycle import STATES
from . import words
from .action_forms import schemas_of_actions
from .api_shapes import shapes

_TEXT = {"type": "string"}
_WHOLE = {"type": "integer"}
_DAY, _INSTANT = {"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}
_NUMBER = {"name": "number", "in": "path", "required": True, "schema": {"type": "string"}}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "A random value of this application; the same one when retrying",
    "schema": {"type": "string", "minLength": 16, "maxLength": 128, "pattern": "^[!-~]+$"},
}


def document(base_url: str) -> dict[str, Any]:
    """The whole description."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Banshi",
            "version": "1",
            "description": "Applications (办件): hand in, look up, supplement, review.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": base_url}],
        "security": [{"bearer": []}],
        "paths": {
            "/api/v1/files": {"post": _upload()},
            "/api/v1/applications": {"post": _apply()},
            "/api/v1/applications/{number}": {"get": _status()},
            "/api/v1/applications/{number}/actions": {"post": _action("applicant_action", "applicantAction")},
            "/api/v1/review/cases": {"get": _queue()},
            "/api/v1/review/cases/{number}": {"get": _review_case()},
            "/api/v1/review/cases/{number}/reveal": {"post": _reveal()},
            "/api/v1/review/cases/{number}/actions": {"post": _action("review_action", "reviewAction")},
        },
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
            "schemas": _schemas(),
        },
    }


def _upload() -> dict[str, Any]:
    kinds = ("application/octet-stream", "application/pdf", "image/jpeg", "image/png")
    content = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in kinds}
    name = {
        "name": "name",
        "in": "query",
        "description": "The file's own name; what is unfit is left out",
        "schema": _TEXT,
    }
    return _operation(
        "uploadFile", "Keep one file (PDF, JPG, PNG; 6 MB)", {"201": "File"}, (400, 401, 413, 415, 422)
    ) | {
        "parameters": [name],
        "requestBody": {"required": True, "content": content},
    }


def _apply() -> dict[str, Any]:
    return _operation(
        "apply", "Hand in an application", {"201": "Receipt"}, (400, 401, 403, 404, 409, 413, 415, 422)
    ) | {
        "parameters": [_KEY],
        "requestBody": _body("application"),
    }


def _status() -> dict[str, Any]:
    code = {"name": "code", "in": "query", "required": True, "schema": _TEXT}
    return _operation("status", "Where a case stands", {"200": "Case"}, (400, 404)) | {
        "parameters": [_NUMBER, code],
        "security": [],
    }


def _action(name: str, operation_id: str) -> dict[str, Any]:
    refusals = (400, 401, 403, 404, 409, 413, 415, 422)
    return _operation(operation_id, "Do one step of the lifecycle", {"200": "Case"}, refusals) | {
        "parameters": [_NUMBER],
        "requestBody": _body(name),
    }


def _queue() -> dict[str, Any]:
    names = {
        "item": "An item's id",
        "state": "A state; none for all that waits for the office",
        "after": "`after` of the page before",
    }
    parameters = [
        {"name": name, "in": "query", "description": text, "schema": _TEXT} for name, text in names.items()
    ]
    return _operation("queue", "The caller's queue", {"200": "Queue"}, (400, 401, 403)) | {
        "parameters": parameters
    }


def _review_case() -> dict[str, Any]:
    return _operation(
        "reviewCase", "Everything about one case, personal data masked", {"200": "Case"}, (400, 401, 403, 404)
    ) | {"parameters": [_NUMBER]}


def _reveal() -> dict[str, Any]:
    about = "The same with the personal data that the caller's post may see in full; each call is noted"
    return _operation("revealCase", about, {"200": "Case"}, (400, 401, 403, 404, 413, 415)) | {
        "parameters": [_NUMBER]
    }


def _operation(name: str, summary: str, good: dict[str, str], bad: tuple[int, ...]) -> dict[str, Any]:
    answers: dict[str, Any] = {
        status: {"description": shape, "content": {"application/json": {"schema": _ref(shape)}}}
        for status, shape in good.items()
    }
    for status in (*bad, 503):
        answers[str(status)] = {
            "description": "Refused",
            "content": {"application/problem+json": {"schema": _ref("Problem")}},
        }
    return {"operationId": name, "summary": summary, "responses": answers}


def _body(name: str) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": _ref(name)}}}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _schemas() -> dict[str, Any]:
    table = shapes()
    bodies = {name: shape for name, shape in table.items() if name != "$defs"}
    named = json.loads(json.dumps({**bodies, **table["$defs"]}).replace("#/$defs/", "#/components/schemas/"))
    return {**named, **_answers()}


def _answers() -> dict[str, Any]:
    receipt = {
        "number": _TEXT, "number_grouped": _TEXT, "query_code": _TEXT, "item": _TEXT, "item_version": _TEXT,
        "received_at": _INSTANT, "intake_due": _DAY, "receipt_sha256": _TEXT, "status_url": _TEXT,
    }  # fmt: skip
    problem = {
        "type": _TEXT, "status": _WHOLE, "code": {"enum": list(words.codes())}, "title": _TEXT, "title_en": _TEXT,
        "errors": _list(_object({"pointer": _TEXT, "code": _TEXT, "message": _TEXT, "message_en": _TEXT})),
    }  # fmt: skip
    file = shapes()["$defs"]["file"]
    actions = {
        name: {"type": "object", "properties": facts["schema"]["properties"]}
        for name, facts in schemas_of_actions().items()
    }
    return {
        "File": {key: value for key, value in file.items() if key != "additionalProperties"},
        "Receipt": _object(receipt),
        "Case": _case(),
        "Queue": _object({"cases": _list(_listed()), "after": _maybe(_TEXT)}),
        "Problem": _object(problem, required=("type", "status", "code", "title", "title_en")),
        **{f"action_{name}": shape for name, shape in actions.items()},
    }


def _case() -> dict[str, Any]:
    """A case; what applicant and office alone may read is not required."""
    clock = {
        "name": _TEXT, "day0": _DAY, "limit": _WHOLE, "unit": _TEXT, "due": _DAY,
        "provisional": {"type": "boolean"}, "stopped": _maybe(_DAY),
    }  # fmt: skip
    stage = {
        "seq": _WHOLE, "at": _INSTANT, "action": _TEXT, "state": {"enum": list(STATES)}, "role": _TEXT, "post": _TEXT,
        "working_days": _WHOLE, "waiting_on": {"enum": ["office", "applicant", "nobody"]}, "sha256": _TEXT,
    }  # fmt: skip
    told = {
        "number": _TEXT, "version": _WHOLE, "item": _TEXT, "item_version": _TEXT, "dept": _TEXT,
        "state": {"enum": list(STATES)}, "state_text": _TEXT, "state_text_en": _TEXT, "received_at": _INSTANT,
        "clocks": _list(_object(clock)), "timeline": _list(_object(stage)), "actions": _list(_TEXT),
    }  # fmt: skip
    kept = {"type": "object"}
    private = {"applicant_name": _TEXT, "form": kept, "materials": kept, "correction": _maybe(kept)}
    return _object(told | private, required=tuple(told))


def _listed() -> dict[str, Any]:
    return _object({
        "number": _TEXT, "version": _WHOLE, "item": _TEXT, "item_name": _TEXT, "dept": _TEXT,
        "state": {"enum": list(STATES)}, "received_at": _INSTANT, "updated_at": _INSTANT,
        "pressing": _maybe(_TEXT), "due": _maybe(_DAY),
    })  # fmt: skip


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _maybe(shape: dict[str, Any]) -> dict[str, Any]:
    return {**shape, "type": [shape["type"], "null"]}


def _object(properties: dict[str, Any], *, required: tuple[str, ...] | None = None) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required or properties)}
