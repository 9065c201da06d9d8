"""What a check finds: a place in a file and what to do there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Found:
    """A fault inside one document, before it has a line: `pointer` leads into the front matter."""

    pointer: tuple[str | int, ...]
    message: str
    warning: bool = False
    line: int | None = None


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One finding, in Chinese, with the line (from 1) an editor should look at."""

    path: str
    line: int
    message: str
    warning: bool = field(default=False)

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {'提醒：' if self.warning else ''}{self.message}"


def shown(path: Path) -> str:
    """The path as an editor would type it: relative to where the command runs, if it lies below."""
    absolute, here = path.resolve(), Path.cwd()
    return str(absolute.relative_to(here)) if absolute.is_relative_to(here) else str(absolute)


def serious(faults: Iterable[Fault]) -> Iterator[Fault]:
    """Only the faults that must stop a build."""
    return (fault for fault in faults if not fault.warning)
