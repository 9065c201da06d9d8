"""The form of a package (一件事): shared questions asked once, then what single items ask besides.

Field names of single items carry the item's key ("shipin.seats"); shared ones stand as they are. Everything
here is plain schema in, schema out, in one language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schemas.form_fields import branches, pointer_steps, resolve

CHOSEN = "chosen"  # the first question: which optional items
Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One item's share in the form. `share` maps its fields to the package's; `fixed` answers some of them."""

    key: str
    title: str
    schema: Schema
    share: Mapping[str, str]
    fixed: Mapping[str, Any]

    def named(self, name: str) -> str:
        """What the package calls this field of the item."""
        return self.share.get(name) or f"{self.key}.{name}"

    def asks(self, name: str) -> bool:
        """Whether the item itself asks it, besides the shared questions."""
        return name not in self.share and name not in self.fixed


def compose(shared: Schema, parts: Sequence[Part], *, choice: Schema | None, joint: str) -> dict[str, Any]:
    """One form for these items: shared questions that one of them uses, each item's own, the last shared page.

    `choice` is the page and the field of the first question, if there is something to choose.
    """
    promises = {name for name, spec in shared["properties"].items() if spec.get("const") is True}
    made = project(shared, promises.union(*(part.share.values() for part in parts)))
    last = made["x-pages"].pop()  # it ends with the promise that all of it is true
    for part in parts:
        _append(made, part, joint)
    made["x-pages"].append(last)
    if choice:
        made["x-pages"].insert(0, choice["page"])
        made["properties"][CHOSEN] = choice["field"]
    return made


def project(schema: Schema, names: Iterable[str]) -> dict[str, Any]:
    """The form cut down to these fields and the questions that open them; empty pages are gone."""
    wanted = set(names)
    rules = [_narrowed(rule, wanted) for rule in schema.get("allOf", ())]
    rules = [rule for rule in rules if rule["then"]["properties"]]
    wanted |= {control for rule in rules for control in rule["if"]["properties"]}
    pages = [{**page, "fields": [n for n in page["fields"] if n in wanted]} for page in schema["x-pages"]]
    return {
        **{key: value for key, value in schema.items() if key != "examples"},
        "x-pages": [page for page in pages if page["fields"]],
        "properties": {n: spec for n, spec in schema["properties"].items() if n in wanted},
        "required": [n for n in schema["required"] if n in wanted],
        "allOf": rules,
    }


def _narrowed(rule: Schema, wanted: set[str]) -> dict[str, Any]:
    then = rule["then"]
    kept = {n: spec for n, spec in then["properties"].items() if n in wanted}
    return {
        "if": rule["if"],
        "then": {"properties": kept, "required": [n for n in then.get("required", ()) if n in kept]},
    }


def _append(made: dict[str, Any], part: Part, joint: str) -> None:
    """The item's own pages, fields and conditions, under names that carry its key."""
    schema = part.schema
    settled = {n: spec for rule in branches(schema) for n, spec in _settled(part, *rule).items()}
    for page in schema.get("x-pages", ()):
        fields = [part.named(name) for root in page["fields"] for name in _asked_at(part, root)]
        if fields:
            title = f"{part.title}{joint}{page['title']}"
            made["x-pages"].append(
                {**page, "id": f"{part.key}.{page['id']}", "title": title, "fields": fields}
            )
    own = {n: spec for n, spec in schema.get("properties", {}).items() if part.asks(n)} | settled
    made["properties"] |= {part.named(n): spec for n, spec in own.items()}
    needed = [n for n in schema.get("required", ()) if part.asks(n)]
    needed += [n for condition, then in branches(schema) for n in then.get("required", ()) if n in settled]
    made["required"] += [part.named(n) for n in needed]
    made["allOf"] += _conditions(part)


def _asked_at(part: Part, root: str) -> list[str]:
    """What is asked in the place of a field: itself, nothing when it is shared, its branch when it is settled."""
    if root not in part.fixed:
        return [root] if part.asks(root) else []
    opened = (_settled(part, *rule) for rule in branches(part.schema) if rule[0].control == root)
    return [name for fields in opened for name in fields]


def _settled(part: Part, condition: Any, then: Schema) -> dict[str, Any]:
    """The fields of a branch that a fixed answer has opened for good."""
    if part.fixed.get(condition.control) not in condition.values:
        return {}
    return {n: spec for n, spec in then["properties"].items() if part.asks(n)}


def _conditions(part: Part) -> list[dict[str, Any]]:
    found = []
    for rule in part.schema.get("allOf", ()):
        ((control, values),) = rule["if"]["properties"].items()
        then = rule["then"]
        kept = {part.named(n): spec for n, spec in then["properties"].items() if part.asks(n)}
        if kept and control not in part.fixed:
            name = part.named(control)
            needed = [part.named(n) for n in then.get("required", ()) if part.asks(n)]
            found.append(
                {
                    "if": {"properties": {name: values}, "required": [name]},
                    "then": {"properties": kept, "required": needed},
                }
            )
    return found


def overlay_of(plain: Schema, english: Schema) -> dict[str, str]:
    """The overlay that turns `plain` into `english`, a copy of it with other texts."""
    found = {}
    for pointer, text in _texts(plain, ""):
        other = resolve(english, pointer_steps(pointer))
        if isinstance(other, str) and other != text:
            found[pointer] = other
    return found


def _texts(node: Any, pointer: str) -> Iterable[tuple[str, str]]:
    if isinstance(node, str):
        yield pointer, node
    elif isinstance(node, Mapping):
        for key, inner in node.items():
            yield from _texts(inner, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(node, (list, tuple)):
        for index, inner in enumerate(node):
            yield from _texts(inner, f"{pointer}/{index}")
