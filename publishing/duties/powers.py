"""权责清单: the list of powers and duties, by department, one page for each entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from publishing import labels
from publishing.bodies import trusted
from publishing.duties.classes import LABELS
from publishing.page import Page

LIST = "/duties/"


def by_department(portal: Any) -> dict[str, list[Any]]:
    """Entries of each department, by type and code."""
    groups: dict[str, list[Any]] = {name: [] for name in portal.content.departments}
    for entry in (one for one in portal.documents("duty") if not portal.expired(one)):
        groups[entry.front["dept"]].append(entry)
    for entries in groups.values():
        entries.sort(key=lambda entry: (entry.front["item_type"], entry.front["code"]))
    return groups


def address(dept: str) -> str:
    """The list of one department."""
    return f"/departments/{dept}/duties/"


def pages(portal: Any) -> Iterator[Page]:
    """The front page and every department's list, empty or not; nothing on a site without entries."""
    groups = by_department(portal)
    if not any(groups.values()) and not portal.site.get("power_list"):
        return
    departments = portal.content.departments
    sizes = [
        (departments[name], address(name), _sizes(entries)) for name, entries in groups.items() if entries
    ]
    yield Page(LIST, "site/duties.html", {"sizes": sizes, "count": sum(map(len, groups.values()))})
    for name, entries in groups.items():
        context = {"dept": departments[name], "entries": entries, "types": labels.ITEM_TYPE}
        yield Page(address(name), "site/duties_dept.html", context, nav="/departments/")


def _sizes(entries: list[Any]) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for entry in entries:
        name = labels.ITEM_TYPE[entry.front["item_type"]]
        counts[name] = counts.get(name, 0) + 1
    return list(counts.items())


def guides_of(name: str, front: Mapping[str, Any]) -> list[str]:
    """Guides that may stand on an entry: the one of the same name and those it lists."""
    return [name, *(other for other in front.get("guides", ()) if other != name)]


def duty_pages(portal: Any, entry: Any) -> Iterator[Page]:
    """One entry in full."""
    front = entry.front
    dept = portal.content.departments[front["dept"]]
    context = {
        "d": front,
        "body": trusted(portal.reader.html(entry.body)),
        "over": portal.expired(entry),
        "dept": dept,
        "type": labels.ITEM_TYPE[front["item_type"]],
        "guides": [row for row in map(portal.row, guides_of(entry.id, front)) if row],
        "trail": [(LIST, LABELS[LIST]), (address(front["dept"]), dept["short"])],
    }
    yield Page(entry.url, "site/duty.html", context, nav="/departments/")
