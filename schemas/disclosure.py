"""What of a table of counts may be published: small cells are hidden, and so is whatever would give them away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SMALLEST = 5  # cases; fewer could point at somebody


@dataclass(frozen=True, slots=True)
class Hidden:
    """Places of rows that stay hidden, and whether the total must stay hidden too."""

    rows: frozenset[int]
    total: bool

    def __contains__(self, row: object) -> bool:
        return row in self.rows


def hidden(counts: Sequence[int], *, smallest: int = SMALLEST) -> Hidden:
    """Which of these counts to hide when their total stands beside them.

    Cells from one to four are hidden; nought says nothing of anybody. If the total less the shown rows would tell
    a hidden one, the next smallest are hidden with it; where there is none left, the total is.
    """
    small = {at for at, n in enumerate(counts) if 0 < n < smallest}
    if not small:
        return Hidden(frozenset(), 0 < sum(counts) < smallest)
    others = sorted((at for at, n in enumerate(counts) if n >= smallest), key=lambda at: (counts[at], at))
    while others and _tells(counts, small, smallest):
        small.add(others.pop(0))
    return Hidden(frozenset(small), _tells(counts, small, smallest))


def _tells(counts: Sequence[int], small: set[int], smallest: int) -> bool:
    """Whether what is left of the total for the hidden rows says something about one of them."""
    return len(small) < 2 or sum(counts[at] for at in small) < smallest
