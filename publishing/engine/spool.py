"""Answers of workers that must wait, in a file of no name: a province's do not fit beside them in memory."""

from __future__ import annotations

import marshal
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any


def held(answers: Iterable[tuple[Any, ...]], folder: Path) -> Iterator[tuple[Any, ...]]:
    """The same answers as plain tuples, none of them before the last one is there."""
    with tempfile.TemporaryFile(dir=folder) as file:
        for answer in answers:
            marshal.dump(tuple(answer), file)
        marshal.dump(None, file)
        file.seek(0)
        # A file without a name, which nobody else can have written:
        yield from iter(lambda: marshal.load(file), None)  # noqa: S302  # nosec B302
