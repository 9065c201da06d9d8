"""Many hands on one record: each version is written by exactly one of them, and nothing is lost.

Proved here on SQLite, with threads and with processes. moto cannot prove it for DynamoDB: it reads,
compares and writes without a lock, so its threads can both win where AWS lets one. For DynamoDB the
tests in test_store_dynamo.py show instead that each write is one request that carries the condition.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from chalicelib.store.embedded import EmbeddedStore
from chalicelib.store.port import CASES, Record, Store

NOW = datetime(2026, 11, 23, tzinfo=UTC)
CLIMBER = """
import sys
from datetime import UTC, datetime
from chalicelib.store.embedded import EmbeddedStore
from chalicelib.store.port import CASES
store, won = EmbeddedStore(sys.argv[1]), 0
while won < int(sys.argv[3]):
    record = store.find(CASES, "k", now=datetime(2026, 11, 23, tzinfo=UTC))
    won += store.update(CASES, record, expected=record.version, appended=[{"by": sys.argv[2], "n": won}])
"""


def together(hands: int, act: Callable[[int], bool]) -> list[bool]:
    """What `act` answers each of so many threads that start at the same moment."""
    start = threading.Barrier(hands)

    def one(hand: int) -> bool:
        start.wait()
        return act(hand)

    with ThreadPoolExecutor(hands) as pool:
        return list(pool.map(one, range(hands)))


@pytest.mark.parametrize("hands", [8, 64])
def test_of_many_creations_of_one_key_one_succeeds(embedded: EmbeddedStore, hands: int) -> None:
    won = together(hands, lambda hand: embedded.create(CASES, Record("k", {"by": hand})))
    found = embedded.find(CASES, "k", now=NOW)
    assert won.count(True) == 1
    assert found is not None and found.head == {"by": won.index(True)}


@pytest.mark.parametrize("hands", [8, 64])
def test_each_version_is_won_by_exactly_one_hand(embedded: EmbeddedStore, hands: int) -> None:
    embedded.create(CASES, Record("k", {}, index={"queue": ("q", "0")}))
    winners = []
    for version in range(1, 9):
        won = together(hands, lambda hand, at=version: _climb(embedded, by=hand, at=at))  # type: ignore[misc]
        assert won.count(True) == 1
        winners.append({"by": won.index(True)})
    found = embedded.find(CASES, "k", now=NOW)
    assert found is not None and found.version == 9 and list(found.events) == winners
    assert [row.head for row in embedded.query(CASES, "queue", "q").rows] == [winners[-1]]


def _climb(store: Store, *, by: int, at: int) -> bool:
    moved = Record("k", {"by": by}, index={"queue": ("q", str(by))})
    return store.update(CASES, moved, expected=at, appended=[{"by": by}])


def test_hands_that_try_again_all_get_through(embedded: EmbeddedStore) -> None:
    embedded.create(CASES, Record("k", {}))

    def insist(hand: int) -> bool:
        while True:
            record = embedded.find(CASES, "k", now=NOW)
            assert record is not None
            moved = replace(record, head={"by": hand})
            if embedded.update(CASES, moved, expected=record.version, appended=[{"by": hand}]):
                return True

    together(24, insist)
    found = embedded.find(CASES, "k", now=NOW)
    assert found is not None and sorted(event["by"] for event in found.events) == list(range(24))


def test_several_processes_share_one_folder(embedded: EmbeddedStore, tmp_path: Path) -> None:
    embedded.create(CASES, Record("k", {}))
    climbers = [
        subprocess.Popen(
            [sys.executable, "-c", CLIMBER, str(tmp_path), name, "40"],
            env={"PYTHONPATH": str(Path(__file__).parents[2] / "functions")},
        )
        for name in "abc"
    ]
    assert [climber.wait(timeout=60) for climber in climbers] == [0, 0, 0]
    found = embedded.find(CASES, "k", now=NOW)
    assert found is not None and found.version == 121
    for name in "abc":
        assert [event["n"] for event in found.events if event["by"] == name] == list(range(40))
