"""Fees (收费) worked out from the answers of a form: a tiny expression that is parsed, never evaluated as code.

A formula gives fen (分): `area_m2 * days * 50`. It knows + - * /, parentheses, numbers, names of number fields,
min(…) and max(…). Arithmetic is exact; the result is rounded half up to whole fen (四舍五入到分).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from schemas.materials import answers_meet

MOST_SIGNS = 200
MOST_FEN = 10**12  # ten thousand million yuan: more is a slip, not a fee
_DEEPEST = 20
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d{1,9}(?:\.\d{1,4})?)|(?P<name>[a-z][a-z0-9_]{0,39})|(?P<sign>[-+*/(),]))"
)
_FUNCTIONS: Mapping[str, Callable[..., Fraction]] = {"min": min, "max": max}

Answers = Mapping[str, Any]
Tree = tuple[Any, ...]


class BadFormula(ValueError):
    """A formula that cannot be read; the message says where, in Chinese."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that was read."""

    tree: Tree

    @property
    def names(self) -> frozenset[str]:
        """The fields it needs."""
        return frozenset(_names(self.tree))

    def fen(self, answers: Answers) -> int | None:
        """The fee in fen; None where an answer is missing or no number, or the sum makes no sense."""
        try:
            exact = _value(self.tree, answers)
        except (KeyError, ZeroDivisionError):
            return None
        fen = int(exact + Fraction(1, 2))
        return fen if 0 <= exact <= MOST_FEN else None


@dataclass(frozen=True, slots=True)
class Fee:
    """One fee of an item for these answers. `fen` is None where only the standard in words is known."""

    name: str
    rule: str
    fen: int | None
    waived: bool = False


def due(guide: Mapping[str, Any], answers: Answers, *, lang: str) -> tuple[Fee, ...]:
    """Every fee of the guide, worked out where it has a formula and the answers suffice."""
    return tuple(_fee(one, answers, lang) for one in guide.get("fees", ()))


def parse(text: str) -> Formula:
    """The formula; BadFormula when it is none."""
    if len(text) > MOST_SIGNS:
        raise BadFormula(f"公式太长，最多 {MOST_SIGNS} 个字符")
    reader = _Reader(list(_tokens(text)))
    tree = reader.sum(depth=0)
    if reader.rest:
        raise BadFormula(f"“{reader.rest[0][1]}”的位置不对")
    return Formula(tree)


def yuan(fen: int) -> str:
    """50 / 18.50: fen as yuan, without a needless fraction."""
    whole, rest = divmod(fen, 100)
    return f"{whole}.{rest:02}" if rest else str(whole)


def _fee(one: Mapping[str, Any], answers: Answers, lang: str) -> Fee:
    waived = bool(one.get("waived_when")) and answers_meet(one["waived_when"], answers)
    name = one.get("name_en") or one["name"] if lang == "en" else one["name"]
    fen = 0 if waived else parse(one["formula"]).fen(answers) if "formula" in one else None
    return Fee(name, one["rule"], fen, waived)


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None:
            raise BadFormula(f"看不懂“{text[at:].strip()[:10]}”，只能写字段名、数字、+ - * / 和括号")
        yield str(found.lastgroup), found[0].strip()
        at = found.end()


@dataclass(slots=True)
class _Reader:
    """Reads tokens from the left; each method takes what belongs to it."""

    rest: list[tuple[str, str]]

    def sum(self, *, depth: int) -> Tree:
        return self._chain("+-", self._product, depth)

    def _product(self, depth: int) -> Tree:
        return self._chain("*/", self._atom, depth)

    def _chain(self, signs: str, part: Callable[[int], Tree], depth: int) -> Tree:
        tree = part(depth)
        while self.rest and self.rest[0][1] in tuple(signs):
            sign = self.rest.pop(0)[1]
            tree = (sign, tree, part(depth))
        return tree

    def _atom(self, depth: int) -> Tree:
        if not self.rest or depth > _DEEPEST:
            raise BadFormula("公式不完整" if not self.rest else "括号套得太深")
        kind, text = self.rest.pop(0)
        if kind == "number":
            return ("number", Fraction(text))
        if kind == "name":
            return self._call(text, depth) if text in _FUNCTIONS else ("name", text)
        if text != "(":
            raise BadFormula(f"“{text}”的位置不对")
        inner = self.sum(depth=depth + 1)
        self._take(")")
        return inner

    def _call(self, name: str, depth: int) -> Tree:
        self._take("(")
        parts = [self.sum(depth=depth + 1)]
        while self.rest and self.rest[0][1] == ",":
            self.rest.pop(0)
            parts.append(self.sum(depth=depth + 1))
        self._take(")")
        return (name, *parts)

    def _take(self, sign: str) -> None:
        if not self.rest or self.rest.pop(0)[1] != sign:
            raise BadFormula(f"缺少“{sign}”")


def _names(tree: Tree) -> Iterator[str]:
    if tree[0] == "name":
        yield tree[1]
    elif tree[0] != "number":
        for part in tree[1:]:
            yield from _names(part)


def _value(tree: Tree, answers: Answers) -> Fraction:
    kind, *parts = tree
    if kind == "number":
        return Fraction(parts[0])
    if kind == "name":
        return _number(answers[parts[0]])
    values = [_value(part, answers) for part in parts]
    if kind in _FUNCTIONS:
        return _FUNCTIONS[kind](*values) if len(values) > 1 else values[0]
    left, right = values
    return {"+": left.__add__, "-": left.__sub__, "*": left.__mul__, "/": left.__truediv__}[kind](right)


def _number(answer: object) -> Fraction:
    """The answer as it was typed: 12.5 is 25/2, not its neighbour in binary. KeyError for no number."""
    if isinstance(answer, bool) or not isinstance(answer, int | float) or not abs(answer) <= MOST_FEN:
        raise KeyError("no number")
    return Fraction(str(answer))
