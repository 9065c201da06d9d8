"""Wall time, processor time and peak memory of a command with all its children."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PAUSE = 0.5  # seconds between two looks at memory


class TooLong(Exception):
    """The command was stopped because its time was over."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds and megabytes; memory is the proportional set size (PSS) summed over its processes."""

    wall: float
    cpu: float
    peak: float


def cost(
    command: Sequence[str], *, folder: Path, env: dict[str, str] | None = None, limit: float | None = None
) -> Cost:
    """Run it to its end; an error is an error here. After `limit` seconds it and its children are stopped: TooLong."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start, peak = time.perf_counter(), 0.0
    with subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **(env or {})},
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        os.set_blocking(process.stdout.fileno(), False)  # type: ignore[union-attr]
        said = b""
        while _running(process):
            peak = max(peak, _memory(process.pid))
            said += process.stdout.read() or b""  # type: ignore[union-attr]
            if limit and time.perf_counter() - start > limit:
                os.killpg(process.pid, signal.SIGKILL)
                raise TooLong(f"stopped after {limit:.0f} s, not finished; {peak / 1024:.0f} MB so far")
        wall = time.perf_counter() - start
        said += process.stdout.read() or b""  # type: ignore[union-attr]
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)}: {said.decode(errors='replace')[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, peak / 1024)


def _running(process: subprocess.Popen[bytes]) -> bool:
    """Whether it still runs after a pause; its end is noticed at once."""
    try:
        process.wait(PAUSE)
    except subprocess.TimeoutExpired:
        return True
    return False


def _memory(process: int) -> float:
    """Kilobytes of a process and all below it."""
    try:
        found = Path(f"/proc/{process}/task/{process}/children").read_text().split()
        return _share(process) + sum(_memory(int(child)) for child in found)
    except OSError:
        return 0.0


def _share(process: int) -> float:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return next((float(line.split()[1]) for line in lines if line.startswith("Pss:")), 0.0)
