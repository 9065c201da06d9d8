"""content/synonyms.yaml: what people say, and what the items are called."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from publishing.faults import Fault, shown
from publishing.location import line_of
from schemas.search.fold import fold

FILE = "synonyms.yaml"
_LONGEST, _SHORTEST = 12, 2  # characters of a word
_SHAPE = "每一条要写 say（群众的说法）和 mean（事项里的写法）两项，各是一组词"

Synonyms = list[tuple[list[str], list[str]]]


def load(content: Path) -> Synonyms:
    """(what people say, what to look for too), folded, without what `faults` names; none without a file."""
    rows = _rows(_text(content))
    sound = [row for row in rows if not any(_wrong(row))] if isinstance(rows, list) else []
    return [([fold(word) for word in row["say"]], [fold(word) for word in row["mean"]]) for row in sound]


def digest(content: Path) -> str:
    """What changes when the file does."""
    return hashlib.blake2b(_text(content).encode(), digest_size=16).hexdigest()


def faults(content: Path) -> Iterator[Fault]:
    """What is wrong in the file, line by line."""
    text = _text(content)
    rows = _rows(text)
    where = shown(content / FILE)
    if not isinstance(rows, list):
        yield Fault(where, 1, f"读不懂这个文件：{_SHAPE}")
        return
    for number, row in enumerate(rows):
        yield from (Fault(where, line_of(text, (number,)), message) for message in _wrong(row))


def _text(content: Path) -> str:
    path = content / FILE
    return path.read_text("utf-8-sig", "replace") if path.is_file() else ""


def _rows(text: str) -> Any:
    try:
        return yaml.safe_load(text) or []
    except yaml.YAMLError:
        return None


def _wrong(row: Any) -> Iterator[str]:
    if (
        not isinstance(row, dict)
        or set(row) != {"say", "mean"}
        or not all(isinstance(row[key], list) for key in row)
    ):
        yield _SHAPE
        return
    for word in (*row["say"], *row["mean"]):
        if not isinstance(word, str) or not _SHORTEST <= len(word) <= _LONGEST:
            yield f"“{word}”要是 {_SHORTEST} 到 {_LONGEST} 个字的词"
