"""Many people at one machine at once: python -m benchmarks.cases.load [SECONDS] [PORT].

Starts the product as `make serve` does (two workers, SQLite, jobs), with cases in it, and five thousand people who are
signed in. First 5,000 are online: 500 of them are at work and click every five seconds, the other 4,500 once a minute.
Then, apart, the ceiling: people who never pause. Client and server share the machine; no request is left out.
"""

from __future__ import annotations

import asyncio
import os
import resource
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from chalicelib import drafts, ledger
from chalicelib.domain.case import File
from chalicelib.domain.numbers import derive
from chalicelib.http.visitor import Visitor, csrf, write
from chalicelib.keys import Keys
from chalicelib.store.embedded import EmbeddedStore
from chalicelib.store.port import CASES

from benchmarks.cases.crowd import CODE, Crowd, Told, Town, at_work
from publishing.build import build
from schemas.items import Item
from tests.crash import live_house
from tests.crash.live_house import LiveHouse
from tests.http.deeds import ANSWERS, ITEM, Deeds, png
from tests.http.stand_in import town

ONLINE, AT_WORK, CASES_THERE, DRAFTS_THERE = 5000, 500, 2000, 2000
BUSY, IDLE = 5.0, 60.0  # seconds between a person's clicks
CEILING = (16, 500)


def main() -> None:
    """Prints a row for each crowd."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    port = int(sys.argv[2]) if len(sys.argv) > 2 else 8350
    live_house.PORTS = range(port, port + 20, 2)
    resource.setrlimit(resource.RLIMIT_NOFILE, (20_000, 20_000))  # a connection each, on both sides
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        list(build(Path("content"), folder / "site", today=date(2026, 11, 23)))
        house = LiveHouse(folder, site=folder / "site")
        numbers, ready = _seeded(folder)
        try:
            house.start()
            _runs(house, _town(house, numbers, ready), seconds)
        finally:
            house.stop()


def _runs(house: LiveHouse, here: Town, seconds: float) -> None:
    print(f"load before: {os.getloadavg()[0]:.1f}", flush=True)
    busy, idle = Told(), Told()
    crowds = [
        (Crowd(0, AT_WORK, BUSY), busy),
        (Crowd(AT_WORK, ONLINE - AT_WORK, IDLE), idle),
    ]
    wall = _timed(house, here, crowds, seconds)
    print(busy.line(f"{AT_WORK} at work, a click every {BUSY:.0f} s", wall))
    print(busy.kinds())
    print(idle.line(f"{ONLINE - AT_WORK} others online, one every {IDLE:.0f} s", wall))
    for people in CEILING:
        told = Told()
        wall = _timed(house, here, [(Crowd(0, people, 0.0), told)], seconds / 3)
        print(told.line(f"{people} at once, no pause (the ceiling)", wall), flush=True)
    print(f"load after: {os.getloadavg()[0]:.1f}")


def _timed(house: LiveHouse, here: Town, crowds: list[tuple[Crowd, Told]], seconds: float) -> float:
    """Runs it and says what it cost, which other load on the machine changes little; the seconds it took."""
    begun, client, server = time.perf_counter(), time.process_time(), house.web_seconds()
    asyncio.run(at_work(here, crowds, seconds=seconds))
    wall, spent = time.perf_counter() - begun, house.web_seconds() - server
    requests = sum(len(told.seconds) for _, told in crowds)
    print(
        f"server {1000 * spent / requests:.2f} ms of processor a request, {spent / wall:.0%} of one;"
        f" client {(time.process_time() - client) / wall:.0%}",
        flush=True,
    )
    return wall


def _town(house: LiveHouse, numbers: list[str], ready: list[tuple[int, str]]) -> Town:
    keys = Keys(house.environment["SECRET_KEY"])
    cookies = [_cookie(keys, n) for n in range(ONLINE)]
    return Town(house.port, cookies, lambda n: csrf(_person(n), keys), numbers, ready)


def _person(n: int) -> Visitor:
    return Visitor(f"load-{n}", "", f"person-{n}", "林禾", 3)


def _cookie(keys: Keys, n: int) -> str:
    line = write(_person(n), keys, now=datetime.now(UTC), secure=False)
    return line.partition(";")[0].partition("=")[2]


def _seeded(folder: Path) -> tuple[list[str], list[tuple[int, str]]]:
    """Cases as they stand just after they were handed in, each with the same query code, and whole drafts."""
    made = town(folder / "site", folder)
    made.clock.now = datetime.now(UTC)
    store = EmbeddedStore(folder)
    numbers = _cases(store, Deeds(made).handed_in()["number"])
    item = made.house.catalogue.current(ITEM)
    assert item
    ready = _drafts(store, item)
    store.close()
    return numbers, ready


def _cases(store: EmbeddedStore, example: str) -> list[str]:
    first = ledger.find(store, example, now=datetime.now(UTC))
    assert first
    record, numbers = first[1], []
    for n in range(CASES_THERE):
        number = derive(f"load {n}")
        head = {**record.head, "number": number, "query_code": CODE, "applicant": f"person-{n}"}
        index = {"owner": (f"person-{n}", f"{record.head['received_at']}#{number}")}
        store.create(CASES, type(record)(number, head, record.body, record.events, index))
        numbers.append(number)
    return numbers


def _drafts(store: EmbeddedStore, item: Item) -> list[tuple[int, str]]:
    """Drafts of the last of the people, with every answer and file, so that a press hands them in."""
    now, picture = datetime.now(UTC), png()
    files = {"picture": (File(store.put_file(picture), "a.png", len(picture), "png"),)}
    ready = []
    for n in range(DRAFTS_THERE):
        whose = ONLINE - 1 - n % (ONLINE - AT_WORK)
        draft = drafts.begin(
            store, item, session=f"load-{whose}", sub=f"person-{whose}", form=ANSWERS, now=now
        )
        drafts.change(store, draft, lambda one: replace(one, materials=files), now=now)
        ready.append((whose, draft.id))
    return ready


if __name__ == "__main__":
    main()
