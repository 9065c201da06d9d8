"""The interface described in OpenAPI 3.1, made from the same schemas that check the requests."""

from __future__ import annotations

import json
from typing import Any

from ..domain.lifecycle import STATES
from . import words
from .action_forms import schemas_of_actions
from .api_shapes import shapes

_TEXT = {"type": "string"}
_NUMBER = {"name": "number", "in": "path", "required": True, "schema": {"type": "string", "maxLength": 40}}
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
            "/api/v1/review/cases/{number}/actions": {"post": _action("review_action", "reviewAction")},
        },
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
            "schemas": _schemas(),
        },
    }


def _upload() -> dict[str, Any]:
    content = {
        kind: {"schema": {"type": "string", "format": "binary"}} for kind in ("application/octet-stream",)
    }
    name = {"name": "name", "in": "query", "schema": {"type": "string", "maxLength": 100}}
    return _operation(
        "uploadFile", "Keep one file (PDF, JPG, PNG; 4 MB)", {"201": "File"}, (401, 413, 415, 422)
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
    code = {"name": "code", "in": "query", "required": True, "schema": {"type": "string", "maxLength": 40}}
    return _operation("status", "Where a case stands", {"200": "Case"}, (404,)) | {
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
    names = (("item", 40), ("state", 20), ("after", 80))
    parameters = [
        {"name": name, "in": "query", "schema": {"type": "string", "maxLength": most}} for name, most in names
    ]
    return _operation("queue", "The caller's queue", {"200": "Queue"}, (401, 403)) | {
        "parameters": parameters
    }


def _review_case() -> dict[str, Any]:
    return _operation("reviewCase", "Everything about one case", {"200": "Case"}, (401, 403, 404)) | {
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
    day, instant = {"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}
    receipt = {
        "number": _TEXT, "number_grouped": _TEXT, "query_code": _TEXT, "item": _TEXT, "item_version": _TEXT,
        "received_at": instant, "intake_due": day, "receipt_sha256": _TEXT, "status_url": _TEXT,
    }  # fmt: skip
    case = {
        "number": _TEXT, "version": {"type": "integer"}, "state": {"enum": list(STATES)}, "received_at": instant,
        "clocks": {"type": "array", "items": {"type": "object"}},
        "timeline": {"type": "array", "items": {"type": "object"}},
    }  # fmt: skip
    problem = {
        "type": _TEXT, "status": {"type": "integer"}, "code": {"enum": list(words.codes())}, "title": _TEXT,
        "title_en": _TEXT, "errors": {"type": "array", "items": {"type": "object"}},
    }  # fmt: skip
    file = shapes()["$defs"]["file"]
    actions = {
        name: {"type": "object", "properties": facts["schema"]["properties"]}
        for name, facts in schemas_of_actions().items()
    }
    return {
        "File": {key: value for key, value in file.items() if key != "additionalProperties"},
        "Receipt": _object(receipt),
        "Case": _object(case),
        "Queue": _object(
            {"cases": {"type": "array", "items": {"type": "object"}}, "after": {"type": ["string", "null"]}}
        ),
        "Problem": _object(problem, required=("type", "status", "code", "title", "title_en")),
        **{f"action_{name}": shape for name, shape in actions.items()},
    }


def _object(properties: dict[str, Any], *, required: tuple[str, ...] | None = None) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required or properties)}
