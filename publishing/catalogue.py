"""The catalogue: one immutable JSON file per version of an item and one per form, read by the functions half."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from publishing import whole_files
from publishing.bodies import Reader
from publishing.sources import Content, Document
from publishing.spelling import spelled

Item = dict[str, Any]
CANCELLED = "3"
ENTRIES = "entry:"  # extracts of guides by department
INDEX = "index"


class Compiled(NamedTuple):
    """An item, its text, and the file of its form, which many items may share: its path and text."""

    item: Item
    text: bytes
    form: tuple[str, bytes]


def compiled(content: Content, guide: Document, reader: Reader) -> Compiled:
    """One guide with its department's facts, its body and the address of its form; `version` is the hash.

    The form's address is made from its own hash, so that another form is another version.
    """
    form = content.form_file(guide.front.get("form", guide.id))
    parts = {
        "body": reader.body(guide.body),
        "form": f"/catalogue/{form[0]}",
        "guide": guide.front | _department(content.departments[guide.front["dept"]]),
    }
    whole = spelled(parts)[:-1]
    version = hashlib.sha256(whole + b"}").hexdigest()[:16]
    text = b'%b,"id":"%b","version":"%b"}' % (whole, guide.id.encode(), version.encode())
    return Compiled({"id": guide.id, "version": version, **parts}, text, form)


def _department(row: Mapping[str, Any]) -> dict[str, Any]:
    return {f"dept_{key}": row[key] for key in ("name", "name_en", "code", "phone")}


def is_online(guide: Mapping[str, Any]) -> bool:
    """Whether the item is in use and takes applications over the web."""
    return guide["state"] == "1" and "2" in guide["channels"]


def entry(item: Item) -> dict[str, Any]:
    """What the index says of an item."""
    guide = item["guide"]
    copied = ("name", "name_en", "summary", "summary_en", "dept", "audience", "item_type")
    topics = {key: guide.get(key, []) for key in ("topics_person", "topics_corp")}
    head = {"id": item["id"], "version": item["version"], "online": is_online(guide)}
    return head | {key: guide[key] for key in copied} | topics


def write_version(folder: Path, made: Compiled) -> None:
    """Write one version below `folder`, and the same file once more as the item's present one."""
    base = f"{folder}/{made.item['id']}"
    version, present = f"{base}/{made.item['version']}.json", f"{base}.json"
    whole_files.write(version, made.text)
    with suppress(FileNotFoundError):
        os.unlink(present)  # noqa: PTH108  (a province has 95,874 of these: pathlib costs as much again)
    os.link(version, present)


def part(dept: str) -> str:
    """The file of the index with the items of one department."""
    return f"{INDEX}/{dept}.json"


def contents(depts: Iterable[str]) -> bytes:
    """`index.json`: which departments have items, and in which file."""
    return spelled({"parts": [{"dept": dept, "path": part(dept)} for dept in depts]})


def listed(extracts: Iterable[tuple[str, str, bytes]]) -> bytes:
    """One department's file: entries in order of ids."""
    return b'{"items":[%b]}' % b",".join(data for _, _, data in extracts)


def carry_over(previous: Path, folder: Path) -> None:
    """Keep every version published before: running cases are judged by the version they began with."""
    for old in sorted(previous.glob("*/*.json")):
        if old.parent.name == INDEX:
            continue  # no item: it lists those of now
        kept = folder / old.parent.name / old.name
        kept.parent.mkdir(exist_ok=True)
        if not kept.exists():
            kept.hardlink_to(old)
