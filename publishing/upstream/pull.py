"""Fetching the upper platform's catalogue: page by page, once a day, going on where the last try stopped."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from jsonschema import Draft202012Validator

from schemas.calendar import day_of
from schemas.interfaces import signature, wire
from schemas.interfaces.agreed import contract
from schemas.interfaces.wire import Allowed

MOST_ITEMS, MOST_PAGES, PAGE_BYTES = 20_000, 500, 2_000_000
SECONDS = 20.0


class NotPulled(Exception):
    """Why there is no new catalogue; what was fetched so far is kept, and so is the old catalogue."""


@dataclass(frozen=True, slots=True)
class Source:
    """The upper platform, as the interfaces file has it, and the folder where its catalogue is kept."""

    url: str
    keys: tuple[bytes, ...]
    allowed: Allowed
    folder: Path
    seconds: float = SECONDS
    most_pages: int = MOST_PAGES

    @property
    def whole(self) -> Path:
        """The last whole catalogue: {snapshot, etag, pulled_at, items, doubled}."""
        return self.folder / "catalogue.json"

    @property
    def part(self) -> Path:
        """A catalogue that is still being fetched."""
        return self.folder / "catalogue.part.json"


def pull(source: Source, *, now: datetime, again: bool = False) -> str:
    """Brings the catalogue up to date: "today" (was done already), "same", or "new". NotPulled says why not."""
    known = read(source.whole)
    if known and not again and day_of(datetime.fromisoformat(known["pulled_at"])) == day_of(now):
        return "today"
    part = read(source.part) or _blank()
    for _ in range(source.most_pages):
        page = _page(source, part, etag=known.get("etag", ""), now=now)
        if page is None:
            _write(source.whole, {**known, "pulled_at": now.isoformat()})
            return "same"
        part = _joined(part, page)
        if part["snapshot"] and part["next"] is None:
            _write(source.whole, {**_settled(part), "pulled_at": now.isoformat()})
            source.part.unlink(missing_ok=True)
            return "new"
        _write(source.part, part)
    raise NotPulled(f"上级目录超过 {source.most_pages} 页，没有读完")


def read(file: Path) -> dict[str, Any]:
    """A kept catalogue; nothing when there is none or the file is broken."""
    try:
        value = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _page(source: Source, part: Mapping[str, Any], *, etag: str, now: datetime) -> dict[str, Any] | None:
    """The next page, checked; None when the catalogue we have is the newest."""
    answer = _asked(source, part["next"], etag=etag if part["next"] is None else "", now=now)
    if answer.status == 304 and etag:
        return None
    if answer.status != 200:
        raise NotPulled(f"上级平台答复 HTTP {answer.status}")
    if not signature.holds(source.keys, answer.headers, answer.body, now=now):
        raise NotPulled("上级平台的签名不对，没有采用")
    page = _checked(answer.body)
    if page["after"] != part["next"]:
        raise NotPulled("上级平台给的不是要的那一页，没有采用")
    return page | {"etag": answer.headers.get("etag", "")[:200]}


def _asked(source: Source, after: str | None, *, etag: str, now: datetime) -> wire.Answer:
    query = urlencode({"after": after}) if after else ""
    url = f"{source.url}{'?' if query else ''}{query}"
    path = urlsplit(url).path or "/"
    content = signature.request("GET", f"{path}{'?' if query else ''}{query}", b"")
    headers = signature.signed(source.keys, content, name=f"catalogue-{int(now.timestamp())}", now=now)
    headers |= {"Accept": "application/json"} | ({"If-None-Match": etag} if etag else {})
    try:
        return wire.send(
            "GET", url, allowed=source.allowed, headers=headers, seconds=source.seconds, limit=PAGE_BYTES
        )
    except wire.Blocked as error:
        raise NotPulled(f"上级平台的地址不在允许范围：{error}") from error
    except wire.Silent as error:
        raise NotPulled(f"上级平台没有完整答复：{error}") from error


def _checked(body: bytes) -> dict[str, Any]:
    shapes = contract("catalogue.openapi")["components"]
    try:
        page = json.loads(body)
    except ValueError as error:
        raise NotPulled("上级平台的答复不是 JSON，没有采用") from error
    shape = {**shapes["schemas"]["Page"], "components": shapes}
    for fault in Draft202012Validator(shape).iter_errors(page):
        raise NotPulled(f"上级平台的答复不合约定，没有采用：{fault.json_path}")
    checked: dict[str, Any] = page
    return checked


def _joined(part: dict[str, Any], page: Mapping[str, Any]) -> dict[str, Any]:
    """The pages so far and one more; another snapshot than before begins again."""
    if part["snapshot"] not in ("", page["snapshot"]):
        if part["restarted"]:
            raise NotPulled("上级目录在读取中不断变化，下次再读")
        return {**_blank(), "restarted": True}
    items = [*part["items"], *page["items"]]
    if len(items) > MOST_ITEMS:
        raise NotPulled(f"上级目录超过 {MOST_ITEMS} 项，没有采用")
    return {**part, "snapshot": page["snapshot"], "etag": page["etag"], "next": page["next"], "items": items}


def _settled(part: Mapping[str, Any]) -> dict[str, Any]:
    """By code; a code that came twice is named, and its last row counts."""
    items: dict[str, Any] = {}
    doubled = []
    for item in part["items"]:
        doubled += [item["task_code"]] if item["task_code"] in items else []
        items[item["task_code"]] = item
    return {
        "snapshot": part["snapshot"],
        "etag": part["etag"],
        "items": items,
        "doubled": sorted(set(doubled)),
    }


def _blank() -> dict[str, Any]:
    return {"snapshot": "", "etag": "", "next": None, "items": [], "restarted": False}


def _write(file: Path, value: Mapping[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(value, ensure_ascii=False), "utf-8")
    fresh.replace(file)
