"""The real product as a process of its own, and the browser that visits it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Error, Playwright

ROOT = Path(__file__).parents[2]
START_SECONDS = 90
STOP_SECONDS = 20
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=zh-CN",
    "--disable-lcd-text",
]
NO_BROWSER = (
    "No Chromium to test with. Install one (apt-get install chromium fonts-noto-cjk, or playwright install chromium) "
    "or set CHROMIUM to its path."
)


class CannotStart(Exception):
    """The product or the browser is not there; the message says what to do."""


@contextmanager
def product(data: Path) -> Iterator[str]:
    """Builds and serves everything from `data`; yields the portal's address and stops it afterwards."""
    port, sign_in = _free_ports(2)
    environment = {**os.environ, "DATA_DIR": str(data), "PORT": str(port), "SIGN_IN_PORT": str(sign_in)}
    log = data.with_suffix(".log")
    with log.open("wb") as out:
        command = [sys.executable, str(ROOT / "infra" / "onpremise" / "serve.py")]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT)
    try:
        _wait(process, log, port=port)
        yield f"http://localhost:{port}"
    finally:
        _stop(process)


def chromium(playwright: Playwright) -> Browser:
    """A headless Chromium: $CHROMIUM, the system's, or Playwright's own."""
    named = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    try:
        return playwright.chromium.launch(
            executable_path=named, args=FLAGS, env={**os.environ, "LANGUAGE": "zh_CN"}
        )
    except Error as error:
        raise CannotStart(f"{NO_BROWSER}\n{error}") from error


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def _wait(process: subprocess.Popen[bytes], log: Path, *, port: int) -> None:
    """Until the product says where it is: by then its sign-in answers too."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if "Portal:" in log.read_text("utf-8", "replace") and _answers(port):
            return
        time.sleep(0.1)
    raise CannotStart(f"The product did not start:\n{log.read_text('utf-8', 'replace')[-3000:]}")


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
