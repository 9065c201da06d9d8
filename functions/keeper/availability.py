"""How much of the time the service was there, from the log of somebody who asked it again and again.

One line a question, `2026-11-23T02:00:00+00:00 200 31`: when (aware), the status (0: no answer), and milliseconds.
"""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

TARGET_PERCENT = 99.73  # less than one day a year
_NONE = timedelta()


class BadLog(Exception):
    """A line is no probe; the message says which."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One question and whether it was answered as it should be."""

    at: datetime
    up: bool


@dataclass(frozen=True, slots=True)
class Availability:
    """Times by what was known of them. What nobody observed counts as down: it cannot be shown otherwise."""

    up: timedelta
    down: timedelta
    unobserved: timedelta
    outages: tuple[timedelta, ...]

    @property
    def percent(self) -> float:
        """Of the whole time, cut off after three decimals and never rounded up; 0 when nothing was observed."""
        whole = self.up + self.down + self.unobserved
        return int(100_000 * (self.up / whole)) / 1000 if whole else 0.0

    @property
    def mean_repair(self) -> timedelta:
        """How long an outage took on average (MTTR)."""
        return sum(self.outages, _NONE) / len(self.outages) if self.outages else _NONE


def read(lines: Iterable[str]) -> list[Probe]:
    """The probes in order of time, however many logs they come from. Blank lines are skipped."""
    return sorted((_probe(line) for line in lines if line.strip()), key=lambda probe: probe.at)


def reckon(probes: list[Probe], *, longest: timedelta) -> Availability:
    """Each probe stands for the time until the next, but for no more than `longest`: after that nobody looked."""
    up = down = unobserved = running = _NONE
    outages: list[timedelta] = []
    for probe, after in pairwise(probes):
        span = after.at - probe.at
        seen = min(span, longest)
        unobserved += span - seen
        if probe.up:
            up += seen
            outages, running = _closed(outages, running)
        else:
            down, running = down + seen, running + seen
    return Availability(up, down, unobserved, tuple(_closed(outages, running)[0]))


def ask(url: str, *, now: datetime, timeout_seconds: float = 10.0) -> str:
    """One question, as a line of the log."""
    began = time.monotonic()
    try:
        with urllib.request.urlopen(url, timeout=timeout_seconds) as answer:  # noqa: S310, the operator's own address
            status = answer.status
    except urllib.error.HTTPError as error:
        status = error.code
    except OSError:
        status = 0
    return f"{now.isoformat(timespec='seconds')} {status} {round(1000 * (time.monotonic() - began))}"


def _closed(outages: list[timedelta], running: timedelta) -> tuple[list[timedelta], timedelta]:
    return ([*outages, running] if running else outages), _NONE


def _probe(line: str) -> Probe:
    words = line.split()
    try:
        at, status = datetime.fromisoformat(words[0]), int(words[1])
    except (ValueError, IndexError) as error:
        raise BadLog(f"this is no probe: {line.strip()[:80]}") from error
    if at.tzinfo is None:
        raise BadLog(f"the time has no zone: {line.strip()[:80]}")
    return Probe(at, 200 <= status < 400)
