"""Files over the whole: sitemaps, the catalogue's index."""

from __future__ import annotations

from collections.abc import Iterator

from publishing import catalogue, sitemaps
from publishing.engine.hooks import SAME, Blob, Change, Kept, Output
from publishing.page import Text
from publishing.portal import Portal
from publishing.spelling import spelled


class Addresses:
    """sitemap.xml, in parts when there are many addresses."""

    name = "addresses"
    daily = False
    last = True

    def inputs(self, portal: Portal, change: Change) -> str | None:
        """Its only input is the set of addresses."""
        del portal
        return None if change.cold or change.came or change.went else SAME

    def outputs(self, portal: Portal, change: Change) -> Iterator[Output]:
        """One file, or several and one that names them."""
        base = portal.site["site"]["url"]
        files = None if change.cold else _brought_up_to_date(base, portal, change)
        for path, text in files or sitemaps.all_files(base, portal.urls()):
            yield Kept(path) if text is None else Text(path, text)


def _brought_up_to_date(base: str, portal: Portal, change: Change) -> Iterator[sitemaps.File] | None:
    return sitemaps.brought_up_to_date(base, came=change.came, went=change.went, read=portal.previous)


class CatalogueIndex:
    """catalogue/index.json with a file for each department, and site.json: what the functions look up.

    An edit writes its department's file, not a list of everything.
    """

    name = "catalogue"
    daily = False
    last = False

    def inputs(self, portal: Portal, change: Change) -> str | None:
        """Guides, and the footer of the site."""
        guides = any(kind in ("guide", "page") for kind, _ in change.changed + change.removed)
        return None if guides else SAME

    def outputs(self, portal: Portal, change: Change) -> Iterator[Output]:
        """Files of departments that have an item; those that stand as they are need no look at their items."""
        touched = portal.touched(catalogue.ENTRIES)
        there = [dept for dept in portal.content.departments if portal.any_extract(catalogue.ENTRIES + dept)]
        for dept in there:
            path = f"catalogue/{catalogue.part(dept)}"
            if change.cold or dept in touched:
                yield Blob(path, catalogue.listed(portal.extracts(catalogue.ENTRIES + dept)))
            else:
                yield Kept(path)
        yield Blob("catalogue/index.json", catalogue.contents(there))
        yield Blob("catalogue/site.json", spelled(portal.site))
