"""The search itself: read the question, gather candidates, rank them, say how they were found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from schemas.search.fold import is_chinese
from schemas.search.grams import fact

from . import places, question
from .index import Gone, Index, Read, open_index
from .places import Place, Places
from .question import Question, Words
from .rank import Hit, Judge
from .score import Members, Weighed, best, everywhere, weigh

MOST = 200  # documents that are ranked; the rest is counted
_SURE = 0.72  # a best answer below this makes us forgive typing mistakes
_FAR = 0.45  # of the best score: what is further off and lacks a word is not shown
_LEAST = 0.12
_CLEARLY = 1.2  # times the score of the words as typed, before a synonym is said to have found it
_NEAREST, _TOPICS = 20, 4


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for: words, and filters (side is person or corp; empty means any)."""

    text: str
    side: str = ""
    dept: str = ""
    region: str = ""

    def facts(self) -> list[int]:
        """The filters that are plain facts."""
        pairs = (("side", self.side), ("dept", self.dept))
        return [fact(kind, value) for kind, value in pairs if value]


@dataclass(frozen=True, slots=True)
class Group:
    """A hit, and the same item in other regions."""

    hit: Hit
    others: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """The answer: ranked groups, how many documents there are in all, and how they were found."""

    groups: tuple[Group, ...]
    total: int
    read: str = ""  # the words that were looked for
    place: str = ""
    also: tuple[tuple[str, str], ...] = ()  # (what was said, what was looked for too)
    near: bool = False  # nothing fits quite; these are close
    topics: tuple[str, ...] = ()  # where to look when nothing was found: topics of what comes nearest

    @property
    def all_listed(self) -> bool:
        """Whether every document that was found is in a group."""
        return sum(1 + len(group.others) for group in self.groups) >= self.total


class Engine:
    """Search over the index that `read` gives, as it stood when this was made."""

    def __init__(self, read: Read) -> None:
        self._index = _opened(read)

    @property
    def contents(self) -> dict[str, Any]:
        """The table of contents: names of regions, departments and topics."""
        return dict(self._index.index.contents) if self._index else {}

    def search(self, wish: Wish, *, today: date) -> Found:
        """The answer to a wish; nothing found is an answer too. Gone when the index has been replaced."""
        parts = question.plain(question.typed(wish.text))
        if not parts or self._index is None:
            return Found((), 0)
        return self._index.answer(parts, wish, today.isoformat())


def _opened(read: Read) -> _Opened | None:
    index = open_index(read)
    return None if index is None else _Opened(index)


class _Opened:
    """An index with its words and places ready."""

    def __init__(self, index: Index) -> None:
        self.index = index
        contents = index.contents
        self._words = Words(
            tuple((tuple(says), tuple(means)) for says, means in contents.get("synonyms", ()))
        )
        self._places = Places(contents.get("regions", {}))

    def answer(self, parts: list[str], wish: Wish, today: str) -> Found:
        allowed = self._allowed(wish)
        place = self._places.find(parts)
        rest = list(place.rest) if place else parts
        asked = question.questions(rest, self._words) if rest else []
        if place and len(place.rest) != len(parts):
            asked.append(replace(question.questions(parts, self._words)[0], worth=0.9))
        if place and not rest:
            asked.append(_everything_in(place))
        hits = self._hits(asked, allowed=allowed, place=place, today=today)
        near = not hits or max(hit.score for hit in hits) < _SURE
        if near and any(len(part) > 1 and is_chinese(part) for part in rest):
            hits = _merged(hits, self._hits([question.near(rest)], allowed=allowed, place=place, today=today))
        return self._found(hits, asked, place=place, allowed=allowed)

    def _allowed(self, wish: Wish) -> int | None:
        allowed: int | None = None
        for token in wish.facts():
            bits = self.index.bitmaps(token).anywhere
            allowed = bits if allowed is None else allowed & bits
        if wish.region:
            bits = places.serving(self.index, (wish.region,))
            allowed = bits if allowed is None else allowed & bits
        return allowed

    def _hits(
        self, asked: list[Question], *, allowed: int | None, place: Place | None, today: str
    ) -> list[Hit]:
        around = places.nearness(self.index, place.codes) if place else []
        nearness = [(Members(bits), worth) for bits, worth in around]
        hits: list[Hit] = []
        for one in asked:
            weighed = weigh(self.index, one.terms)
            judge, having = Judge(one, weighed), Members(everywhere(weighed))
            for document, points in self._candidates(
                weighed, allowed=allowed, here=around[0][0] if around else 0
            ).items():
                record = self.index.record(document)
                if record.get("f", "") > today or record.get("x", "9") < today:
                    continue
                here = next((worth for members, worth in nearness if document in members), 0.0)
                whole = document in having
                score = judge.score(record, points, whole=whole) * (1 + here)
                hits.append(Hit(document, score, record, one, whole))
        return _merged(hits)

    def _candidates(self, weighed: list[Weighed], *, allowed: int | None, here: int) -> dict[int, int]:
        """The best everywhere, and the best in the region asked for."""
        found = best(weighed, allowed=allowed, most=MOST)
        if here:
            found |= best(weighed, allowed=here if allowed is None else here & allowed, most=MOST)
        return found

    def _found(
        self, hits: list[Hit], asked: list[Question], *, place: Place | None, allowed: int | None
    ) -> Found:
        top = hits[0].score if hits else 0.0
        shown = [hit for hit in hits if hit.whole or hit.score >= max(_LEAST, _FAR * top)][:MOST]
        also = [(hit.question.said, hit.question.text) for hit in shown[:1] if hit.question.said]
        total = len(shown) if len(shown) < MOST else max(MOST, self._having(asked[0], allowed))
        read = asked[0].text if asked else ""
        name = place.name if place else ""
        topics = () if shown else _topics(hits)
        return Found(_grouped(shown), total, read, name, tuple(also), bool(shown) and top < _SURE, topics)

    def _having(self, asked: Question, allowed: int | None) -> int:
        """How many documents have all the words."""
        found = everywhere(weigh(self.index, asked.terms))
        return (found if allowed is None else found & allowed).bit_count()


def _everything_in(place: Place) -> Question:
    return Question(place.name, tuple((fact("region", code),) for code in place.codes))


def _merged(*found: Iterable[Hit]) -> list[Hit]:
    """Each document once, with its best score; the best first."""
    by_document: dict[int, Hit] = {}
    for hit in (hit for hits in found for hit in hits):
        known = by_document.get(hit.document)
        by_document[hit.document] = _better(known, hit) if known else hit
    return sorted(by_document.values(), key=lambda hit: (-hit.score, "r" in hit.record, hit.document))


def _better(known: Hit, hit: Hit) -> Hit:
    """The higher score; the question that found it is another one only where that makes a difference."""
    if hit.score > _CLEARLY * known.score:
        return hit
    return replace(known, score=max(known.score, hit.score), whole=known.whole or hit.whole)


def _topics(hits: list[Hit]) -> tuple[str, ...]:
    seen = Counter(topic for hit in hits[:_NEAREST] for topic in hit.record.get("p", ()))
    return tuple(topic for topic, _ in seen.most_common(_TOPICS))


def _grouped(hits: Iterable[Hit]) -> tuple[Group, ...]:
    """The same item of several regions stands in the list once, at its best place."""
    groups: dict[tuple[str, str], list[Hit]] = {}
    for hit in hits:
        groups.setdefault((hit.record["k"], hit.record["n"]), []).append(hit)
    return tuple(Group(first, tuple(others)) for first, *others in groups.values())


__all__ = ["Engine", "Found", "Gone", "Wish"]
