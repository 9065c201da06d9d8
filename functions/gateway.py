"""What API Gateway and the CDN do, as one WSGI application: published files first, then the Chalice app."""

from __future__ import annotations

import base64
import gzip
import json
import logging
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

import metrics
from chalicelib import peers, trace
from chalicelib.domain.refusal import Refusal
from chalicelib.http.ask import Ask
from chalicelib.http.door import MAX_BODY, said
from chalicelib.http.visitor import NOBODY
from chalicelib.peers import LOOPBACK, Networks
from chalicelib.router import Router
from metrics import Access, Requests, State
from statics import Statics

Headers = list[tuple[str, str]]
Answer = tuple[int, Headers, bytes]
Start = Callable[[str, Headers], Any]
REASONS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
HSTS = "max-age=31536000"
_WORTH_IT = 512  # bytes; below, compressing costs more than it saves
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
    """Serves a site and its functions from one origin; tells Prometheus, and nobody else, how that goes.

    `proxies` may say on whose behalf they ask; `readers` may read /metrics.
    """

    def __init__(
        self,
        app: Any,
        *,
        house: Callable[[], Any],
        proxies: Networks = LOOPBACK,
        readers: Access | None = None,
    ) -> None:
        self._app, self._house = app, house
        self._router = Router(app.routes)
        self._statics = Statics(lambda: house().settings.site_dir)
        self._proxies, self._readers = proxies, readers or Access(LOOPBACK)
        self._requests, self._state = Requests(), State()

    def __call__(self, environ: Mapping[str, Any], start_response: Start) -> Iterable[bytes]:
        began = time.perf_counter()
        method = environ["REQUEST_METHOD"]
        path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
        headers = _headers(environ)
        with trace.work(trace.given(headers)):
            route, (status, fields, payload) = self._safe(method, path, headers, environ)
        self._requests.answered(
            method if method in METHODS else "other", route, status, seconds=time.perf_counter() - began
        )
        if (
            environ.get("wsgi.url_scheme") == "https"
        ):  # we hold the certificate ourselves: nobody in front says this
            fields.append(("Strict-Transport-Security", HSTS))
        if status != HTTPStatus.NOT_MODIFIED:
            fields.append(("Content-Length", str(len(payload))))
        start_response(REASONS.get(status, str(status)), [(name, _one_line(value)) for name, value in fields])
        return [b"" if method == "HEAD" else payload]

    def _safe(
        self, method: str, path: str, headers: dict[str, str], environ: Mapping[str, Any]
    ) -> tuple[str, Answer]:
        """(route's template, answer); a fault of our own is logged here and not by the server, which would quote it."""
        try:
            return self._answer(method, path, headers, environ)
        except Exception:
            _log.exception("broken before any route")
            return "none", self._refused(path, headers, Refusal("broken"))

    def _answer(
        self, method: str, path: str, headers: dict[str, str], environ: Mapping[str, Any]
    ) -> tuple[str, Answer]:
        if path == "/metrics" and method == "GET":
            return "/metrics", self._metrics(path, headers, environ)
        if method in ("GET", "HEAD"):
            found = self._statics.find(path, headers)
            if found:
                return "static", found
        pattern, params = self._router.match(path)
        views = self._app.routes[pattern] if pattern else {}
        verb = "GET" if method == "HEAD" else method
        if pattern is None or verb not in views:
            known = {*views, *(("GET",) if self._statics.find(path, {}) else ())}
            return "none", self._not_so(path, headers, known)
        body = _read(environ)
        if body is None:
            return pattern, self._refused(path, headers, Refusal("body_too_big"))
        query = _query(environ)
        if query is None:
            return pattern, self._refused(path, headers, Refusal("bad_request"))
        address = peers.asking(environ, trusted=self._proxies)
        return pattern, self._call(_event(verb, path, pattern, params, headers, address, body, query))

    def _metrics(self, path: str, headers: dict[str, str], environ: Mapping[str, Any]) -> Answer:
        """What Prometheus reads; for everybody else there is no such address."""
        address = peers.asking(environ, trusted=self._proxies)
        if not self._readers.allows(address, headers.get("authorization", "")):
            return self._refused(path, headers, Refusal("not_found"))
        house = self._house()
        text = self._requests.text() + self._state.text(house, now=house.clock())
        return 200, [("Content-Type", metrics.KIND), ("Cache-Control", "no-store")], text

    def _call(self, event: dict[str, Any]) -> Answer:
        out = self._app(event, Context())
        payload = out["body"]
        raw = base64.b64decode(payload) if out.get("isBase64Encoded") else _bytes(payload)
        fields = list(out["headers"].items())
        for name, values in out["multiValueHeaders"].items():
            fields += [(name, value) for value in values]
        return _squeezed(out["statusCode"], fields, raw, event["headers"])

    def _not_so(self, path: str, headers: dict[str, str], known: set[str]) -> Answer:
        """405 where the address takes other methods, 404 where it takes none."""
        if not known:
            return self._refused(path, headers, Refusal("not_found"))
        status, fields, payload = self._refused(path, headers, Refusal("method"))
        return status, [*fields, ("Allow", _allowed(known))], payload

    def _refused(self, path: str, headers: dict[str, str], refusal: Refusal) -> Answer:
        """A refusal before any view: the published 404 page, or a page or problem of our own."""
        lang = "en" if path == "/en" or path.startswith("/en/") else "zh"
        if refusal.code == "not_found" and lang == "zh" and not path.startswith("/api/"):
            published = self._statics.not_found(headers)
            if published:
                return published
        house = self._house()
        plain = path.removeprefix("/en") if lang == "en" else path
        ask = Ask("GET", plain, {}, {}, headers, b"", lang, house.clock(), house, NOBODY)
        reply = said(ask, refusal, api=path.startswith("/api/"))
        return reply.status, [("Content-Type", reply.content_type), *reply.headers], reply.body


