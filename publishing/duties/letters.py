"""A–Z: the letter under which a Chinese name is looked for, by pinyin."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from schemas.search.pinyin import readings

LETTERS = string.ascii_lowercase
OTHER = "0"  # names that begin with a digit or a sign: 12345 热线
_MARKS = "“《（(\"' "
NAMES = {**{letter: letter.upper() for letter in LETTERS}, OTHER: "数字"}


@lru_cache(maxsize=4096)
def spelled(name: str) -> str:
    """The name by its usual readings, to sort by."""
    return " ".join(readings().get(char, (char,))[0] for char in name.lstrip(_MARKS)).lower()


@lru_cache(maxsize=4096)
def letter(name: str) -> str:
    """a to z, or "0" for what does not begin with a letter or a Chinese character."""
    bare = name.lstrip(_MARKS)[:6]
    initials = {reading[0] for reading in readings().get(bare[:1], (bare[:1].lower() or OTHER,))}
    first = initials.pop() if len(initials) == 1 else _by_phrase(bare)
    return first if first in LETTERS else OTHER


def _by_phrase(name: str) -> str:
    """The first letter of a name whose first character has two: 重新 is chong, 重要 is zhong."""
    from pypinyin import lazy_pinyin  # slow to load and seldom needed

    return lazy_pinyin(name)[0][:1].lower()


def of(front: Mapping[str, Any]) -> list[str]:
    """Every letter under which an item stands: its name's and those of its everyday names."""
    return sorted({letter(name) for name in names(front)})


def names(front: Mapping[str, Any]) -> Iterable[str]:
    """What an item is called: officially first, then as people say."""
    return (front["name"], *front.get("aliases", ()))


def initials(front: Mapping[str, Any]) -> str:
    """The letter of each of its names, in their order: rows keep them, so that lists need not work them out again."""
    return "".join(map(letter, names(front)))


def entries(row: Mapping[str, Any], at: str) -> list[tuple[str, str, str]]:
    """(sort key, what is shown, the official name if that is another) of an item below one letter."""
    found = [name for name, initial in zip(names(row), row["initials"], strict=True) if initial == at]
    return [(spelled(name), name, "" if name == row["name"] else row["name"]) for name in found]
