"""Scores of all documents at once: counters held as planes of bits, added as long integers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .index import Bitmaps, Index
from .question import Term

IN_TITLE, IN_HEAD, IN_BODY = 6, 2, 1  # what a token is worth by where it stands
_SET = re.compile(rb"[^\0]")
_RAREST = 8  # worth of the rarest token against the commonest


class Members:
    """A set of documents that is asked about one by one: shifting long integers would copy them each time."""

    __slots__ = ("_bytes", "_size")

    def __init__(self, bits: int) -> None:
        self._size = (bits.bit_length() + 7) // 8
        self._bytes = bits.to_bytes(self._size, "little")

    def __contains__(self, document: int) -> bool:
        at = document >> 3
        return at < self._size and bool(self._bytes[at] >> (document & 7) & 1)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A term, where it stands, and its worth from 1 (everywhere) to 8 (rare); 0 where nothing has it."""

    term: Term
    bits: Bitmaps
    weight: int


def weigh(index: Index, terms: Sequence[Term]) -> list[Weighed]:
    """The terms with their worth."""
    return [_weighed(term, index.any_of(term), index.count) for term in terms]


def _weighed(term: Term, bits: Bitmaps, count: int) -> Weighed:
    having = bits.anywhere.bit_count()
    if not having:
        return Weighed(term, bits, 0)
    rare = math.log((count + 1) / having) / math.log(count + 1)
    return Weighed(term, bits, 1 + round((_RAREST - 1) * rare))


def best(weighed: Sequence[Weighed], *, allowed: int | None, most: int) -> dict[int, int]:
    """The documents (bit numbers) with the highest scores, at most `most`, with their scores."""
    planes: list[int] = []
    for one in weighed:
        for bits, worth in ((one.bits.title, IN_TITLE), (one.bits.head, IN_HEAD), (one.bits.body, IN_BODY)):
            _add(planes, bits if allowed is None else bits & allowed, one.weight * worth)
    sliced = [Members(plane) for plane in planes]
    return {
        document: sum(1 << at for at, plane in enumerate(sliced) if document in plane)
        for document in ones(_top(planes, most=most))
    }


def everywhere(weighed: Sequence[Weighed]) -> int:
    """The documents that have every term."""
    found = weighed[0].bits.anywhere if weighed else 0
    for one in weighed[1:]:
        found &= one.bits.anywhere
    return found


def _add(planes: list[int], bits: int, weight: int) -> None:
    """Add `weight` to the counter of each document in `bits`."""
    for at in range(weight.bit_length()):
        if not weight >> at & 1:
            continue
        carry, plane = bits, at
        while carry:
            planes += [0] * (plane + 1 - len(planes))
            planes[plane], carry = planes[plane] ^ carry, planes[plane] & carry
            plane += 1


def _top(planes: list[int], *, most: int) -> int:
    """Walk from the highest plane down; documents that are surely in are set aside."""
    sure, left = 0, most
    open_ = 0
    for plane in planes:
        open_ |= plane
    for plane in reversed(planes):
        high = open_ & plane
        size = high.bit_count()
        if size > left:
            open_ = high
            continue
        sure |= high
        left -= size
        open_ &= ~plane
    return sure | (_first(open_, left) if left else 0)


def _first(bits: int, most: int) -> int:
    """The lowest `most` bits: where scores tie, the order of documents decides."""
    found = 0
    for number, document in enumerate(ones(bits)):
        if number == most:
            break
        found |= 1 << document
    return found


def ones(bits: int) -> Iterator[int]:
    """The numbers of the bits that are set."""
    data = bits.to_bytes((bits.bit_length() + 7) // 8, "little")
    for match in _SET.finditer(data):
        at, byte = match.start(), data[match.start()]
        yield from (8 * at + bit for bit in range(8) if byte >> bit & 1)
