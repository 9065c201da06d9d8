"""What the check says of a form file: each rule once broken, with the place it points to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from schemas.forms import Problem, lint

Schema = dict[str, Any]
Break = Callable[[Schema], object]


def put(path: str, value: object) -> Break:
    """A break: set what stands at a path like "properties.days.minimum"."""

    def broken(schema: Schema) -> None:
        node, last = reach(schema, path)
        node[last] = value

    return broken


def drop(path: str) -> Break:
    """A break: remove what stands at a path."""

    def broken(schema: Schema) -> None:
        node, last = reach(schema, path)
        del node[last]

    return broken


def reach(node: Any, path: str) -> tuple[Any, Any]:
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in steps:
        node = node[step]
    return node, last


def both(*breaks: Break) -> Break:
    return lambda schema: [one(schema) for one in breaks]


NEW = {"type": "string", "title": "新字段", "maxLength": 10}


def test_a_sound_form_has_no_problems(small: Schema, small_en: dict[str, str]) -> None:
    assert lint(small, small_en, {"materials": [{"id": "a", "when": {"kind": ["post", "agent"]}}]}) == ()


@pytest.mark.parametrize(
    ("broken", "pointer", "words"),
    [
        (drop("x-pages"), "", "缺少 x-pages"),
        (put("type", "array"), "/type", "只能写"),
        (put("extra", 1), "", "不能写 extra"),
        (put("$id", "small"), "/$id", "写法不对"),
        (put("properties.Name", NEW), "/properties", "写法不对"),
        (drop("properties.days.title"), "/properties/days", "缺少 title"),
        (put("properties.name.title", ""), "/properties/name/title", "不能为空"),
        (put("properties.name.format", "email"), "/properties/name/format", "不在可用的写法里"),
        (put("properties.name.x-mask", "face"), "/properties/name/x-mask", "不在可用的写法里"),
        (put("properties.name.enum", ["a"]), "/properties/name", "不能写 enum"),
        (put("properties.kind.oneOf.0.const", "自取"), "/properties/kind/oneOf/0/const", "写法不对"),
        (put("x-pages.0.fields", "name"), "/x-pages/0/fields", "类型不对"),
        (put("allOf.0.if.properties.days", {"const": "1"}), "/allOf/0/if/properties", "最多写 1 项"),
        (put("unevaluatedProperties", True), "/unevaluatedProperties", "只能写 false"),
        (put("examples", []), "/examples", "至少写 1 项"),
        (put("x-pages.0.fields.0", "nom"), "/x-pages", "页面里的字段 nom 没有定义"),
        (put("x-pages.0.fields.0", "days"), "/x-pages", "字段 days 出现在多页"),
        (put("properties.extra", NEW), "/properties/extra", "没有放进任何一页"),
        (put("x-pages.1.id", "who"), "/x-pages", "页面标识 who 重复"),
        (put("required.0", "nom"), "/required", "必填的字段 nom"),
        (put("allOf.1.then.required.0", "nom"), "/allOf/1/then/required", "必填的字段 nom"),
        (put("allOf.0.if.required", []), "/allOf/0/if", "否则没有填写时条件也会成立"),
        (put("allOf.0.if.properties", {"to": {"const": "x"}}), "/allOf/0/if", "条件不能套条件"),
        (put("allOf.1.if.properties.kind.const", "fly"), "/allOf/1/if", "没有取值 fly"),
        (put("properties.kind.x-widget", "select"), "/allOf/0/if", "请用单选"),
        (put("allOf.1.then.properties.to", NEW), "/allOf/1/then/properties/to", "定义了不止一次"),
        (put("allOf.1.then.properties.days", NEW), "/allOf/1/then/properties/days", "定义了不止一次"),
        (drop("properties.name.type"), "/properties/name", "缺少 type"),
        (put("properties.name.x-widget", "radios"), "/properties/name/x-widget", "不能用 radios"),
        (put("properties.name.minimum", 3), "/properties/name/minimum", "不能写 minimum"),
        (put("properties.days.format", "date"), "/properties/days/format", "不能写 format"),
        (put("properties.declare.maxLength", 3), "/properties/declare/maxLength", "不能写 maxLength"),
        (drop("required.7"), "/properties/declare/const", "请写进 required"),
        (drop("properties.tags.items"), "/properties/tags", "请在 items.oneOf 里写出选项"),
        (put("properties.kind.oneOf.0.const", "post"), "/properties/kind/oneOf", "重复的选项 post"),
        (put("properties.name.minLength", 30), "/properties/name/minLength", "大于 maxLength"),
        (put("properties.days.minimum", 31), "/properties/days/minimum", "大于 maximum"),
        (put("properties.card.pattern", "^["), "/properties/card/pattern", "正则表达式"),
        (drop("properties.idno.x-mask"), "/properties/idno", "请写 x-mask: id"),
        (put("properties.phone.x-mask", "name"), "/properties/phone/x-mask", "请写 x-mask: phone"),
        (put("properties.days.x-messages", {"max": "太多"}), "/properties/days/x-messages", "没有 max"),
        (
            both(put("x-pages.1.fields.5", "declare"), put("x-pages.1.fields.6", "note")),
            "/x-pages/1",
            "应是承诺",
        ),
        (put("examples.0.days", 99), "/examples/0/days", "示例不符合表单"),
        (put("examples.0.hat", 1), "/examples/0", "示例不符合表单"),
    ],
)
def test_a_broken_rule_is_told_where_it_is(small: Schema, broken: Break, pointer: str, words: str) -> None:
    broken(small)
    found = lint(small)
    assert any(one.pointer == pointer and words in one.message for one in found), found


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            {"/properties/days/title": None},
            Problem(
                "/properties/days/title", "“天数”还没有英文，请在英文文件里写 /properties/days/title", "form"
            ),
        ),
        (
            {"/properties/hat/title": "Hat"},
            Problem(
                "/~1properties~1hat~1title",
                "表单的 /properties/hat/title 处没有文字，请删除或者改正",
                "overlay",
            ),
        ),
        ({"/title": "样表"}, Problem("/~1title", "/title 应是英文", "overlay")),
        ({"/title": " "}, Problem("/~1title", "/title 应是英文", "overlay")),
    ],
)
def test_every_text_has_its_english_and_no_english_is_left_over(
    small: Schema, small_en: dict[str, str], change: dict[str, str | None], problem: Problem
) -> None:
    overlay = {key: text for key, text in (small_en | change).items() if text is not None}
    assert lint(small, overlay) == (problem,)


def test_a_forms_own_messages_need_english_too(small: Schema, small_en: dict[str, str]) -> None:
    small["properties"]["days"]["x-messages"] = {"maximum": "最多 30 天"}
    assert [one.pointer for one in lint(small, small_en)] == ["/properties/days/x-messages/maximum"]


@pytest.mark.parametrize(
    ("when", "pointer", "words"),
    [
        ({"hat": "x"}, "/materials/0/when", "表单里没有字段 hat"),
        ({"kind": "fly"}, "/materials/0/when/kind", "没有取值 fly，可以写：self、agent、post"),
        ({"kind": ["post", "fly"]}, "/materials/0/when/kind", "没有取值 fly"),
        ({"name": "林禾"}, "/materials/0/when/name", "不是选择题"),
    ],
)
def test_a_guide_may_only_name_what_the_form_asks(
    small: Schema, when: dict, pointer: str, words: str
) -> None:
    (problem,) = lint(small, None, {"materials": [{"id": "a", "when": when}]})
    assert (problem.pointer, problem.part) == (pointer, "guide")
    assert words in problem.message


@pytest.mark.parametrize(
    "schema", [{}, {"properties": []}, {"x-pages": None, "properties": {"a": 1}}, [], "x"]
)
def test_a_form_out_of_shape_is_told_so_and_nothing_falls_over(schema: Any) -> None:
    assert lint(schema, {"/title": "x"}, {"materials": []})
