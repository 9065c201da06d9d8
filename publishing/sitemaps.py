"""sitemap.xml: every indexable address, in parts when there are many. An edit makes anew the part it concerns."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from hashlib import blake2b
from xml.sax.saxutils import escape, unescape
from zlib import crc32

from publishing import stretches

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
LENGTH = 5_000  # addresses of a file at most (the format allows 50,000)
SELDOM = 2_500  # of so many addresses one ends a part
INDEX = "sitemap.xml"
_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
_LOC = re.compile("<loc>([^<]*)</loc>")
_OPEN, _CLOSE = b"<loc>", b"</loc>"
File = tuple[str, str | None]  # path, and its text unless it stands as it is


def all_files(base: str, urls: Sequence[str]) -> Iterator[File]:
    """One file, or above LENGTH addresses parts, each called by its first address, and an index of them."""
    if len(urls) <= LENGTH:
        yield INDEX, _sitemap(base, urls)
        return
    parts = [(_name(part[0]), part) for part in stretches.cut(urls, ends=_ends, most=LENGTH)]
    yield from ((name, _sitemap(base, part)) for name, part in parts)
    yield INDEX, _index(base, [name for name, _ in parts])


def brought_up_to_date(
    base: str, *, came: Collection[str], went: Collection[str], read: Callable[[str], bytes | None]
) -> Iterator[File] | None:
    """The same after a change, from the files as they stand; None where they are not in parts, or need not stay so."""
    standing = Standing(base, read)
    if standing.count + len(came) - len(went) <= LENGTH:
        return None
    return _renewed(base, standing, came=came, went=went)


class Standing:
    """The parts that an index names. Without an index there are none."""

    def __init__(self, base: str, read: Callable[[str], bytes | None]) -> None:
        self._base = base
        index = (read(INDEX) or b"").decode()
        self.names = [_path(base, found) for found in _LOC.findall(index) if "<sitemapindex" in index]
        self._texts = [read(name) or b"" for name in self.names]
        self.count = sum(text.count(_OPEN) for text in self._texts)

    @property
    def ends(self) -> list[tuple[str, str]]:
        """The first and the last address of each part."""
        return [(self._only(text, text.find), self._only(text, text.rfind)) for text in self._texts]

    def members(self, number: int) -> list[str]:
        """The addresses of one part."""
        return [_path(self._base, found, "") for found in _LOC.findall(self._texts[number].decode())]

    def _only(self, text: bytes, find: Callable[[bytes], int]) -> str:
        start, end = find(_OPEN) + len(_OPEN), find(_CLOSE)
        return _path(self._base, text[start:end].decode(), "")


def _renewed(
    base: str, standing: Standing, *, came: Collection[str], went: Collection[str]
) -> Iterator[File]:
    names: list[str] = []
    at = 0
    stale = stretches.anew(standing.ends, added=came, removed=went, ends=_ends, members=standing.members)
    for start, end, urls in [*stale, (len(standing.names), 0, [])]:
        kept = standing.names[at:start]
        yield from ((name, None) for name in kept)
        made = {_name(part[0]): part for part in stretches.cut(urls, ends=_ends, most=LENGTH)}
        yield from ((name, _sitemap(base, part)) for name, part in made.items())
        names += [*kept, *made]
        at = end
    yield INDEX, _index(base, names)


def _path(base: str, text: str, slash: str = "/") -> str:
    return unescape(text).removeprefix(base + slash)


def _ends(url: str) -> bool:
    return not crc32(url.encode()) % SELDOM


def _name(first: str) -> str:
    return f"sitemap-{blake2b(first.encode(), digest_size=8).hexdigest()}.xml"


def _sitemap(base: str, urls: Iterable[str]) -> str:
    entries = "".join(f"<url><loc>{escape(base + url)}</loc></url>" for url in urls)
    return f'{_HEAD}<urlset xmlns="{NAMESPACE}">{entries}</urlset>\n'


def _index(base: str, names: Iterable[str]) -> str:
    entries = "".join(f"<sitemap><loc>{escape(f'{base}/{name}')}</loc></sitemap>" for name in names)
    return f'{_HEAD}<sitemapindex xmlns="{NAMESPACE}">{entries}</sitemapindex>\n'
