"""Many people at one machine at once: python -m benchmarks.cases.load [SECONDS] [PORT].

Starts the product as `make serve` does (two workers, SQLite, jobs), with cases in it, and five thousand people who
are signed in. First 500 of them always have a request under way, then all 5,000 are online and each does something
every ten seconds or so. Client and server share the machine. No request is left out: errors are counted.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import mean, quantiles
from urllib.parse import quote, urlencode

from chalicelib import ledger
from chalicelib.domain.numbers import derive
from chalicelib.http.visitor import Visitor, write
from chalicelib.keys import Keys
from chalicelib.store.embedded import EmbeddedStore
from chalicelib.store.port import CASES

from publishing.build import build
from tests.crash import live_house
from tests.crash.live_house import LiveHouse
from tests.http.deeds import PAGES, Deeds
from tests.http.stand_in import town

PEOPLE, AT_ONCE, CASES_THERE = 5000, 500, 2000
THINKS_SECONDS = 10.0
CODE = "LADCASES"
FORM = "application/x-www-form-urlencoded"


@dataclass
class Told:
    """How long each request took, and what came back that should not have."""

    seconds: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)

    def line(self, name: str, wall: float) -> str:
        """One row of the table."""
        cuts = quantiles(self.seconds, n=20)
        return (
            f"{name:<34} {len(self.seconds):>7} requests {len(self.seconds) / wall:7.0f}/s"
            f"  mean {mean(self.seconds) * 1000:6.0f} ms  p50 {cuts[9] * 1000:6.0f}  p95 {cuts[18] * 1000:6.0f}"
            f"  errors {sum(self.errors.values())} {dict(self.errors) or ''}"
        )


def main() -> None:
    """Prints a row for each of the two."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 30.0
    port = int(sys.argv[2]) if len(sys.argv) > 2 else 8350
    live_house.PORTS = range(port, port + 20, 2)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        list(build(Path("content"), folder / "site", today=date(2026, 11, 23)))
        house = LiveHouse(folder, site=folder / "site")
        numbers = _seeded(folder)
        try:
            house.start()
            keys = Keys(house.environment["SECRET_KEY"])
            print(f"load before: {os.getloadavg()[0]:.1f}", flush=True)
            asyncio.run(_runs(house.port, keys, numbers, seconds))
        finally:
            house.stop()
    print(f"load after: {os.getloadavg()[0]:.1f}")


async def _runs(port: int, keys: Keys, numbers: list[str], seconds: float) -> None:
    cookies = [_cookie(keys, n) for n in range(PEOPLE)]
    await _run("500 at once, no pause", port, cookies, numbers, seconds=seconds, callers=AT_ONCE, thinks=0.0)
    await _run(
        "5,000 online, one in 10 s each",
        port,
        cookies,
        numbers,
        seconds=seconds,
        callers=PEOPLE,
        thinks=THINKS_SECONDS,
    )


async def _run(
    name: str,
    port: int,
    cookies: list[str],
    numbers: list[str],
    *,
    seconds: float,
    callers: int,
    thinks: float,
) -> None:
    told, start = Told(), time.perf_counter()
    until = start + seconds
    people = (
        _person(port, told, cookies[n::callers], numbers, until=until, thinks=thinks) for n in range(callers)
    )
    await asyncio.gather(*people)
    print(told.line(name, time.perf_counter() - start), flush=True)


async def _person(
    port: int, told: Told, cookies: list[str], numbers: list[str], *, until: float, thinks: float
) -> None:
    """One caller; with fewer callers than people, each speaks for several in turn."""
    dice = random.Random(cookies[0])
    if thinks:
        await asyncio.sleep(dice.uniform(0, thinks))
    reader, writer = None, None
    while time.perf_counter() < until:
        cookie = dice.choice(cookies)
        begun = time.perf_counter()
        try:
            if writer is None:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(_request(dice, cookie, numbers, port))
            status = await _answer(reader)  # type: ignore[arg-type]
            if status not in (200, 303):
                told.errors[str(status)] += 1
        except (OSError, asyncio.IncompleteReadError) as error:
            told.errors[type(error).__name__] += 1
            writer = None
        told.seconds.append(time.perf_counter() - begun)
        if thinks:
            await asyncio.sleep(dice.expovariate(1 / thinks))
    if writer is not None:
        writer.close()


def _request(dice: random.Random, cookie: str, numbers: list[str], port: int) -> bytes:
    """What people do: mostly look up, read, sometimes begin an application."""
    kind = dice.choices(("status", "me", "guide", "search", "draft"), (45, 20, 15, 10, 10))[0]
    if kind == "status":
        return _post("/status/", {"number": dice.choice(numbers), "code": CODE}, "", port)
    if kind == "draft":
        return _post("/apply/huwai-zhaopai/", PAGES[0], cookie, port)
    paths = {"me": "/me/", "guide": "/guides/huwai-zhaopai/", "search": f"/search/?q={quote('招牌')}"}
    return _head("GET", paths[kind], cookie, port) + b"\r\n"


def _post(path: str, fields: dict[str, str], cookie: str, port: int) -> bytes:
    body = urlencode(fields).encode()
    more = f"Content-Type: {FORM}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    return _head("POST", path, cookie, port) + more + body


def _head(method: str, path: str, cookie: str, port: int) -> bytes:
    carried = f"Cookie: banshi={cookie}\r\n" if cookie else ""
    return f"{method} {path} HTTP/1.1\r\nHost: localhost:{port}\r\n{carried}".encode()


async def _answer(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = next((int(line[15:]) for line in head.split("\r\n") if line.startswith("content-length:")), None)
    if length is not None:
        await reader.readexactly(length)
    elif "chunked" in head:
        while (size := int(await reader.readline(), 16)) or not await reader.readline():
            await reader.readexactly(size + 2)
    return int(head.split(" ", 2)[1])


def _cookie(keys: Keys, n: int) -> str:
    visitor = Visitor(f"load-{n}", "", f"person-{n}", "林禾", 3)
    line = write(visitor, keys, now=datetime.now(UTC), secure=False)
    return line.partition(";")[0].partition("=")[2]


def _seeded(folder: Path) -> list[str]:
    """Cases of one item, as they stand just after they were handed in, each with the same query code."""
    made = town(folder / "site", folder)
    made.clock.now = datetime.now(UTC)
    store = EmbeddedStore(folder)
    first = ledger.find(store, Deeds(made).handed_in()["number"], now=datetime.now(UTC))
    assert first
    record, numbers = first[1], []
    for n in range(CASES_THERE):
        number = derive(f"load {n}")
        head = {**record.head, "number": number, "query_code": CODE, "applicant": f"person-{n}"}
        index = {"owner": (f"person-{n}", f"{record.head['received_at']}#{number}")}
        store.create(CASES, type(record)(number, head, record.body, record.events, index))
        numbers.append(number)
    store.close()
    return numbers


if __name__ == "__main__":
    main()