def _allowed(verbs: set[str]) -> str:
    """The Allow header: where one may GET, one may ask for the head alone."""
    return ", ".join(sorted({*verbs, "HEAD"} if "GET" in verbs else verbs))


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
    said = environ.get("CONTENT_LENGTH") or ""
    known = said.isascii() and said.isdigit()
    length = int(said[:12]) if known else MAX_BODY + 1
    if known and length > MAX_BODY:
        return None
    body: bytes = environ["wsgi.input"].read(length)
    return body if len(body) <= MAX_BODY else None


def _query(environ: Mapping[str, Any]) -> dict[str, list[str]] | None:
    """The query's values by name; None when there are more than any page of ours has."""
    try:
        return parse_qs(
            environ.get("QUERY_STRING", ""), keep_blank_values=True, max_num_fields=50, errors="replace"
        )
    except ValueError:
        return None


def _event(
    method: str, path: str, pattern: str, params: dict[str, str], headers: dict[str, str],
    address: str, body: bytes, query: dict[str, list[str]],
) -> dict[str, Any]:  # fmt: skip
    return {
        "resource": pattern,
        "path": path,
        "httpMethod": method,
        "headers": {**headers, "accept": "*/*"},  # nobody asks it, and Chalice would hold back downloads
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
                "sourceIp": address,
                "userAgent": headers.get("user-agent", ""),
            },
        },
        "body": base64.b64encode(body).decode() if body else None,
        "isBase64Encoded": bool(body),
    }


def _squeezed(status: int, fields: Headers, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Pages, compressed for those who take it, as the CDN does in the cloud."""
    is_page = any(name.lower() == "content-type" and value.startswith("text/html") for name, value in fields)
    if not is_page or len(body) < _WORTH_IT or "gzip" not in headers.get("accept-encoding", ""):
        return status, fields, body
    more = [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
    return status, [*fields, *more], gzip.compress(body, 5, mtime=0)


def _bytes(payload: Any) -> bytes:
    if isinstance(payload, bytes):
        return payload
    return payload.encode() if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False).encode()


def _one_line(value: str) -> str:
    return value.replace("\r", "").replace("\n", "")
