"""Excerpts with the words asked for marked. Only plain text comes out: the template escapes it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from itertools import groupby

from schemas.search.fold import fold, is_chinese, runs

_WIDE = 90  # characters of an excerpt
_BEFORE = 20
_TAGS = re.compile(r"<[^<>]*>")
_SPACE = re.compile(r"\s+")

Piece = tuple[str, bool]  # text, and whether it is marked


def of_html(html: str) -> str:
    """The text of a page part."""
    return _SPACE.sub(" ", unescape(_TAGS.sub(" ", html))).strip()


def marked(text: str, asked: Sequence[str]) -> list[Piece]:
    """The text in pieces, with what was asked for marked."""
    marks = _marks(text, asked)
    pieces = groupby(zip(text, marks, strict=True), key=lambda sign: sign[1])
    return [("".join(sign for sign, _ in part), mark) for mark, part in pieces]


def around(text: str, asked: Sequence[str]) -> list[Piece]:
    """The part of a text with the most marks, as pieces; nothing when it has none."""
    marks = _marks(text, asked)
    if not any(marks):
        return []
    start = max(0, _densest(marks) - _BEFORE)
    part = text[start : start + _WIDE]
    pieces = marked(part, asked)
    before = [("……", False)] if start else []
    return [*before, *pieces, *([("……", False)] if start + _WIDE < len(text) else [])]


def _densest(marks: list[bool]) -> int:
    """Where the first of the windows with the most marks begins to be marked."""
    seen = here = sum(marks[:_WIDE])
    best = 0
    for end in range(_WIDE, len(marks)):
        here += marks[end] - marks[end - _WIDE]
        if here > seen:
            seen, best = here, end - _WIDE + 1
    return marks.index(True, best)


def _marks(text: str, asked: Sequence[str]) -> list[bool]:
    folded = fold(text)
    marks = [False] * len(text)
    for run in {run for words in asked for run in runs(words)}:
        for part in _parts(run):
            start = folded.find(part)
            while start >= 0:
                marks[start : start + len(part)] = [True] * len(part)
                start = folded.find(part, start + 1)
    return marks


def _parts(run: str) -> list[str]:
    if not is_chinese(run) or len(run) == 1:
        return [run]
    return [run[at : at + 2] for at in range(len(run) - 1)]
