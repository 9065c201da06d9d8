"""The Pelican plugin: one generator that lets the engine write the portal, the catalogue and the assets."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from pelican import signals
from pelican.generators import Generator

import theme
from publishing.portal import Portal


class PortalGenerator(Generator):
    """Renders what the engine found dirty (settings WORK and ASSETS, set by publishing.engine.run)."""

    def generate_context(self) -> None:
        self.out = Path(self.output_path)

    def generate_output(self, writer: object) -> None:
        del writer  # Pelican's writer knows articles; our pages are plain files
        if self.settings["ASSETS"]:
            theme.write_assets(self.out / "static")
            shutil.copyfile(theme.FOLDER / "static" / "mark.svg", self.out / "favicon.svg")
        self.settings["WORK"]()


def settings(portal: Portal, output: Path) -> dict[str, Any]:
    """Pelican reads and copies nothing by itself: every page and file is our generator's."""
    feeds = (
        "FEED_ALL_ATOM",
        "CATEGORY_FEED_ATOM",
        "AUTHOR_FEED_ATOM",
        "AUTHOR_FEED_RSS",
        "TRANSLATION_FEED_ATOM",
    )
    return dict.fromkeys(feeds) | {
        "PATH": str(portal.content.folder),
        "OUTPUT_PATH": str(output),
        "SITENAME": portal.site["site"]["name"],
        "SITEURL": portal.site["site"]["url"],
        "TIMEZONE": "Asia/Shanghai",
        "DEFAULT_LANG": "zh_cn",
        "LOCALE": ["C"],
        "ARTICLE_PATHS": [],
        "PAGE_PATHS": [],
        "DIRECT_TEMPLATES": [],
        "STATIC_PATHS": [],
        "THEME_STATIC_PATHS": [],
        "PLUGINS": ["publishing.plugin"],
    }


def get_generators(pelican: object) -> type[Generator]:
    """Answer Pelican's question which generators this plugin adds."""
    del pelican
    return PortalGenerator


def register() -> None:
    """Called by Pelican when it loads the plugin."""
    signals.get_generators.connect(get_generators)
