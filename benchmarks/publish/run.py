"""The comparison: python -m benchmarks.publish.run COUNT FOLDER [--rounds N] [--peers hugo,eleventy,pelican].

Generates COUNT guides, converts them for the others, and builds: ours first (cold, no change, one edit, the
watcher), then each of the others, then the next round, so that a busy machine hits all alike. Each row is printed
as soon as it is there; a peer that takes longer than --limit is stopped, said so, and the rest goes on.
Needs: `hugo` on PATH or HUGO, Eleventy below ELEVENTY (a node_modules folder), `pelican`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
from dataclasses import astuple
from pathlib import Path

from benchmarks.publish import versions
from benchmarks.publish.generate import generate
from benchmarks.publish.measure import Cost, TooLong, cost
from benchmarks.publish.peers import convert
from publishing.sources import ROOT

Rows = dict[str, list[Cost]]  # what was built -> each time it was
EDITS = 7  # under the watcher
MADE = ("public", "_site", "output", "resources")  # what peers leave in their folders


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=1, help="0 only generates")
    parser.add_argument("--peers", default="hugo", help="hugo, eleventy, pelican; empty for none")
    parser.add_argument("--sets", default="peers,all", help="our page sets to build: peers, all")
    parser.add_argument("--keep", action="store_true", help="use what an earlier run generated")
    parser.add_argument("--limit", type=float, default=1800, help="seconds that a peer may take")
    options = parser.parse_args()
    folder = options.folder.resolve()
    peers, sets = (list(filter(None, text.split(","))) for text in (options.peers, options.sets))
    _prepare(folder, options.count, peers, keep=options.keep)
    rows: Rows = {}
    for _ in range(options.rounds):
        for which in sets:
            _ours_cold(rows, which, folder)
            _warm(rows, which, folder)
            shutil.rmtree(folder / f"site-{which}", ignore_errors=True)
        for name in peers:
            _peer(rows, name, folder, limit=options.limit)
    _table(rows, versions.of(peers), options.count)


def _prepare(folder: Path, count: int, peers: list[str], *, keep: bool) -> None:
    source, marker = folder / "source", folder / "source" / "complete"
    if not (keep and marker.is_file()):
        print(f"generating {count} guides in {folder}", flush=True)
        generate(count, source)
        shutil.rmtree(folder / "peers", ignore_errors=True)
        marker.touch()
    if not all((folder / "peers" / name).is_dir() for name in peers):
        convert(source / "content", folder / "peers", names=peers)


def _ours_cold(rows: Rows, which: str, folder: Path) -> None:
    shutil.rmtree(folder / f"site-{which}", ignore_errors=True)
    _show(rows, f"ours {which}, cold", cost(_ours(which, folder), folder=ROOT))


def _ours(which: str, folder: Path, *more: str) -> list[str]:
    site = folder / f"site-{which}" / "site"
    places = [str(folder / "source"), str(site), "--pages", which]
    return [sys.executable, "-m", "benchmarks.publish.ours", *places, *more]


def _peer(rows: Rows, name: str, folder: Path, *, limit: float) -> None:
    """A cold build of another generator, unless it takes too long or gives up."""
    project = folder / "peers" / name
    _clear(project)
    try:
        env = {"NODE_OPTIONS": "--max-old-space-size=12000"}
        _show(rows, f"{name}, cold", cost(versions.command(name), folder=project, env=env, limit=limit))
    except (TooLong, RuntimeError) as reason:
        print(f"{name}, cold: {reason}", flush=True)
    finally:
        _clear(project)


def _clear(project: Path) -> None:
    for made in MADE:
        shutil.rmtree(project / made, ignore_errors=True)


def _warm(rows: Rows, which: str, folder: Path) -> None:
    """A build without change, after an edit of a title, of a body, with one guide less and one more, then the watcher."""
    guides = sorted((folder / "source" / "content" / "guides").rglob("*.md"))
    guide = random.Random(5).choice(guides)
    cost(_ours(which, folder), folder=ROOT)
    _show(rows, f"ours {which}: no change", cost(_ours(which, folder), folder=ROOT))
    original = guide.read_text("utf-8")
    for what, old, new in (
        ("title", "\nname: ", "\nname: 新"),
        ("body", "## 办理说明\n\n", "## 办理说明\n\n改动。"),
    ):
        guide.write_text(original.replace(old, new, 1), "utf-8")
        _show(rows, f"ours {which}: one {what}", cost(_ours(which, folder), folder=ROOT))
    guide.write_text(original, "utf-8")
    cost(_ours(which, folder), folder=ROOT)
    last = max(
        guide.parent.glob("*.md"), key=lambda path: int(path.stem.rpartition("-")[2])
    )  # nobody names it
    kept = last.read_bytes()
    last.unlink()
    _show(rows, f"ours {which}: one guide less", cost(_ours(which, folder), folder=ROOT))
    last.write_bytes(kept)
    _show(rows, f"ours {which}: one guide more", cost(_ours(which, folder), folder=ROOT))
    _watched(rows, which, folder)


def _watched(rows: Rows, which: str, folder: Path) -> None:
    done = subprocess.run(
        _ours(which, folder, "--watch", str(EDITS)), cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        print(f"ours {which}: watcher failed: {done.stderr[-2000:]}", flush=True)
        return
    found = json.loads(done.stdout.splitlines()[-1])
    _show(rows, f"ours {which}: watcher, one title", Cost(found["wall"], found["cpu"], found["peak"]))
    print(f"{'':36} the longest of {EDITS}: {found['longest']:.2f} s", flush=True)


def _show(rows: Rows, name: str, one: Cost) -> None:
    figures = f"{one.wall:8.2f} s wall {one.cpu:8.2f} s cpu {one.peak:7.0f} MB"
    print(f"{name:36} {figures}  load {os.getloadavg()[0]:.1f}", flush=True)
    rows.setdefault(name, []).append(one)


def _table(rows: Rows, tools: str, count: int) -> None:
    """Medians as a table for README.md, and the ratio by which the targets are judged."""
    print(f"\n{tools}; {os.cpu_count()} processors\n")
    print(f"| {count:,} guides | median wall s | cpu s | peak MB | runs |\n|---|---|---|---|---|")
    for name, costs in rows.items():
        wall, cpu, peak = (statistics.median(values) for values in zip(*map(astuple, costs), strict=True))
        print(f"| {name} | {wall:.2f} | {cpu:.2f} | {peak:.0f} | {len(costs)} |")
    for which in ("peers", "all"):
        pairs = list(zip(rows.get(f"ours {which}, cold", []), rows.get("hugo, cold", []), strict=False))
        if pairs:
            ratio = statistics.median(ours.wall / hugo.wall for ours, hugo in pairs)
            print(f"\nours {which} / hugo, median of pairs: {ratio:.2f}")


if __name__ == "__main__":
    main()
