"""The corpus: attacks that each carry a mark of their own, cut to what a field takes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

LINES = (Path(__file__).with_name("payloads.txt")).read_text("utf-8").splitlines()
ALL = [line.replace("{id}", f"XQ{n:02}") for n, line in enumerate(LINES)]
UNREADABLE = [attack for attack in ALL if any(unicodedata.category(sign) == "Cf" for sign in attack)]
ATTACKS = [attack for attack in ALL if attack not in UNREADABLE]
EVERYTHING = " ".join(ATTACKS)


def fitting(start: int, limit: int) -> str:
    """The first attack from `start` on that the field is long enough for."""
    turned = ATTACKS[start % len(ATTACKS) :] + ATTACKS[: start % len(ATTACKS)]
    return next(attack for attack in turned if len(attack) <= limit)


def chunks(limit: int) -> Iterator[str]:
    """All attacks that fit at all, in as few texts of that length as possible."""
    text = ""
    for attack in (one for one in ATTACKS if len(one) <= limit):
        if text and len(text) + len(attack) + 1 > limit:
            yield text
            text = ""
        text = f"{text} {attack}".strip(" ")
    yield text


def mark(attack: str) -> str:
    """The mark of one attack."""
    at = attack.index("XQ")
    return attack[at : at + 4]


def marks(text: str) -> set[str]:
    """The marks of the attacks that can be read in a text."""
    return {mark(attack) for attack in ATTACKS if mark(attack) in text}


def all_marks(texts: Iterable[str]) -> set[str]:
    """The marks of these attacks together."""
    return set().union(*(marks(text) for text in texts))
