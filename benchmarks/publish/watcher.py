"""Edits under the editors' preview: python -m benchmarks.publish.watcher FOLDER OUTPUT [--pages peers] [--edits N].

Brings the site up to date, then saves a guide again and again as an editor does. One line of JSON: seconds from
saving to the end of the build that follows (every page in place), processor seconds of this process, memory (MB).
A build before them has compiled the templates, as the first edit of a day does.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, Queue
from typing import Any

from benchmarks.publish.ours import TODAY, like_peers
from publishing.build import build
from publishing.faults import serious
from publishing.serve import Ways, serve

LONGEST = 120  # seconds to wait for one build
QUIET = 6  # seconds without a build after which none is on its way


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--pages", choices=("all", "peers"), default="all")
    parser.add_argument("--edits", type=int, default=7)
    options = parser.parse_args()
    if options.pages == "peers":
        like_peers()
    guide = random.Random(6).choice(sorted((options.folder / "content" / "guides").rglob("*.md")))
    with _serving(options.folder.resolve(), options.output) as done, _kept(guide) as original:
        costs = [_edit(guide, original, number, done) for number in range(options.edits)]
        guide.write_text(original, "utf-8")
        done.get(timeout=LONGEST)
    walls, cpus = ([one[which] for one in costs] for which in (0, 1))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = {"wall": statistics.median(walls), "longest": max(walls), "cpu": statistics.median(cpus)}
    print(json.dumps(found | {"edits": len(walls), "peak": memory}))


@contextmanager
def _serving(folder: Path, output: Path) -> Iterator[Queue[None]]:
    """The preview at work; the queue gets something after each build."""
    done: Queue[None] = Queue()

    def built(**how: Any) -> None:
        found = build(folder / "content", output, today=TODAY, forms=folder / "forms", **how)
        faults = list(serious(found))
        if faults:
            raise SystemExit("\n".join(map(str, faults[:10])))

    def again(folders: frozenset[str] | None) -> None:
        built(only=folders, workers=1)
        done.put(None)

    ways = Ways(afresh=built, again=again, restart=lambda: None)
    work = {"port": 0, "start": 0, "ways": ways}
    threading.Thread(target=serve, args=(folder / "content", output), kwargs=work, daemon=True).start()
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


if __name__ == "__main__":
    main()
