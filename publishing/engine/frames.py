"""The frame round a page (head, menu, footer) rendered once for all pages that have the same one.

A frame is base.html with a mark in place of each block. Only the blocks of a page are then rendered, for the
bytes of a whole rendering at half its price. Where a page is not of that kind, `render` answers None.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from jinja2 import Environment, Template, meta, nodes

BASE = "base.html"
_BLOCK = re.compile("qzxblock-([a-z_]+)-xzq")
_EXTENDS = re.compile(r'^\{% extends "([^"]+)" %\}', re.M)
_OWN = (
    "path",
    "canonical",
    "alt_url",
)  # what differs from page to page; a base that uses one of them has no frames


class Layout:
    """What the templates of one environment say of frames; it lives as long as they do."""

    def __init__(self, templates: Environment) -> None:
        self._templates = templates
        self._framed: dict[str, bool] = {}

    @cached_property
    def names(self) -> set[str]:
        """What base.html reads of a page."""
        return meta.find_undeclared_variables(self._parsed(BASE)) - set(self._templates.globals)

    @cached_property
    def marked(self) -> Template:
        """base.html with a mark in place of each block."""
        names = [block.name for block in self._parsed(BASE).find_all(nodes.Block)]
        blocks = "".join(f"{{% block {name} %}}qzxblock-{name}-xzq{{% endblock %}}" for name in names)
        return self._templates.from_string(f'{{% extends "{BASE}" %}}{blocks}')

    def is_framed(self, name: str) -> bool:
        """Whether a template ends in base.html through `extends`."""
        if name not in self._framed:
            above = _EXTENDS.search(self._source(name))
            self._framed[name] = above is not None and (above[1] == BASE or self.is_framed(above[1]))
        return self._framed[name]

    def _parsed(self, name: str) -> nodes.Template:
        return self._templates.parse(self._source(name))

    def _source(self, name: str) -> str:
        assert self._templates.loader
        return self._templates.loader.get_source(self._templates, name)[0]


class Frames:
    """Frames of one site."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._kept: dict[tuple[Any, ...], list[str] | None] = {}

    def render(self, template: Template, frame: Mapping[str, Any], own: Mapping[str, Any]) -> str | None:
        """A page of this template, or None when its frame is special."""
        if not self._layout.is_framed(str(template.name)) or not self._layout.names.isdisjoint(own):
            return None
        pieces = self._pieces(frame)
        if pieces is None:
            return None
        context = template.new_context({**frame, **own})
        next(
            template.root_render_func(context)
        )  # runs imports and assignments, up to the first text of base.html
        made = [piece if number % 2 == 0 else _block(context, piece) for number, piece in enumerate(pieces)]
        return "".join(made)

    def _pieces(self, frame: Mapping[str, Any]) -> list[str] | None:
        """Text and names of blocks in turn."""
        key = frame["lang"], frame["nav_current"], bool(frame["alt_url"]), id(frame["site"])
        if key not in self._kept:
            self._kept[key] = self._cut(frame)
        return self._kept[key]

    def _cut(self, frame: Mapping[str, Any]) -> list[str] | None:
        marks = {name: f"qzxown-{name}-xzq" for name in _OWN if frame[name]}
        text = self._layout.marked.render({**frame, **marks})
        return None if "qzxown-" in text else _BLOCK.split(text)


def _block(context: Any, name: str) -> str:
    return "".join(context.blocks[name][0](context))
