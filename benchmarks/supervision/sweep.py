"""What one round of the lights costs among many open cases: calls, rows read, CPU seconds.

    python -m benchmarks.supervision.sweep [--cases 100000]

The store is filled directly with lamps as `watch/lamps.py` writes them; the case records of those that change that
day are real. Counts do not depend on the machine; CPU seconds do.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "functions")]

from chalicelib import ledger  # noqa: E402
from chalicelib.actions import Desk  # noqa: E402
from chalicelib.jobs.watch import sweep_lights  # noqa: E402
from chalicelib.store import rows  # noqa: E402
from chalicelib.store.embedded import EmbeddedStore  # noqa: E402
from chalicelib.store.port import CASES, LAMPS, Record  # noqa: E402
from chalicelib.watch import lamps  # noqa: E402

from schemas.items import Catalogue  # noqa: E402
from tests.domain.world import CALENDAR, WINDOW, at, done, handed_in, item, world  # noqa: E402

DEPTS = [f"dept{n}" for n in range(20)]
DUE_TODAY = 500


class Counting:
    """A store that counts calls and the rows they gave."""

    def __init__(self, store: Any) -> None:
        self._store, self.calls = store, Counter[str]()

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)

        def counted(*given: Any, **named: Any) -> Any:
            answer = method(*given, **named)
            self.calls[name] += 1
            self.calls[f"{name} rows"] += len(answer.rows) if name == "query" else 0
            return answer

        return counted


class OneItem(Catalogue):
    """A catalogue with the small item of the tests."""

    def __init__(self) -> None:
        super().__init__(lambda name: None)

    def version(self, item_id: str, version: str) -> Any:
        return item()


def fill(store: EmbeddedStore, cases: int) -> None:
    """Lamps of many open cases, a few of which change today."""
    case = done(handed_in("2026-11-02"), "accept", WINDOW, "2026-11-02")
    record = lamps._record(case, world("2026-11-10"), None)
    assert record
    db = sqlite3.connect(store.lasting.path)
    for n in range(cases):
        number = f"{n:012d}"
        day = date(2026, 11, 11) if n < DUE_TODAY else date(2026, 11, 12) + timedelta(days=n % 60)
        dept = DEPTS[n % len(DEPTS)]
        head = record.head | {"number": number, "dept": dept}
        index = {"next": (lamps.ALL, f"{day}#{number}"), "board": (f"{dept}:green", f"2026-11-12#{number}")}
        rows.insert(db, LAMPS, Record(number, head, index=index))
        if n < DUE_TODAY:
            store_case(db, replace(case, number=number, dept=dept), n)
    db.commit()
    db.close()


def store_case(db: sqlite3.Connection, case: Any, n: int) -> None:
    """The case record behind a lamp."""
    rows.insert(db, CASES, ledger.to_record(case, world("2026-11-10")))


def main() -> None:
    """Prints one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    cases = parser.parse_args().cases
    with tempfile.TemporaryDirectory() as folder:
        store = EmbeddedStore(folder)
        fill(store, cases)
        print(f"{cases} open cases, {DUE_TODAY} of them change their light today")
        for name, now in (
            ("first round of the day", at("2026-11-11", 1)),
            ("every other round", at("2026-11-11", 2)),
        ):
            counting = Counting(store)
            desk = Desk(store=counting, catalogue=OneItem(), calendar=CALENDAR)
            began = time.process_time()
            looked = sweep_lights(desk, now=now)
            spent = time.process_time() - began
            print(f"{name}: {looked} cases, {spent:.3f} CPU s, {dict(sorted(counting.calls.items()))}")
        began = time.process_time()
        seen = [
            lamps.tally(store, dept, lit) for dept in DEPTS for lit in ("breach", "red", "yellow", "green")
        ]
        print(f"board, {len(seen)} counts: {time.process_time() - began:.3f} CPU s")
        print(f"lamps: {store.count(LAMPS, 'next', lamps.ALL, cap=10**7)}")


if __name__ == "__main__":
    main()
