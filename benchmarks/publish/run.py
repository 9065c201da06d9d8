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
from pathlib import Path

from benchmarks.publish.generate import generate
from benchmarks.publish.measure import Cost, TooLong, cost
from benchmarks.publish.peers import convert
from publishing.sources import ROOT

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
    results: dict[str, list[Cost]] = {}
    for number in range(options.rounds):
        for which in sets:
            results.setdefault(f"ours {which}", []).append(_ours_cold(which, folder))
            if not number:
                _warm(which, folder)
            shutil.rmtree(folder / f"site-{which}", ignore_errors=True)
        for name in peers:
            found = _peer(name, folder, limit=options.limit)
            results.setdefault(name, []).extend([found] if found else [])
    _table({name: costs for name, costs in results.items() if costs})


def _prepare(folder: Path, count: int, peers: list[str], *, keep: bool) -> None:
    source, marker = folder / "source", folder / "source" / "complete"
    if keep and marker.is_file():
        return
    print(f"generating {count} guides in {folder}", flush=True)
    generate(count, source)
    if peers:
        convert(source / "content", folder / "peers", names=peers)
    marker.touch()


def _ours_cold(which: str, folder: Path) -> Cost:
    shutil.rmtree(folder / f"site-{which}", ignore_errors=True)
    return _show(f"ours {which}, cold", cost(_ours(which, folder), folder=ROOT))


def _ours(which: str, folder: Path, *, module: str = "ours") -> list[str]:
    site = folder / f"site-{which}" / "site"
    places = [str(folder / "source"), str(site), "--pages", which]
    return [sys.executable, "-m", f"benchmarks.publish.{module}", *places]


def _peer(name: str, folder: Path, *, limit: float) -> Cost | None:
    """A cold build of another generator; None when it took too long or gave up."""
    project = folder / "peers" / name
    _clear(project)
    try:
        env = {"NODE_OPTIONS": "--max-old-space-size=12000"}
        return _show(f"{name}, cold", cost(_command(name), folder=project, env=env, limit=limit))
    except (TooLong, RuntimeError) as reason:
        print(f"{name}, cold: {reason}", flush=True)
        return None
    finally:
        _clear(project)


def _clear(project: Path) -> None:
    for made in MADE:
        shutil.rmtree(project / made, ignore_errors=True)


def _command(name: str) -> list[str]:
    if name == "hugo":
        return [os.environ.get("HUGO", "hugo")]
    if name == "eleventy":
        modules = Path(os.environ.get("ELEVENTY", "node_modules"))
        return ["node", str(modules / "@11ty" / "eleventy" / "cmd.cjs"), "--quiet"]
    return [str(Path(sys.executable).with_name("pelican")), "-s", "pelicanconf.py", "-q", "-o", "output"]


def _warm(which: str, folder: Path) -> None:
    """A build without change, after an edit of a title, of a body, with one guide less and one more, then the watcher."""
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
    last = max(
        guide.parent.glob("*.md"), key=lambda path: int(path.stem.rpartition("-")[2])
    )  # nobody names it
    kept = last.read_bytes()
    last.unlink()
    _show(f"ours {which}: one guide less", cost(_ours(which, folder), folder=ROOT))
    last.write_bytes(kept)
    _show(f"ours {which}: one guide more", cost(_ours(which, folder), folder=ROOT))
    _watched(which, folder)


def _watched(which: str, folder: Path) -> None:
    done = subprocess.run(
        _ours(which, folder, module="watcher"), cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        print(f"ours {which}: watcher failed: {done.stderr[-2000:]}", flush=True)
        return
    found = json.loads(done.stdout.splitlines()[-1])
    _show(f"ours {which}: watcher, one title", Cost(found["wall"], found["cpu"], found["peak"]))
    print(f"{'':36} the longest of {found['edits']}: {found['longest']:.2f} s", flush=True)


def _show(name: str, one: Cost) -> Cost:
    figures = f"{one.wall:8.2f} s wall {one.cpu:8.2f} s cpu {one.peak:7.0f} MB"
    print(f"{name:36} {figures}  load {os.getloadavg()[0]:.1f}", flush=True)
    return one


def _table(results: dict[str, list[Cost]]) -> None:
    print("\n| cold build | median wall s | cpu s | peak MB |\n|---|---|---|---|")
    middles = {name: _middle(costs) for name, costs in results.items()}
    for name, one in middles.items():
        print(f"| {name} | {one.wall:.2f} | {one.cpu:.2f} | {one.peak:.0f} |")
    if "hugo" in results and "ours peers" in results:
        pairs = zip(results["ours peers"], results["hugo"], strict=False)
        print(
            f"\nours peers / hugo, median of pairs: {statistics.median(a.wall / b.wall for a, b in pairs):.2f}"
        )


def _middle(costs: list[Cost]) -> Cost:
    values = zip(*((one.wall, one.cpu, one.peak) for one in costs), strict=True)
    return Cost(*map(statistics.median, values))


if __name__ == "__main__":
    main()
