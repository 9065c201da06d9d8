"""One machine's store with a thousand and a million cases: python -m benchmarks.cases.growth FOLDER [SIZES [MAPPED]].

Fills SQLite directly with copies of one real case record (own number, owner, day), then measures what people do:
find one, list a page of a queue, a person's cases, write one, move one on. Processor time, medians of 300; with
MAPPED 0 nothing of the file is mapped, so that pages not in SQLite's memory are read by calls, which are counted.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from pathlib import Path
from statistics import median

from chalicelib import ledger
from chalicelib.domain.numbers import derive
from chalicelib.store import database, rows
from chalicelib.store.embedded import EmbeddedStore
from chalicelib.store.port import CASES, Record, Store

from tests.domain.world import CITIZEN, WINDOW, done, handed_in, world
from tests.reliability.life import START

TODAY = world("2026-09-21")
TRIES, AT_ONCE = 300, 20_000
PER_PERSON = 20


def main() -> None:
    """Fills up to each size in turn and prints a line for it."""
    folder = Path(sys.argv[1])
    sizes = [int(text) for text in (sys.argv[2] if len(sys.argv) > 2 else "1000,30000,1000000").split(",")]
    database.MAPPED_BYTES = int(sys.argv[3]) if len(sys.argv) > 3 else database.MAPPED_BYTES
    store = EmbeddedStore(folder)
    made, filled = _copies(), 0
    for size in sizes:
        _fill(store, made, size - filled)
        filled = size
        megabytes = store.lasting.path.stat().st_size / 1024**2
        print(f"{size:>9} cases, {megabytes:7.0f} MB:", "  ".join(_measured(store, size)), flush=True)


def _copies() -> Iterator[Record]:
    """The record of an accepted case, again and again as somebody else's on another day."""
    case = done(handed_in("2026-09-18"), "accept", WINDOW, "2026-09-21")
    record, n = ledger.to_record(case, TODAY), 0
    while True:
        number, day = derive(f"growth {n}"), (START - timedelta(minutes=n)).isoformat()
        turn = "chief+reviewer" if n % 100 == 0 else "closed"
        index = {
            "queue": (f"csgl:{turn}", f"12{day[:10]}#{number}"),
            "owner": (f"person-{_person(n)}", f"{day}#{number}"),
        }
        yield replace(record, key=number, head={**record.head, "number": number}, index=index)
        n += 1


def _person(n: int) -> int:
    """Whose case it is: of a thousand in a row each of fifty people has twenty, none beside another of theirs."""
    return n // 1000 * 50 + n % 50


def _fill(store: EmbeddedStore, made: Iterator[Record], count: int) -> None:
    while count > 0:
        with store.lasting.writing() as db:
            for record in islice(made, min(count, AT_ONCE)):
                rows.insert(db, CASES, record)
        count -= AT_ONCE


def _measured(store: Store, size: int) -> Iterator[str]:
    def find(n: int) -> None:
        assert store.find(CASES, derive(f"growth {n * 7919 % size}"), now=START)

    def write(n: int) -> None:
        record = ledger.to_record(replace(handed_in("2026-09-18"), number=derive(f"new {size} {n}")), TODAY)
        assert store.create(
            CASES, replace(record, index={**record.index, "owner": (CITIZEN.sub, f"{size} {n}")})
        )

    def move(n: int) -> None:
        record = store.find(CASES, derive(f"new {size} {n}"), now=START)
        assert record and store.update(CASES, record, expected=1, appended=record.events[:1])

    acts: dict[str, Callable[[int], object]] = {
        "find": find,
        "queue page": lambda n: store.query(CASES, "queue", "csgl:chief+reviewer", limit=25),
        "own cases": lambda n: store.query(CASES, "owner", f"person-{n % (size // PER_PERSON)}", limit=50),
        "create": write,
        "update": move,
    }
    for name, act in acts.items():
        before = _reads()
        spent = median(_cpu(act, n) for n in range(TRIES))
        yield f"{name} {spent * 1000:.3f} ms, {(_reads() - before) / TRIES:.1f} pages"


def _reads() -> int:
    """Calls of this process that read, as Linux counts them."""
    lines = Path("/proc/self/io").read_text("ascii").splitlines()
    return int(dict(line.split(": ") for line in lines)["syscr"])


def _cpu(act: Callable[[int], object], n: int) -> float:
    before = time.process_time()
    act(n)
    return time.process_time() - before


if __name__ == "__main__":
    main()
