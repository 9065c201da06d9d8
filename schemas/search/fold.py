"""Folding: one spelling for what a reader would call the same text."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_RUNS = re.compile(r"[\u3400-\u9fff\u3007]+|[0-9a-z]+")


def fold(text: str) -> str:
    """Simplified characters, half width, lower case. The length never changes, so positions stay true."""
    folded = text.translate(_table())
    lower = folded.lower()
    return lower if len(lower) == len(folded) else "".join(_lower(sign) for sign in folded)


def fold_for_tokens(text: str) -> str:
    """`fold`, or the text itself when nothing in it that becomes a token (but upper case) would change.

    Nearly every text is in GB 2312, which has few traditional characters: the codec sees that fastest.
    """
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return fold(text)
    return fold(text) if _changing().search(text) else text


def runs(folded: str) -> list[str]:
    """The Chinese runs and the Latin or numeric words of a folded text, in order."""
    return _RUNS.findall(folded)


def is_chinese(run: str) -> bool:
    """Whether a run is Chinese characters (else it is a Latin word or a number)."""
    return run[0] > "\u3000"


@cache
def _changing() -> re.Pattern[str]:
    """Characters of GB 2312 that folding changes and that are more than punctuation."""
    found = (chr(old) for old, new in _table().items() if chr(new).isalnum())
    return re.compile("[" + "".join(one for one in found if one.encode("gb2312", "ignore")) + "]")


def _lower(sign: str) -> str:
    lower = sign.lower()
    return lower if len(lower) == 1 else sign


@cache
def _table() -> dict[int, int]:
    old, new = (_HERE / "traditional.txt").read_text("utf-8").split("\n")[:2]
    return _FULL_WIDTH | {ord(a): ord(b) for a, b in zip(old, new, strict=True)} | {0xFC: ord("v")}
