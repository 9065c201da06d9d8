"""Rules that tie the parts of a form together; its shape is already sound (form.schema.json)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.form_fields import ROWS_AT_MOST, Field
from schemas.formats import format_checker
from schemas.messages import CODES

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: where (JSON Pointer), what to do (in Chinese), and in which file.

    `part` is "form", "overlay" (the English) or "guide".
    """

    pointer: str
    message: str
    part: str = "form"


@dataclass(frozen=True, slots=True)
class Placed:
    """A field and where it is written."""

    pointer: str
    field: Field

    def problem(self, keyword: str, message: str) -> Problem:
        """A problem with one keyword of the field, or with the field itself where it lacks that keyword."""
        pointer = f"{self.pointer}/{keyword}" if keyword in self.field.spec else self.pointer
        return Problem(pointer, f"“{self.field.title}”{message}")


def placed(schema: Schema) -> list[Placed]:
    """Every field as written, in branches too; a field written twice is there twice."""
    blocks = [("", schema)]
    blocks += [(f"/allOf/{n}/then", rule["then"]) for n, rule in enumerate(schema.get("allOf", ()))]
    return [
        Placed(f"{base}/properties/{name}", Field(name, spec, name in block.get("required", ())))
        for base, block in blocks
        for name, spec in block["properties"].items()
    ]


def problems(schema: Schema) -> Iterator[Problem]:
    """Everything wrong with a form whose shape is sound."""
    yield from _pages(schema)
    yield from _required_exist(schema)
    yield from _conditions(schema)
    yield from _written_once(schema)
    for one in placed(schema):
        yield from _field(one)
    yield from _ends_with_declaration(schema)


def example_problems(schema: Schema) -> Iterator[Problem]:
    """Examples that the form itself would turn down."""
    from jsonschema import Draft202012Validator  # heavy: no cold start should pay for it

    validator = Draft202012Validator(schema, format_checker=format_checker())
    for index, example in enumerate(schema["examples"]):
        for error in validator.iter_errors(example):
            where = "".join(f"/{step}" for step in error.absolute_path)
            yield Problem(f"/examples/{index}{where}", f"示例不符合表单，请改正（{error.validator}）")


def _pages(schema: Schema) -> Iterator[Problem]:
    paged = [name for page in schema["x-pages"] for name in page["fields"]]
    for name, times in Counter(paged).items():
        if name not in schema["properties"]:
            yield Problem("/x-pages", f"页面里的字段 {name} 没有定义，请改正名称，或者在 properties 里定义")
        if times > 1:
            yield Problem("/x-pages", f"字段 {name} 出现在多页，请只放一页")
    for name in schema["properties"]:
        if name not in paged:
            yield Problem(f"/properties/{name}", f"字段 {name} 没有放进任何一页，请写进 x-pages")
    for page_id, times in Counter(page["id"] for page in schema["x-pages"]).items():
        if times > 1:
            yield Problem("/x-pages", f"页面标识 {page_id} 重复，请改成不同的")


def _required_exist(schema: Schema) -> Iterator[Problem]:
    for base, block in [("", schema), *_thens(schema)]:
        for name in block.get("required", ()):
            if name not in block["properties"]:
                yield Problem(f"{base}/required", f"必填的字段 {name} 没有在这里定义")


def _thens(schema: Schema) -> list[tuple[str, Schema]]:
    return [(f"/allOf/{n}/then", rule["then"]) for n, rule in enumerate(schema.get("allOf", ()))]


def _conditions(schema: Schema) -> Iterator[Problem]:
    for index, rule in enumerate(schema.get("allOf", ())):
        base = f"/allOf/{index}/if"
        ((control, wanted),) = rule["if"]["properties"].items()
        if control not in schema["properties"]:
            yield Problem(base, f"条件里的字段 {control} 不是顶层字段，请改正名称；条件不能套条件")
            continue
        if rule["if"]["required"] != [control]:
            yield Problem(base, f'请把 required 写成 ["{control}"]，否则没有填写时条件也会成立')
        yield from _condition_values(base, Field(control, schema["properties"][control], True), wanted)


def _condition_values(base: str, control: Field, wanted: Mapping[str, Any]) -> Iterator[Problem]:
    if control.widget != "radios":
        yield Problem(base, f"“{control.title}”决定其他字段，请用单选（x-widget: radios）")
        return
    known = {option["const"] for option in control.options}
    values = wanted.get("enum") or [wanted["const"]]
    for value in values:
        if value not in known:
            yield Problem(base, f"“{control.title}”没有取值 {value}，请改正")


def _written_once(schema: Schema) -> Iterator[Problem]:
    seen: set[str] = set()
    for one in placed(schema):
        if one.field.name in seen:
            yield Problem(one.pointer, f"字段 {one.field.name} 定义了不止一次，请只留一处")
        seen.add(one.field.name)


def _ends_with_declaration(schema: Schema) -> Iterator[Problem]:
    last = schema["x-pages"][-1]["fields"][-1]
    spec = schema["properties"].get(last, {})
    if spec.get("const") is not True:
        yield Problem(f"/x-pages/{len(schema['x-pages']) - 1}", "最后一页的最后一项应是承诺（const: true）")


