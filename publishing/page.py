"""What a build is planned in: pages to be rendered and files that are ready as they are."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Page:
    """One HTML page. `nav` is the menu entry it belongs to, `alt` its address in the other language."""

    url: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)
    lang: str = "zh"
    nav: str = ""
    alt: str | None = None
    indexed: bool = True

    @property
    def path(self) -> str:
        return path_of(self.url)


@dataclass(frozen=True, slots=True)
class Stencil:
    """One of many pages that differ in a few words only: rendered once for each `key`, then filled in.

    `page` makes the page for given words; `words` are this page's, as plain text. They must stand in the page
    as text or inside addresses, never inside scripts.
    """

    url: str
    key: Hashable
    words: Mapping[str, str]
    page: Callable[[Mapping[str, str]], Page]
    indexed: bool = True

    @property
    def path(self) -> str:
        return path_of(self.url)


@dataclass(frozen=True, slots=True)
class Text:
    """One file that is not a page."""

    path: str
    text: str


def path_of(url: str) -> str:
    """The file that answers an address."""
    return url[1:] + ("index.html" if url.endswith("/") else "")
