"""Pages to bytes. One renderer lives as long as its build; templates are compiled once a process."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from markupsafe import escape

import theme
from publishing.engine.frames import Frames, Layout
from publishing.engine.hooks import Blob, Kept, Output
from publishing.engine.sink import Sink
from publishing.engine.templates import Compiled, QuickEnvironment
from publishing.page import Page, Stencil, Text
from publishing.portal import Portal

_STENCILS_KEPT = 256
Made = tuple[str, str]  # path, and its address when search engines should know it


@lru_cache(maxsize=1)
def _theme(folder: Path) -> tuple[QuickEnvironment, Layout]:
    """The templates, compiled once for all builds of this process; where they change, a new process builds.

    What they are compiled to is kept in `folder`, so that the next process need not do it again.
    """
    folder.mkdir(exist_ok=True)
    templates = theme.environment(base=QuickEnvironment)
    assert isinstance(templates, QuickEnvironment)
    templates.auto_reload = False
    templates.bytecode_cache = Compiled(str(folder))
    return templates, Layout(templates)


class Renderer:
    """Renders for one portal into one sink."""

    def __init__(self, portal: Portal, sink: Sink) -> None:
        self._portal = portal
        self._sink = sink
        self._templates, layout = _theme(portal.store.parent / ".templates")
        self._frames = Frames(layout)
        self._stencils: dict[Hashable, str] = {}

    def write(self, outputs: Iterable[Output]) -> list[Made]:
        """Write everything; what was made, in order."""
        return [self._write(output) for output in outputs]

    def _write(self, output: Output) -> Made:
        match output:
            case Page():
                self._sink.put(output.path, self.html(output).encode())
                return output.path, output.url if output.indexed else ""
            case Stencil():
                self._sink.put(output.path, self._filled(output).encode())
                return output.path, output.url if output.indexed else ""
            case Text():
                self._sink.put(output.path, output.text.encode())
            case Blob():
                self._sink.put(output.path, output.data)
            case Kept():
                pass
        return output.path, ""

    def html(self, page: Page) -> str:
        """One page as text."""
        template = self._templates.get_template(page.template)
        frame = self._frame(page)
        return self._frames.render(template, frame, page.context) or template.render(frame | page.context)

    def _frame(self, page: Page) -> dict[str, Any]:
        return {
            "L": theme.strings(page.lang),
            "lang": page.lang,
            "site": self._portal.site,
            "nav_current": page.nav,
            "alt_url": page.alt,
            "path": page.url,
            "canonical": self._portal.site["site"]["url"] + page.url,
        }

    def _filled(self, stencil: Stencil) -> str:
        if stencil.key not in self._stencils:
            if len(self._stencils) >= _STENCILS_KEPT:
                self._stencils.clear()
            marks = {name: _mark(name) for name in stencil.words}
            self._stencils[stencil.key] = self.html(stencil.page(marks))
        html = self._stencils[stencil.key]
        for name, word in stencil.words.items():
            html = html.replace(_mark(name), str(escape(word)))
        return html


def _mark(name: str) -> str:
    """A word that no page contains and no escaping changes."""
    return f"qzx{name}xzq"
