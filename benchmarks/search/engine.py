"""Search at the size of a province. python -m benchmarks.search.engine [COUNT …]

For each count: entries (in two processes), packing, size; then every labelled question against the index,
from a process that has just started and from one that has been running; memory of that process; one edit.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from chalicelib.search.engine import Engine, Wish
from chalicelib.search.index import in_folder

from benchmarks.search import corpus
from publishing.search import contents, entries, synonyms
from tests.search.labelled_corpus import TODAY, document


def main(counts: list[int]) -> None:
    """Measure every count."""
    for count in counts:
        with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder:
            made = build(count, Path(folder))
            _edit(made, Path(folder))
            del made
            subprocess.run([sys.executable, "-m", __spec__.name, "ask", folder], check=True)


def build(count: int, folder: Path) -> dict[contents.Key, bytes]:
    fronts = list(corpus.guides(count))
    with _measured(f"{count}: entries in one process (CPU s)"):
        made = {("guide", front["id"]): _entry(front) for front in fronts}
    del fronts
    made = dict(sorted(made.items()))
    with _measured(f"{count}: packing and writing"):
        files = []
        for file, data in contents.cut(made.items()):
            (folder / file.name).write_bytes(data)
            files.append(file)
    facts = {"regions": corpus.regions(count // 370 + 1), "synonyms": synonyms.load(corpus.ROOT / "content")}
    (folder / "index.json").write_text(contents.table(files, facts), "utf-8")
    size = sum(path.stat().st_size for path in folder.iterdir())
    print(
        f"{count}: {len(files)} files, {size / 1e6:.1f} MB, "
        f"entries {sum(map(len, made.values())) / 1e6:.0f} MB"
    )
    return made


def _entry(front: dict[str, object]) -> bytes:
    data = entries.extract(document(front), {"guide": front})
    assert data is not None
    return data


def _edit(made: dict[contents.Key, bytes], folder: Path) -> None:
    before = contents.listed((folder / "index.json").read_bytes())
    key = list(made)[len(made) // 2]
    with _measured("one edit"):
        parts = contents.recut(
            before,
            changed=[key],
            removed=[],
            members=lambda file: (one for one in made if file.first <= one <= file.last),
            entry=made.get,
        )
        print("files made anew:", sum(data is not None for _, data in parts))


Timed = tuple[float, float]  # wall and CPU milliseconds


class _measured:
    """Prints the CPU and wall seconds of a block."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        self._at = time.process_time(), time.perf_counter()

    def __exit__(self, *_: object) -> None:
        cpu, wall = time.process_time() - self._at[0], time.perf_counter() - self._at[1]
        print(f"{self._name}: {cpu:.2f} CPU s, {wall:.2f} s")


def _ask(folder: Path) -> None:
    """Runs in a process of its own, so that its memory is that of a server."""
    asked = questions()
    engine = Engine(in_folder(folder))
    for name in ("first time", "again"):
        print(f"{len(asked)} questions, {name}:", _summed([_timed(engine, text) for text in asked]))
    print(
        "memory:", ", ".join(line for line in _status() if line.startswith(("VmHWM", "RssAnon", "RssFile")))
    )


def _summed(times: list[Timed]) -> str:
    return ", ".join(
        f"{name} ms: median {statistics.median(one):.1f}, "
        f"p95 {sorted(one)[int(len(one) * 0.95)]:.1f}, worst {max(one):.1f}"
        for name, one in zip(("wall", "CPU"), zip(*times, strict=True), strict=True)
    )


def _status() -> list[str]:
    return [" ".join(line.split()) for line in Path("/proc/self/status").read_text("utf-8").splitlines()]


def _timed(engine: Engine, text: str) -> Timed:
    wall, cpu = time.perf_counter(), time.process_time()
    engine.search(Wish(text), today=TODAY)
    return (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000


def questions() -> list[str]:
    """Every labelled question, and every fourth once more with the name of a place."""
    text = (corpus.ROOT / "tests" / "search" / "queries.tsv").read_text("utf-8")
    asked = [line.split("\t")[2] for line in text.splitlines() if not line.startswith("#")]
    towns = list(corpus.regions(259).values())
    return asked + [f"{towns[number * 7 % 200]} {words}" for number, words in enumerate(asked[::4])]


if __name__ == "__main__":
    if sys.argv[1:2] == ["ask"]:
        _ask(Path(sys.argv[2]))
    else:
        main([int(count) for count in sys.argv[1:]] or [1_000, 10_000, 95_874])
