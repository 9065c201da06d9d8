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
from .score import IN_TITLE, Weighed

_ALIAS = 0.97  # an alias against the name itself
_SAME, _INSIDE, _BEGINS = 0.25, 0.1, 0.05
_OF_NAMES, _OF_TEXT = 0.65, 0.35
_WHOLE = 0.3
_KINDS = {"guide": 0.02, "package": 0.01}


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that answers, how well (0 to about 1.5), and the question that it answers."""

    document: int
    score: float
    record: Record
    question: Question
    whole: bool = False  # whether it has every word asked for


class Judge:
    """Says how well documents answer one question; documents of the same names are compared with it once."""

    def __init__(self, question: Question, weighed: Sequence[Weighed]) -> None:
        self._question, self._weighed = question, weighed
        self._total = sum(one.weight or 1 for one in weighed) or 1
        self._known: dict[tuple[str, ...], float] = {}

    def score(self, record: Record, points: int, *, whole: bool) -> float:
        """The worth of a document whose words have gathered so many points; `whole` if it has them all."""
        names = (record["n"], record.get("e") or "", *record.get("a", ()))
        if names not in self._known:
            self._known[names] = self._names(*names)
        text = points / (self._total * IN_TITLE) + _WHOLE * whole
        worth = (_OF_NAMES * self._known[names] + _OF_TEXT * text) * self._question.worth
        return worth + _KINDS.get(record["k"], 0.0)

    def _names(self, name: str, *others: str) -> float:
        return max(self._likeness(name), _ALIAS * max(map(self._likeness, others)))

    def _likeness(self, name: str) -> float:
        """How much of the question is in the name, a little how much of the name is in the question."""
        if not name:
            return 0.0
        bare, tokens = _read(name)
        found = [one.weight for one in self._weighed if not tokens.isdisjoint(one.term)]
        said = min(1.0, len(found) / max(len(bare) - 1, 1))
        return 0.8 * sum(found) / self._total + 0.2 * said + _exactness(bare, self._question)


def _exactness(bare: str, question: Question) -> float:
    wanted = question.letters or question.text.replace(" ", "")
    have = _initials(bare) if question.letters else bare
    if have == wanted:
        return _SAME
    if wanted not in have:
        return 0.0
    return _INSIDE + (_BEGINS if have.startswith(wanted) else 0.0)


@lru_cache(maxsize=4096)
def _read(name: str) -> tuple[str, frozenset[int]]:
    folded = fold(name)
    return "".join(runs(folded)), frozenset(title_tokens(folded))


@lru_cache(maxsize=8192)
def _initials(bare: str) -> str:
    return initials(bare)
