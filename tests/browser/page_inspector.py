"""Looks at the page a visitor has in front of them: accessible, narrow enough, quiet, light."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, Response

WIDTHS = (1280, 375)
NARROWEST = 320
LIMIT_BYTES = 15 * 1024
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
FIRST, AGAIN = Axe(), Axe(axe_script="0")  # once in the document, axe stays there
FIGURES = pytest.StashKey[list[str]]()
_EXPECTED = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")


@dataclass
class Inspector:
    """Collects faults in words and weights in bytes; a test asserts that there are no faults."""

    faults: list[str] = field(default_factory=list)
    pages: dict[str, tuple[int, int]] = field(default_factory=dict)
    looks: int = 0

    def watch(self, page: Page) -> Page:
        """From now on the page's console and its main documents are noted."""
        page.on("console", lambda said: self._heard(page, said))
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("response", lambda response: _remember(page, response))
        return page

    def open(self, page: Page, path: str) -> None:
        """Goes somewhere and looks around."""
        page.goto(path)
        self.look(page, path)

    def look(self, page: Page, name: str) -> None:
        """Inspects the page as it stands, at every width; `name` says which state this is."""
        page.wait_for_load_state()
        self._weigh(page, name)
        before = page.viewport_size
        self.looks += 1
        for width, axe in zip(WIDTHS, (FIRST, AGAIN), strict=True):
            page.set_viewport_size({"width": width, "height": 800})
            self._axe(page, axe, f"{name} at {width}")
        page.set_viewport_size({"width": NARROWEST, "height": 700})
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > NARROWEST:
            self.faults.append(f"{name}: scrolls sideways at {NARROWEST} ({wide} px)")
        if before:
            page.set_viewport_size(before)

    def _axe(self, page: Page, axe: Axe, where: str) -> None:
        for found in axe.run(page, options=RULES).response["violations"]:
            parts = "; ".join(node["html"][:160] for node in found["nodes"][:3])
            self.faults.append(f"{where}: {found['id']} ({found['help']}): {parts}")

    def _weigh(self, page: Page, name: str) -> None:
        """The page with everything it needs, packed, on a first visit; and its document as it travelled."""
        document: Response | None = _DOCUMENTS.get(page)
        if document is None:
            return
        packed = _packed(document.body()) + sum(_packed(_fetched(page, url)) for url in _needed(page))
        travelled = document.request.sizes()["responseBodySize"]
        self.pages[name] = (packed, travelled)
        if packed > LIMIT_BYTES:
            self.faults.append(
                f"{name}: weighs {packed / 1024:.1f} KB packed, more than {LIMIT_BYTES // 1024} KB"
            )

    def _heard(self, page: Page, said: ConsoleMessage) -> None:
        """Errors and warnings, refusals by the content security policy among them; not the 4xx we ask for."""
        refused_page = _EXPECTED.match(said.text) and "/static/" not in said.location["url"]
        if said.type in ("error", "warning") and not refused_page:
            self.faults.append(f"{page.url}: console: {said.text}")


_DOCUMENTS: dict[Page, Response] = {}
_ASSETS: dict[str, bytes] = {}


def _remember(page: Page, response: Response) -> None:
    if response.request.is_navigation_request() and not 300 <= response.status < 400:
        _DOCUMENTS[page] = response


def _needed(page: Page) -> Iterable[str]:
    """Style sheets, scripts, icon and pictures that the page asks for."""
    script = "all => all.map(e => e.href || e.src)"
    found: Any = page.locator("link[rel=stylesheet], link[rel=icon], script[src], img[src]").evaluate_all(
        script
    )
    return dict.fromkeys(url for url in found if not url.startswith("data:"))  # those came with the page


def _fetched(page: Page, url: str) -> bytes:
    if url not in _ASSETS:
        _ASSETS[url] = page.context.request.get(url).body()
    return _ASSETS[url]


def _packed(data: bytes) -> int:
    return len(gzip.compress(data, 6, mtime=0))
