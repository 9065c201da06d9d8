"""Machine-readable companions of the pages: Atom feeds, sitemap.xml, robots.txt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from publishing.sources import Document

ATOM = "http://www.w3.org/2005/Atom"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
FEED_LENGTH = 50
_PRIVATE = ("/me/", "/review/", "/signin", "/api/")


def atom(site: Mapping[str, Any], *, url: str, title: str, documents: Iterable[Document]) -> str:
    """The newest documents of one column (RFC 4287); dates are the start of the day in China."""
    newest = sorted(documents, key=lambda doc: (doc.front["published"], doc.id), reverse=True)[:FEED_LENGTH]
    feed = Element("feed", {"xmlns": ATOM, "xml:lang": "zh-CN"})
    _texts(feed, title=f"{title} - {site['site']['name']}", id=site["site"]["url"] + url)
    SubElement(feed, "link", href=site["site"]["url"] + url)
    SubElement(feed, "link", rel="self", href=f"{site['site']['url']}{url}feed.xml")
    _texts(feed, updated=max((_updated(doc) for doc in newest), default="1970-01-01T00:00:00Z"))
    for document in newest:
        _entry(feed, site["site"]["url"], document)
    return _written(feed)


def _entry(feed: Element, base: str, document: Document) -> None:
    front = document.front
    entry = SubElement(feed, "entry")
    _texts(entry, title=front["title"], id=base + document.url, summary=front["summary"])
    _texts(entry, published=_instant(front["published"]), updated=_updated(document))
    _texts(SubElement(entry, "author"), name=front.get("source") or front["issuer"])
    SubElement(entry, "link", href=base + document.url)


def _updated(document: Document) -> str:
    return _instant(max(document.front["published"], document.front.get("updated", "")))


def _instant(day: str) -> str:
    return f"{day}T00:00:00+08:00"


def sitemap(base: str, urls: Iterable[str]) -> str:
    """Every indexable address, in order."""
    root = Element("urlset", xmlns=SITEMAP)
    for url in sorted(urls):
        _texts(SubElement(root, "url"), loc=base + url)
    return _written(root)


def robots(base: str) -> str:
    """What crawlers may read: all but personal and staff pages."""
    rules = "".join(f"Disallow: {path}\n" for path in _PRIVATE)
    return f"User-agent: *\n{rules}\nSitemap: {base}/sitemap.xml\n"


def _texts(parent: Element, **children: str) -> None:
    for name, text in children.items():
        SubElement(parent, name).text = text


def _written(root: Element) -> str:
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode") + "\n"
