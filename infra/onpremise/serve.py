"""`make serve`: the whole product on one machine, with sample content and a development sign-in.

Builds the site, then runs three processes until Ctrl-C: the web server, the jobs, and a development identity
provider. Data stay in DATA_DIR (default var/). With SITE_DIR, a site that is built already is served instead. With
SAMPLE_CASES=1 the desk and the statistics have sample cases of the last two months to show.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "infra" / "sample"
READY_SECONDS = 60
HAND_OVER_SECONDS = "15"  # SIGHUP: granian starts a worker, waits this long, and only then ends the old one
LAST_WORDS_SECONDS = 35  # longer than a request may take
STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def main() -> int:
    """Builds, starts, says where to go, and waits."""
    port = int(os.environ.get("PORT", "8000"))
    sign_in_port = int(os.environ.get("SIGN_IN_PORT", str(port + 1)))
    data = Path(os.environ.get("DATA_DIR", ROOT / "var")).resolve()
    data.mkdir(parents=True, exist_ok=True)
    settings = environment(port, sign_in_port, data)
    build = [sys.executable, "publish.py", "build", "--output", str(data / "site")]
    build = [] if "SITE_DIR" in os.environ else build  # somebody else publishes there
    built = subprocess.run(build, cwd=ROOT, check=False).returncode if build else 0
    if built:
        return built
    if os.environ.get("SAMPLE_CASES") == "1":
        subprocess.run([sys.executable, "-m", "sample_cases"], cwd=ROOT, env=settings, check=True)
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for command in commands(port, sign_in_port).values():
            processes.append(subprocess.Popen(command, cwd=ROOT, env=settings, start_new_session=True))
        return _watch(processes, port, sign_in_port, fresh=_republished(data / "statistics.json", build))
    finally:
        _stop(processes)


def environment(port: int, sign_in_port: int, data: Path) -> dict[str, str]:
    """The settings of every process, for development on this machine."""
    return {
        **os.environ,
        "BANSHI_ENV": "development",
        "BASE_URL": f"http://localhost:{port}",
        "PROMETHEUS_MULTIPROC_DIR": _emptied(data / "metrics"),
        "SECRET_KEY": _secret(data / "secret"),
        "DATA_DIR": str(data),
        "SITE_DIR": os.environ.get("SITE_DIR", str(data / "site")),
        "STAFF_FILE": str(SAMPLE / "staff.json"),
        "OIDC_ISSUER": f"http://localhost:{sign_in_port}",
        "OIDC_CLIENT_SECRET": "development",
        "RATE_FACTOR": os.environ.get("RATE_FACTOR", "1000"),  # on one machine everybody has one address
        "PYTHONPATH": os.pathsep.join([str(ROOT / "functions"), str(ROOT), str(Path(__file__).parent)]),
    }


def _emptied(folder: Path) -> str:
    """Where the worker processes count together; counts begin anew with the server."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.db"):
        old.unlink()
    return str(folder)


def _secret(file: Path) -> str:
    """The machine's own secret, made on the first start and kept readable by its owner only."""
    if not file.exists():
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as out:
            out.write(secrets.token_urlsafe(48))
    return file.read_text().strip()


def commands(port: int, sign_in_port: int) -> dict[str, list[str]]:
    """The processes by name, in the order to start them; a web worker that dies is replaced."""
    web = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", os.environ.get("WORKERS", "2"), "--blocking-threads", "8", "--no-access-log"),
        *(
            "--respawn-failed-workers",
            "--respawn-interval",
            HAND_OVER_SECONDS,
            "--workers-kill-timeout",
            "30",
        ),
        *("--log-level", "warning", "wsgi:application"),
    ]
    provider = [sys.executable, str(Path(__file__).with_name("dev_sign_in.py")), str(sign_in_port)]
    return {"provider": provider, "web": web, "jobs": [sys.executable, "-m", "chalicelib.jobs.loop"]}


def _republished(statistics: Path, build: list[str]) -> Callable[[], None]:
    """Publishes the site again whenever the jobs have written other statistics: once a day."""
    seen = 0  # what the sample cases have just made is published too

    def look() -> None:
        nonlocal seen
        if build and _written(statistics) != seen:
            seen = _written(statistics)
            subprocess.run(build, cwd=ROOT, check=False, stdout=subprocess.DEVNULL)

    return look


def _written(file: Path) -> int:
    return file.stat().st_mtime_ns if file.is_file() else 0


def _watch(
    processes: list[subprocess.Popen[bytes]], port: int, sign_in_port: int, *, fresh: Callable[[], None]
) -> int:
    address = f"http://localhost:{port}"
    sign_in = f"http://localhost:{sign_in_port}/.well-known/openid-configuration"
    if not _ready(f"{address}/healthz", processes) or not _ready(sign_in, processes):
        print(
            f"Could not start. Is port {port} or {sign_in_port} taken? Try PORT=9000 make serve.",
            file=sys.stderr,
        )
        return 1
    print("\nSign in as (development only, no password):")
    for person in json.loads((SAMPLE / "people.json").read_text("utf-8")):
        print(f"  {person['sub']:<12} {person['name']}  {person['about']}")
    print(f"\nReview desk: {address}/review/\nPortal:      {address}/", flush=True)
    while all(process.poll() is None for process in processes):
        time.sleep(0.5)
        fresh()
    return 1


def _ready(url: str, processes: list[subprocess.Popen[bytes]]) -> bool:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and all(process.poll() is None for process in processes):
        try:
            with urllib.request.urlopen(url, timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    return False


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    """All of them, with their workers: each may finish what it has in hand, within `LAST_WORDS_SECONDS` together."""
    for sign in STOPPING:
        signal.signal(sign, signal.SIG_IGN)  # asked twice, once is done
    for process in processes:
        process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + LAST_WORDS_SECONDS
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.1, deadline - time.monotonic()))
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # each leads a session of its own, workers included


if __name__ == "__main__":
    for sign in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, lambda number, _: sys.exit(128 + number))
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(0)
