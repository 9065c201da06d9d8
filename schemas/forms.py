"""Forms (表单): one JSON Schema file per item, asked page by page, checked and shown in either language.

The schema is flat: fields are properties, choices are oneOf const and title, and a condition is allOf[].if on
one property whose fields stand in `then` only. `lint` says where a schema leaves this path.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

from schemas import form_input
from schemas.form_controls import Answers, Control, control
from schemas.form_faults import Fault, faults_of, number_text, validators
from schemas.form_fields import Field, fields_of, localised
from schemas.form_lint import lint
from schemas.form_rules import Problem
from schemas.formats import date_of
from schemas.masks import mask
from schemas.messages import WORDS

__all__ = ["Fault", "Form", "Page", "Problem", "lint", "mask"]

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a form: a few questions that belong together."""

    id: str
    title: str
    intro: str
    fields: tuple[str, ...]


class Form:
    """One form in one language ("zh" or "en"). It never changes, so threads may share it.

    Instances are what people send: nothing here raises on them, whatever they hold. A schema without pages
    (an item that is not handled online) is a form without questions.
    """

    __slots__ = ("_fields", "_opened", "_validators", "lang", "masks", "pages", "prefills", "schema", "title")

    def __init__(
        self, schema: Mapping[str, Any], overlay: Mapping[str, str] | None = None, *, lang: str = "zh"
    ) -> None:
        self.lang = lang
        self.schema = localised(schema, overlay or {}) if lang != "zh" else schema
        self.title: str = self.schema.get("title", "")
        self.pages = tuple(_page(page) for page in self.schema.get("x-pages", ()))
        self._fields = fields_of(self.schema)
        self._opened = _opened(self._fields.values())
        self._validators = validators(self._fields.values())
        self.masks = dict(_masks(self._fields.values()))
        self.prefills = {name: field.prefill for name, field in self._fields.items() if field.prefill}

    def has(self, name: str) -> bool:
        """Whether the form has such a field, in any branch."""
        return name in self._fields

    def label(self, name: str) -> str:
        """The field's label; LookupError for a field the form does not have."""
        return self._fields[name].title

    def most(self, name: str) -> int:
        """How many entries a repeating group may have; 0 for any other field."""
        field = self._fields.get(name)
        return int(field.spec["maxItems"]) if field and field.kind == "group" else 0

    def names(self, page_index: int) -> tuple[str, ...]:
        """All fields of a page, each followed by those it may open."""
        return tuple(
            name
            for root in self.pages[page_index].fields
            for name in (root, *(inner.name for inner in self._opened.get(root, ())))
        )

    def controls(
        self,
        names: Iterable[str],
        *,
        instance: Mapping[str, Any],
        raw: Mapping[str, Any] | None = None,
        errors: Mapping[str, str] | None = None,
    ) -> list[Control]:
        """Controls for these fields; a field whose opener is among them hangs under its option."""
        wanted = [self._fields[name] for name in names if name in self._fields]
        there = {field.name for field in wanted}
        opened = {name: [f for f in inner if f.name in there] for name, inner in self._opened.items()}
        answers = Answers(instance, raw or {}, errors or {})
        tops = [f for f in wanted if f.condition is None or f.condition.control not in there]
        return [control(field, answers, opened=opened) for field in tops]

    def parse(
        self, posted: Mapping[str, list[str]], *, names: Iterable[str], keep_blanks: bool = False
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """(answers, as typed) of these fields in a posted form. Nothing is judged here."""
        wanted = [self._fields[name] for name in names if name in self._fields]
        return form_input.parse(posted, wanted, keep_blanks=keep_blanks)

    def prune(self, instance: Mapping[str, Any]) -> dict[str, Any]:
        """The answers to questions that were asked: unknown fields and branches not chosen are gone."""
        return {
            field.name: _known(field, instance[field.name])
            for field in self._asked(instance)
            if field.name in instance
        }

    def faults(
        self, instance: Mapping[str, Any], *, names: Iterable[str] | None = None, today: date
    ) -> tuple[Fault, ...]:
        """What is wrong, one fault a field, in the order of the form; `names` limits it to those fields.

        A field inside an entry of a group is called members[0].name.
        """
        limit = None if names is None else set(names)
        asked = [field for field in self._asked(instance) if limit is None or field.name in limit]
        found = (
            faults_of(field, instance, known=self._validators, today=today, lang=self.lang) for field in asked
        )
        return tuple(chain.from_iterable(found))

    def display(self, name: str, value: Any) -> str:
        """An answer as people read it; choices by their titles. Never raises, whatever the value."""
        field = self._fields.get(name)
        if field and field.kind == "group":
            return WORDS[self.lang]["pairs"].join(text for _, text in self._entries(field, value))
        return self._shown(field, value)

    def _shown(self, field: Field | None, value: Any) -> str:
        titles = {option["const"]: str(option["title"]) for option in field.options} if field else {}
        if isinstance(value, (list, tuple)):
            texts = (titles.get(one, one) for one in value if isinstance(one, str))
            return WORDS[self.lang]["list"].join(texts)
        if isinstance(value, str):
            return titles.get(value) or self._day_text(field, value)
        return self._scalar_text(value)

    def rows(self, instance: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Per page {id, title, rows: [(name, label, text)]}, for checking answers and for reviewers."""
        return [
            {"id": page.id, "title": page.title, "rows": self._page_rows(index, instance)}
            for index, page in enumerate(self.pages)
        ]

    def _asked(self, instance: Mapping[str, Any]) -> list[Field]:
        return [field for field in self._fields.values() if field.asked(instance)]

    def _page_rows(self, index: int, instance: Mapping[str, Any]) -> list[tuple[str, str, str]]:
        fields = (self._fields[name] for name in self.names(index))
        return [row for field in fields if field.asked(instance) for row in self._field_rows(field, instance)]

    def _field_rows(self, field: Field, instance: Mapping[str, Any]) -> list[tuple[str, str, str]]:
        value = instance.get(field.name)
        entries = list(self._entries(field, value)) if field.kind == "group" else []
        if entries:
            return [(field.name, title, text) for title, text in entries]
        return [(field.name, field.title, self.display(field.name, value) or WORDS[self.lang]["none"])]

    def _entries(self, field: Field, value: Any) -> Iterator[tuple[str, str]]:
        """(title, text) of each entry of a group, such as 家庭成员 1 and what was said of them."""
        words = WORDS[self.lang]
        for n, row in enumerate(value if isinstance(value, list) else ()):
            known = row if isinstance(row, Mapping) else {}
            told = [(inner.title, self._shown(inner, known.get(inner.name))) for inner in field.inner]
            text = words["pairs"].join(
                words["pair"].format(label=label, text=said) for label, said in told if said
            )
            yield f"{field.spec['x-item']} {n + 1}", text or words["none"]

    def _day_text(self, field: Field | None, text: str) -> str:
        day = date_of(text) if field and field.widget == "date" else None
        return text if day is None else _day(day, self.lang)

    def _scalar_text(self, value: Any) -> str:
        if isinstance(value, bool):
            return WORDS[self.lang]["confirmed"] if value else ""
        return number_text(value) if isinstance(value, (int, float)) else ""


def _page(page: Mapping[str, Any]) -> Page:
    return Page(id=page["id"], title=page["title"], intro=page.get("intro", ""), fields=tuple(page["fields"]))


def _known(field: Field, value: Any) -> Any:
    """The value without what the form does not ask for inside the entries of a group."""
    if field.kind != "group" or not isinstance(value, list):
        return value
    names = {inner.name for inner in field.inner}
    return [
        {key: one for key, one in row.items() if key in names} if isinstance(row, Mapping) else row
        for row in value
    ]


def _masks(fields: Iterable[Field]) -> Iterator[tuple[str, str]]:
    for field in fields:
        if "x-mask" in field.spec:
            yield field.name, field.spec["x-mask"]
        if field.kind == "group":
            yield from ((f"{field.name}[].{name}", kind) for name, kind in _masks(field.inner))


def _opened(fields: Iterable[Field]) -> dict[str, list[Field]]:
    opened: dict[str, list[Field]] = {}
    for field in fields:
        if field.condition:
            opened.setdefault(field.condition.control, []).append(field)
    return opened


def _day(day: date, lang: str) -> str:
    if lang == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
