"""What a guide's own page says of the lists it stands in and of its companions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from publishing.duties import facets, history, regions

Links = list[tuple[str, str]]


def of(portal: Any, item: Mapping[str, Any]) -> list[tuple[str, Links]]:
    """(what, links): special groups, life events, place, 权责清单, blank form, versions."""
    guide, name = item["guide"], item["id"]
    rows = [
        ("人群", list(_named(portal.site, "groups", guide))),
        ("大事", list(_named(portal.site, "events", guide))),
        ("地区", [_place(portal.site, guide)]),
        ("权责清单", [(f"/duties/{guide.get('duty', name)}/", "责任事项和追责情形")] * listed(portal, guide)),
        (
            "表格下载",
            [(f"/forms/{guide.get('form', name)}/", "空白表格")]
            * _printable(portal, guide.get("form", name)),
        ),
        (
            "修改记录",
            [(history.address(name), "看改过什么")] * portal.published.changed_before(name, item["version"]),
        ),
    ]
    return [row for row in rows if row[1]]


def listed(portal: Any, guide: Mapping[str, Any]) -> bool:
    """Whether the item must have, and so has, an entry in the 权责清单."""
    return bool(portal.site.get("power_list") and guide.get("dept"))


def _printable(portal: Any, form: str) -> bool:
    return bool((portal.content.form(form).data or {}).get("x-pages"))


def _named(site: Mapping[str, Any], family: str, guide: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    rows = facets.rows_of(site, family)
    return ((f"/{family}/{name}/", rows[name]["name"]) for name in guide.get(family, ()) if name in rows)


def _place(site: Mapping[str, Any], guide: Mapping[str, Any]) -> tuple[str, str]:
    place = regions.of(site)[regions.of(site).own(guide)]
    return place.url, place.name
