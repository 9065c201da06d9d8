"""How well one document answers one question: its names against the words asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from schemas.search.chunk import Record
from schemas.search.fold import fold, runs
from schemas.search.grams import title_tokens
from schemas.search.pinyin import initials

from .question import Question
from .score import IN_BODY, IN_HEAD, IN_TITLE, Weighed

_ALIAS = 0.97  # an alias against the name itself
_SAME, _INSIDE, _BEGINS = 0.25, 0.1, 0.05
_OF_NAMES, _OF_TEXT = 0.65, 0.35
_KINDS = {"guide": 0.02, "package": 0.01}


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that answers, how well (0 to about 1.5), and the question that it answers."""

    document: int
    score: float
    record: Record
    question: Question


def score(document: int, record: Record, question: Question, weighed: Sequence[Weighed]) -> float:
    """How well the document answers the question."""
    total = sum(one.weight or 1 for one in weighed) or 1
    names = max(_likeness(name, question, weighed, total) * worth for name, worth in _names(record))
    text = sum(one.weight * _place(document, one) for one in weighed) / (total * IN_TITLE)
    return (_OF_NAMES * names + _OF_TEXT * text) * question.worth + _KINDS.get(record["k"], 0.0)


def _names(record: Record) -> list[tuple[str, float]]:
    other = [(name, _ALIAS) for name in record.get("a", ())]
    return [(record["n"], 1.0), *other, *((name, _ALIAS) for name in filter(None, [record.get("e")]))]


def _place(document: int, one: Weighed) -> int:
    if one.bits.title >> document & 1:
        return IN_TITLE
    if one.bits.head >> document & 1:
        return IN_HEAD
    return IN_BODY if one.bits.body >> document & 1 else 0


def _likeness(name: str, question: Question, weighed: Sequence[Weighed], total: int) -> float:
    """How much of the question is in the name, a little how much of the name is in the question."""
    bare, tokens = _read(name)
    found = [one for one in weighed if not tokens.isdisjoint(one.term)]
    asked = sum(one.weight for one in found) / total
    said = min(1.0, len(found) / max(len(bare) - 1, 1))
    return 0.8 * asked + 0.2 * said + _exactness(bare, question)


def _exactness(bare: str, question: Question) -> float:
    wanted = question.letters or question.text.replace(" ", "")
    have = _initials(bare) if question.letters else bare
    if have == wanted:
        return _SAME
    if wanted not in have:
        return 0.0
    return _INSIDE + (_BEGINS if have.startswith(wanted) else 0.0)


@lru_cache(maxsize=8192)
def _read(name: str) -> tuple[str, frozenset[int]]:
    folded = fold(name)
    return "".join(runs(folded)), title_tokens(folded)


@lru_cache(maxsize=8192)
def _initials(bare: str) -> str:
    return initials(bare)
