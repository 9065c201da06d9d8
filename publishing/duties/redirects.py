"""Renamed pages: the old address leads to the new one, by a static page and in redirects.json."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from publishing.page import Page, Text

FILE = "redirects.json"
MOVED = 308  # permanent; a form that is being sent goes along


def pairs(kind: str, url: str, front: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(old address, new address) of one document; a guide's form and English page move with it."""
    name = url.rstrip("/").rsplit("/", 1)[1]
    for old in front.get("formerly", ()):
        yield url.replace(f"/{name}/", f"/{old}/"), url
        if kind == "guide":
            yield f"/en/guides/{old}/", f"/en{url}"
            if "2" in front.get("channels", ()):
                yield f"/apply/{old}/", f"/apply/{name}/"
                yield f"/en/apply/{old}/", f"/en/apply/{name}/"


def pages(kind: str, url: str, front: Mapping[str, Any], *, title: str) -> Iterator[Page]:
    """Pages at the old addresses, for servers and mirrors that know nothing of redirects."""
    for old, new in pairs(kind, url, front):
        lang = "en" if old.startswith("/en/") else "zh"
        yield Page(old, "site/redirect.html", {"to": new, "title": title}, lang=lang, indexed=False)


def table(found: Iterable[tuple[str, str]]) -> Text:
    """redirects.json: {old address: new address}, for the gateway and the CDN."""
    data = {"status": MOVED, "redirects": dict(sorted(found))}
    return Text(FILE, json.dumps(data, ensure_ascii=False, indent=1) + "\n")
