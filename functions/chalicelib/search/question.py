"""What somebody typed, as questions to the index: the words, their synonyms, pinyin, near misses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from schemas.search.fold import fold, is_chinese, runs
from schemas.search.grams import char, hashed, initial_pair, initial_tokens, pair, spoken_pair, word
from schemas.search.pinyin import cut, cut_short, readings, spoken_pairs

LONGEST = 64  # characters of a question that are read
_TERMS = 32
_READINGS = 8  # questions made from one
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
    if not any(part.isdigit() for part in parts):
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
    """Each saying replaced by each of its meanings, and all replaced at once; longer sayings come first."""
    text = " ".join(parts)
    found = _sayings(text, words)
    if len(found) > 1:
        yield _replaced(text, [(say, means[0]) for say, means in found])
    for say, means in found:
        yield from (_replaced(text, [(say, mean)]) for mean in means)


def _sayings(text: str, words: Words) -> list[tuple[str, tuple[str, ...]]]:
    """The sayings in a text; one inside another that was found says nothing new."""
    known = ((say, means) for says, means in words.synonyms for say in says if say in text)
    found: list[tuple[str, tuple[str, ...]]] = []
    for say, means in sorted(known, key=lambda one: (-len(one[0]), one[0])):
        if not any(say in longer for longer, _ in found):
            found.append((say, means))
    return found


def _replaced(text: str, pairs: list[tuple[str, str]]) -> Question:
    for say, mean in pairs:
        text = text.replace(say, f" {mean} ")
    parts = text.split()
    return Question(" ".join(parts), _terms(parts), worth=0.97, said="、".join(say for say, _ in pairs))


def _pinyin(parts: list[str]) -> Iterator[Question]:
    """Latin letters as whole syllables or as initials."""
    letters = "".join(part for part in parts if part.isascii() and part.isalpha())
    if len(letters) < 2:
        return
    whole = cut(letters)
    for syllables in whole:
        yield Question(" ".join(parts), _mixed(parts, _syllables(syllables)), worth=0.95)
    if not whole:
        yield from _half_typed(parts, *cut_short(letters))
    yield Question(
        " ".join(parts),
        _mixed(parts, [(token,) for token in initial_tokens(letters)]),
        worth=0.9,
        letters=letters,
    )


def _half_typed(parts: list[str], syllables: list[str], rest: str) -> Iterator[Question]:
    """Syllables of which the last is still being typed."""
    if syllables:
        last: Term = (initial_pair(syllables[-1][0], rest[0]),)
        yield Question(" ".join(parts), _mixed(parts, [*_syllables(syllables), last]), worth=0.92)


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
