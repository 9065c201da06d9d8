"""The real processes of one machine, as `make serve` starts them, and ways to kill them."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from infra.onpremise import serve

_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_FIRST = 8350 + 20 * _WORKER  # each worker of a run has ports of its own
PORTS = range(
    _FIRST, _FIRST + 20, 2
)  # below the ephemeral range: a client must never be given the server's own port
READY_SECONDS = 40.0


class LiveHouse:
    """Web server, jobs and sign-in on one data folder; each is a process group that can be killed whole."""

    def __init__(self, data: Path, *, site: Path, staff: Path | None = None) -> None:
        self.data, self.site = data, site
        self.port = _free_port()
        self.address, self.issuer = f"http://localhost:{self.port}", f"http://localhost:{self.port + 1}"
        self.environment = serve.environment(self.port, self.port + 1, data) | {"SITE_DIR": str(site)}
        if staff:
            self.environment["STAFF_FILE"] = str(staff)
        self._commands = serve.commands(self.port, self.port + 1)
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, *names: str) -> None:
        """Starts these processes, or all of them, and waits until they answer."""
        for name in names or tuple(self._commands):
            with (self.data / f"{name}.log").open("ab") as log:
                self._running[name] = subprocess.Popen(
                    self._commands[name],
                    cwd=serve.ROOT,
                    env=self.environment,
                    start_new_session=True,
                    stdout=log,
                    stderr=log,
                )
        _until(lambda: _answers(f"{self.issuer}/.well-known/openid-configuration"))
        _until(lambda: _answers(f"{self.address}/healthz"))

    def kill(self, name: str) -> None:
        """SIGKILL to a process and all its children at once: no handler runs, no answer goes out."""
        process = self._running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def kill_one_worker(self) -> None:
        """SIGKILL to one worker of the web server; waits until the server has replaced it."""
        before = _children(self._running["web"].pid)
        victim = random.choice(sorted(before))
        os.kill(victim, signal.SIGKILL)
        _until(lambda: self._has_workers(len(before), without=victim))

    def stop(self) -> None:
        """The end of the test, whatever happened in it."""
        for name in tuple(self._running):
            self.kill(name)

    def web_seconds(self) -> float:
        """Processor seconds that the web server and its workers have used."""
        web = self._running["web"].pid
        return sum(map(_used, (web, *_children(web))))

    def _has_workers(self, count: int, *, without: int) -> bool:
        try:
            alive = _children(self._running["web"].pid)
        except FileNotFoundError:
            return False  # one ended between the listing and the look
        return without not in alive and len(alive) == count and _answers(f"{self.address}/healthz")


def _children(parent: int) -> set[int]:
    """Worker processes; multiprocessing's own resource tracker holds no requests."""
    threads = list(Path(f"/proc/{parent}/task").glob("*/children"))
    if threads:
        children = {int(pid) for thread in threads for pid in thread.read_text().split()}
        return {
            pid for pid in children if b"resource_tracker" not in Path(f"/proc/{pid}/cmdline").read_bytes()
        }
    listing = ["ps", "-A", "-o", "pid=", "-o", "ppid=", "-o", "args="]  # macOS has no /proc
    rows = [line.split(None, 2) for line in subprocess.check_output(listing, text=True).splitlines()]
    return {int(row[0]) for row in rows if int(row[1]) == parent and "resource_tracker" not in row[-1]}


def _used(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")  # user and system


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1):
            return True
    except (urllib.error.URLError, OSError):
        return False


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "the server did not come up"
        time.sleep(0.05)


def _free_port() -> int:
    """A pair of neighbouring free ports: the portal and its sign-in."""
    return next(port for port in PORTS if _is_free(port) and _is_free(port + 1))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
