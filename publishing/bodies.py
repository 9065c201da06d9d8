"""Markdown bodies: one reader, raw HTML switched off, sections cut at their headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any

from markdown import Markdown
from markupsafe import Markup

from publishing import fast_markdown

CONDITIONS = "受理条件"
QUESTIONS = "常见问题"
_KEPT = 64  # a guide's sections are asked for whole and in parts
_FENCE = re.compile(r"^(```|~~~)")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a body under one heading; `line` counts from 0 inside the body."""

    title: str
    line: int
    text: str


class Reader:
    """Markdown → HTML with tables; HTML typed by an editor is shown, not obeyed."""

    def __init__(self) -> None:
        self._markdown = Markdown(extensions=["tables", "sane_lists"], output_format="html")
        self._markdown.preprocessors.deregister("html_block")
        self._markdown.inlinePatterns.deregister("html")
        self._html = lru_cache(maxsize=_KEPT)(self._convert)

    def reference(self, text: str) -> str:
        """python-markdown's own answer."""
        return str(self._markdown.reset().convert(text))

    def html(self, text: str) -> str:
        """Tables scroll inside a box of their own."""
        return self._html(text)

    def _convert(self, text: str) -> str:
        fast = fast_markdown.convert(text)
        html = self.reference(text) if fast is None else fast
        return html.replace("<table>", '<div class="tw"><table>').replace("</table>", "</table></div>")

    def body(self, text: str) -> dict[str, Any]:
        """A guide's body as the catalogue keeps it; `sections` are those beside conditions and questions."""
        sections = list(split(text, level=2))
        named = [section for section in sections if section.title]
        return {
            "html": "".join(self._section(section) for section in sections),
            "conditions": "".join(self.html(s.text) for s in named if s.title == CONDITIONS),
            "sections": [
                {"title": s.title, "html": self.html(s.text)}
                for s in named
                if s.title not in (CONDITIONS, QUESTIONS)
            ],
            "faq": [qa for s in named if s.title == QUESTIONS for qa in self._questions(s.text)],
        }

    def _section(self, section: Section) -> str:
        heading = f"<h2>{escape(section.title)}</h2>\n" if section.title else ""
        return heading + self.html(section.text) + "\n"

    def _questions(self, text: str) -> Iterator[dict[str, str]]:
        for section in split(text, level=3):
            if section.title:
                yield {"q": section.title, "a": self.html(section.text)}


def trusted(html: str) -> Markup:
    """Mark HTML made by a Reader as such, so that templates do not escape it again."""
    return Markup(html)  # noqa: S704  (a Reader never passes on what an editor typed as HTML)


@lru_cache(maxsize=_KEPT)
def split(text: str, *, level: int) -> tuple[Section, ...]:
    """Cut a body at headings of one level; what stands before the first has an empty title."""
    plain = "```" not in text and "~~~" not in text
    return tuple(_unfenced(text, "#" * level + " ") if plain else _fenced(text, "#" * level + " "))


def _unfenced(text: str, mark: str) -> Iterator[Section]:
    """Without code in it every line that begins with the mark is a heading."""
    line = 0
    for number, piece in enumerate(f"\n{text}".split(f"\n{mark}")):
        title, _, rest = piece.partition("\n") if number else ("", "", piece[1:])
        part = rest.strip("\n")
        if title.strip() or part:
            yield Section(title.strip(), max(line, 0), part)
        line += piece.count("\n") + (1 if number else 0)


def _fenced(text: str, mark: str) -> Iterator[Section]:
    """Line by line: a mark inside of code is no heading."""
    title, start, fenced = "", 0, False
    lines = text.split("\n")
    for number, line in enumerate(lines):
        fenced ^= bool(_FENCE.match(line))
        if line.startswith(mark) and not fenced:
            yield from _part(title, start, lines[start:number])
            title, start = line[len(mark) :].strip(), number + 1
    yield from _part(title, start, lines[start:])


def _part(title: str, start: int, lines: list[str]) -> Iterator[Section]:
    text = "\n".join(lines).strip("\n")
    if title or text:
        yield Section(title, max(start - 1, 0), text)
