"""Readings of Chinese characters (pinyin without tones), and syllables found in what somebody typed."""

from __future__ import annotations

from functools import cache
from itertools import pairwise, product
from pathlib import Path

_LONGEST = 6  # letters: chuang, shuang, zhuang
_SPLITS = 4  # ways to cut one word into syllables that are tried: xian is xian or xi an


@cache
def readings() -> dict[str, tuple[str, ...]]:
    """Character -> its one or two usual readings."""
    table: dict[str, tuple[str, ...]] = {}
    for line in (Path(__file__).parent / "pinyin.txt").read_text("utf-8").splitlines():
        syllable, chars = line.split(" ")
        for char in chars:
            table[char] = (*table.get(char, ()), syllable)
    return table


@cache
def syllables() -> frozenset[str]:
    """Every syllable there is."""
    return frozenset(syllable for found in readings().values() for syllable in found)


def spoken_pairs(run: str) -> set[tuple[str, str]]:
    """The readings of each two neighbouring characters, every combination."""
    known = [readings().get(char, ()) for char in run]
    return {pair for one, next_ in pairwise(known) for pair in product(one, next_)}


def initials(run: str) -> str:
    """The first letters of the usual readings: 社会保障卡 -> shbzk. Latin letters and digits stay."""
    return "".join(readings().get(char, (char,))[0][0] for char in run)


def cut(word: str) -> list[list[str]]:
    """The ways to read a Latin word as syllables, longest syllables first; none when it cannot be."""
    return _cut(word, at=0, dead=set())[:_SPLITS]


def cut_short(word: str) -> tuple[list[str], str]:
    """The whole syllables at the beginning, and the letters of one still being typed: gaol -> [gao], l."""
    for end in range(len(word) - 1, max(0, len(word) - _LONGEST), -1):
        found = _cut(word[:end], at=0, dead=set())
        if found:
            return found[0], word[end:]
    return [], word


def _cut(word: str, *, at: int, dead: set[int]) -> list[list[str]]:
    if at == len(word):
        return [[]]
    found: list[list[str]] = []
    for end in range(min(at + _LONGEST, len(word)), at, -1):
        if word[at:end] in syllables() and end not in dead and len(found) < _SPLITS:
            found += [[word[at:end], *rest] for rest in _cut(word, at=end, dead=dead)[:_SPLITS]]
    if not found:
        dead.add(at)
    return found
