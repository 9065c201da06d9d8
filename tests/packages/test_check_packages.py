"""What the check says of a package whose mapping does not hold."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from publishing import check_packages, sources
from publishing.sources import Content
from tests.comfort.citizen import ROOT

Change = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def content() -> Content:
    return sources.load(ROOT / "content")


def said(content: Content, name: str, change: Change) -> list[str]:
    package = next(one for one in content.of("package") if one.id == name)
    front = copy.deepcopy(package.front)
    change({entry["key"]: entry for entry in front["items"]} | {"": front})
    return [fault.message for fault in check_packages.faults(content, replace(package, front=front))]


@pytest.mark.parametrize(
    "name",
    ["buban-shiminka", "kai-canyindian", "kaiban-qiye", "shenhou-shi", "xinshenger", "yuangong-luyong"],
)
def test_the_sample_packages_hold(content: Content, name: str) -> None:
    assert said(content, name, lambda at: None) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda at: at["shipin"]["share"].update(nothing="firm"), "shipin-jingying 的表单里没有字段 nothing"),
        (lambda at: at["shipin"]["share"].update(firm="nothing"), "套餐的表单里没有字段 nothing"),
        (lambda at: at["shipin"]["share"].update(area_m2="firm"), "类型不同"),
        (lambda at: at["shipin"]["share"].update(head_id="head"), "格式不同"),
        (lambda at: at["shipin"]["share"].update(water="agent"), "选项更多"),
        (lambda at: at["shipin"]["share"].update(water="firm"), "没有选项"),
        (lambda at: at["shipin"]["share"].update(manager="address"), "上限更高"),
        (lambda at: at["shipin"]["share"].update(head="agent_name"), "不一定会问到"),
        (lambda at: at["shipin"]["share"].update(kind="firm"), "已经固定"),
        (lambda at: at["shipin"]["fixed"].update(kind="disco"), "没有选项 kind: disco"),
        (lambda at: at["shipin"]["materials"].update(nothing="authority"), "没有材料 nothing"),
        (lambda at: at["shipin"]["materials"].update(authority="nothing"), "套餐没有材料 nothing"),
        (lambda at: at["shipin"]["materials"].update(layout="authority"), "套餐不一定要 authority"),
        (lambda at: at[""]["materials"][0].pop("when"), None),
        (lambda at: at["shipin"].pop("guide"), "并联办理要有两项以上行政许可"),
        (lambda at: at["zhizhao"].pop("dept"), "要写 dept"),
        (lambda at: at["zhizhao"].update(dept="nowhere"), "没有部门 nowhere"),
        (lambda at: at["zhizhao"]["fields"].append("nothing"), "没有字段 nothing"),
        (lambda at: at["zhizhao"]["fields"].append("agent_name"), "请把 agent 也列上"),
        (lambda at: at["zhizhao"].update(uses=["nothing"]), "没有材料 nothing"),
        (lambda at: at["zhizhao"].update(days=30), "比法定时限长"),
        (lambda at: at[""].update(days=3), "超过承诺的 3 个"),
        (lambda at: at["shipin"].update(guide="gaoling-jintie"), "没有字段"),
        (
            lambda at: [at[key].pop("materials") for key in ("shipin", "xiaofang")],
            "没有事项用到材料 authority",
        ),
    ],
)
def test_a_mapping_that_does_not_hold_is_named(content: Content, change: Change, message: str | None) -> None:
    found = said(content, "kai-canyindian", change)
    if message is None:
        assert found == []
    else:
        assert any(message in line for line in found), found


@pytest.mark.parametrize("clash", ["身份证号码格式不同", "姓名上限更高", "没有逐个问是申请人的什么人"])
def test_entries_told_one_by_one_must_suit_field_by_field(content: Content, clash: str) -> None:
    homes = {"guide": "gongzufang-zige", "share": {"members": "owners"}, "fixed": {}, "materials": {}}
    found = said(content, "kaiban-qiye", lambda at: at["yinhang"].update(homes))
    assert any(clash in line for line in found), found


def test_a_question_nobody_uses_is_named(content: Content) -> None:
    found = said(
        content,
        "shenhou-shi",
        lambda at: (
            at["huohua_zhengming"]["fields"].remove("burial") or at["yishu_daiyu"]["fields"].remove("burial")
        ),
    )
    assert any("问了 burial，但是没有事项用到" in line for line in found), found


def test_a_name_too_long_for_the_catalogue_is_told(content: Content) -> None:
    package = replace(
        next(iter(content.of("package"))), path=ROOT / "content" / "packages" / f"{'a' * 33}.md"
    )
    assert any("标识最多 32 个字符" in fault.message for fault in check_packages.faults(content, package))


def test_a_package_without_a_form_is_told_to_get_one(content: Content) -> None:
    package = replace(next(iter(content.of("package"))), path=ROOT / "content" / "packages" / "new.md")
    assert any("找不到套餐的表单" in fault.message for fault in check_packages.faults(content, package))
