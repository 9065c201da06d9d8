"""One field of a form, read from the form's schema."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

DEFAULT_CAP = 2000  # characters a text may have where the form sets no maxLength
_RADIOS_AT_MOST = 6  # longer lists of choices become a drop-down
_LINE_AT_MOST = 100  # longer texts get a box of several lines
ROWS_AT_MOST = 10  # entries that a repeating group may have
GROUP = (
    r"(?:[a-z][a-z0-9_]{0,39}\.)?[a-z][a-z0-9_]{0,39}"  # a group's name; in a package behind its item's key
)


@dataclass(frozen=True, slots=True)
class Condition:
    """When a field is asked at all: another field has one of these values."""

    control: str
    values: tuple[Any, ...]

    def holds(self, instance: Mapping[str, Any]) -> bool:
        """Whether these answers choose the branch."""
        return self.control in instance and instance[self.control] in self.values


@dataclass(frozen=True, slots=True)
class Field:
    """A field with its own schema, whether it must be answered, and when it is asked."""

    name: str
    spec: Mapping[str, Any]
    required: bool
    condition: Condition | None = None

    @property
    def title(self) -> str:
        """Its label."""
        return str(self.spec.get("title", self.name))

    @property
    def kind(self) -> str:
        """The shape of its value: text, number, integer, list, group or true."""
        if self.spec.get("const") is True:
            return "true"
        if self.spec.get("items", {}).get("type") == "object":
            return "group"
        return _KINDS.get(self.spec.get("type", ""), "text")

    @property
    def widget(self) -> str:
        """The control that asks for it."""
        return str(self.spec.get("x-widget") or _widget(self))

    @property
    def options(self) -> tuple[Mapping[str, Any], ...]:
        """Its choices, each with const and title; empty for free answers."""
        return tuple(self.spec.get("oneOf") or self.spec.get("items", {}).get("oneOf") or ())

    @property
    def inner(self) -> tuple[Field, ...]:
        """The fields of each entry of a repeating group, such as one family member."""
        entry = self.spec["items"]
        required, specs = entry.get("required", ()), entry["properties"]
        return tuple(
            Field(name, specs[name], name in required) for name in entry["x-fields"] if name in specs
        )

    @property
    def prefill(self) -> str:
        """Which of the facts we may know of a person belongs here: name, id_no, phone …; "" for none."""
        return str(self.spec.get("x-prefill") or _PREFILLED.get(self.spec.get("x-autocomplete", ""), ""))

    @property
    def cap(self) -> int:
        """The most characters a text may have."""
        return int(self.spec.get("maxLength", DEFAULT_CAP))

    def asked(self, instance: Mapping[str, Any]) -> bool:
        """Whether these answers make it part of the form."""
        return self.condition is None or self.condition.holds(instance)


_PREFILLED = {"name": "name", "tel": "phone"}
_KINDS = {"number": "number", "integer": "integer", "array": "list"}
_KIND_WIDGETS = {
    "true": "declare",
    "list": "checkboxes",
    "group": "group",
    "number": "number",
    "integer": "number",
}
_FORMAT_WIDGETS = {"date": "date", "cn-mobile": "tel"}


def _widget(field: Field) -> str:
    if field.kind in _KIND_WIDGETS:
        return _KIND_WIDGETS[field.kind]
    if field.options:
        return "radios" if len(field.options) <= _RADIOS_AT_MOST else "select"
    long = field.spec.get("maxLength", 0) > _LINE_AT_MOST
    return _FORMAT_WIDGETS.get(field.spec.get("format", ""), "textarea" if long else "text")


def inner_name(group: str, row: int, field: str) -> str:
    """What the field of one entry is called on a page: members[0].name."""
    return f"{group}[{row}].{field}"


def root_of(name: str) -> str:
    """The form's own field that a name on a page belongs to: members, of members[0].name."""
    return name.partition("[")[0]


def branches(schema: Mapping[str, Any]) -> Iterator[tuple[Condition, Mapping[str, Any]]]:
    """Each condition of a form with the `then` it opens."""
    for rule in schema.get("allOf", ()):
        ((control, wanted),) = rule["if"]["properties"].items()
        values = tuple(wanted["enum"]) if "enum" in wanted else (wanted["const"],)
        yield Condition(control, values), rule["then"]


def fields_of(schema: Mapping[str, Any]) -> dict[str, Field]:
    """All fields in the order they are asked: page by page, each followed by those it opens."""
    roots = schema.get("properties", {})
    required = schema.get("required", ())
    opened: dict[str, list[Field]] = {}
    for condition, then in branches(schema):
        opened.setdefault(condition.control, []).extend(_branch_fields(condition, then))
    found: dict[str, Field] = {}
    for name in _in_page_order(schema):
        found[name] = Field(name, roots[name], name in required)
        found.update((field.name, field) for field in opened.get(name, ()))
    return found


def _branch_fields(condition: Condition, then: Mapping[str, Any]) -> list[Field]:
    """In the order of `required`: the catalogue sorts properties by name, which is no order to ask in."""
    required = list(then.get("required", ()))
    fields = [Field(name, spec, name in required, condition) for name, spec in then["properties"].items()]
    return sorted(fields, key=lambda field: required.index(field.name) if field.required else len(required))


def _in_page_order(schema: Mapping[str, Any]) -> Sequence[str]:
    paged = [name for page in schema.get("x-pages", ()) for name in page["fields"]]
    return [*paged, *(name for name in schema.get("properties", ()) if name not in paged)]


def localised(schema: Mapping[str, Any], overlay: Mapping[str, str]) -> dict[str, Any]:
    """A copy with texts replaced by the overlay (JSON Pointer → text). Pointers to nothing do nothing."""
    copied: dict[str, Any] = copy.deepcopy(dict(schema))
    for pointer, text in overlay.items():
        *path, last = pointer_steps(pointer)
        node = resolve(copied, path)
        if isinstance(node, dict) and last in node:
            node[last] = text
    return copied


def pointer_steps(pointer: str) -> list[str]:
    """The steps of a JSON Pointer (RFC 6901)."""
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]] or [""]


def resolve(node: Any, path: Sequence[str]) -> Any:
    """What stands at this path, or None."""
    for step in path:
        if isinstance(node, list) and step.isdecimal() and int(step) < len(node):
            node = node[int(step)]
        elif isinstance(node, dict) and step in node:
            node = node[step]
        else:
            return None
    return node
