"""Places that citizens look for (便民设施): schools, childcare, clinics. By kind, and within a kind by town."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from publishing.bodies import trusted
from publishing.duties import facets, regions
from publishing.duties.classes import LABELS
from publishing.page import Page

LIST = "/facilities/"
_FACTS = {
    "addr": "地址",
    "hours": "时间",
    "serves": "服务谁",
    "cost": "收费",
    "run_by": "举办单位",
}
Kind = Mapping[str, Any]


def address(kind: str) -> str:
    """Where all places of one kind stand."""
    return f"{LIST}kinds/{kind}/"


def pages(portal: Any) -> Iterator[Page]:
    """The front page and one list for each kind that has a place; none on a site without places."""
    found = by_kind(portal)
    kinds = {name: row for name, row in facets.rows_of(portal.site, "facilities").items() if name in found}
    if not kinds:
        return
    tiles = [row | {"url": address(name), "size": len(found[name])} for name, row in kinds.items()]
    yield Page(LIST, "site/facilities.html", {"tiles": tiles})
    for name, row in kinds.items():
        near = [(address(other), kinds[other]["name"], other == name) for other in kinds]
        context = {"kind": row, "towns": _by_town(portal, found[name]), "near": near}
        yield Page(address(name), "site/facility_kind.html", context)


def by_kind(portal: Any) -> dict[str, list[Any]]:
    """Places that are still there; a kind without one has no list."""
    found: dict[str, list[Any]] = {}
    for entry in portal.documents("facility"):
        if not portal.expired(entry):
            found.setdefault(entry.front["kind"], []).append(entry)
    return found


def _by_town(portal: Any, entries: list[Any]) -> list[tuple[str, list[Any]]]:
    """(town, places) in the order of site.yaml; what lies in a village stands under its town."""
    tree = regions.of(portal.site)
    order = {code: at for at, code in enumerate(tree.codes_known)}
    towns: dict[str, list[Any]] = {}
    for entry in sorted(entries, key=lambda one: (order[one.front["region"]], one.front["name"])):
        towns.setdefault(tree.town(entry.front["region"]).name, []).append(entry)
    return list(towns.items())


def facility_pages(portal: Any, entry: Any) -> Iterator[Page]:
    """One place: where, when, for whom, its telephone."""
    front, tree = entry.front, regions.of(portal.site)
    kind = facets.rows_of(portal.site, "facilities")[front["kind"]]
    context = {
        "f": front,
        "body": trusted(portal.reader.html(entry.body)),
        "facts": [(name, front[key]) for key, name in _FACTS.items() if key in front],
        "place": tree[front["region"]],
        "over": portal.expired(entry),
        "trail": [(LIST, LABELS[LIST]), (address(front["kind"]), kind["name"])],
    }
    yield Page(entry.url, "site/facility.html", context)
