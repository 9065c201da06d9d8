"""What somebody typed, as questions to the index: the words themselves, their synonyms, pinyin, near misses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from schemas.search.fold import fold, is_chinese, runs
from schemas.search.grams import char, hashed, initial_tokens, pair, spoken_pair, word
from schemas.search.pinyin import cut, readings, spoken_pairs

LONGEST = 64  # characters of a question that are read
_TERMS = 32
_READINGS = 6  # questions made from one
_PARTICLES_BEFORE, _PARTICLES_AFTER = "给我想要办去", "了的吗呢吧"

Term = tuple[int, ...]  # tokens of which one is enough


@dataclass(frozen=True, slots=True)
class Question:
    """One reading of what was typed. `worth` (0–1) is how sure we are that this was meant."""

    text: str
    terms: tuple[Term, ...]
    worth: float = 1.0
    said: str = ""  # the word of the synonym list that it replaces
    letters: str = ""  # typed initials


@dataclass(frozen=True, slots=True)
class Words:
    """The site's own words: synonyms (what people say, what items are called) and names of regions."""

    synonyms: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()


def typed(text: str) -> str:
    """What was typed, folded and cut to a length that is answered."""
    return fold(text[:LONGEST])


def plain(folded: str) -> list[str]:
    """Its runs without words that ask rather than name: 请问怎么办理居住证 -> 居住证."""
    bare = folded
    for filler in _fillers():
        bare = bare.replace(filler, " ")
    found = [_bare(run) for run in runs(bare)]
    return [run for run in found if run] or runs(folded)


def _bare(run: str) -> str:
    if not is_chinese(run):
        return run
    shorter = run.lstrip(_PARTICLES_BEFORE).rstrip(_PARTICLES_AFTER)
    return shorter if len(shorter) > 1 else run


@cache
def _fillers() -> tuple[str, ...]:
    lines = (Path(__file__).parent / "filler.txt").read_text("utf-8").split()
    return tuple(sorted(lines, key=len, reverse=True))


def questions(parts: list[str], words: Words) -> list[Question]:
    """The readings of these runs, the literal one first."""
    text = " ".join(parts)
    found = [Question(text, _terms(parts)), *_synonyms(parts, words)]
    if any(not is_chinese(part) for part in parts):
        found += _pinyin(parts)
    return found[:_READINGS]


def near(parts: list[str]) -> Question:
    """The same with wrong characters forgiven: what sounds alike, and characters one by one."""
    terms: list[Term] = []
    for run in filter(is_chinese, parts):
        terms += [(char(sign),) for sign in run]
        terms += _spoken(run)
    return Question(" ".join(parts), tuple(dict.fromkeys(terms))[:_TERMS], worth=0.8)


def _terms(parts: list[str]) -> tuple[Term, ...]:
    terms = [term for part in parts for term in _literal(part)]
    return tuple(dict.fromkeys(terms))[:_TERMS]


def _literal(run: str) -> Iterator[Term]:
    if not is_chinese(run):
        yield (word(run),)
    elif len(run) == 1:
        yield (char(run),)
    else:
        yield from ((pair(one + two),) for one, two in pairwise(run))


def _synonyms(parts: list[str], words: Words) -> Iterator[Question]:
    """Longest sayings first; a saying inside one already found says nothing new."""
    text, used = " ".join(parts), ""
    sayings = [(say, mean) for says, mean in words.synonyms for say in says if say in text]
    for say, means in sorted(sayings, key=lambda found: (-len(found[0]), found[0])):
        if say in used:
            continue
        used += f" {say}"
        for mean in means:
            replaced = text.replace(say, f" {mean} ").split()
            yield Question(" ".join(replaced), _terms(replaced), worth=0.97, said=say)


def _pinyin(parts: list[str]) -> Iterator[Question]:
    """Latin letters as whole syllables or as initials."""
    letters = "".join(part for part in parts if part.isascii() and part.isalpha())
    if len(letters) < 2:
        return
    for syllables in cut(letters):
        yield Question(" ".join(parts), _mixed(parts, _syllables(syllables)), worth=0.95)
    yield Question(" ".join(parts), _mixed(parts, [(token,) for token in initial_tokens(letters)]), worth=0.9, letters=letters)


def _mixed(parts: list[str], spelt: list[Term]) -> tuple[Term, ...]:
    rest = [term for part in parts if not (part.isascii() and part.isalpha()) for term in _literal(part)]
    return tuple(dict.fromkeys([*rest, *spelt]))[:_TERMS]


def _syllables(found: list[str]) -> list[Term]:
    if len(found) == 1:
        return [(hashed("y", found[0]),)]
    return [(spoken_pair(*two),) for two in pairwise(found)]


def _spoken(run: str) -> Iterator[Term]:
    for two in pairwise(run):
        tokens = tuple(sorted(spoken_pair(*pair) for pair in spoken_pairs("".join(two))))
        if tokens:
            yield tokens
    if len(run) == 1:
        yield tuple(hashed("y", syllable) for syllable in readings().get(run, ())) or (char(run),)
