"""How far a long build has come, on a terminal; nothing anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

WIDTH = 30


class Sized(Protocol):
    @property
    def size(self) -> int: ...


Step = TypeVar("Step", bound=Sized)


class Progress:
    """A bar that counts in sources and pages. Quiet builds draw nothing."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._shown = not quiet and sys.stderr.isatty()

    def over(self, steps: Iterable[Step], what: str, total: int) -> Iterator[Step]:
        """The same steps; each moves the bar by its size."""
        done = 0
        for step in steps:
            yield step
            done += step.size
            self._draw(what, min(done, total), total)
        if self._shown and done:
            sys.stderr.write("\n")

    def _draw(self, what: str, done: int, total: int) -> None:
        if self._shown:
            filled = WIDTH * done // max(total, 1)
            sys.stderr.write(f"\r{what} {'█' * filled}{'░' * (WIDTH - filled)} {done:,} / {total:,}")
            sys.stderr.flush()
