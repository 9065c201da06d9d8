"""Finding a route as API Gateway does: literal segments win over captures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


class Router:
    """A tree of path segments."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._tree: dict[Any, Any] = {}
        for pattern in patterns:
            node = self._tree
            for part in _parts(pattern):
                node = node.setdefault("{}" if part.startswith("{") else part, {})
            node[None] = pattern

    def match(self, path: str) -> tuple[str | None, dict[str, str]]:
        """(pattern, captured values); (None, {}) when no route fits. A trailing slash changes nothing."""
        found = _walk(self._tree, _parts(path), [])
        if found is None:
            return None, {}
        pattern, values = found
        names = [part[1:-1] for part in _parts(pattern) if part.startswith("{")]
        return pattern, dict(zip(names, values, strict=True))


def _parts(path: str) -> list[str]:
    return path.strip("/").split("/")


def _walk(node: dict[Any, Any], parts: list[str], values: list[str]) -> tuple[str, list[str]] | None:
    if not parts:
        return (node[None], values) if None in node else None
    head, *rest = parts
    literal = _walk(node[head], rest, values) if head in node and head != "{}" else None
    if literal or "{}" not in node or not head:
        return literal
    return _walk(node["{}"], rest, [*values, head])
