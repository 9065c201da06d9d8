"""The Pelican plugin: one generator that writes the portal, the catalogue and the assets."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from pelican import signals
from pelican.generators import Generator

import theme
from publishing import catalogue, plan
from publishing.page import Page
from publishing.portal import Portal


class PortalGenerator(Generator):
    """Renders the plan. The compiled content comes in the setting PORTAL (set by publishing.build)."""

    def generate_context(self) -> None:
        self.portal: Portal = self.settings["PORTAL"]
        self.previous: Path | None = self.settings["PREVIOUS_CATALOGUE"]
        self.out = Path(self.output_path)

    def generate_output(self, writer: object) -> None:
        del writer  # Pelican's writer knows articles; our pages are plain files
        theme.write_assets(self.out / "static")
        shutil.copyfile(theme.FOLDER / "static" / "mark.svg", self.out / "favicon.svg")
        templates = theme.environment()
        for page in plan.pages(self.portal):
            self._write(page.path, templates.get_template(page.template).render(_context(self.portal, page)))
        for text in plan.texts(self.portal):
            self._write(text.path, text.text)
        catalogue.write(
            self.out / "catalogue", items=self.portal.items, site=self.portal.site, previous=self.previous
        )

    def _write(self, path: str, text: str) -> None:
        target = self.out / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")


def _context(portal: Portal, page: Page) -> dict[str, Any]:
    frame = {
        "L": theme.strings(page.lang),
        "lang": page.lang,
        "site": portal.site,
        "nav_current": page.nav,
        "alt_url": page.alt,
        "path": page.url,
        "canonical": portal.site["site"]["url"] + page.url,
    }
    return frame | page.context


def get_generators(pelican: object) -> type[Generator]:
    """Answer Pelican's question which generators this plugin adds."""
    del pelican
    return PortalGenerator


def register() -> None:
    """Called by Pelican when it loads the plugin."""
    signals.get_generators.connect(get_generators)
