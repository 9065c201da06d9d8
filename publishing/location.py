"""Lines of front matter and JSON fields, composed only when a fault has to be placed."""

from __future__ import annotations

import yaml

Pointer = tuple[str | int, ...]


def line_of(text: str, pointer: Pointer) -> int:
    """Line (from 1, inside `text`) of the deepest field that `pointer` reaches."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return 1
    line = 0
    for step in pointer:
        found = _step(node, step)
        if found is None:
            break
        line, node = found
    return line + 1


def _step(node: yaml.Node | None, step: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((k.start_mark.line, v) for k, v in node.value if k.value == str(step)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        child = node.value[step]
        return child.start_mark.line, child
    return None


def pointer_steps(pointer: str) -> Pointer:
    """A JSON Pointer as steps: "/pages/0/title" → ("pages", 0, "title")."""
    steps = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    return tuple(int(step) if step.isdigit() else step for step in steps)
