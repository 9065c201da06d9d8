"""The tree of regions in site.yaml: province, city, county, town, village, and where an item can be done."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

Site = Mapping[str, Any]
TOWN = "5"


@dataclass(frozen=True, slots=True)
class Region:
    """One place: its ancestors from the top down, the codes of what lies directly below, its words and its counter."""

    code: str
    name: str
    name_en: str
    level: str
    above: tuple[str, ...]
    below: tuple[str, ...]
    about: str = ""
    hall: Mapping[str, str] | None = None

    @property
    def url(self) -> str:
        return f"/regions/{self.code}/"


class Regions:
    """All places of one site by code, in the order of site.yaml."""

    def __init__(self, site: Site) -> None:
        self.top: str = site["region"]["code"]
        self._by_code = {region.code: region for region in _walk(site["region"], ())}
        self._towns: dict[str, list[Region]] = {}
        for region in self._by_code.values():
            if region.level == TOWN:
                self._towns.setdefault(region.name, []).append(region)
        longest_first = sorted(self._towns, key=len, reverse=True)
        self._town = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    @property
    def codes_known(self) -> Mapping[str, Region]:
        """Every place by code, in order."""
        return self._by_code

    def __iter__(self) -> Iterator[Region]:
        return iter(self._by_code.values())

    def __contains__(self, code: str) -> bool:
        return code in self._by_code

    def __getitem__(self, code: str) -> Region:
        return self._by_code[code]

    def trail(self, code: str) -> list[tuple[str, str]]:
        """(address, name) of every place above, from the top down."""
        return [(self[above].url, self[above].name) for above in self[code].above]

    def town(self, code: str) -> Region:
        """The town in which a place lies; itself where it lies in none."""
        around = (self[one] for one in (*self[code].above, code))
        return next((place for place in around if place.level == TOWN), self[code])

    def own(self, front: Mapping[str, Any]) -> str:
        """The place that carries an item out: its `region`, else the site's own."""
        return str(front.get("region", self.top))

    def codes(self, front: Mapping[str, Any]) -> list[str]:
        """Every place whose page lists the item: its own, and the towns where it has a counter."""
        own = self.own(front)
        return list(dict.fromkeys([own, *self._counters(front, own)]))

    def _counters(self, front: Mapping[str, Any], own: str) -> Iterator[str]:
        """Towns below `own` that a counter is named after: 石门渡镇便民服务中心 stands in 石门渡镇."""
        for place in front.get("places", ()):
            match = self._town.match(place["name"])
            named = self._towns[match[0]] if match else ()
            yield from (town.code for town in named if own in town.above)


def _walk(node: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[Region]:
    children = node.get("children", ())
    below = tuple(child["code"] for child in children)
    name_en = node.get("name_en", node["name"])
    own = (node.get("about", ""), node.get("hall"))
    yield Region(node["code"], node["name"], name_en, node["level"], above, below, *own)
    for child in children:
        yield from _walk(child, (*above, node["code"]))


class _Same:
    """A site as a cache key: the same object is the same site."""

    __slots__ = ("site",)

    def __init__(self, site: Site) -> None:
        self.site = site

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.site is other.site

    def __hash__(self) -> int:
        return id(self.site)


@lru_cache(maxsize=4)
def _tree(same: _Same) -> Regions:
    return Regions(same.site)


def of(site: Site) -> Regions:
    """The tree of a site, made once for each site object."""
    return _tree(_Same(site))
