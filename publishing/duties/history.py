"""/guides/<id>/history/: every published version of a guide and what each changed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from publishing.duties import changes
from publishing.duties.classes import LABELS
from publishing.page import Page

Item = Mapping[str, Any]
_TAGS = re.compile(r"<[^>]+>")
LONG = 400  # characters of one text that are still compared piece by piece


def address(name: str) -> str:
    """Where an item's history stands."""
    return f"/guides/{name}/history/"


def ordered(earlier: Sequence[Item], current: Item) -> list[Item]:
    """All versions, the oldest first; the current one last whatever its date says."""
    kept = {item["version"]: item for item in earlier if item["version"] != current["version"]}
    return [*sorted(kept.values(), key=lambda item: (item["guide"]["updated"], item["version"])), current]


def pages(current: Item, earlier: Sequence[Item]) -> Iterator[Page]:
    """The history page; an item that never changed has none."""
    versions = ordered(earlier, current)
    if len(versions) == 1:
        return
    steps = [entry(old, new) for old, new in pairwise(versions)]
    name = current["guide"]["name"]
    context = {
        "g": current["guide"],
        "first": _stamp(versions[0]),
        "steps": steps[::-1],
        "trail": [("/guides/", LABELS["/guides/"]), (f"/guides/{current['id']}/", name)],
    }
    yield Page(address(current["id"]), "site/history.html", context)


def entry(old: Item, new: Item) -> dict[str, Any]:
    """One step: its date, its version and its changes by part."""
    parts: dict[str, list[Any]] = {}
    for change in changes.between(old, new):
        parts.setdefault(change.part, []).append((change, *_shown(change)))
    return _stamp(new) | {"parts": parts, "words": not parts and _text(old) != _text(new)}


def _shown(change: changes.Change) -> tuple[Any, Any]:
    if change.how == "调整" and max(len(change.before), len(change.after)) <= LONG:
        return changes.marked(change.before, change.after)
    whole = [(False, change.before)] if change.before else []
    return whole, [(False, change.after)] if change.after else []


def _stamp(item: Item) -> dict[str, Any]:
    return {
        "version": item["version"],
        "date": item["guide"]["updated"],
        "file": f"/catalogue/{item['id']}/{item['version']}.json",
        "by": item["guide"]["reviewed_by"],
    }


def _text(item: Item) -> str:
    return hashlib.sha256(_TAGS.sub("", item["body"]["html"]).encode()).hexdigest()
