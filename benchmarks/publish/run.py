"""The comparison: python -m benchmarks.publish.run COUNT FOLDER [--rounds N] [--peers hugo,eleventy,pelican].

Generates COUNT guides, converts them for the others, and builds in turn (ours, other, ours, other …) so that
a busy machine hits all alike. Prints a table; judge the median of the ratios, and look at the load beside it.
Needs: `hugo` on PATH or HUGO, Eleventy below ELEVENTY (a node_modules folder), `pelican`.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import sys
from pathlib import Path

from benchmarks.publish.generate import generate
from benchmarks.publish.measure import Cost, cost
from benchmarks.publish.peers import convert
from publishing.sources import ROOT


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--peers", default="hugo")
    parser.add_argument("--sets", default="peers,all", help="our page sets to build: peers, all")
    parser.add_argument("--keep", action="store_true", help="use what an earlier run generated")
    options = parser.parse_args()
    folder = options.folder.resolve()
    if not options.keep:
        generate(options.count, folder / "source")
        convert(folder / "source" / "content", folder / "peers")
    if options.rounds == 0:
        return
    results: dict[str, list[Cost]] = {}
    for _ in range(options.rounds):
        for name in [f"ours {which}" for which in options.sets.split(",")] + options.peers.split(","):
            results.setdefault(name, []).append(_cold(name, folder))
            _show(name, results[name][-1])
    for which in options.sets.split(","):
        _warm(which, folder)
    _table(results)


def _cold(name: str, folder: Path) -> Cost:
    if name.startswith("ours"):
        which = name.split()[1]
        shutil.rmtree(folder / f"site-{which}", ignore_errors=True)
        return cost(_ours(which, folder), folder=ROOT)
    project = folder / "peers" / name
    for made in ("public", "_site", "output"):
        shutil.rmtree(project / made, ignore_errors=True)
    return cost(_command(name), folder=project, env={"NODE_OPTIONS": "--max-old-space-size=12000"})


def _ours(which: str, folder: Path, *more: str) -> list[str]:
    return [
        sys.executable,
        "-m",
        "benchmarks.publish.ours",
        str(folder / "source"),
        str(folder / f"site-{which}" / "site"),
        "--pages",
        which,
        *more,
    ]


def _command(name: str) -> list[str]:
    if name == "hugo":
        return [os.environ.get("HUGO", "hugo")]
    if name == "eleventy":
        return [
            "node",
            str(Path(os.environ.get("ELEVENTY", "node_modules")) / "@11ty/eleventy/cmd.cjs"),
            "--quiet",
        ]
    return [str(Path(sys.executable).with_name("pelican")), "-s", "pelicanconf.py", "-q", "-o", "output"]


def _warm(which: str, folder: Path) -> None:
    """A build without change, one after an edit of a title, one after an edit of a body."""
    guides = sorted((folder / "source" / "content" / "guides").rglob("*.md"))
    guide = random.Random(5).choice(guides)
    cost(_ours(which, folder), folder=ROOT)
    _show(f"ours {which}: no change", cost(_ours(which, folder), folder=ROOT))
    original = guide.read_text("utf-8")
    for what, old, new in (
        ("title", "\nname: ", "\nname: 新"),
        ("body", "## 办理说明\n\n", "## 办理说明\n\n改动。"),
    ):
        guide.write_text(original.replace(old, new, 1), "utf-8")
        _show(f"ours {which}: one {what}", cost(_ours(which, folder), folder=ROOT))
    guide.write_text(original, "utf-8")
    cost(_ours(which, folder), folder=ROOT)


def _show(name: str, one: Cost) -> None:
    load = os.getloadavg()[0]
    print(
        f"{name:28} {one.wall:8.2f} s wall {one.cpu:8.2f} s cpu {one.peak:7.0f} MB  load {load:.1f}",
        flush=True,
    )


def _table(results: dict[str, list[Cost]]) -> None:
    print("\n| cold build | median wall s | cpu s | peak MB |\n|---|---|---|---|")
    for name, costs in results.items():
        middle = [
            statistics.median(values)
            for values in zip(*((one.wall, one.cpu, one.peak) for one in costs), strict=True)
        ]
        print(f"| {name} | {middle[0]:.2f} | {middle[1]:.2f} | {middle[2]:.0f} |")


if __name__ == "__main__":
    main()
