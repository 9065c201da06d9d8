"""Lists of guides by special group, life event, place and letter: which list an item is in, and its page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from publishing.duties import letters, regions
from publishing.duties.classes import LABELS
from publishing.page import Page

MANY = 300  # places from which the front page of all places stops above the lowest level
SHORT = 40  # guides whose names the front page of the alphabet shows by itself
Front = Mapping[str, Any]
Site = Mapping[str, Any]


def rows_of(site: Site, family: str) -> dict[str, dict[str, Any]]:
    """site.yaml's groups or events by id."""
    return {row["id"]: row for row in site.get(family, ())}


def group_keys(front: Front, site: Site) -> Iterable[str]:
    """Special groups that an item names."""
    del site
    return list(front.get("groups", ()))


def event_keys(front: Front, site: Site) -> Iterable[str]:
    """Life events that an item names."""
    del site
    return list(front.get("events", ()))


def region_keys(front: Front, site: Site) -> Iterable[str]:
    """The place that carries an item out, and the towns with a counter for it."""
    return regions.of(site).codes(front)


def letter_keys(front: Front, site: Site) -> Iterable[str]:
    """The letters under which an item's names begin."""
    del site
    return letters.of(front)


def group_page(portal: Any, key: str, part: Any) -> Page:
    """Items for one special group."""
    return _named(portal, "groups", key, part, kind="人群")


def event_page(portal: Any, key: str, part: Any) -> Page:
    """Items and packages for one life event."""
    return _named(portal, "events", key, part, kind="大事")


def _named(portal: Any, family: str, key: str, part: Any, *, kind: str) -> Page:
    rows = rows_of(portal.site, family)
    about = rows[key]
    context = {
        "title": about["name"],
        "lead": about["about"],
        "column": LABELS[f"/{family}/"],
        "trail": [(f"/{family}/", LABELS[f"/{family}/"])],
        "part": part,
        "packages": _packages(portal, family, key) if part.head else [],
        "near": [(f"/{family}/{row['id']}/", row["name"], row["id"] == key) for row in rows.values()],
        "near_name": f"其他{kind}",
    }
    return Page(f"/{family}/{key}/{part.suffix}", "site/facet.html", context)


def _packages(portal: Any, family: str, key: str) -> list[Any]:
    return [package for package in portal.packages if key in package.front.get(family, ())]


def region_page(portal: Any, key: str, part: Any) -> Page:
    """What one place carries out itself or has a counter for; what is done above it is one step up."""
    tree = regions.of(portal.site)
    place = tree[key]
    above = [tree[code] for code in place.above]
    context = {
        "place": place,
        "halls": _halls(tree, place),
        "trail": [("/regions/", LABELS["/regions/"]), *tree.trail(key)],
        "below": [tree[code] for code in place.below],
        "above": above[::-1],
        "part": part,
    }
    return Page(place.url + part.suffix, "site/region.html", context)


def _halls(tree: regions.Regions, place: regions.Region) -> list[tuple[str, Mapping[str, str]]]:
    """(place, counter) of its own counter, else of the nearest one above."""
    near = [place, *(tree[code] for code in reversed(place.above))]
    return [(one.name, one.hall) for one in near if one.hall][:1]


def letter_page(portal: Any, key: str, part: Any) -> Page:
    """Items under one letter, by everyday names too.

    How many items other letters have is the index's business: a list is made again only when its own change.
    """
    del portal
    context = {
        "key": key,
        "letter": letters.NAMES[key],
        "names": _spelled(part.rows, key),
        "letters": [(f"/az/{other}/", name, None) for other, name in letters.NAMES.items()],
        "part": part,
    }
    return Page(f"/az/{key}/{part.suffix}", "site/letter.html", context)


def _spelled(rows: Iterable[Mapping[str, Any]], key: str) -> list[tuple[str, str, str, str]]:
    """Names of items below one letter, in the order of their spelling."""
    return sorted((*entry, row["url"]) for row in rows for entry in letters.entries(row, key))


def _listed(portal: Any) -> list[tuple[str, str, list[tuple[str, str, str, str]]]]:
    """(address, letter, names) of every letter that has some, where all of them fit on one page."""
    if portal.total > SHORT:
        return []
    rows = list(portal.guide_rows())
    found = ((f"/az/{key}/", name, _spelled(rows, key)) for key, name in letters.NAMES.items())
    return [one for one in found if one[2]]


def letter_counts(portal: Any) -> list[tuple[str, str, int]]:
    """(address, letter, items) in the order of the alphabet, empty ones too."""
    return [(f"/az/{key}/", name, portal.count(f"letter:{key}")) for key, name in letters.NAMES.items()]


def indexes(portal: Any) -> Iterator[Page]:
    """The front pages of all four ways."""
    site = portal.site
    for family in ("groups", "events"):
        if site.get(family):
            tiles = [_tile(portal, family, row) for row in site[family]]
            yield Page(
                f"/{family}/",
                "site/facets.html",
                {"tiles": tiles, "column": LABELS[f"/{family}/"], "family": family},
            )
    tree = regions.of(site)
    counts = {region.code: portal.count(f"region:{region.code}") for region in tree}
    yield Page(
        "/regions/", "site/regions.html", {"tree": tree, "counts": counts, "deep": len(counts) <= MANY}
    )
    yield Page("/az/", "site/az.html", {"letters": letter_counts(portal), "listed": _listed(portal)})


def _tile(portal: Any, family: str, row: Mapping[str, Any]) -> dict[str, Any]:
    items = portal.count(f"{family[:-1]}:{row['id']}")
    packages = len(_packages(portal, family, row["id"]))
    sizes = [f"{items} 个事项"] * bool(items) + [f"{packages} 个套餐"] * bool(packages)
    return {**row, "url": f"/{family}/{row['id']}/", "size": "，".join(sizes)}
