"""The editors' preview: shows the built site and builds again when a source file changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from publishing.live import News, server
from publishing.sources import FORMS, ROOT

PAUSE = 0.5  # seconds between two looks at the files
STEP, DEBOUNCE = 20, 60  # ms: how long the system's news may gather before a build starts
IGNORED = (".pyc", "~", ".swp")  # what Python and text editors leave beside sources
ROOMS = (ROOT / "schemas", ROOT / "theme", ROOT / "publishing")


@dataclass(frozen=True, slots=True)
class Ways:
    """How to build: in a new process, in this one (changes in these folders only), by beginning all over."""

    afresh: Callable[[], object]
    again: Callable[[frozenset[str] | None], object]
    restart: Callable[[], object]


def serve(content: Path, output: Path, *, port: int, start: int, ways: Ways) -> None:
    """Build, serve, and build again on every change until interrupted. `start`: any number that is new each time."""
    ways.afresh()
    news = News(start=start)
    http = server(output, port=port, news=news)
    Thread(target=http.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{http.server_port}/", flush=True)
    try:
        for changed in changes((content, *ROOMS)):
            react(content, changed, ways=ways)
            news.tell()
    except KeyboardInterrupt:
        http.shutdown()


def react(content: Path, changed: Iterable[Path], *, ways: Ways, forms: Path = FORMS) -> None:
    """Documents need only their folders looked into; for code and templates this process is too old."""
    content = content.resolve()
    paths = [path.resolve() for path in changed]
    ours = [path for path in paths if path.is_relative_to(content)]
    if any(not path.is_relative_to(forms) for path in set(paths).difference(ours)):
        ways.restart()
    elif any(path.parent == content and path.suffix for path in ours):
        ways.afresh()
    else:
        files = ours == paths and all(path.suffix and not path.is_dir() for path in paths)
        ways.again(frozenset(str(path.parent) for path in paths) if files else None)


def changes(folders: Sequence[Path]) -> Iterator[set[Path]]:
    """Paths as they change: told by the system where watchfiles is installed, found by looking otherwise."""
    try:
        from watchfiles import watch
    except ImportError:
        yield from _looked_for(folders)
        return
    for found in watch(*folders, step=STEP, debounce=DEBOUNCE, raise_interrupt=True):
        paths = {Path(path) for _, path in found if not path.endswith(IGNORED)}
        if paths:
            yield paths


def _looked_for(folders: Sequence[Path]) -> Iterator[set[Path]]:
    before = snapshot(folders)
    while True:
        time.sleep(PAUSE)
        now = snapshot(folders)
        if now != before:
            yield {path for path, _ in before.items() ^ now.items()}
            before = now


def snapshot(folders: Iterable[Path]) -> dict[Path, int]:
    """Every source file with the time of its last change (ns)."""
    files = (file for folder in folders for file in folder.rglob("*") if file.suffix not in ("", ".pyc"))
    return {file: file.stat().st_mtime_ns for file in files if file.is_file()}
