"""What a posted form means: text from controls becomes an instance of the form's schema."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from schemas.form_fields import GROUP, ROWS_AT_MOST, Field
from schemas.formats import TIDY, date_of, half_width, number_of, readable, squeezed

Posted = Mapping[str, list[str]]
DATE_PARTS = ("year", "month", "day")
_ROW = re.compile(rf"({GROUP})\[([0-9]{{1,2}})\]\.(.+)")  # members[0].name, as posted
_DATE_PART_CAP = 10  # characters kept of a year, month or day that makes no sense


def parse(
    posted: Posted, fields: Iterable[Field], *, keep_blanks: bool = False
) -> tuple[dict[str, Any], dict[str, Any]]:
    """(answers, as typed) of these fields. What cannot be understood stays text, so that checking says so.

    Entries of a group that were left blank are no answers; `keep_blanks` keeps them for showing them again.
    """
    instance: dict[str, Any] = {}
    raw: dict[str, Any] = {}
    for field in fields:
        if field.kind == "group":
            rows = [parse(row, field.inner) for row in _rows(field.name, posted)]
            kept = [row for row in rows if row[1] or keep_blanks]
            instance |= {field.name: [meant for meant, _ in kept]} if kept else {}
            raw |= {field.name: [typed for _, typed in kept]} if kept else {}
            continue
        typed = _typed(field, posted)
        if typed:
            raw[field.name] = typed
            instance[field.name] = _meant(field, typed)
    return instance, raw


def _rows(group: str, posted: Posted) -> Sequence[Posted]:
    """What was posted for each entry, in the order of their numbers; no more than any group may have."""
    rows: dict[int, dict[str, list[str]]] = {}
    for name, values in posted.items():
        found = _ROW.fullmatch(name)
        if found and found[1] == group:
            rows.setdefault(int(found[2]), {})[found[3]] = values
    found_rows: list[Posted] = [rows[n] for n in sorted(rows)]
    return found_rows[: ROWS_AT_MOST + 1]


def _typed(field: Field, posted: Posted) -> Any:
    name = _posted_name(field, posted)
    if field.widget == "date":
        parts = {part: _first(posted, f"{name}-{part}") for part in DATE_PARTS}
        return parts if any(parts.values()) else None
    if field.kind == "list":
        return list(dict.fromkeys(filter(None, map(readable, posted.get(name, ())))))
    return _first(posted, name)


def name_under(field: str, option: str) -> str:
    """What a field is called under an option, where several options show it and another has its own name."""
    return f"{field}--{option}"


def _posted_name(field: Field, posted: Posted) -> str:
    """The control to read: the one under the chosen option, if that option has one of its own."""
    if field.condition is None or len(field.condition.values) == 1:
        return field.name
    name = name_under(field.name, _first(posted, field.condition.control))
    return name if name in posted or f"{name}-{DATE_PARTS[0]}" in posted else field.name


def _first(posted: Posted, name: str) -> str:
    values = posted.get(name) or [""]
    return readable(values[0])


def _meant(field: Field, typed: Any) -> Any:
    if field.widget == "date":
        return _date_text(typed)
    if field.kind == "true":
        return True
    if field.kind in ("number", "integer"):
        number = number_of(typed)
        return typed if number is None else number
    return typed if field.kind == "list" else _text(field, typed)


def _date_text(parts: Mapping[str, str]) -> str:
    """YYYY-MM-DD, or the three parts as they came, joined the same way."""
    year, month, day = (_date_part(parts[part]) for part in DATE_PARTS)
    whole = f"{year}-{month:0>2}-{day:0>2}"
    return whole if date_of(whole) else f"{year}-{month}-{day}"


def _date_part(text: str) -> str:
    return re.sub(r"[\s年月日-]", "", half_width(text))[:_DATE_PART_CAP]


def _text(field: Field, typed: str) -> str:
    if field.spec.get("format") in TIDY:
        return TIDY[field.spec["format"]](typed)
    if "pattern" in field.spec and len(typed) <= 2 * field.cap:
        return _to_pattern(field.spec["pattern"], typed)
    return typed if field.widget == "textarea" else typed.replace("\n", " ")


def _to_pattern(pattern: str, typed: str) -> str:
    """The first of: as typed, half-width, without blanks and hyphens, that fits; else as typed."""
    readings = (typed, half_width(typed), squeezed(typed))
    return next((reading for reading in readings if re.search(pattern, reading)), typed)
