"""What API Gateway and the CDN do, as one WSGI application: published files first, then the Chalice app."""

from __future__ import annotations

import base64
import json
import logging
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from chalicelib.domain.refusal import Refusal
from chalicelib.http.ask import Ask
from chalicelib.http.door import MAX_BODY, said
from chalicelib.http.visitor import NOBODY
from router import Router
from statics import Statics

Headers = list[tuple[str, str]]
Answer = tuple[int, Headers, bytes]
Start = Callable[[str, Headers], Any]
REASONS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
_log = logging.getLogger("banshi")


class Context:
    """The Lambda context, as far as Chalice looks at it."""

    function_name, memory_limit_in_mb, function_version = "api_handler", 512, "$LOCAL"
    invoked_function_arn = "arn:local:lambda:api_handler"

    def __init__(self, *, seconds: float = 29.0) -> None:
        self.aws_request_id = uuid.uuid4().hex
        self._deadline = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until a Lambda would be stopped."""
        return max(0, int((self._deadline - time.monotonic()) * 1000))


class Gateway:
    """Serves a site and its functions from one origin."""

    def __init__(self, app: Any, *, house: Callable[[], Any]) -> None:
        self._app, self._house = app, house
        self._router = Router(app.routes)
        self._statics = Statics(lambda: house().settings.site_dir)

    def __call__(self, environ: Mapping[str, Any], start_response: Start) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
        headers = _headers(environ)
        status, fields, payload = self._answer(method, path, headers, environ)
        fields.append(("Content-Length", str(len(payload))))
        start_response(REASONS.get(status, str(status)), [(name, _one_line(value)) for name, value in fields])
        return [b"" if method == "HEAD" else payload]

    def _answer(self, method: str, path: str, headers: dict[str, str], environ: Mapping[str, Any]) -> Answer:
        if method in ("GET", "HEAD"):
            found = self._statics.find(path, headers)
            if found:
                return found
        pattern, params = self._router.match(path)
        if pattern is None:
            return self._refused(path, headers, Refusal("not_found"))
        views = self._app.routes[pattern]
        verb = "GET" if method == "HEAD" else method
        if verb not in views:
            status, fields, body = self._refused(path, headers, Refusal("method"))
            return status, [*fields, ("Allow", ", ".join(sorted(views)))], body
        body = _read(environ)
        if body is None:
            return self._refused(path, headers, Refusal("body_too_big"))
        if body and not _accepted(headers, views[verb].content_types):
            return self._refused(path, headers, Refusal("media_type"))
        return self._call(verb, path, pattern, params, headers, environ, body)

    def _call(
        self, method: str, path: str, pattern: str, params: dict[str, str], headers: dict[str, str],
        environ: Mapping[str, Any], body: bytes,
    ) -> Answer:  # fmt: skip
        event = _event(method, path, pattern, params, headers, environ, body)
        out = self._app(event, Context())
        payload = out["body"]
        raw = base64.b64decode(payload) if out.get("isBase64Encoded") else _bytes(payload)
        fields = list(out["headers"].items())
        for name, values in out["multiValueHeaders"].items():
            fields += [(name, value) for value in values]
        return out["statusCode"], fields, raw

    def _refused(self, path: str, headers: dict[str, str], refusal: Refusal) -> Answer:
        """A refusal before any view: the published 404 page, or a page or problem of our own."""
        if refusal.code == "not_found" and not path.startswith("/api/"):
            published = self._statics.not_found(headers)
            if published:
                return published
        lang = "en" if path.startswith("/en/") else "zh"
        house = self._house()
        ask = Ask("GET", path.removeprefix("/en"), {}, {}, headers, b"", lang, house.clock(), house, NOBODY)
        reply = said(ask, refusal, api=path.startswith("/api/"))
        return reply.status, [("Content-Type", reply.content_type), *reply.headers], reply.body


def _headers(environ: Mapping[str, Any]) -> dict[str, str]:
    headers = {
        name[5:].replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    if environ.get("CONTENT_TYPE"):
        headers["content-type"] = environ["CONTENT_TYPE"]
    headers.setdefault("accept", "*/*")
    return headers


def _read(environ: Mapping[str, Any]) -> bytes | None:
    """The body; None when it is larger than any request may be."""
    length = environ.get("CONTENT_LENGTH") or ""
    if length.isdigit() and int(length) > MAX_BODY:
        return None
    stream = environ["wsgi.input"]
    body: bytes = stream.read(int(length)) if length.isdigit() else stream.read(MAX_BODY + 1)
    return body if len(body) <= MAX_BODY else None


def _accepted(headers: Mapping[str, str], content_types: list[str]) -> bool:
    kind = headers.get("content-type", "").split(";")[0].strip().lower()
    return not content_types or kind in content_types


def _event(
    method: str, path: str, pattern: str, params: dict[str, str], headers: dict[str, str],
    environ: Mapping[str, Any], body: bytes,
) -> dict[str, Any]:  # fmt: skip
    query = parse_qs(
        environ.get("QUERY_STRING", ""), keep_blank_values=True, max_num_fields=50, errors="replace"
    )
    return {
        "resource": pattern,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": params,
        "stageVariables": None,
        "requestContext": {
            "httpMethod": method,
            "resourcePath": pattern,
            "path": path,
            "stage": "local",
            "identity": {
                "sourceIp": environ.get("REMOTE_ADDR", ""),
                "userAgent": headers.get("user-agent", ""),
            },
        },
        "body": base64.b64encode(body).decode() if body else None,
        "isBase64Encoded": bool(body),
    }


def _bytes(payload: Any) -> bytes:
    if isinstance(payload, bytes):
        return payload
    return payload.encode() if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False).encode()


def _one_line(value: str) -> str:
    return value.replace("\r", "").replace("\n", "")
