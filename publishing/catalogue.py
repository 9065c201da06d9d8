"""The catalogue: one immutable JSON file per version of an item, read by the functions half."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from publishing.bodies import Reader
from publishing.sources import Content, Document

Item = dict[str, Any]
CANCELLED = "3"


def canonical(data: Any) -> str:
    """The one spelling of a JSON value, so that equal data has equal hashes."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def compile_items(content: Content, reader: Reader) -> list[Item]:
    """Every guide as a catalogue item, in the order of ids."""
    return [compile_item(content, guide, reader) for guide in content.of("guide")]


def compile_item(content: Content, guide: Document, reader: Reader) -> Item:
    """One guide with its department's facts, body and form; `version` is the hash of all that."""
    form = guide.front.get("form", guide.id)
    parts = {
        "guide": guide.front | _department(content.departments[guide.front["dept"]]),
        "body": reader.body(guide.body),
        "form": content.form(form).data or {},
        "form_en": content.form(form, suffix="en").data or {},
    }
    digest = hashlib.sha256(canonical(parts).encode()).hexdigest()
    return {"id": guide.id, "version": digest[:16], **parts}


def _department(row: Mapping[str, Any]) -> dict[str, Any]:
    return {f"dept_{key}": row[key] for key in ("name", "name_en", "code", "phone")}


def is_online(guide: Mapping[str, Any]) -> bool:
    """Whether the item is in use and takes applications over the web."""
    return guide["state"] == "1" and "2" in guide["channels"]


def index(items: Iterable[Item]) -> dict[str, Any]:
    """What `catalogue/index.json` says of each item."""
    return {"items": [_entry(item) for item in items]}


def _entry(item: Item) -> dict[str, Any]:
    guide = item["guide"]
    copied = ("name", "name_en", "summary", "summary_en", "dept", "audience", "item_type")
    topics = {key: guide.get(key, []) for key in ("topics_person", "topics_corp")}
    head = {"id": item["id"], "version": item["version"], "online": is_online(guide)}
    return head | {key: guide[key] for key in copied} | topics


def write(folder: Path, *, items: list[Item], site: Mapping[str, Any], previous: Path | None) -> None:
    """Write the catalogue below `folder`; versions published before (`previous`) stay for running cases."""
    folder.mkdir(parents=True)
    if previous and previous.is_dir():
        _carry_over(previous, folder)
    for item in items:
        text = canonical(item)
        (folder / item["id"]).mkdir(exist_ok=True)
        (folder / item["id"] / f"{item['version']}.json").write_text(text, "utf-8")
        (folder / f"{item['id']}.json").write_text(text, "utf-8")
    (folder / "index.json").write_text(canonical(index(items)), "utf-8")
    (folder / "site.json").write_text(canonical(site), "utf-8")


def _carry_over(previous: Path, folder: Path) -> None:
    for old in sorted(previous.glob("*/*.json")):
        kept = folder / old.parent.name / old.name
        kept.parent.mkdir(exist_ok=True)
        shutil.copyfile(old, kept)
