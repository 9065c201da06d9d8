"""`make serve` takes its processes with it, however it is told to end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from infra.onpremise import serve
from tests.crash.live_house import _answers, _free_port, _until

pytestmark = pytest.mark.crash


def descendants(pid: int) -> set[int]:
    """Every process below this one."""
    try:
        lists = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    except FileNotFoundError:
        return set()
    children = {int(child) for listed in lists for child in listed.split()}
    return children.union(*(descendants(child) for child in children))


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks into /proc")
@pytest.mark.parametrize(("sign", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 0), (signal.SIGHUP, 129)])
def test_nothing_is_left_running(sign: signal.Signals, code: int, tmp_path: Path, published: Path) -> None:
    port = _free_port()
    environ = {**os.environ, "PORT": str(port), "DATA_DIR": str(tmp_path), "SITE_DIR": str(published)}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "infra/onpremise/serve.py"],
            cwd=serve.ROOT,
            env=environ,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        _until(
            lambda: (
                _answers(f"http://localhost:{port}/readyz")
                and b"Review desk" in (tmp_path / "log").read_bytes()
            )
        )
        below = descendants(process.pid)
        assert len(below) >= 5  # provider, web and two workers, jobs
        process.send_signal(sign)
        time.sleep(0.2)
        process.send_signal(sign)  # somebody in a hurry
        assert process.wait(40) == code
        assert [pid for pid in below if not gone(pid)] == []
    finally:
        process.kill()
