"""Front matter against its JSON Schema, with messages an editor can act on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from difflib import get_close_matches
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from publishing.faults import Found
from publishing.sources import ROOT

_TYPES = {
    "string": "文字，数字和日期请加引号",
    "integer": "整数",
    "number": "数字",
    "boolean": "true 或者 false",
    "array": "列表",
    "object": "一组“名称: 值”",
}
_DAY = len("2026-11-23")


def _is_date(value: object) -> bool:
    return not isinstance(value, str) or (len(value) == _DAY and bool(date.fromisoformat(value)))


_formats = FormatChecker(formats=())
_formats.checks("date", raises=ValueError)(_is_date)


@cache
def _validator(kind: str) -> Draft202012Validator:
    schema = json.loads((ROOT / "schemas" / f"{kind}.schema.json").read_text("utf-8"))
    return Draft202012Validator(schema, format_checker=_formats)


@cache
def _quick(kind: str) -> Callable[[Any], bool]:
    """Yes, or perhaps not: a compiled validator, where installed, spares good documents the slow one."""
    try:
        import jsonschema_rs
    except ImportError:
        return lambda front: False
    dates = {"date": lambda text: _holds(_is_date, text)}
    validator = jsonschema_rs.validator_for(_validator(kind).schema, formats=dates, validate_formats=True)
    return lambda front: _holds(validator.is_valid, front)


def _holds(test: Callable[[Any], bool], value: Any) -> bool:
    """Its answer; no when the value is beyond it (keys that are numbers, dates that are none)."""
    try:
        return test(value)
    except ValueError:
        return False


def faults(kind: str, front: dict[str, Any]) -> Iterator[Found]:
    """Every way in which `front` departs from schemas/<kind>.schema.json."""
    if _quick(kind)(front):
        return
    for error in _validator(kind).iter_errors(front):
        yield from _found(error)


def _found(error: ValidationError) -> Iterator[Found]:
    if error.validator == "required":
        yield from _missing(error)
    elif error.validator == "additionalProperties" and isinstance(error.validator_value, bool):
        yield from _unknown(error)
    else:
        message = _MESSAGES.get(str(error.validator), _other)(error)
        yield Found(tuple(error.absolute_path), f"“{_title(error)}”{message}")


def _missing(error: ValidationError) -> Iterator[Found]:
    known = error.schema.get("properties", {})
    for key in error.validator_value:
        if key not in error.instance:
            title = _plain(known.get(key, {}).get("title", key))
            yield Found(tuple(error.absolute_path), f"缺少“{title}”，请补上 {key}")


def _unknown(error: ValidationError) -> Iterator[Found]:
    known = error.schema.get("properties", {})
    for key in error.instance:
        if key not in known:
            near = get_close_matches(str(key), known, n=1)
            advice = f"是不是 {near[0]}？" if near else "请删除"
            yield Found((*error.absolute_path, key), f"没有 {key} 这个字段，{advice}")


def _title(error: ValidationError) -> str:
    names = [step for step in error.absolute_path if isinstance(step, str)]
    return _plain(error.schema.get("title") or (names[-1] if names else "字段"))


def _plain(title: str) -> str:
    return title.split(":")[0]


def _other(error: ValidationError) -> str:
    return f"不合要求，请对照 schemas 里的说明修改（{error.validator}）"


def _choices(error: ValidationError) -> str:
    return f"只能是 {'、'.join(map(str, error.validator_value))}，现在是 {error.instance}"


_MESSAGES: dict[str, Callable[[ValidationError], str]] = {
    "type": lambda e: f"应当是{_TYPES.get(e.validator_value, e.validator_value)}",
    "enum": _choices,
    "pattern": lambda e: f"写法不对：{e.instance}，应当符合 {e.validator_value}",
    "format": lambda e: f"不是有效的日期：{e.instance}，请写成 2026-11-23 这样",
    "minLength": lambda e: f"太短，至少 {e.validator_value} 个字",
    "maxLength": lambda e: f"太长，最多 {e.validator_value} 个字，现在 {len(e.instance)} 个字",
    "minimum": lambda e: f"不能小于 {e.validator_value}",
    "maximum": lambda e: f"不能大于 {e.validator_value}",
    "minItems": lambda e: f"至少写 {e.validator_value} 项",
    "maxItems": lambda e: f"最多写 {e.validator_value} 项",
    "uniqueItems": lambda e: "里有重复的，请只留一个",
}
