"""The product behind the nginx.conf it ships."""

from __future__ import annotations

import json
import ssl
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.crash.live_callers import NoRedirect
from tests.crash.live_house import LiveHouse
from tests.onpremise.fronted import HTTP, HTTPS, in_front, nginx, written

pytestmark = pytest.mark.crash
MARK = "4bf92f3577b34da6a3ce929d0e0e4736"


class Answered:
    """One answer through nginx."""

    def __init__(self, found: Any) -> None:
        self.status, self.headers, self.body = found.status, found.headers, found.read()
        self.text = self.body.decode("utf-8", "replace")


class Front:
    """A visitor at the front door, over TLS or not."""

    def __init__(self, trusting: ssl.SSLContext, folder: Path) -> None:
        self.folder = folder
        self._opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=trusting), NoRedirect)

    def ask(self, path: str, *, data: bytes | None = None, tls: bool = True, **headers: str) -> Answered:
        base = f"https://localhost:{HTTPS}" if tls else f"http://localhost:{HTTP}"
        try:
            with self._opener.open(urllib.request.Request(base + path, data, headers), timeout=20) as found:
                return Answered(found)
        except urllib.error.HTTPError as error:
            return Answered(error)


@pytest.fixture
def front(live: LiveHouse, tmp_path: Path) -> Iterator[Front]:
    folder = tmp_path / "nginx"
    folder.mkdir()
    with in_front(folder, behind=live.port) as trusting:
        yield Front(trusting, folder)


def test_the_configuration_is_one_that_nginx_takes(tmp_path: Path) -> None:
    conf = written(tmp_path, behind=8261)
    done = subprocess.run(
        [nginx(), "-t", "-q", "-p", str(tmp_path), "-c", str(conf)],
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_product_behind_nginx(front: Front, live: LiveHouse) -> None:
    """One start of everything, several questions."""
    home = front.ask("/")
    assert home.status == 200 and "max-age=" in home.headers["Strict-Transport-Security"]
    assert "default-src 'none'" in home.headers["Content-Security-Policy"]

    plain = front.ask("/guides/", tls=False)
    assert (plain.status, plain.headers["Location"]) == (308, "https://localhost/guides/")

    assert front.ask("/metrics").status == 404
    assert front.ask("/metrics/", **{"X-Forwarded-For": "127.0.0.1"}).status == 404

    spoofed = front.ask(
        "/api/v1/applications/AAAAAAAAAAAA?code=123456",
        **{"X-Request-Id": MARK, "traceparent": f"00-{MARK}-00f067aa0ba902b7-01"},
    )
    assert spoofed.status == 404
    lines = [
        json.loads(line)
        for line in (live.data / "web.log").read_text("utf-8").splitlines()
        if '"says": "request"' in line
    ]
    asked = [line for line in lines if line["route"] == "/api/v1/applications/{number}"]
    assert len(asked) == 1 and asked[0]["trace"] != MARK and len(asked[0]["trace"]) == 32

    big = front.ask(
        "/status", data=b"x" * (6 * 1024 * 1024 + 9), **{"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert big.status == 413 and "<main" in big.text
    assert front.ask("/status", data=b"x" * (8 * 1024 * 1024)).status == 413

    live.kill("web")
    away = front.ask("/status/")
    assert (away.status, away.headers["Retry-After"]) == (503, "30")
    assert "重复提交不会产生两份申请" in away.text and "will not be sent twice" in away.text

    logged = (front.folder / "banshi.log").read_text("utf-8")
    told = [json.loads(line) for line in logged.splitlines()]
    assert (
        asked[0]["trace"] in {line["trace"] for line in told}
        and "127.0.0.1" not in logged
        and "code=" not in logged
    )
