"""A small server for editors: shows the built site and builds again when a source file changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from publishing.sources import ROOT

PAUSE = 0.5  # seconds between two looks at the files


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


def serve(content: Path, output: Path, *, port: int, rebuild: Callable[[], object]) -> None:
    """Build, serve, and build again on every change until interrupted."""
    rebuild()
    http = server(output, port=port)
    Thread(target=http.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{http.server_port}/", flush=True)
    try:
        _watch((content, ROOT / "schemas", ROOT / "theme"), rebuild)
    except KeyboardInterrupt:
        http.shutdown()


def _watch(folders: Iterable[Path], rebuild: Callable[[], object]) -> None:
    before = snapshot(folders)
    while True:
        time.sleep(PAUSE)
        now = snapshot(folders)
        if now != before:
            rebuild()
            before = now


def snapshot(folders: Iterable[Path]) -> dict[Path, int]:
    """Every source file with the time of its last change (ns)."""
    files = (file for folder in folders for file in folder.rglob("*") if file.suffix not in ("", ".pyc"))
    return {file: file.stat().st_mtime_ns for file in files if file.is_file()}
