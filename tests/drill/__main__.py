"""`make drill`: applications come in, back-ups are made meanwhile, everything is destroyed, and comes back. Timed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from chalicelib.store.embedded import EmbeddedStore
from chalicelib.store.port import CASES
from keeper.verify import verify

from infra.onpremise import serve
from tests.crash.applicants import Applicant
from tests.crash.live_callers import token_for
from tests.crash.live_house import LiveHouse

PEOPLE = ("lin-he", "zhou-man", "lin-he", "zhou-man")
LIMIT_MINUTES = 30.0


@dataclass(frozen=True)
class Drilled:
    """What a drill found. Times in seconds."""

    acknowledged: int
    before_backup: int
    restored: int
    missing: int
    faults: int
    backup_seconds: float
    recovery_seconds: float

    @property
    def passed(self) -> bool:
        """Everything acknowledged before the last back-up is back and whole, within half an hour."""
        return not self.missing and not self.faults and self.recovery_seconds < 60 * LIMIT_MINUTES

    def told(self) -> str:
        """For people."""
        return (
            f"{self.acknowledged} applications acknowledged, {self.before_backup} of them before the last back-up began\n"
            f"last back-up under load: {self.backup_seconds:.1f} s\n"
            f"destroyed; {self.restored} cases restored and verified, {self.missing} missing, {self.faults} faults\n"
            f"from nothing to answering: {self.recovery_seconds / 60:.2f} minutes (limit {LIMIT_MINUTES:.0f})"
        )


def drill(site: Path, work: Path, *, seconds: float) -> Drilled:
    """One drill in an empty folder; `seconds` is how long applications come in, with a back-up halfway and one at the end."""
    data, vault = work / "data", work / "vault"
    data.mkdir()
    house = LiveHouse(data, site=site)
    stop = threading.Event()
    try:
        house.start()
        applicants = [Applicant(house.address, sub, token_for(house.issuer, sub), stop) for sub in PEOPLE]
        threads = [threading.Thread(target=applicant.work) for applicant in applicants]
        for thread in threads:
            thread.start()
        _make_keys(house, work)
        time.sleep(seconds / 2)
        _keeper(house, "backup", "--to", str(vault), "--recipients", str(work / "public"))
        time.sleep(seconds / 2)
        before, began = _numbers(applicants), time.monotonic()
        _keeper(house, "backup", "--to", str(vault), "--recipients", str(work / "public"), "--keep", "1")
        backup_seconds = time.monotonic() - began
        stop.set()
        for thread in threads:
            thread.join(60)
        house.stop()  # SIGKILL to all
        shutil.rmtree(data)

        began = time.monotonic()
        _keeper(house, "restore", "--from", str(vault), "--key", str(work / "key"), "--to", str(data))
        (data / "metrics").mkdir()
        house.start()
        _answers(house)
        recovery = time.monotonic() - began
    finally:
        stop.set()
        house.stop()
    found = verify(EmbeddedStore(data))
    restored = {record.key for record in EmbeddedStore(data).walk(CASES, limit=1_000_000)}
    return Drilled(
        acknowledged=len(_numbers(applicants)),
        before_backup=len(before),
        restored=len(restored),
        missing=len(before - restored),
        faults=len(found.faults),
        backup_seconds=backup_seconds,
        recovery_seconds=recovery,
    )


def _numbers(applicants: list[Applicant]) -> set[str]:
    return {
        receipt["number"]
        for one in applicants
        for sent in tuple(one.sent)
        for receipt in tuple(sent.receipts)
    }


def _make_keys(house: LiveHouse, work: Path) -> None:
    (work / "public").write_text(_keeper(house, "new-key", "--to", str(work / "key")))


def _keeper(house: LiveHouse, *words: str) -> str:
    """A command of the keeper, in a process of its own as an operator runs it."""
    done = subprocess.run(
        [sys.executable, "-m", "keeper", *words],
        cwd=serve.ROOT,
        env=house.environment,
        check=True,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    return done.stdout


def _answers(house: LiveHouse) -> None:
    with urllib.request.urlopen(f"{house.address}/readyz", timeout=10) as answer:
        assert answer.status == 200


def main() -> int:
    """Publishes the sample content, drills, prints what came of it."""
    seconds = float(os.environ.get("SECONDS_OF_LOAD", "30"))
    with tempfile.TemporaryDirectory(prefix="drill-") as folder:
        work = Path(folder)
        build = [sys.executable, "publish.py", "build", "--output", str(work / "site")]
        subprocess.run(build, cwd=serve.ROOT, check=True, stdout=subprocess.DEVNULL)
        found = drill(work / "site", work, seconds=seconds)
    print(found.told())
    return 0 if found.passed else 1


if __name__ == "__main__":
    sys.exit(main())
