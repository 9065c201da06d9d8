"""What is wrong with a form file, said so that an editor can mend it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemas import fees
from schemas.form_fields import Field
from schemas.form_rules import Problem, example_problems, placed, problems

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError

_SHAPE = Path(__file__).parent / "form.schema.json"
_HAN = re.compile("[\u4e00-\u9fff]")
_TEXT_KEYS = frozenset({"title", "description", "intro", "x-item"})


def lint(
    schema: Mapping[str, Any],
    overlay: Mapping[str, str] | None = None,
    guide: Mapping[str, Any] | None = None,
) -> tuple[Problem, ...]:
    """Everything wrong with a form, its English overlay, and what its guide says about it.

    The rest is not looked at while the shape is wrong, so that one slip gives one line.
    """
    misshapen = tuple(_shape(schema))
    if misshapen:
        return misshapen
    found = list(problems(schema)) or list(example_problems(schema))
    found += _overlay(schema, overlay) if overlay is not None else ()
    found += _guide(schema, guide) if guide is not None else ()
    return tuple(found)


@cache
def _shape_validator() -> Draft202012Validator:
    from jsonschema import Draft202012Validator  # heavy: no cold start should pay for it

    return Draft202012Validator(json.loads(_SHAPE.read_text("utf-8")))


def _shape(schema: Any) -> Iterator[Problem]:
    for error in _shape_validator().iter_errors(schema):
        yield Problem("".join(f"/{_escaped(str(step))}" for step in error.absolute_path), _said(error))


def _said(error: ValidationError) -> str:
    keyword, value = str(error.validator), error.validator_value
    if keyword == "required":
        missing = [name for name in value if name not in error.instance]
        return f"缺少 {'、'.join(missing)}，请补上"
    if keyword == "additionalProperties":
        unknown = sorted(set(error.instance) - set(error.schema.get("properties", ())))
        return f"不能写 {'、'.join(unknown)}，请删除或者改正"
    template = _SAYINGS.get(keyword, "不符合表单的写法（{k} {v}），请改正")
    return template.format(k=keyword, v=json.dumps(value, ensure_ascii=False), i=_short(error.instance))


def _short(instance: Any) -> str:
    text = json.dumps(instance, ensure_ascii=False, default=str)
    return text if len(text) <= 40 else text[:40] + "…"


_SAYINGS = {
    "const": "只能写 {v}",
    "enum": "{i} 不在可用的写法里，可以写：{v}",
    "pattern": "{i} 的写法不对，应符合 {v}",
    "type": "{i} 的类型不对，应为 {v}",
    "minLength": "不能为空",
    "maxLength": "太长，最多 {v} 个字",
    "minItems": "至少写 {v} 项",
    "maxItems": "最多写 {v} 项",
    "minProperties": "至少写 {v} 项",
    "maxProperties": "最多写 {v} 项",
    "uniqueItems": "{i} 里有重复的内容",
}


def _overlay(schema: Mapping[str, Any], overlay: Mapping[str, str]) -> Iterator[Problem]:
    texts = dict(_texts(schema, ""))
    for pointer, text in texts.items():
        if pointer not in overlay:
            yield Problem(pointer, f"“{text}”还没有英文，请在英文文件里写 {pointer}")
    for pointer, english in overlay.items():
        at = f"/{_escaped(pointer)}"
        if pointer not in texts:
            yield Problem(at, f"表单的 {pointer} 处没有文字，请删除或者改正", "overlay")
        elif not isinstance(english, str) or not english.strip() or _HAN.search(english):
            yield Problem(at, f"{pointer} 应是英文", "overlay")


def _texts(node: Any, pointer: str) -> Iterator[tuple[str, str]]:
    """Every text that people see, with its pointer; examples are not shown."""
    if isinstance(node, list):
        for index, inner in enumerate(node):
            yield from _texts(inner, f"{pointer}/{index}")
    elif isinstance(node, Mapping):
        for key, inner in node.items():
            at = f"{pointer}/{_escaped(key)}"
            if isinstance(inner, str) and (key in _TEXT_KEYS or pointer.endswith("/x-messages")):
                yield at, inner
            elif key != "examples":
                yield from _texts(inner, at)


def _guide(schema: Mapping[str, Any], guide: Mapping[str, Any]) -> Iterator[Problem]:
    fields = {one.field.name: one.field for one in placed(schema)}
    for index, material in enumerate(guide.get("materials") or ()):
        yield from _when(f"/materials/{index}/when", fields, material.get("when") or {})
    at_once = (guide.get("process") or {}).get("filed_at_once_when") or {}
    yield from _when("/process/filed_at_once_when", fields, at_once)
    for index, fee in enumerate(guide.get("fees") or ()):
        yield from _when(f"/fees/{index}/waived_when", fields, fee.get("waived_when") or {})
        if "formula" in fee:
            yield from _formula(f"/fees/{index}/formula", fields, fee["formula"])


def _when(at: str, fields: Mapping[str, Field], when: Mapping[str, Any]) -> Iterator[Problem]:
    for name, wanted in when.items():
        if name not in fields:
            yield Problem(at, f"表单里没有字段 {name}，请改正", "guide")
        else:
            yield from _when_values(f"{at}/{name}", fields[name], wanted)


def _formula(at: str, fields: Mapping[str, Field], text: str) -> Iterator[Problem]:
    """A fee may be worked out from number fields of the form only."""
    try:
        names = sorted(fees.parse(text).names)
    except fees.BadFormula as wrong:
        yield Problem(at, f"收费公式读不懂：{wrong}", "guide")
        return
    for name in names:
        if name not in fields:
            yield Problem(at, f"收费公式里的字段 {name} 不在表单里，请改正", "guide")
        elif fields[name].kind not in ("number", "integer"):
            yield Problem(at, f"收费公式里的“{fields[name].title}”不是数字，不能计算", "guide")


def _when_values(at: str, field: Field, wanted: str | list[str]) -> Iterator[Problem]:
    known = [option["const"] for option in field.options]
    for value in [wanted] if isinstance(wanted, str) else wanted:
        if value not in known:
            choices = "、".join(known) or "（不是选择题）"
            yield Problem(at, f"“{field.title}”没有取值 {value}，可以写：{choices}", "guide")


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")
