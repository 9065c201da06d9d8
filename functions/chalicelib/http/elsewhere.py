"""Addresses that no route answers, as the cloud's functions meet them: moved, published, or not there at all.

The CDN asks the bucket for static addresses and asks the functions for what the bucket lacks. Some published
pages stand below addresses of the functions (first pages of applications), so those are looked up here. On one
machine the gateway does both.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from ..domain.refusal import Refusal
from ..house import House
from ..published import read
from .ask import Ask
from .door import said
from .reply import CONTENT_SECURITY, SAFE_HEADERS, Reply
from .visitor import NOBODY

_LONGEST = 1024  # bytes; S3 has no longer names
_BRIEFLY = ("Cache-Control", "public, max-age=60")


def published_instead(house: House, raw: Mapping[str, Any], reply: Reply) -> Reply:
    """The page published at the address of a GET, where the route itself found nothing to show."""
    if not house.settings.site_bucket or raw["method"] != "GET" or reply.status != HTTPStatus.NOT_FOUND:
        return reply
    path = f"/en{raw['path']}" if raw["lang"] == "en" else raw["path"]
    return _page(house, path) or reply


def nowhere(house: House, method: str, path: str, headers: Mapping[str, str]) -> Reply:
    """Where the page moved to, the address with its slash, or that there is no such page."""
    reading = method in ("GET", "HEAD")
    moved = _moved(house, path) if reading else None
    if moved:
        return _gone_to(moved, seconds=3600)
    if reading and not path.endswith("/") and _page(house, path):
        return _gone_to(f"{path}/", seconds=60)
    chinese_page = not path.startswith(("/en/", "/api/"))
    page = _page(house, "404.html", status=HTTPStatus.NOT_FOUND) if chinese_page else None
    return page or _refused(house, path, headers, Refusal("not_found"))


def wrong_method(house: House, path: str, headers: Mapping[str, str], known: set[str]) -> Reply:
    """405, with the methods that the address takes: where one may GET, one may ask for the head alone."""
    reply = _refused(house, path, headers, Refusal("method"))
    allowed = ("Allow", ", ".join(sorted({*known, "HEAD"} if "GET" in known else known)))
    return replace(reply, headers=(*reply.headers, allowed))


def _refused(house: House, path: str, headers: Mapping[str, str], refusal: Refusal) -> Reply:
    lang = "en" if path == "/en" or path.startswith("/en/") else "zh"
    plain = path.removeprefix("/en") if lang == "en" else path
    ask = Ask("GET", plain, {}, {}, headers, b"", lang, house.clock(), house, NOBODY)
    return said(ask, refusal, api=path.startswith("/api/"))


def _moved(house: House, path: str) -> str | None:
    data = read(house.site, "redirects.json")
    table = json.loads(data)["redirects"] if data else {}
    to: str | None = table.get(path if path.endswith("/") else f"{path}/")
    return to


def _gone_to(path: str, *, seconds: int) -> Reply:
    address = quote(path if not path.startswith("//") else "/", safe="/")
    caching = ("Cache-Control", f"public, max-age={seconds}")
    return Reply(308, b"", "text/plain; charset=utf-8", (("Location", address), caching, *SAFE_HEADERS))


def _page(house: House, path: str, *, status: int = HTTPStatus.OK) -> Reply | None:
    """A published page; the bucket keeps it under its address."""
    name = path.strip("/") if "." in path.rpartition("/")[2] else f"{path.strip('/')}/"
    if not 0 < len(name.encode()) <= _LONGEST or not name.endswith(("/", ".html")):
        return None
    data = read(house.site, name)
    policy = ("Content-Security-Policy", f"{CONTENT_SECURITY}; form-action 'self'")
    headers = (policy, *SAFE_HEADERS, _BRIEFLY)
    return None if data is None else Reply(int(status), data, "text/html; charset=utf-8", headers)
