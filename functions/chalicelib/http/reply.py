"""Answers: pages, redirects, files, JSON and problems, each with the headers that keep them safe."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from .. import trace
from ..domain.refusal import Refusal
from . import words

CONTENT_SECURITY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SAFE_HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)
_PRIVATE = (("Cache-Control", "no-store"),)


@dataclass(frozen=True, slots=True)
class Reply:
    """A status, headers and a body; `cookies` are whole Set-Cookie values."""

    status: int
    body: bytes
    content_type: str
    headers: tuple[tuple[str, str], ...] = ()
    cookies: tuple[str, ...] = ()

    def with_header(self, name: str, value: str) -> Reply:
        """The same answer with one more header."""
        return replace(self, headers=(*self.headers, (name, value)))

    def with_cookie(self, cookie: str) -> Reply:
        """The same answer setting one more cookie."""
        return replace(self, cookies=(*self.cookies, cookie))


def page(html: str, *, status: int = 200, form_targets: str = "'self'") -> Reply:
    """An HTML page that nobody may cache, frame or script. `form_targets` widens form-action for sign-in."""
    policy = ("Content-Security-Policy", f"{CONTENT_SECURITY}; form-action {form_targets}")
    return Reply(status, html.encode(), "text/html; charset=utf-8", (policy, *SAFE_HEADERS, *_PRIVATE))


def redirect(to: str) -> Reply:
    """303: the browser fetches `to` next. Signs that no header may carry are percent-encoded."""
    address = quote(to, safe="/:?#[]@!$&'()*+,;=%~")
    return Reply(303, b"", "text/plain; charset=utf-8", (("Location", address), *_PRIVATE))


def download(data: bytes, *, name: str, content_type: str, shown: bool = False) -> Reply:
    """An uploaded file, never run: sandboxed, as an attachment under its own name; `shown` inside a page of ours."""
    way = "inline" if shown else "attachment"
    headers = (
        ("Content-Disposition", f"{way}; filename*=UTF-8''{quote(name, safe='')}"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Content-Security-Policy", "default-src 'none'; sandbox"),
        *SAFE_HEADERS,
        *_PRIVATE,
    )
    return Reply(200, data, content_type, headers)


def data(value: Any, *, status: int = 200) -> Reply:
    """JSON with Chinese left readable."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Reply(status, body, "application/json; charset=utf-8", (*SAFE_HEADERS, *_PRIVATE))


def problem(refusal: Refusal, *, errors: Sequence[dict[str, str]] = ()) -> Reply:
    """A refusal as RFC 9457 problem+json, with a Chinese and an English message and field pointers."""
    status = words.status(refusal)
    value: dict[str, Any] = {
        "type": f"urn:banshi:problem:{refusal.code}",
        "status": status,
        "code": refusal.code,
        "title": words.explain(refusal, "zh"),
        "title_en": words.explain(refusal, "en"),
    }
    if errors:
        value["errors"] = list(errors)
    if status >= 500 and trace.current().trace:
        value["trace"] = trace.current().trace
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    extra = (("WWW-Authenticate", "Bearer"),) if status == 401 else ()
    return Reply(status, body, "application/problem+json; charset=utf-8", (*extra, *SAFE_HEADERS, *_PRIVATE))
