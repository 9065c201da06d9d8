"""Tokens as 32-bit numbers: character pairs, single characters, words, readings, facts.

A pair of characters is its two UTF-16 units, so that a whole text becomes tokens in a few C calls.
Everything else is hashed into the range above the last Chinese pair (high unit 0xA000 and more).
"""

from __future__ import annotations

import re
import sys
from array import array
from functools import cache, lru_cache
from itertools import pairwise
from zlib import crc32

from schemas.search.fold import fold_for_tokens, is_chinese, runs
from schemas.search.pinyin import readings, spoken_pairs

_BASE = 0xA0000000
_ROOM = 0x100000000 - _BASE
_GAP = re.compile(r"[^\u3400-\u9fff\u3007]+")
_WORD = re.compile(r"[0-9A-Za-z]+")


def pair(two: str) -> int:
    """The token of two neighbouring characters."""
    return ord(two[0]) | ord(two[1]) << 16


def hashed(kind: str, text: str) -> int:
    """Any other token; `kind`: c (character), w (word), i (two initials), y and p (readings), f (fact)."""
    return _BASE + crc32(f"{kind}:{text}".encode()) % _ROOM


@lru_cache(maxsize=8_192)
def word(run: str) -> int:
    """The token of a Latin word or a number."""
    return hashed("w", run.lower())


def char(sign: str) -> int:
    """The token of one character; only titles are indexed so."""
    return hashed("c", sign)


def text_tokens(text: str) -> set[int]:
    """Character pairs and words of a text."""
    folded = fold_for_tokens(text)
    return _pairs(_GAP.sub(" ", folded)) | set(map(word, set(_WORD.findall(folded))))


def _pairs(apart: str) -> set[int]:
    """Every pair of neighbouring Chinese characters; pairs across a gap are dropped."""
    data = apart.encode("utf-16-le" if sys.byteorder == "little" else "utf-16-be")
    even, odd = len(data) // 4 * 4, (len(data) - 2) // 4 * 4 if len(data) > 2 else 0
    found = set(memoryview(data[:even]).cast("I").tolist())
    found.update(memoryview(data[2 : 2 + odd]).cast("I").tolist())
    return found - _with_a_gap()


@cache
def _with_a_gap() -> frozenset[int]:
    """Pairs of a character and a gap, and of two gaps."""
    gap = ord(" ")
    codes = [gap, 0x3007, *range(0x3400, 0xA000)]
    return frozenset({code << 16 | gap for code in codes} | {gap << 16 | code for code in codes})


@lru_cache(maxsize=20_000)
def title_tokens(folded: str) -> array[int]:
    """A name's tokens: pairs and words, and for forgiving questions characters, readings and initials.

    They are many and kept for many names: an array holds them in a twentieth of the room of a set.
    """
    found = text_tokens(folded)
    for run in runs(folded):
        if is_chinese(run):
            found |= _forgiving(run)
    return array("I", sorted(found))


def _forgiving(run: str) -> set[int]:
    found = {char(sign) for sign in run}
    found.update(hashed("y", syllable) for sign in run for syllable in readings().get(sign, ()))
    spoken = spoken_pairs(run)
    found.update(spoken_pair(*two) for two in spoken)
    found.update(initial_pair(one[0], two[0]) for one, two in spoken)
    return found


def spoken_pair(one: str, two: str) -> int:
    """The token of two neighbouring syllables."""
    return hashed("p", f"{one} {two}")


def initial_pair(one: str, two: str) -> int:
    """The token of two neighbouring initials."""
    return hashed("i", one + two)


def initial_tokens(letters: str) -> list[int]:
    """The tokens of several initials typed one after the other: sbk -> sb, bk."""
    return [initial_pair(*two) for two in pairwise(letters)]


def fact(kind: str, value: str) -> int:
    """The token of a fact to filter by: kind (guide, notice …), dept, region, side, topic."""
    return hashed("f", f"{kind}={value}")
