"""Edits under the editors' preview: seconds from saving a guide to the end of the build that follows.

The site is brought up to date first, and a build before the edits has compiled the templates, as the first edit of a
day does. Then a guide is saved again and again as an editor does, until every page is in place.
"""

from __future__ import annotations

import random
import resource
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from queue import Empty, Queue
from typing import Any

from publishing.build import build
from publishing.faults import serious
from publishing.serve import Ways, serve

TODAY = date(2026, 11, 23)
LONGEST = 120  # seconds to wait for one build
QUIET = 6  # seconds without a build after which none is on its way


@dataclass(frozen=True, slots=True)
class Site:
    """Generated content, and where it is published."""

    folder: Path
    output: Path

    @property
    def content(self) -> Path:
        return self.folder / "content"

    def build(self, **how: Any) -> None:
        """Publish; a fault ends the program."""
        found = build(self.content, self.output, today=TODAY, forms=self.folder / "forms", **how)
        faults = list(serious(found))
        if faults:
            raise SystemExit("\n".join(map(str, faults[:10])))


def measured(site: Site, *, edits: int) -> dict[str, float]:
    """Wall and processor seconds of an edit in the middle, the longest, and the memory of the process (MB)."""
    guide = random.Random(6).choice(sorted((site.content / "guides").rglob("*.md")))
    with _serving(site) as done, _kept(guide) as original:
        costs = [_edit(guide, original, number, done) for number in range(edits)]
        guide.write_text(original, "utf-8")
        done.get(timeout=LONGEST)
    walls, cpus = zip(*costs, strict=True)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    middle = {"wall": statistics.median(walls), "cpu": statistics.median(cpus)}
    return {**middle, "longest": max(walls), "peak": memory}


@contextmanager
def _serving(site: Site) -> Iterator[Queue[None]]:
    """The preview at work; the queue gets something after each build."""
    done: Queue[None] = Queue()

    def again(folders: frozenset[str] | None) -> None:
        site.build(only=folders, workers=1)
        done.put(None)

    ways = Ways(afresh=site.build, again=again, restart=lambda: None)
    work = {"port": 0, "start": 0, "ways": ways}
    threading.Thread(target=serve, args=(site.content, site.output), kwargs=work, daemon=True).start()
    yield done


@contextmanager
def _kept(guide: Path) -> Iterator[str]:
    """Its text, which it has again afterwards."""
    original = guide.read_text("utf-8")
    try:
        yield original
    finally:
        guide.write_text(original, "utf-8")


def _edit(guide: Path, original: str, number: int, done: Queue[None]) -> tuple[float, float]:
    """Wall and processor seconds from saving to the end of the build."""
    if not number:
        _awake(guide, done)
    time.sleep(0.5)  # an editor reads what came of it
    wall, cpu = time.perf_counter(), time.process_time()
    guide.write_text(original.replace("\nname: ", f"\nname: 新{number}", 1), "utf-8")
    done.get(timeout=LONGEST)
    return time.perf_counter() - wall, time.process_time() - cpu


def _awake(guide: Path, done: Queue[None]) -> None:
    """Touch the guide until the preview notices: then it has begun to watch."""
    while done.empty():
        guide.touch()
        time.sleep(1)
    with suppress(Empty):
        while True:  # builds for these touches are none of the edits'
            done.get(timeout=QUIET)
