"""A server of the built site for one editor: nothing is cached, and pages load again when the site was built again."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Condition

ADDRESS = "/.live"  # no page of a site begins so
PATIENCE = 25  # seconds after which a waiting page asks again
_SCRIPT = """<script>(async () => {
  for (;;) try {
    if (await (await fetch("%s?%s")).text() !== "%s") return location.reload()
  } catch { await new Promise(done => setTimeout(done, 500)) }
})()</script>"""


class News:
    """Which building of the site stands: a name that changes with each. `start` tells two servers apart."""

    def __init__(self, *, start: int) -> None:
        self._start, self._count = start, 0
        self._told = Condition()

    @property
    def now(self) -> str:
        """The name of what stands now."""
        return f"{self._start}-{self._count}"

    def tell(self) -> None:
        """The site was built again."""
        with self._told:
            self._count += 1
            self._told.notify_all()

    def after(self, seen: str) -> str:
        """What stands now, as soon as it is another building than the one seen, or after some patience."""
        with self._told:
            self._told.wait_for(lambda: self.now != seen, timeout=PATIENCE)
            return self.now


class _Handler(SimpleHTTPRequestHandler):
    """Static files, with the site's own page for what is not there."""

    def __init__(self, *arguments: object, news: News, **more: object) -> None:
        self._news = news
        super().__init__(*arguments, **more)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        address, _, seen = self.path.partition("?")
        if address == ADDRESS:
            return self._answer(self._news.after(seen).encode(), kind="text/plain")
        page = self._page()
        return self._answer(self._alive(page)) if page else super().do_GET()

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        page = Path(self.directory) / "404.html"
        if code != HTTPStatus.NOT_FOUND or not page.is_file():
            return super().send_error(code, message, explain)
        return self._answer(self._alive(page), code=code)

    def log_message(self, format: str, *args: object) -> None:
        """Requests are not worth a line; what check finds is."""

    def _page(self) -> Path | None:
        """The page of this address, if it is one."""
        path = Path(self.translate_path(self.path))
        page = path / "index.html" if self.path.partition("?")[0].endswith("/") else path
        return page if page.suffix == ".html" and page.is_file() else None

    def _alive(self, page: Path) -> bytes:
        """A page that loads again with the next building; the end of the file is as good a place as any."""
        return page.read_bytes() + (_SCRIPT % (ADDRESS, self._news.now, self._news.now)).encode()

    def _answer(self, body: bytes, *, kind: str = "text/html", code: int = HTTPStatus.OK) -> None:
        self.send_response(code)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def server(output: Path, *, port: int, news: News) -> ThreadingHTTPServer:
    """A server of `output` on this machine only; port 0 takes a free one."""
    handler = partial(_Handler, directory=str(output.resolve()), news=news)
    return ThreadingHTTPServer(("127.0.0.1", port), handler)
