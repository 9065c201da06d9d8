"""Building: find what changed, compile and check it, let Pelican's generator render it, hand it over."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from publishing import sources
from publishing.engine import deliver
from publishing.engine.run import Run
from publishing.faults import Fault

WORKERS = min(4, os.cpu_count() or 1)


def build(
    folder: Path,
    output: Path,
    *,
    today: date,
    forms: Path = sources.FORMS,
    full: bool = False,
    workers: int = WORKERS,
    only: frozenset[str] | None = None,
) -> list[Fault]:
    """Publish `folder` to `output`. With serious faults nothing is published; all findings are returned.

    `full` forgets earlier builds. `only` names folders outside of which nothing changed (a watcher knows).
    """
    output = output.resolve()
    output.parent.mkdir(parents=True, exist_ok=True)
    with _turn(output) as now:
        run = Run(folder.resolve(), output, today=today, forms=forms.resolve(), workers=workers, now=now)
        return run.build(full=full, only=only)


@contextmanager
def _turn(output: Path) -> Iterator[int]:
    """One build of an output at a time. Gives the file system's clock (ns): the lock's own time stamp."""
    path = output.parent / f".{output.name}.lock"
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        os.utime(path)
        try:
            yield path.stat().st_mtime_ns
        finally:
            deliver.tidy(output)
