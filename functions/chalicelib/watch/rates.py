"""Rates and middles, cut off and never rounded up: 5,209 of 5,210 is 99.9%, not 100%."""

from __future__ import annotations

from collections.abc import Mapping

from ..domain.figures import DAYS, USED, VISITS


def percent(part: int, whole: int) -> float | None:
    """part of whole in percent with one place, the rest cut off; None of nothing."""
    return part * 1000 // whole / 10 if whole > 0 else None


def spread(counts: Mapping[str, int], kind: str) -> dict[int, int]:
    """The counters that carry a number, as number -> how often, in order: used:5 says five working days."""
    found = {int(name.removeprefix(kind)): n for name, n in counts.items() if name.startswith(kind) and n}
    return dict(sorted(found.items()))


def median(values: Mapping[int, int]) -> float | None:
    """The middle value; between two middles their half."""
    total = sum(values.values())
    if not total:
        return None
    low, high = _at(values, (total - 1) // 2), _at(values, total // 2)
    return (low + high) / 2


def mean(values: Mapping[int, int]) -> float | None:
    """The average with one place, the rest cut off."""
    total = sum(values.values())
    return sum(value * n for value, n in values.items()) * 10 // total / 10 if total else None


def used(counts: Mapping[str, int]) -> dict[int, int]:
    """Working days from acceptance to decision, pauses left out -> cases."""
    return spread(counts, USED)


def days(counts: Mapping[str, int]) -> dict[int, int]:
    """Days of the calendar from acceptance to decision, pauses included -> cases."""
    return spread(counts, DAYS)


def visits(counts: Mapping[str, int]) -> dict[str, int]:
    """How often somebody had to come: 0, 1, 2 or more -> cases."""
    found = spread(counts, VISITS)
    return {"0": found.get(0, 0), "1": found.get(1, 0), "2+": sum(n for k, n in found.items() if k > 1)}


def _at(values: Mapping[int, int], place: int) -> int:
    for value, n in sorted(values.items()):
        if place < n:
            return value
        place -= n
    raise IndexError(place)
