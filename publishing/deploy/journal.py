"""What was done since the last finished release, a line each: a deployment that was killed goes on where it stopped."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Journal:
    """Facts in the order in which they came true. Losing the file costs uploads, never correctness."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self.facts = list(_facts(path))

    def note(self, fact: str, *what: str) -> None:
        """One more fact, on the disk before this returns."""
        entry = [fact, *what]
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self.facts.append(entry)

    def has(self, fact: str, *what: str) -> bool:
        """Whether this was noted."""
        return [fact, *what] in self.facts

    def last(self, fact: str) -> dict[str, list[str]]:
        """The last entry of this kind for each first word."""
        return {entry[1]: entry[2:] for entry in self.facts if entry[0] == fact}

    def close(self) -> None:
        """The release is recorded; the next one starts afresh."""
        self._path.unlink(missing_ok=True)
        self.facts = []


def _facts(path: Path) -> Iterator[list[Any]]:
    """The whole lines; a line that was cut off by a crash is not a fact."""
    if not path.is_file():
        return
    for line in path.read_text("utf-8").splitlines(keepends=True):
        if line.endswith("\n"):
            yield json.loads(line)
