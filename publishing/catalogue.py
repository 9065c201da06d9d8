"""The catalogue: one immutable JSON file per version of an item, read by the functions half."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from publishing.bodies import Reader
from publishing.sources import Content, Document, canonical

Item = dict[str, Any]
CANCELLED = "3"


def compiled(content: Content, guide: Document, reader: Reader) -> tuple[Item, str]:
    """One guide with its department's facts, body and form, and its canonical text; `version` is the hash.

    A form shared by many guides is spelled once.
    """
    form = guide.front.get("form", guide.id)
    parts = {
        "body": reader.body(guide.body),
        "form": content.form(form).data or {},
        "form_en": content.form(form, suffix="en").data or {},
        "guide": guide.front | _department(content.departments[guide.front["dept"]]),
    }
    forms = (content.spelled(form), content.spelled(form, suffix="en"))
    body, fields = canonical(parts["body"]), canonical(parts["guide"])
    spelled = f'{{"body":{body},"form":{forms[0]},"form_en":{forms[1]},"guide":{fields}'
    version = hashlib.sha256(f"{spelled}}}".encode()).hexdigest()[:16]
    return {
        "id": guide.id,
        "version": version,
        **parts,
    }, f'{spelled},"id":"{guide.id}","version":"{version}"}}'


def _department(row: Mapping[str, Any]) -> dict[str, Any]:
    return {f"dept_{key}": row[key] for key in ("name", "name_en", "code", "phone")}


def is_online(guide: Mapping[str, Any]) -> bool:
    """Whether the item is in use and takes applications over the web."""
    return guide["state"] == "1" and "2" in guide["channels"]


def entry(item: Item) -> dict[str, Any]:
    """What `catalogue/index.json` says of an item."""
    guide = item["guide"]
    copied = ("name", "name_en", "summary", "summary_en", "dept", "audience", "item_type")
    topics = {key: guide.get(key, []) for key in ("topics_person", "topics_corp")}
    head = {"id": item["id"], "version": item["version"], "online": is_online(guide)}
    return head | {key: guide[key] for key in copied} | topics


def write_version(folder: Path, item: Item, text: str) -> None:
    """Write one version below `folder`, and the same file once more as the item's present one."""
    versions = folder / item["id"]
    versions.mkdir(parents=True, exist_ok=True)
    version, present = versions / f"{item['version']}.json", folder / f"{item['id']}.json"
    version.write_text(text, "utf-8")
    present.unlink(missing_ok=True)
    present.hardlink_to(version)


def write(put: Callable[[str, bytes], object], *, entries: Iterable[str], site: Mapping[str, Any]) -> None:
    """Put what the functions read first: all items (canonical entries in order of ids), and the site."""
    put("catalogue/index.json", f'{{"items":[{",".join(entries)}]}}'.encode())
    put("catalogue/site.json", canonical(site).encode())


def carry_over(previous: Path, folder: Path) -> None:
    """Keep every version published before: running cases are judged by the version they began with."""
    for old in sorted(previous.glob("*/*.json")):
        kept = folder / old.parent.name / old.name
        kept.parent.mkdir(exist_ok=True)
        if not kept.exists():
            kept.hardlink_to(old)