_WIDGETS_OF = {
    "true": {"declare"},
    "group": {"group"},
    "list": {"checkboxes"},
    "number": {"number", "text"},
    "integer": {"number", "text"},
    "choice": {"radios", "select"},
    "date": {"date"},
    "text": {"text", "tel", "textarea"},
}
_KEYWORDS_OF = {
    "true": {"const"},
    "group": {"items", "minItems", "maxItems", "x-item"},
    "list": {"items", "minItems", "maxItems", "uniqueItems"},
    "number": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"},
    "integer": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"},
    "choice": {"oneOf"},
    "date": {"format", "x-past"},
    "text": {"format", "pattern", "minLength", "maxLength", "x-rows", "x-prefill"},
}
_ANYWHERE = {"title", "description", "type", "x-widget", "x-width", "x-autocomplete", "x-mask", "x-messages"}
_MASKED_FORMATS = {"cn-resident-id": "id", "cn-mobile": "phone"}
_ORDERED = (("minLength", "maxLength"), ("minimum", "maximum"), ("minItems", "maxItems"))


def _sort_of(field: Field) -> str:
    """What sort of question it is: what may be said about it follows from this."""
    if field.kind != "text":
        return field.kind
    if field.options:
        return "choice"
    return "date" if field.spec.get("format") == "date" else "text"


def _field(one: Placed) -> Iterator[Problem]:
    yield from _group(one) if one.field.kind == "group" else ()
    yield from _keywords(one)
    yield from _choices(one)
    yield from _limits(one)
    yield from _pattern(one)
    yield from _personal(one)
    yield from _own_messages(one)


def _group(one: Placed) -> Iterator[Problem]:
    """A repeating group: bounded, named, and of plain questions only."""
    for keyword in ("maxItems", "x-item"):
        if keyword not in one.field.spec:
            yield one.problem("items", f"可以填写多项，请写明 {keyword}")
    if one.field.spec.get("maxItems", 0) > ROWS_AT_MOST:
        yield one.problem("maxItems", f"最多 {ROWS_AT_MOST} 项，请改小")
    entry = one.field.spec["items"]
    for name in [*entry.get("required", ()), *entry["x-fields"]]:
        if name not in entry["properties"]:
            yield one.problem("items", f"里的字段 {name} 没有定义")
    for name in entry["properties"].keys() - set(entry["x-fields"]):
        yield one.problem("items", f"里的字段 {name} 没有写进 x-fields，请写明先后")
    for inner in one.field.inner:
        placed_in = Placed(f"{one.pointer}/items/properties/{inner.name}", inner)
        if inner.kind in ("list", "true", "group"):
            yield placed_in.problem("type", "在可以填写多项的内容里，只能是文字、数字、日期或者单选")
        else:
            yield from _field(placed_in)


def _keywords(one: Placed) -> Iterator[Problem]:
    sort = _sort_of(one.field)
    if "type" not in one.field.spec and sort != "true":
        yield one.problem("type", "缺少 type")
    if one.field.widget not in _WIDGETS_OF[sort]:
        usable = "、".join(sorted(_WIDGETS_OF[sort]))
        yield one.problem("x-widget", f"不能用 {one.field.widget}，可以用：{usable}")
    for keyword in sorted(one.field.spec.keys() - _ANYWHERE - _KEYWORDS_OF[sort]):
        yield one.problem(keyword, f"不能写 {keyword}，请删除")
    if sort == "true" and not one.field.required:
        yield one.problem("const", "是承诺，请写进 required")


def _choices(one: Placed) -> Iterator[Problem]:
    if one.field.kind == "list" and not one.field.options:
        yield one.problem("items", "是多选，请在 items.oneOf 里写出选项")
    for value, times in Counter(option["const"] for option in one.field.options).items():
        if times > 1:
            yield one.problem("oneOf", f"有重复的选项 {value}")


def _limits(one: Placed) -> Iterator[Problem]:
    spec = one.field.spec
    for low, high in _ORDERED:
        if low in spec and high in spec and spec[low] > spec[high]:
            yield one.problem(low, f"的 {low} 大于 {high}，没有能填的内容")


def _pattern(one: Placed) -> Iterator[Problem]:
    try:
        re.compile(one.field.spec.get("pattern", ""))
    except re.error as wrong:
        yield one.problem("pattern", f"的 pattern 不是正确的正则表达式（{wrong}）")


def _personal(one: Placed) -> Iterator[Problem]:
    wanted = _MASKED_FORMATS.get(one.field.spec.get("format", ""))
    if wanted and one.field.spec.get("x-mask") != wanted:
        yield one.problem("x-mask", f"是个人信息，请写 x-mask: {wanted}")


def _own_messages(one: Placed) -> Iterator[Problem]:
    for key in one.field.spec.get("x-messages", {}):
        if key not in CODES:
            known = "、".join(sorted(CODES))
            yield one.problem("x-messages", f"的 x-messages 里没有 {key} 这种提示，可以写：{known}")
