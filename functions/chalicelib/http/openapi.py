"""The interface described in OpenAPI 3.1, made from the same schemas that check the requests."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from . import words
from .action_forms import schemas_of_actions
from .api_shapes import shapes
from .openapi_links import linked
from .openapi_parts import (
    DAY,
    INSTANT,
    TEXT,
    WHOLE,
    case_shape,
    listed,
    listed_case,
    maybe,
    other_answers,
    shape,
)

_NUMBER = {"name": "number", "in": "path", "required": True, "schema": {"type": "string"}}
_ALWAYS = (429, 503)  # too many tries, or nothing can be read just now
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
        "paths": linked(_paths()),
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
            "schemas": _schemas(),
        },
    }


def _paths() -> dict[str, Any]:
    """Every address with its operations."""
    return {
        "/api/v1/files": {"post": _upload()},
        "/api/v1/applications": {"post": _apply()},
        "/api/v1/applications/{number}": {"get": _status()},
        "/api/v1/applications/{number}/actions": {"post": _action("applicant_action", "applicantAction")},
        "/api/v1/statistics": {"get": _statistics()},
        "/api/v1/packages": {"post": _apply_package()},
        "/api/v1/packages/{number}": {"get": _package_status()},
        "/api/v1/packages/{number}/actions": {
            "post": _action("package_action", "packageAction", answer="Package")
        },
        "/api/v1/grants": {"get": _grants(), "post": _give()},
        "/api/v1/grants/{number}/actions": {"post": _action("grant_action", "grantAction", answer="Grant")},
        "/api/v1/review/cases": {"get": _queue()},
        "/api/v1/review/cases/{number}": {"get": _review_case()},
        "/api/v1/review/cases/{number}/reveal": {"post": _reveal()},
        "/api/v1/review/cases/{number}/actions": {"post": _action("review_action", "reviewAction")},
    }


def _upload() -> dict[str, Any]:
    kinds = ("application/octet-stream", "application/pdf", "image/jpeg", "image/png")
    content = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in kinds}
    name = {
        "name": "name",
        "in": "query",
        "description": "The file's own name; what is unfit is left out",
        "schema": TEXT,
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
    code = {"name": "code", "in": "query", "required": True, "schema": TEXT}
    return _operation("status", "Where a case stands", {"200": "Case"}, (400, 404)) | {
        "parameters": [_NUMBER, code],
        "security": [],
    }


def _statistics() -> dict[str, Any]:
    text = "What the office publishes of its cases: whole days, small cells hidden"
    return _operation("statistics", text, {"200": "Statistics"}, ()) | {"security": []}


def _apply_package() -> dict[str, Any]:
    refusals = (400, 401, 403, 404, 409, 413, 415, 422)
    return _operation(
        "applyForPackage", "Hand in a package (一件事)", {"201": "PackageReceipt"}, refusals
    ) | {
        "parameters": [_KEY],
        "requestBody": _body("package_application"),
    }


def _package_status() -> dict[str, Any]:
    code = {"name": "code", "in": "query", "required": True, "schema": TEXT}
    return _operation("packageStatus", "Where a package stands", {"200": "Package"}, (400, 404)) | {
        "parameters": [_NUMBER, code],
        "security": [],
    }


def _grants() -> dict[str, Any]:
    return _operation("grants", "Grants (委托) given and held", {"200": "Grants"}, (400, 401, 403))


def _give() -> dict[str, Any]:
    refusals = (400, 401, 403, 404, 409, 413, 415, 422)
    return _operation("giveGrant", "Let somebody act for the caller", {"201": "Grant"}, refusals) | {
        "parameters": [_KEY],
        "requestBody": _body("grant_offer"),
    }


def _action(name: str, operation_id: str, *, answer: str = "Case") -> dict[str, Any]:
    refusals = (400, 401, 403, 404, 409, 413, 415, 422)
    summary = (
        "Do one step of the lifecycle" if answer == "Case" else f"Do something with the {answer.lower()}"
    )
    return _operation(operation_id, summary, {"200": answer}, refusals) | {
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
        {"name": name, "in": "query", "description": text, "schema": TEXT} for name, text in names.items()
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
    for status in (*bad, *_ALWAYS) if bad else (503,):
        answers[str(status)] = {
            "description": "Refused",
            "content": {"application/problem+json": {"schema": _ref("Problem")}},
        }
    return {"operationId": name, "summary": summary, "responses": answers}


def _body(name: str) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": _ref(name)}}}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _published() -> dict[str, Any]:
    """schemas/statistics.schema.json as one shape, its definitions filled in."""
    text = resources.files("schemas").joinpath("statistics.schema.json").read_text("utf-8")
    document = json.loads(text)
    parts = document.pop("$defs")
    text = json.dumps({key: value for key, value in document.items() if not key.startswith("$")})
    for name in ("figures", "list", "count", "rate", "days"):
        text = text.replace(f'{{"$ref": "#/$defs/{name}"}}', json.dumps(parts[name]))
    filled: dict[str, Any] = json.loads(text)
    return filled


def _schemas() -> dict[str, Any]:
    table = shapes()
    bodies = {name: shape for name, shape in table.items() if name != "$defs"}
    named = json.loads(json.dumps({**bodies, **table["$defs"]}).replace("#/$defs/", "#/components/schemas/"))
    return {**named, **_answers()}


def _answers() -> dict[str, Any]:
    receipt = {
        "number": TEXT, "number_grouped": TEXT, "query_code": TEXT, "item": TEXT, "item_version": TEXT,
        "received_at": INSTANT, "intake_due": DAY, "receipt_sha256": TEXT, "status_url": TEXT,
    }  # fmt: skip
    problem = {
        "type": TEXT, "status": WHOLE, "code": {"enum": list(words.codes())}, "title": TEXT, "title_en": TEXT,
        "errors": listed(shape({"pointer": TEXT, "code": TEXT, "message": TEXT, "message_en": TEXT})),
    }  # fmt: skip
    file = shapes()["$defs"]["file"]
    actions = {
        name: {"type": "object", "properties": facts["schema"]["properties"]}
        for name, facts in schemas_of_actions().items()
    }
    return {
        "File": {key: value for key, value in file.items() if key != "additionalProperties"},
        "Receipt": shape(receipt),
        "Case": case_shape(),
        "Statistics": _published(),
        **other_answers(),
        "Queue": shape({"cases": listed(listed_case()), "after": maybe(TEXT)}),
        "Problem": shape(problem, required=("type", "status", "code", "title", "title_en")),
        **{f"action_{name}": shape for name, shape in actions.items()},
    }
