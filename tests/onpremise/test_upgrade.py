"""Going over to another release while people apply: every request is answered, once, by the old one or the new one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from chalicelib.store.embedded import EmbeddedStore
from chalicelib.store.port import CASES
from keeper.verify import verify

from infra.onpremise import serve
from tests.crash.applicants import Applicant
from tests.crash.live_callers import token_for
from tests.crash.live_house import LiveHouse
from tests.onpremise.fronted import HTTPS, in_front

pytestmark = pytest.mark.crash
PEOPLE = ("lin-he", "zhou-man", "lin-he", "zhou-man")


def release(folder: Path, name: str) -> Path:
    """A release of its own: a copy of the code, and the environment it was installed into."""
    made = folder / "releases" / name
    for part in ("functions", "schemas", "theme", "infra"):
        shutil.copytree(
            serve.ROOT / part, made / part, ignore=shutil.ignore_patterns("__pycache__", "vendor")
        )
    (made / ".venv").symlink_to(sys.prefix)
    return made


@pytest.fixture
def current(tmp_path: Path) -> Path:
    """`current`, which points at release "one"."""
    link = tmp_path / "current"
    link.symlink_to(release(tmp_path, "one"))
    return link


@pytest.fixture
def running(tmp_path: Path, published: Path, current: Path) -> Iterator[LiveHouse]:
    (tmp_path / "data").mkdir()
    house = LiveHouse(tmp_path / "data", site=published)
    web = house._commands["web"]
    web[web.index("--respawn-interval") + 1] = "7"  # half of what a server is given, to save time
    paths = [f"{current}/functions", str(current), f"{current}/infra/onpremise"]
    house.environment |= {"PYTHONPATH": os.pathsep.join(paths), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        house.start()
        yield house
    finally:
        house.stop()


def upgrade(to: Path, house: LiveHouse, current: Path) -> subprocess.CompletedProcess[str]:
    """The script as an operator runs it, except that no systemd does the reloading."""
    settings = current.parent / "banshi.env"
    wanted = (
        "BANSHI_ENV",
        "BASE_URL",
        "SECRET_KEY",
        "DATA_DIR",
        "SITE_DIR",
        "STAFF_FILE",
        "OIDC_ISSUER",
        "OIDC_CLIENT_SECRET",
    )
    settings.write_text("".join(f"{name}={house.environment[name]}\n" for name in wanted))
    environ = {
        "PATH": os.environ["PATH"], "BANSHI_CURRENT": str(current), "BANSHI_SETTINGS": str(settings), "PYTHONDONTWRITEBYTECODE": "1",
        "BANSHI_RELOAD": f"kill -HUP {house._running['web'].pid}", "BANSHI_RESTART": "true",
    }  # fmt: skip
    script = str(serve.ROOT / "infra" / "onpremise" / "upgrade.sh")
    return subprocess.run(
        ["sh", script, str(to)], env=environ, capture_output=True, encoding="utf-8", check=False, timeout=60
    )


def answering(house: LiveHouse) -> set[str]:
    """The releases that answer just now; two workers may be asked, so it asks often."""
    found = set()
    for _ in range(12):
        with urllib.request.urlopen(f"{house.address}/metrics", timeout=5) as answer:
            found |= set(re.findall(r'banshi_release_info\{release="(\w+)"\}', answer.read().decode()))
    return found


def wait_for(name: str, house: LiveHouse) -> None:
    deadline = time.monotonic() + 40
    while answering(house) != {name}:
        assert time.monotonic() < deadline, f"{name} did not take over"
        time.sleep(0.2)


def test_no_request_is_lost_in_an_upgrade_and_a_release_that_cannot_start_is_not_taken(
    running: LiveHouse,
    current: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    two, broken = release(tmp_path, "two"), release(tmp_path, "broken")
    (broken / "functions" / "app.py").write_text("raise RuntimeError('a release that cannot start')\n")
    folder = tmp_path / "nginx"
    folder.mkdir()
    with in_front(folder, behind=running.port):
        monkeypatch.setenv("SSL_CERT_FILE", str(folder / "fullchain.pem"))
        stop = threading.Event()
        address = f"https://localhost:{HTTPS}"
        applicants = [Applicant(address, sub, token_for(running.issuer, sub), stop) for sub in PEOPLE]
        threads = [threading.Thread(target=applicant.work) for applicant in applicants]
        for thread in threads:
            thread.start()
        try:
            time.sleep(2)
            assert answering(running) == {"one"}
            done = upgrade(two, running, current)
            assert done.returncode == 0, done.stderr
            wait_for("two", running)
            refused = upgrade(broken, running, current)
            assert refused.returncode == 1 and "nothing was changed" in refused.stderr
            wait_for("two", running)  # an old worker may still be finishing what it had begun
        finally:
            stop.set()
            for thread in threads:
                thread.join(60)
    receipts = {receipt["number"] for one in applicants for sent in one.sent for receipt in sent.receipts}
    lost = sum(one.unknown + one.retried for one in applicants)
    found = verify(EmbeddedStore(running.data))
    with capsys.disabled():
        print(f"\nupgrade under load: {len(receipts)} applications acknowledged, {lost} requests lost")
    assert len(receipts) > 10 and [one.strange for one in applicants if one.strange] == []
    assert lost == 0
    assert (
        found.faults == []
        and {record.key for record in EmbeddedStore(running.data).walk(CASES, limit=100_000)} == receipts
    )
