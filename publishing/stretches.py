"""Long rows of keys cut where the keys themselves say so: one more or one less moves the ends near it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any, TypeVar

Key = TypeVar("Key", bound=Any)
One = TypeVar("One")
Ends = Callable[[Any], bool]


def cut(row: Iterable[One], *, ends: Callable[[One], bool], most: int) -> Iterator[list[One]]:
    """What follows each other, up to the next that ends a stretch, or to `most`."""
    held: list[One] = []
    for one in row:
        held.append(one)
        if len(held) == most or ends(one):
            yield held
            held = []
    if held:
        yield held


def anew(
    known: Sequence[tuple[Key, Key]],
    *,
    added: Collection[Key],
    removed: Collection[Key],
    ends: Ends,
    members: Callable[[int], Iterable[Key]],
) -> Iterator[tuple[int, int, list[Key]]]:
    """Stretches [from, to) of `known` that are no more what they were, with their keys now.

    `known` has the first and the last key of each. Cutting these anew and keeping the rest is equal
    to cutting everything anew.
    """
    for start, end in _touched(known, added=added, removed=removed, ends=ends) if known else [(0, 0)]:
        keys = {key for number in range(start, end) for key in members(number)}
        keys |= {key for key in added if _belongs(key, known, start, end)}
        yield start, end, sorted(keys.difference(removed))


def _touched(
    known: Sequence[tuple[Key, Key]], *, added: Collection[Key], removed: Collection[Key], ends: Ends
) -> Iterator[tuple[int, int]]:
    """One that ends because it is full, or with a key that is gone, pulls in the next."""
    lasts = [last for _, last in known]
    open_end = [last in removed or not ends(last) for last in lasts]
    marks = {min(bisect_left(lasts, key), len(known) - 1) for key in (*added, *removed)}
    done = 0
    for mark in sorted(marks):
        if mark < done:
            continue
        start, done = mark, mark + 1
        while start and open_end[start - 1]:
            start -= 1
        while done < len(known) and open_end[done - 1]:
            done += 1
        yield start, done


def _belongs(key: Key, known: Sequence[tuple[Key, Key]], start: int, end: int) -> bool:
    after_earlier = start == 0 or key > known[start - 1][1]
    return after_earlier and (end >= len(known) or key <= known[end - 1][1])
