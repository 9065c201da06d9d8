"""A small server for editors: shows the built site and builds again when a source file changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from publishing.sources import ROOT

PAUSE = 0.5  # seconds between two looks at the files
STEP, DEBOUNCE = 20, 60  # ms: how long the system's news may gather before a build starts
IGNORED = (".pyc", "~", ".swp")  # what Python and text editors leave beside sources
ROOMS = (ROOT / "schemas", ROOT / "theme", ROOT / "publishing")


class _Handler(SimpleHTTPRequestHandler):
    """Static files, never cached, with the site's own page for what is not there."""

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        page = Path(self.directory) / "404.html"
        if code != HTTPStatus.NOT_FOUND or not page.is_file():
            return super().send_error(code, message, explain)
        body = page.read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        return None

    def log_message(self, format: str, *args: object) -> None:
        """Requests are not worth a line; what check finds is."""


def server(output: Path, *, port: int) -> ThreadingHTTPServer:
    """A server of `output` on this machine only; port 0 takes a free one."""
    return ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, directory=str(output.resolve())))


def serve(
    content: Path,
    output: Path,
    *,
    port: int,
    afresh: Callable[[], object],
    again: Callable[[frozenset[str] | None], object],
) -> None:
    """Build, serve, and build again on every change until interrupted.

    `afresh` builds in a new process; `again` in this one, where only content changed (in these folders).
    """
    afresh()
    http = server(output, port=port)
    Thread(target=http.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{http.server_port}/", flush=True)
    try:
        for changed in changes((content, *ROOMS)):
            react(content, changed, afresh=afresh, again=again)
    except KeyboardInterrupt:
        http.shutdown()


def react(
    content: Path,
    changed: Iterable[Path],
    *,
    afresh: Callable[[], object],
    again: Callable[[frozenset[str] | None], object],
) -> None:
    """Documents need only their folders looked into; site.yaml, code and templates need a new process."""
    content = content.resolve()
    paths = [path.resolve() for path in changed]
    if any(not path.is_relative_to(content) or (path.parent == content and path.suffix) for path in paths):
        afresh()
    else:
        files = all(path.suffix and not path.is_dir() for path in paths)
        again(frozenset(str(path.parent) for path in paths) if files else None)


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
