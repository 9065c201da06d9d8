"""A house of this process at an address of its own, for a real browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Says nothing."""


class _Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True


@contextmanager
def served(gateway: Any) -> Iterator[str]:
    """The address at which `gateway` answers until the block ends."""

    def door(environ: dict[str, Any], start: Any) -> Any:
        """wsgiref lends the bare connection, whose body never ends, and makes up a type for bodies that are not."""
        if not environ.get("CONTENT_LENGTH"):
            environ |= {"CONTENT_LENGTH": "0", "CONTENT_TYPE": ""}
        return gateway(environ, start)

    server = make_server("127.0.0.1", 0, door, server_class=_Threads, handler_class=_Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
