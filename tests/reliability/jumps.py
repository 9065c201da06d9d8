"""Clocks that jump between two steps of one case: forward, back, over the year's end, over a day of 23 or 25 hours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import repeat

from tests.domain.world import at

DAY, MINUTE = timedelta(days=1), timedelta(minutes=10)
STEPS = 8  # moves of a life


def _then(first: list[timedelta]) -> Iterator[timedelta]:
    yield from first
    yield from repeat(MINUTE)


# Name: (the life's first instant, what passes after each move).
JUMPS: Mapping[str, tuple[datetime, list[timedelta]]] = {
    "forward a day at every move": (at("2026-09-18"), [DAY] * STEPS),
    "back an hour at every move": (at("2026-09-18"), [-timedelta(hours=1)] * STEPS),
    "back a day after the notice": (at("2026-09-18"), [-DAY]),
    "back a day after acceptance": (at("2026-09-18"), [MINUTE, MINUTE, -DAY]),
    "forward and back by a month": (at("2026-09-18"), [MINUTE, MINUTE, 30 * DAY, -30 * DAY]),
    "standing still": (at("2026-09-18"), [timedelta(0)] * STEPS),
    "over midnight in Shanghai": (at("2026-09-18", 23), [timedelta(hours=2)] * STEPS),
    "over the year's end": (at("2025-12-31", 23), [timedelta(hours=2)] * STEPS),
    "over a Sunday that is worked": (at("2026-09-18"), [DAY, DAY]),
    "over the day that Europe has twice": (at("2026-10-25"), [timedelta(minutes=30)] * STEPS),
    "over an hour that New York leaves out": (at("2026-03-08"), [timedelta(minutes=30)] * STEPS),
}


def jumps_of(name: str) -> tuple[datetime, Iterator[timedelta]]:
    """Where the clock of such a life begins, and how it goes on."""
    start, first = JUMPS[name]
    return start, _then(first)
