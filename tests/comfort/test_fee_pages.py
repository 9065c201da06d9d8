"""What it costs stands on the check page and the receipt, and the check knows a wrong formula."""

from __future__ import annotations

from typing import Any

import pytest
from chalicelib.http.fee_rows import bill

from schemas.forms import lint
from schemas.items import Item
from tests.comfort.citizen import Town
from tests.comfort.filling import at_check, example, handed_in
from tests.schemas.small_form import SMALL, SMALL_EN


@pytest.mark.parametrize(
    ("item", "changed", "text"),
    [
        ("zhanyong-daolu", {}, "50 元"),
        ("zhanyong-daolu", {"area_m2": 12.5, "days": 3}, "18.75 元"),
        ("shebaoka-buling", {}, "16 元"),
        ("shebaoka-buling", {"waiver": "relief"}, "免收"),
    ],
)
def test_the_fee_is_shown_before_and_after_handing_in(
    here: Town, item: str, changed: dict, text: str
) -> None:
    page = at_check(here.citizen("lin-he"), item, example(item) | changed)
    assert f"<dd>{text}" in page.text and "四舍五入到分" in page.text
    assert f"<dd>{text}" in handed_in(here.citizen("lin-he"), item, example(item) | changed).text


def test_the_fee_is_told_in_english(here: Town) -> None:
    page = at_check(here.citizen("lin-he"), "zhanyong-daolu", example("zhanyong-daolu"), prefix="/en")
    assert "<dt>Road occupation fee</dt><dd>50 yuan</dd>" in page.text


def test_several_fees_are_one_bill() -> None:
    item = Item.from_json(ITEM_WITH_FEES)
    assert bill([(item, {"area": 3})], "zh")[-1] == ("合计", "11 元，一张缴费单一次缴清")
    assert bill([(item, {"area": 3})] * 2, "zh")[-1][1].startswith("22 元")
    assert bill([(item, {})], "en") == [("Fee one", "a"), ("Fee two", "5 yuan")], (
        "one is not known yet: no total of one"
    )
    assert bill([(item, {}), (item, {})], "en")[-1] == (
        "Total",
        "10 yuan and what the rules above add, on one bill",
    )
    assert bill([(item, {"area": 3, "who": "poor"})], "zh")[-1] == ("费二", "免收")


ITEM_WITH_FEES: dict[str, Any] = {
    "id": "x", "version": "0", "guide": {
        "legal_limit": {"n": 1, "unit": "workday"}, "promise_limit": {"n": 1, "unit": "workday"}, "steps": [],
        "fees": [
            {"name": "费一", "name_en": "Fee one", "rule": "a", "rule_en": "a", "formula": "area * 200"},
            {"name": "费二", "name_en": "Fee two", "rule": "b", "rule_en": "b", "formula": "500", "waived_when": {"who": "poor"}},
        ],
    },
}  # fmt: skip


def test_an_item_without_charge_says_nothing_of_fees(here: Town) -> None:
    assert (
        "应交费用" not in at_check(here.citizen("lin-he"), "gaoling-jintie", example("gaoling-jintie")).text
    )


@pytest.mark.parametrize(
    ("formula", "waived", "at", "said"),
    [
        ("area * 5 +", {}, "formula", "公式不完整"),
        ("acreage * 5", {}, "formula", "acreage 不在表单里"),
        ("name * 5", {}, "formula", "“姓名”不是数字"),
        ("5", {"kind": "plane"}, "waived_when/kind", "没有取值 plane"),
        ("5", {"king": "self"}, "waived_when", "没有字段 king"),
        ("area * days", {"kind": "self"}, "", ""),
    ],
)
def test_the_check_reads_formulas(formula: str, waived: dict, at: str, said: str) -> None:
    fee = {
        "name": "费",
        "rule": "每天",
        "basis": "目录",
        "formula": formula,
        **({"waived_when": waived} if waived else {}),
    }
    found = [
        (one.pointer, one.message) for one in lint(SMALL, SMALL_EN, {"fees": [fee]}) if one.part == "guide"
    ]
    assert (found == []) if not at else (found[0][0] == f"/fees/0/{at}" and said in found[0][1])
