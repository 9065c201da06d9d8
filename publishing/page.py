"""What a build is planned in: pages to be rendered and files that are ready as they are."""

from __future__ import annotations

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
        return self.url[1:] + ("index.html" if self.url.endswith("/") else "")


@dataclass(frozen=True, slots=True)
class Text:
    """One file that is not a page."""

    path: str
    text: str
