"""Fees worked out from answers: exact, bounded, and never more than arithmetic."""

from __future__ import annotations

import ast
from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.fees import BadFormula, due, parse, yuan

ROAD = "area_m2 * days * 50"


@pytest.mark.parametrize(
    ("formula", "answers", "fen"),
    [
        (ROAD, {"area_m2": 20, "days": 5}, 5000),
        (ROAD, {"area_m2": 12.5, "days": 1}, 625),
        (ROAD, {"area_m2": 0.1, "days": 3}, 15),
        (ROAD, {"area_m2": 0.01, "days": 1}, 1),  # half a fen goes up
        ("1600", {}, 1600),
        ("2 + 3 * 4", {}, 14),
        ("(2 + 3) * 4", {}, 20),
        ("10 - 2 - 3", {}, 5),
        ("100 / 3", {}, 33),
        ("200 / 3", {}, 67),
        ("min(days, 10) * 100", {"days": 30}, 1000),
        ("max(500, days * 100, 700)", {"days": 3}, 700),
        ("a1 / a2", {"a1": 1, "a2": 0}, None),
        (ROAD, {"area_m2": 20}, None),
        (ROAD, {"area_m2": "20", "days": 5}, None),
        (ROAD, {"area_m2": True, "days": 5}, None),
        (ROAD, {"area_m2": float("nan"), "days": 5}, None),
        (ROAD, {"area_m2": 1e300, "days": 5}, None),
        ("1 - 2", {}, None),
        ("999999999 * 999999999", {}, None),
    ],
)
def test_a_formula_gives_whole_fen(formula: str, answers: dict, fen: int | None) -> None:
    assert parse(formula).fen(answers) == fen


@pytest.mark.parametrize(
    "text",
    ["", "  ", "1 +", "* 2", "(1", "1)", "1 2", "a b", "min()", "min(1", "min 1", "max(1,)", "-1", "2 ** 3", "a.b",
     "__import__('os')", "A1", "面积", "1e9", "x" * 201, "(" * 30 + "1" + ")" * 30, "9" * 12],
)  # fmt: skip
def test_anything_else_is_no_formula(text: str) -> None:
    with pytest.raises(BadFormula):
        parse(text)


_LEAVES = st.one_of(st.integers(0, 99).map(str), st.sampled_from(["x", "y"]))
_FORMULAS = st.recursive(
    _LEAVES,
    lambda inner: st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
    max_leaves=6,
)


@given(_FORMULAS, st.integers(0, 50), st.integers(0, 50))
def test_it_agrees_with_school_arithmetic(text: str, x: int, y: int) -> None:
    try:
        exact = _reference(ast.parse(text, mode="eval").body, {"x": x, "y": y})
    except ZeroDivisionError:
        assert parse(text).fen({"x": x, "y": y}) is None
        return
    wanted = None if exact < 0 else int(exact + Fraction(1, 2))
    assert parse(text).fen({"x": x, "y": y}) == wanted


def _reference(node: ast.expr, names: dict[str, int]) -> Fraction:
    if isinstance(node, ast.Constant):
        return Fraction(node.value)  # type: ignore[arg-type]
    if isinstance(node, ast.Name):
        return Fraction(names[node.id])
    assert isinstance(node, ast.BinOp)
    left, right = _reference(node.left, names), _reference(node.right, names)
    signs = {ast.Add: "__add__", ast.Sub: "__sub__", ast.Mult: "__mul__", ast.Div: "__truediv__"}
    return getattr(left, signs[type(node.op)])(right)


@given(st.text(max_size=40))
def test_hostile_text_is_read_or_refused(text: str) -> None:
    with suppress(BadFormula):
        parse(text).fen({})


def test_a_waiver_makes_it_free_and_words_stand_where_there_is_no_formula() -> None:
    guide = {
        "fees": [
            {
                "name": "工本费",
                "name_en": "Card fee",
                "rule": "每张 16 元",
                "formula": "1600",
                "waived_when": {"who": ["relief"]},
            },
            {"name": "测绘费", "rule": "按协议"},
        ]
    }
    assert [(fee.fen, fee.waived) for fee in due(guide, {"who": "none"}, lang="zh")] == [
        (1600, False),
        (None, False),
    ]
    assert [(fee.fen, fee.waived) for fee in due(guide, {"who": "relief"}, lang="zh")] == [
        (0, True),
        (None, False),
    ]
    assert [fee.name for fee in due(guide, {}, lang="en")] == ["Card fee", "测绘费"]


@pytest.mark.parametrize(("fen", "text"), [(0, "0"), (5000, "50"), (1850, "18.50"), (5, "0.05")])
def test_fen_are_shown_as_yuan(fen: int, text: str) -> None:
    assert yuan(fen) == text
