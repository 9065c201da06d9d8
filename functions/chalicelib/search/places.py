"""Regions in a question: 望山镇低保 is about 低保, in 望山镇."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from schemas.search.grams import fact

from .index import Index

_LONGEST = 12
_TITLE = re.compile(r"(省|市|区|县|镇|乡|街道|社区|村)$")
_SHORTEST = 2
_INSIDE, _AROUND = 0.5, (0.35, 0.2, 0.15, 0.12, 0.1)


@dataclass(frozen=True, slots=True)
class Place:
    """Regions of one name, and the question without that name."""

    name: str
    codes: tuple[str, ...]
    rest: tuple[str, ...]


class Places:
    """The regions by their names, with and without 市, 镇, 村 …"""

    def __init__(self, regions: Mapping[str, str]) -> None:
        self._codes: dict[str, list[str]] = defaultdict(list)
        self._short: dict[str, list[str]] = defaultdict(list)
        for code, name in sorted(regions.items()):
            self._codes[name].append(code)
            short = _TITLE.sub("", name)
            if len(short) >= _SHORTEST and short != name:
                self._short[short].append(code)

    def find(self, parts: list[str]) -> Place | None:
        """The longest region named: full names anywhere, short ones at the start or the end of a run."""
        named = [found for number, part in enumerate(parts) for found in self._in(part, number)]
        if not named:
            return None
        length, number, start, codes = max(named, key=lambda one: (one[0], -one[1]))
        part = parts[number]
        around = [part[:start], part[start + length :]]
        rest = [*parts[:number], *filter(None, around), *parts[number + 1 :]]
        return Place(part[start : start + length], tuple(codes), tuple(rest))

    def _in(self, part: str, number: int) -> Iterator[tuple[int, int, int, list[str]]]:
        for start in range(len(part)):
            for end in range(start + _SHORTEST, min(start + _LONGEST, len(part)) + 1):
                name = part[start:end]
                codes = self._codes.get(name) or (
                    self._short.get(name) if start == 0 or end == len(part) else None
                )
                if codes:
                    yield end - start, number, start, codes


def inside(index: Index, codes: tuple[str, ...]) -> int:
    """The documents of these regions and of the regions in them."""
    return _any(index, "region", codes)


def nearness(index: Index, codes: tuple[str, ...]) -> list[tuple[int, float]]:
    """Documents of these regions, then what the regions around them do for them, with their worths."""
    levels = [tuple({code[:9] for code in codes}), tuple({code[:6] for code in codes})]
    levels += [
        tuple({code[:4] + "00" for code in codes}),
        tuple({code[:2] + "0000" for code in codes}),
        ("",),
    ]
    around = [(_any(index, "at", level), worth) for level, worth in zip(levels, _AROUND, strict=True)]
    return [(inside(index, codes), _INSIDE), *around]


def serving(index: Index, codes: tuple[str, ...]) -> int:
    """The documents of these regions, and what the regions around them do for them."""
    found = 0
    for bits, _ in nearness(index, codes):
        found |= bits
    return found


def _any(index: Index, kind: str, values: tuple[str, ...]) -> int:
    found = 0
    for value in values:
        found |= index.bitmaps(fact(kind, value)).anywhere
    return found
