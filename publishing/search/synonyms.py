"""content/synonyms.yaml: what people say, and what the items are called."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from schemas.search.fold import fold

FILE = "synonyms.yaml"
_LONGEST = 12  # characters of a word
_SHORTEST = 2

Synonyms = list[tuple[list[str], list[str]]]


def load(content: Path) -> Synonyms:
    """(what people say, what to look for too), folded; none without a file. ValueError says what is wrong."""
    path = content / FILE
    if not path.is_file():
        return []
    rows = yaml.safe_load(path.read_text("utf-8")) or []
    found = [fault for number, row in enumerate(rows, 1) for fault in _faults(number, row)]
    if found:
        raise ValueError(f"{FILE}：" + "；".join(found))
    return [([fold(word) for word in row["say"]], [fold(word) for word in row["mean"]]) for row in rows]


def _faults(number: int, row: Any) -> list[str]:
    if not isinstance(row, dict) or set(row) != {"say", "mean"}:
        return [f"第 {number} 条要写 say（群众的说法）和 mean（事项里的说法）两项"]
    words = [*row["say"], *row["mean"]] if all(isinstance(row[key], list) for key in row) else [None]
    wrong = [word for word in words if not isinstance(word, str) or not _SHORTEST <= len(word) <= _LONGEST]
    return [f"第 {number} 条“{word}”要是 {_SHORTEST} 到 {_LONGEST} 个字的词" for word in wrong]
