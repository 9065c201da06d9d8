"""Files over the whole: sitemaps, the catalogue's index."""

from __future__ import annotations

from collections.abc import Iterator

from publishing import catalogue, feeds
from publishing.engine.hooks import SAME, Blob, Change, Output
from publishing.page import Text
from publishing.portal import Portal


class Addresses:
    """sitemap.xml, in parts when there are many addresses."""

    name = "addresses"
    daily = False
    last = True

    def inputs(self, portal: Portal, change: Change) -> str | None:
        """Its only input is the set of addresses."""
        del portal
        return None if change.urls else SAME

    def outputs(self, portal: Portal, change: Change) -> Iterator[Output]:
        """One file for each 50,000 addresses, and one that names them."""
        del change
        for path, text in feeds.sitemaps(portal.site["site"]["url"], portal.urls()):
            yield Text(path, text)


class CatalogueIndex:
    """catalogue/index.json and site.json, which the functions read when they start."""

    name = "catalogue"
    daily = False
    last = False

    def inputs(self, portal: Portal, change: Change) -> str | None:
        """Guides, and the footer of the site."""
        guides = any(kind in ("guide", "page") for kind, _ in change.changed + change.removed)
        return None if guides else SAME

    def outputs(self, portal: Portal, change: Change) -> Iterator[Output]:
        """Both files."""
        del change
        made: dict[str, bytes] = {}
        entries = portal.db.execute(
            "select entry from documents where kind = 'guide' and entry != '' order by id"
        )
        catalogue.write(made.__setitem__, entries=(text for (text,) in entries), site=portal.site)
        while made:
            yield Blob(*made.popitem())
