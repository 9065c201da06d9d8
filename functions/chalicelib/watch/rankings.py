"""Four lists of items (四榜): asked for most, hardest, most often done online, most often done with one visit.

Nothing in them tells a small count: an item stands in a list only where its count, and its department's, may be
published beside their totals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.disclosure import SMALLEST, hidden

from . import rates, tallies

LENGTH = 10
FAILED = ("denied", "refused", "lapsed", "withdrawn", "terminated")
Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Ranking:
    """One list: the count that must not be small, and the figure by which items stand."""

    base: str
    figure: Callable[[Counts], float | None]


def _failed(counts: Counts) -> float | None:
    """Applications that came to nothing, of those received; None while too few did to be told."""
    failed = sum(counts.get(name, 0) for name in FAILED)
    return rates.percent(failed, counts.get("received", 0)) if failed >= SMALLEST else None


def _seldom(most: int) -> Callable[[Counts], float | None]:
    """Closed cases with so many visits at most, of all closed; None where there was no such case."""

    def share(counts: Counts) -> float | None:
        visits = rates.visits(counts)
        return rates.percent(sum([visits["0"], visits["1"]][: most + 1]), counts.get("closed", 0)) or None

    return share


RANKINGS: Mapping[str, Ranking] = {
    "hot": Ranking("received", lambda counts: counts.get("received", 0)),
    "hard": Ranking("received", _failed),
    "online": Ranking("closed", _seldom(0)),
    "once": Ranking("closed", _seldom(1)),
}


def rankings(sums: Mapping[str, tallies.Sums]) -> dict[str, list[dict[str, Any]]]:
    """The lists over department -> item -> counters, the highest figure first, then the larger count."""
    return {name: _ranked(sums, ranking) for name, ranking in RANKINGS.items()}


def _ranked(sums: Mapping[str, tallies.Sums], ranking: Ranking) -> list[dict[str, Any]]:
    rows = [
        (figure, counts.get(ranking.base, 0), item)
        for item, counts in _tellable(sums, ranking.base).items()
        if (figure := ranking.figure(counts))
    ]
    rows.sort(key=lambda row: (-row[0], -row[1], row[2]))
    return [{"item": item, "figure": figure} for figure, _, item in rows[:LENGTH]]


def _tellable(sums: Mapping[str, tallies.Sums], base: str) -> dict[str, Counts]:
    """Items whose count may stand beside their department's, and that beside the total."""
    depts = sorted(sums)
    secret = hidden([tallies.total(sums[dept]).get(base, 0) for dept in depts])
    found: tallies.Sums = {}
    for at, dept in enumerate(depts):
        items = sorted(sums[dept])
        small = hidden([sums[dept][item].get(base, 0) for item in items])
        for n, item in enumerate(items):
            if at not in secret and not secret.total and n not in small:
                tallies.add(found.setdefault(item, {}), sums[dept][item])
    return {item: counts for item, counts in found.items() if counts.get(base, 0) >= SMALLEST}
