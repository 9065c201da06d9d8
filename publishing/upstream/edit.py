"""Changing one field of a guide's front matter and nothing else: comments, order and spelling stay as they are.

PyYAML says where a value stands; only those characters are replaced. ruamel.yaml, which keeps comments too, writes
everything anew: lists of another depth, spacing and Windows line ends would change in lines nobody touched.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from publishing import sources
from publishing.spelling import canonical


class NotEdited(Exception):
    """The file was left alone; the message says why."""


def set_field(path: Path, field: str, value: Any) -> None:
    """Writes a field's new value into the file; NotEdited when anything but that field would change."""
    data = path.read_bytes()
    before = _document(path, data)
    merged = _merged(before.front.get(field), value)
    newline = "\r\n" if b"\r\n" in data else "\n"
    text = data.decode("utf-8")
    fence = text.index("---") + 3 + len(newline)
    end = text.index(f"{newline}---{newline}", fence - len(newline)) + len(newline)
    front = _changed(text[fence:end].replace("\r\n", "\n"), field, merged).replace("\n", newline)
    fresh = (text[:fence] + front + text[end:]).encode()
    after = _document(path, fresh)
    if after.front != {**before.front, field: merged} or after.body != before.body:
        raise NotEdited(f"{path.name}：没能只改“{field}”一项，请手工修改")
    _write(path, fresh)


def _document(path: Path, data: bytes) -> sources.Document:
    found = sources.parsed("guide", path, data, faults=[])
    if found is None:
        raise NotEdited(f"{path.name}：字段读不出来，请先运行 publish.py check")
    return found


def _merged(ours: Any, theirs: Any) -> Any:
    """Parts that are only ours stay: a note beside a limit."""
    return {**ours, **theirs} if isinstance(ours, Mapping) and isinstance(theirs, Mapping) else theirs


def _changed(front: str, field: str, value: Any) -> str:
    root = yaml.compose(front, Loader=yaml.SafeLoader)
    assert isinstance(root, yaml.MappingNode)
    found = next(((key, node) for key, node in root.value if key.value == field), None)
    if found is None:
        return front + _block(field, value)
    key, node = found
    if _on_one_line(node):
        return front[: node.start_mark.index] + _line(value, node) + front[node.end_mark.index :]
    start = key.start_mark.index
    return front[:start] + _block(field, value) + front[_end(front, node, start) :]


def _on_one_line(node: yaml.Node) -> bool:
    """A value on its key's line: whatever stands behind it, a comment too, stays."""
    plain = isinstance(node, yaml.ScalarNode) and node.style not in ("|", ">")
    flow = isinstance(node, yaml.CollectionNode) and bool(node.flow_style)
    return (plain or flow) and node.start_mark.line == node.end_mark.line


def _line(value: Any, node: yaml.Node) -> str:
    """The value in the manner of the one it replaces."""
    if isinstance(value, str) and isinstance(node, yaml.ScalarNode) and node.style == '"':
        return json.dumps(value, ensure_ascii=False)
    return _flow(value)


def _flow(value: Any) -> str:
    if isinstance(value, str):
        plain = canonical(yaml.load(value, Loader=sources.loader())) if _readable(value) else ""  # noqa: S506
        return value if plain == canonical(value) else json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow_part(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow_part, value)) + "]"
    return json.dumps(value)


def _flow_part(value: Any) -> str:
    """Inside brackets a plain text may hold no comma or bracket of YAML's."""
    safe = not (isinstance(value, str) and set(value) & set(",[]{}"))
    return _flow(value) if safe else json.dumps(value, ensure_ascii=False)


def _readable(text: str) -> bool:
    """Whether YAML reads the text as one plain value, comments left aside."""
    try:
        yaml.load(text, Loader=sources.loader())  # noqa: S506  (a subclass of the safe loader)
    except yaml.YAMLError:
        return False
    return bool(text) and ": " not in text and " #" not in text and "\n" not in text


def _block(field: str, value: Any) -> str:
    """The field as lines of its own, lists of mappings one text a line, as the guides are written."""
    if not isinstance(value, list) or not any(isinstance(one, Mapping) for one in value):
        return f"{field}: {_flow(value)}\n"
    rows = "".join(_row(one) for one in value)
    return f"{field}:\n{rows}"


def _row(one: Any) -> str:
    if not isinstance(one, Mapping) or not one:
        return f"  - {_flow(one)}\n"
    lines = [f"{key}: {_flow(part)}\n" for key, part in one.items()]
    return "  - " + "    ".join(lines)


def _end(front: str, node: yaml.Node, start: int) -> int:
    """Where a value of several lines ends: comments and blank lines behind it belong to what follows."""
    lines = front[start : node.end_mark.index].splitlines(keepends=True)
    while len(lines) > 1 and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
        lines.pop()
    whole = start + sum(map(len, lines))
    return whole if front[whole - 1] == "\n" else front.find("\n", whole) + 1 or len(front)


def _write(path: Path, data: bytes) -> None:
    fresh = path.with_suffix(".md.new")
    fresh.write_bytes(data)
    fresh.replace(path)
