"""What is wrong with an answer, told once, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from schemas.form_fields import Field, inner_name
from schemas.form_input import DATE_PARTS
from schemas.formats import birth_date, date_of, format_checker, unreadable
from schemas.messages import WORDS, message

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

    Validators = Mapping[str, Draft202012Validator]

_LIST_CAP = 100  # answers that one question may have
_NUMBER_CAP = 10**15  # beyond it a number is no longer exact
_CHOICE_WIDGETS = frozenset({"radios", "select", "checkboxes"})
_CHOICE_KEYWORDS = frozenset({"oneOf", "enum", "items", "const"})


@dataclass(frozen=True, slots=True)
class Fault:
    """One answer that will not do: the field, a stable code, and the sentence to show."""

    field: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class _Wrong:
    code: str
    limit: str = ""


def validators(fields: Iterable[Field]) -> dict[str, Draft202012Validator]:
    """A validator for each field, and for those inside groups; making them is slow, so a form makes them once."""
    from jsonschema import Draft202012Validator  # heavy: no cold start should pay for it

    found: dict[str, Draft202012Validator] = {}
    for field in fields:
        if field.kind == "group":
            found |= {f"{field.name}.{name}": one for name, one in validators(field.inner).items()}
        else:
            found[field.name] = Draft202012Validator(field.spec, format_checker=format_checker())
    return found


def faults_of(
    field: Field, instance: Mapping[str, Any], *, known: Validators, today: date, lang: str
) -> tuple[Fault, ...]:
    """What is wrong with this field's answer: one fault, or one for each field of each entry of a group."""
    if field.kind == "group" and field.name in instance:
        wrong = _wrong_group(field, instance[field.name])
        if wrong is None:
            return tuple(_inside(field, instance[field.name], known=known, today=today, lang=lang))
        return (Fault(field.name, wrong.code, _say(field, wrong, lang)),)
    if field.kind == "group":
        return (
            (Fault(field.name, "required", _say(field, _Wrong("required"), lang)),) if field.required else ()
        )
    one = fault(field, instance, validator=known[field.name], today=today, lang=lang)
    return () if one is None else (one,)


def _wrong_group(field: Field, value: Any) -> _Wrong | None:
    if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
        return _Wrong("type")
    least, most = field.spec.get("minItems", 0), field.spec["maxItems"]
    if len(value) > most:
        return _Wrong("maxItems", str(most))
    return _Wrong("minItems", str(least)) if len(value) < least else None


def _inside(
    field: Field, rows: Sequence[Mapping[str, Any]], *, known: Validators, today: date, lang: str
) -> Iterator[Fault]:
    """Faults of the entries, each saying which entry it is about."""
    for n, row in enumerate(rows):
        for inner in field.inner:
            one = fault(inner, row, validator=known[f"{field.name}.{inner.name}"], today=today, lang=lang)
            if one:
                entry = WORDS[lang]["entry"].format(item=field.spec["x-item"], n=n + 1)
                yield Fault(inner_name(field.name, n, inner.name), one.code, entry + one.message)


def fault(
    field: Field, instance: Mapping[str, Any], *, validator: Draft202012Validator, today: date, lang: str
) -> Fault | None:
    """The first thing wrong with this field's answer, or None."""
    wrong = _wrong(field, instance, validator=validator, today=today, lang=lang)
    return None if wrong is None else Fault(field.name, wrong.code, _say(field, wrong, lang))


def _wrong(
    field: Field, instance: Mapping[str, Any], *, validator: Draft202012Validator, today: date, lang: str
) -> _Wrong | None:
    """Shape first: what passes it is small and plain, so that no validator can stumble over it."""
    if field.name not in instance:
        return _Wrong("required") if field.required else None
    value = instance[field.name]
    return (
        _misshapen(field, value)
        or _incomplete_date(field, value, lang)
        or _invalid(validator, value)
        or _from_the_future(field, value, today)
    )


def _misshapen(field: Field, value: Any) -> _Wrong | None:
    if field.kind == "true":
        return None if value is True else _Wrong("required")
    if not _SHAPES[field.kind](value):
        return _Wrong("type")
    texts = value if isinstance(value, list) else [value] if isinstance(value, str) else []
    if any(unreadable(text) for text in texts):
        return _Wrong("characters")
    too_long = any(len(text) > field.cap for text in texts)
    return _Wrong("maxLength", str(field.cap)) if too_long else None


def _is_number(value: Any) -> bool:
    plain = isinstance(value, (int, float)) and not isinstance(value, bool)
    return plain and -_NUMBER_CAP <= value <= _NUMBER_CAP


def _is_integer(value: Any) -> bool:
    return _is_number(value) and value == int(value)


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= _LIST_CAP and all(isinstance(one, str) for one in value)


_SHAPES = {
    "text": lambda value: isinstance(value, str),
    "number": _is_number,
    "integer": _is_integer,
    "list": _is_list,
}


def _incomplete_date(field: Field, value: Any, lang: str) -> _Wrong | None:
    if field.widget != "date" or not isinstance(value, str) or value.count("-") != 2:
        return None
    words = WORDS[lang]
    missing = [words[part] for part, given in zip(DATE_PARTS, value.split("-"), strict=True) if not given]
    return _Wrong("date-part", words["and"].join(missing)) if missing else None


def _invalid(validator: Draft202012Validator, value: Any) -> _Wrong | None:
    for error in validator.iter_errors(value):
        return _wrong_by_keyword(str(error.validator), error.validator_value)
    return None


def _wrong_by_keyword(keyword: str, limit: Any) -> _Wrong:
    if keyword == "format":
        return _Wrong(str(limit))
    if keyword in _CHOICE_KEYWORDS:
        return _Wrong("choice")
    return _Wrong(keyword, number_text(limit) if isinstance(limit, (int, float)) else "")


def _from_the_future(field: Field, value: Any, today: date) -> _Wrong | None:
    if field.spec.get("x-past"):
        day = date_of(value)
        return _Wrong("past") if day and day > today else None
    born = birth_date(value) if field.spec.get("format") == "cn-resident-id" else None
    return _Wrong("cn-resident-id") if born and born > today else None


def _say(field: Field, wrong: _Wrong, lang: str) -> str:
    own = str(field.spec.get("x-messages", {}).get(wrong.code, ""))
    return message(wrong.code, lang, label=field.title, variant=_variant(field), limit=wrong.limit, own=own)


def _variant(field: Field) -> str:
    if field.widget in _CHOICE_WIDGETS:
        return "choice"
    return field.widget if field.widget == "declare" else field.kind


def number_text(value: float) -> str:
    """A number as people write it: no ".0"; "" for what is none, or too large to be exact."""
    if not _is_number(value):
        return ""
    return str(int(value)) if value == int(value) else str(value)
