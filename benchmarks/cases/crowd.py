"""People at a browser, for the load run: what they click, and how long it took until the answer was there."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import mean, quantiles
from urllib.parse import quote, urlencode

from tests.http.deeds import ITEM, PAGES

CODE = "LADCASES"
FORM = "application/x-www-form-urlencoded"
CLICKS = {"status": 43, "me": 20, "guide": 15, "search": 10, "begin": 10, "hand in": 2}  # of a hundred


@dataclass
class Told:
    """How long each request took, and what came back that should not have."""

    seconds: list[float] = field(default_factory=list)
    by_kind: dict[str, list[float]] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)

    def note(self, kind: str, seconds: float) -> None:
        self.seconds.append(seconds)
        self.by_kind.setdefault(kind, []).append(seconds)

    def line(self, name: str, wall: float) -> str:
        """One row of the table."""
        return (
            f"{name:<44} {len(self.seconds):>7} requests {len(self.seconds) / wall:6.0f}/s {_times(self.seconds)}"
            f"  errors {sum(self.errors.values())} {dict(self.errors) or ''}"
        )

    def kinds(self) -> str:
        """The same by what was clicked."""
        return "\n".join(f"  {kind:<8} {_times(spent)}" for kind, spent in sorted(self.by_kind.items()))


def _times(seconds: list[float]) -> str:
    cuts = quantiles(seconds, n=100)
    mid, late, last = (cuts[n] * 1000 for n in (49, 94, 98))
    return f"mean {mean(seconds) * 1000:6.0f} ms  p50 {mid:6.0f}  p95 {late:6.0f}  p99 {last:6.0f}"


@dataclass
class Town:
    """What the people know: where the door is, their cookies and form tokens, numbers of cases, drafts ready to send."""

    port: int
    cookies: list[str]
    token: Callable[[int], str]
    numbers: list[str]
    ready: list[tuple[int, str]]  # whose, and the draft's id; each is handed in once

    def request(self, dice: random.Random, me: int) -> tuple[str, bytes]:
        """(kind, bytes): the next click of one person. Everybody comes from an address of their own, through a proxy."""
        kind = dice.choices(tuple(CLICKS), tuple(CLICKS.values()))[0]
        if kind == "status":
            return kind, self._post(
                me, "/status/", {"number": dice.choice(self.numbers), "code": CODE}, signed_in=False
            )
        if kind == "begin":
            return kind, self._post(me, f"/apply/{ITEM}/", PAGES[0])
        if kind == "hand in" and self.ready:
            whose, draft = self.ready.pop()
            sent = {"_csrf": self.token(whose), "_go": "submit"}
            return kind, self._post(whose, f"/apply/{ITEM}/{draft}/check", sent)
        paths = {"guide": f"/guides/{ITEM}/", "search": f"/search/?q={quote('招牌')}"}
        return kind, self._head(me, "GET", paths.get(kind, "/me/")) + b"\r\n"

    def _post(self, me: int, path: str, fields: Mapping[str, str], *, signed_in: bool = True) -> bytes:
        body = urlencode(fields).encode()
        more = f"Content-Type: {FORM}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        return self._head(me, "POST", path, signed_in=signed_in) + more + body

    def _head(self, me: int, method: str, path: str, *, signed_in: bool = True) -> bytes:
        carried = f"Cookie: banshi={self.cookies[me]}\r\n" if signed_in else ""
        return (
            f"{method} {path} HTTP/1.1\r\nHost: localhost:{self.port}\r\nAccept-Encoding: gzip\r\nConnection: close\r\n"
            f"X-Forwarded-For: 10.{me >> 16}.{me >> 8 & 255}.{me & 255}\r\n{carried}"
        ).encode()


@dataclass(frozen=True)
class Crowd:
    """So many people, from the first on, who think so long between an answer and the next click (on average)."""

    first: int
    people: int
    thinks_seconds: float


async def at_work(town: Town, crowds: list[tuple[Crowd, Told]], *, seconds: float) -> None:
    """All of them at once, each a while."""
    until = time.perf_counter() + seconds
    people = (
        _person(town, told, crowd.first + n, until=until, thinks=crowd.thinks_seconds)
        for crowd, told in crowds
        for n in range(crowd.people)
    )
    await asyncio.gather(*people)


async def _person(town: Town, told: Told, me: int, *, until: float, thinks: float) -> None:
    """Clicks, waits for the answer, reads, clicks. Each request has a connection of its own, as nginx makes them."""
    dice = random.Random(me)
    pause = dice.uniform(0, thinks)  # nobody comes at the same instant
    while time.perf_counter() + pause < until:
        await asyncio.sleep(pause)
        kind, sent = town.request(dice, me)
        begun = time.perf_counter()
        try:
            status = await _asked(town.port, sent)
            if status not in (200, 303):
                told.errors[f"{kind} {status}"] += 1
        except (OSError, asyncio.IncompleteReadError) as error:
            told.errors[type(error).__name__] += 1
        told.note(kind, time.perf_counter() - begun)
        pause = dice.expovariate(1 / thinks) if thinks else 0.0


async def _asked(port: int, sent: bytes) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(sent)
        return await _answer(reader)
    finally:
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = next((int(line[15:]) for line in head.split("\r\n") if line.startswith("content-length:")), None)
    if length is not None:
        await reader.readexactly(length)
    elif "chunked" in head:
        while (size := int(await reader.readline(), 16)) or not await reader.readline():
            await reader.readexactly(size + 2)
    return int(head.split(" ", 2)[1])
