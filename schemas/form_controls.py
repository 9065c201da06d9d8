"""Controls of a form, as plain dicts for theme/templates/macros/form.html."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.form_faults import number_text
from schemas.form_fields import ROWS_AT_MOST, Condition, Field, inner_name
from schemas.form_input import DATE_PARTS, name_under

Control = dict[str, Any]
_FORMAT_WIDTHS = {"cn-mobile": "w12", "cn-resident-id": "w20", "cn-uscc": "w20"}
_INPUT_MODES = {"number": "decimal", "integer": "numeric"}
_TYPED_WIDGETS = frozenset({"text", "textarea"})


@dataclass(frozen=True, slots=True)
class Answers:
    """What is known about a form being filled in: answers, what was typed, and what is wrong."""

    instance: Mapping[str, Any]
    raw: Mapping[str, Any]
    errors: Mapping[str, str]


def control(field: Field, answers: Answers, *, opened: Mapping[str, Iterable[Field]]) -> Control:
    """One control; fields that an option opens hang under that option as `reveals`."""
    return _group(field, answers) if field.kind == "group" else _plain(field, answers, opened=opened)


def _group(field: Field, answers: Answers) -> Control:
    """A repeating group: the controls of each entry, and the values of the buttons that add and remove one."""
    rows = _entries(answers.instance.get(field.name)) or [{} for _ in range(field.spec.get("minItems", 0))]
    typed = _entries(answers.raw.get(field.name))
    shown = [
        _entry(field, n, Answers(row, typed[n] if n < len(typed) else {}, answers.errors))
        for n, row in enumerate(rows)
    ]
    return _plain(field, Answers({}, {}, answers.errors), opened={}) | {
        "item": field.spec["x-item"],
        "rows": shown,
        "add": f"add:{field.name}" if len(shown) < field.spec["maxItems"] else None,
    }


def _entries(value: Any) -> list[Mapping[str, Any]]:
    """The entries that can be shown, whatever was stored."""
    rows = value[:ROWS_AT_MOST] if isinstance(value, list) else []
    return [row if isinstance(row, Mapping) else {} for row in rows]


def _entry(field: Field, n: int, row: Answers) -> Control:
    names = {inner.name: inner_name(field.name, n, inner.name) for inner in field.inner}
    errors = {name: row.errors[full] for name, full in names.items() if full in row.errors}
    controls = [_plain(inner, Answers(row.instance, row.raw, errors), opened={}) for inner in field.inner]
    return {
        "title": f"{field.spec['x-item']} {n + 1}",
        "controls": [one | {"name": names[one["name"]]} for one in controls],
        "drop": f"drop:{field.name}:{n}",
    }


def _plain(field: Field, answers: Answers, *, opened: Mapping[str, Iterable[Field]]) -> Control:
    return {
        "name": field.name,
        "title": field.title,
        "hint": field.spec.get("description", ""),
        "required": field.required,
        "widget": field.widget,
        "value": _value(field, answers),
        "raw": _raw(field, answers),
        "error": answers.errors.get(field.name),
        **_look(field),
        "options": [_option(field, option, answers, opened=opened) for option in field.options],
    }


def _look(field: Field) -> Control:
    spec = field.spec
    plain_text = field.widget in _TYPED_WIDGETS and "format" not in spec and "pattern" not in spec
    return {
        "width": spec.get("x-width") or _FORMAT_WIDTHS.get(spec.get("format", ""), ""),
        "maxlength": spec.get("maxLength") if plain_text else None,
        "rows": spec.get("x-rows", 3) if field.widget == "textarea" else None,
        "autocomplete": spec.get("x-autocomplete", ""),
        "inputmode": "tel" if field.widget == "tel" else _INPUT_MODES.get(field.kind, ""),
        "type": "tel" if field.widget == "tel" else "text",
    }


def _option(
    field: Field, option: Mapping[str, Any], answers: Answers, *, opened: Mapping[str, Iterable[Field]]
) -> Control:
    value = option["const"]
    return {
        "value": value,
        "title": option["title"],
        "hint": option.get("description", ""),
        "reveals": [
            control(inner, answers, opened={}) | {"name": _name_under(value, inner, inner.condition, answers)}
            for inner in opened.get(field.name, ())
            if inner.condition and value in inner.condition.values
        ],
    }


def _name_under(option: str, inner: Field, condition: Condition, answers: Answers) -> str:
    """The field's own name under one option only: the chosen one, or the first that shows it.

    Names and ids stay unique on the page, and a link to a fault leads to the control that is seen.
    """
    own = answers.instance[condition.control] if condition.holds(answers.instance) else condition.values[0]
    return inner.name if option == own else name_under(inner.name, option)


def _value(field: Field, answers: Answers) -> Any:
    known = answers.instance.get(field.name)
    if field.kind == "true":
        return known is True
    if field.kind == "list":
        return [one for one in known if isinstance(one, str)] if isinstance(known, list) else []
    typed = answers.raw.get(field.name)
    return typed if isinstance(typed, str) and not field.options else _shown(known)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return ""
    return number_text(value) if isinstance(value, (int, float)) else value if isinstance(value, str) else ""


def _raw(field: Field, answers: Answers) -> Any:
    typed = answers.raw.get(field.name)
    if field.widget != "date":
        return typed
    parts = str(_shown(answers.instance.get(field.name))).split("-")
    known = dict(zip(DATE_PARTS, parts, strict=True)) if len(parts) == len(DATE_PARTS) else {}
    return {part: (typed if isinstance(typed, Mapping) else known).get(part, "") for part in DATE_PARTS}
