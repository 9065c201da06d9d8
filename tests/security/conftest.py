"""One published site and one served house for the attacks; a signed-in page of a real browser for each role."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from wsgiref.simple_server import make_server

import pytest

from tests.comfort.conftest import site as site
from tests.comfort.test_comfort_in_a_browser import Quiet, Threads
from tests.http.stand_in import Town, town


@pytest.fixture(scope="module")
def attacked(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Town:
    return town(site, tmp_path_factory.mktemp("attacked"))


@pytest.fixture
def here(site: Path, tmp_path: Path) -> Town:
    return town(site, tmp_path)


@pytest.fixture(scope="module")
def base(attacked: Town) -> Iterator[str]:
    """The address of the served house."""

    def door(environ: dict[str, Any], start: Any) -> Any:
        if not environ.get("CONTENT_LENGTH"):
            environ |= {"CONTENT_LENGTH": "0", "CONTENT_TYPE": ""}
        return attacked.gateway(environ, start)

    server = make_server("127.0.0.1", 0, door, server_class=Threads, handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
