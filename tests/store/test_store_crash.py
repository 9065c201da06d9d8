"""`kill -9` in the middle of writing: what was acknowledged is there, once, and nothing is half there.

This proves that we acknowledge after the commit, not that the disk keeps its promises in a power cut:
for that the tests in test_store_embedded.py show that SQLite is told to sync every commit.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from chalicelib.store.embedded import EmbeddedStore
from chalicelib.store.port import CASES, Store

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
ROUNDS = 12

pytestmark = pytest.mark.crash


def test_every_acknowledged_write_survives_a_dozen_kills(tmp_path: Path) -> None:
    told = [_killed_after(tmp_path, round_, random.uniform(0.02, 0.25)) for round_ in range(ROUNDS)]
    acknowledged = [line for lines in told for line in lines]
    assert len(acknowledged) > 10 * ROUNDS
    store = EmbeddedStore(tmp_path)
    listed = _listed(store)
    assert set(listed.values()) == {1}
    _check_acknowledged(store, acknowledged, listed)
    _check_whole(store, listed)
    assert store.lasting.connection().execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def _killed_after(folder: Path, round_: int, seconds: float) -> list[list[str]]:
    """What two writers on one folder said before both were killed, `seconds` after both had begun."""
    writers = [_writer(folder, f"{round_}{name}") for name in "ab"]
    first = [writer.stdout.readline() for writer in writers if writer.stdout]
    time.sleep(seconds)
    for writer in writers:
        writer.kill()
    rest = "".join(writer.communicate()[0] for writer in writers)
    assert all(first)
    whole = [line for line in [*first, *rest.splitlines(keepends=True)] if line.endswith("\n")]
    return [line.split() for line in whole]


def _writer(folder: Path, name: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(Path(__file__).parent / "crash_writer.py"), str(folder), name],
        env={"PYTHONPATH": str(ROOT / "functions")},
        stdout=subprocess.PIPE,
        text=True,
    )


def _listed(store: Store) -> Counter[str]:
    keys: Counter[str] = Counter()
    after = None
    while True:
        page = store.query(CASES, "queue", "all", limit=200, after=after)
        keys.update(row.key for row in page.rows)
        after = page.after
        if after is None:
            return keys


def _check_acknowledged(store: Store, lines: list[list[str]], listed: Counter[str]) -> None:
    for kind, name, version in lines:
        if kind == "file":
            assert store.get_file(name) is not None
            continue
        record = store.find(CASES, name, now=NOW)
        assert record is not None and record.version >= int(version) and listed[name] == 1


def _check_whole(store: Store, listed: Counter[str]) -> None:
    """Also of what was never acknowledged: head, version and events moved together or not at all."""
    for key in listed:
        record = store.find(CASES, key, now=NOW)
        assert record is not None and record.head == {"at": record.version}
        assert [event["n"] for event in record.events] == list(range(record.version))
