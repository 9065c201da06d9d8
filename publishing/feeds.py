"""Machine-readable companions of the pages: Atom and JSON feeds, sitemaps, robots.txt."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any, Protocol
from xml.etree.ElementTree import Element, SubElement, tostring
from xml.sax.saxutils import escape
from zlib import crc32

ATOM = "http://www.w3.org/2005/Atom"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
JSON_FEED = "https://jsonfeed.org/version/1.1"
FEED_LENGTH = 50
_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
SITEMAP_LENGTH = 5_000  # addresses of a sitemap file at most (the format allows 50,000)
SITEMAP_PART = 2_500  # of so many addresses one begins a new file
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


def sitemap(base: str, urls: Iterable[str]) -> str:
    """Every indexable address, in order."""
    entries = "".join(f"<url><loc>{escape(base + url)}</loc></url>" for url in urls)
    return f'{_HEAD}<urlset xmlns="{SITEMAP}">{entries}</urlset>\n'


def sitemaps(base: str, urls: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(path, text) of sitemap.xml; above SITEMAP_LENGTH addresses an index of parts, each called by its first address.

    An address says by itself whether it begins a part: one more or one less touches its part and no other.
    """
    if len(urls) <= SITEMAP_LENGTH:
        yield "sitemap.xml", sitemap(base, urls)
        return
    names = []
    for part in _parts(urls):
        names.append(f"sitemap-{blake2b(part[0].encode(), digest_size=8).hexdigest()}.xml")
        yield names[-1], sitemap(base, part)
    yield "sitemap.xml", _sitemap_index(base, names)


def _parts(urls: Iterable[str]) -> Iterator[list[str]]:
    part: list[str] = []
    for url in urls:
        if len(part) == SITEMAP_LENGTH or (part and not crc32(url.encode()) % SITEMAP_PART):
            yield part
            part = []
        part.append(url)
    if part:
        yield part


def _sitemap_index(base: str, names: Iterable[str]) -> str:
    root = Element("sitemapindex", xmlns=SITEMAP)
    for name in names:
        _texts(SubElement(root, "sitemap"), loc=f"{base}/{name}")
    return _written(root)


def robots(base: str) -> str:
    """What crawlers may read: all but personal and staff pages."""
    rules = "".join(f"Disallow: {path}\n" for path in _PRIVATE)
    return f"User-agent: *\n{rules}\nSitemap: {base}/sitemap.xml\n"


def _texts(parent: Element, **children: str) -> None:
    for name, text in children.items():
        SubElement(parent, name).text = text


def _written(root: Element) -> str:
    return _HEAD + tostring(root, encoding="unicode") + "\n"
