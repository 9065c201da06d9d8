"""Rows: what lists and other pages show of a document without reading it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from publishing import catalogue, labels, sources
from publishing.duties import letters
from publishing.sources import FOLDERS, Content, Document

Row = dict[str, Any]
_COPIED = (
    "name",
    "name_en",
    "summary",
    "summary_en",
    "dept",
    "audience",
    "item_type",
    "state",
    "effective_on",
    "updated",
)
_OPTIONAL = ("aliases", "region", "topics_person", "topics_corp")


def guide_row(content: Content, name: str, guide: Mapping[str, Any]) -> Row:
    """A guide as a list entry."""
    promise = labels.limit(guide["promise_limit"])
    visits = f"到现场 {guide['visits']} 次" if guide["visits"] else "不用到现场"
    fee = "收费" if guide["fee"]["charged"] else "不收费"
    facts = [content.departments[guide["dept"]]["short"], promise, fee, visits]
    copied = {key: guide[key] for key in _COPIED} | {key: guide[key] for key in _OPTIONAL if key in guide}
    return copied | {
        "id": name,
        "url": f"/guides/{name}/",
        "facts": facts,
        "online": catalogue.is_online(guide),
        "initials": letters.initials(guide),
    }


def entry_row(document: Document) -> Row:
    """Any other document: its fields."""
    return {"front": document.front, "path": str(document.path)}


@dataclass(frozen=True)
class Entry:
    """A document of a small kind as pages show it; its body is read when it is asked for."""

    kind: str
    id: str
    front: dict[str, Any]
    path: Path

    @property
    def url(self) -> str:
        return f"/{FOLDERS[self.kind]}/{self.id}/"

    @cached_property
    def body(self) -> str:
        """The Markdown text."""
        document = sources.read(self.kind, self.path, faults=[])
        return document.body if document else ""
