"""Machine-readable companions of the pages: Atom and JSON feeds, robots.txt."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Protocol
from xml.etree.ElementTree import Element, SubElement, tostring

ATOM = "http://www.w3.org/2005/Atom"
JSON_FEED = "https://jsonfeed.org/version/1.1"
FEED_LENGTH = 50
_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
_PRIVATE = ("/me/", "/review/", "/signin", "/api/", "/preview/")


class Dated(Protocol):
    """A document of a column."""

    @property
    def id(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def front(self) -> dict[str, Any]: ...


def atom(site: Mapping[str, Any], *, url: str, title: str, documents: Iterable[Dated]) -> str:
    """The newest documents of one column (RFC 4287); dates are the start of the day in China."""
    newest = _newest(documents)
    feed = Element("feed", {"xmlns": ATOM, "xml:lang": "zh-CN"})
    _texts(feed, title=f"{title} - {site['site']['name']}", id=site["site"]["url"] + url)
    SubElement(feed, "link", href=site["site"]["url"] + url)
    SubElement(feed, "link", rel="self", href=f"{site['site']['url']}{url}feed.xml")
    _texts(feed, updated=max((_updated(doc) for doc in newest), default="1970-01-01T00:00:00Z"))
    for document in newest:
        _entry(feed, site["site"]["url"], document)
    return _written(feed)


def json_feed(site: Mapping[str, Any], *, url: str, title: str, documents: Iterable[Dated]) -> str:
    """The same as a JSON Feed 1.1."""
    base = site["site"]["url"]
    feed = {
        "version": JSON_FEED,
        "title": f"{title} - {site['site']['name']}",
        "home_page_url": base + url,
        "feed_url": f"{base}{url}feed.json",
        "language": "zh-CN",
        "items": [_item(base, document) for document in _newest(documents)],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1) + "\n"


def _item(base: str, document: Dated) -> dict[str, Any]:
    front = document.front
    return {
        "id": base + document.url,
        "url": base + document.url,
        "title": front["title"],
        "summary": front["summary"],
        "content_text": front["summary"],
        "date_published": _instant(front["published"]),
        "date_modified": _updated(document),
        "authors": [{"name": front.get("source") or front["issuer"]}],
    } | ({"tags": front["keywords"]} if front.get("keywords") else {})


def _newest(documents: Iterable[Dated]) -> list[Dated]:
    return sorted(documents, key=lambda doc: (doc.front["published"], doc.id), reverse=True)[:FEED_LENGTH]


def _entry(feed: Element, base: str, document: Dated) -> None:
    front = document.front
    entry = SubElement(feed, "entry")
    _texts(entry, title=front["title"], id=base + document.url, summary=front["summary"])
    _texts(entry, published=_instant(front["published"]), updated=_updated(document))
    _texts(SubElement(entry, "author"), name=front.get("source") or front["issuer"])
    SubElement(entry, "link", href=base + document.url)


def _updated(document: Dated) -> str:
    return _instant(max(document.front["published"], document.front.get("updated", "")))


def _instant(day: str) -> str:
    return f"{day}T00:00:00+08:00"


def robots(base: str) -> str:
    """What crawlers may read: all but personal and staff pages."""
    rules = "".join(f"Disallow: {path}\n" for path in _PRIVATE)
    return f"User-agent: *\n{rules}\nSitemap: {base}/sitemap.xml\n"


def _texts(parent: Element, **children: str) -> None:
    for name, text in children.items():
        SubElement(parent, name).text = text


def _written(root: Element) -> str:
    return _HEAD + tostring(root, encoding="unicode") + "\n"
