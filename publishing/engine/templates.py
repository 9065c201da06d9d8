"""Jinja as it is, with two shorter ways: escaping without wrapping, and fields of plain dictionaries."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from jinja2 import Environment, Template
from markupsafe import _escape_inner  # type: ignore[attr-defined]  # what markupsafe.escape calls

_METHODS = frozenset(dir(dict))


def escaped(value: Any) -> str:
    """As markupsafe.escape, for output only: what is written at once need not be marked as safe."""
    if type(value) is str:
        return str(_escape_inner(value))
    return str(value.__html__()) if hasattr(value, "__html__") else str(_escape_inner(str(value)))


class QuickTemplate(Template):
    """Compiled templates write with `escaped`."""

    @classmethod
    def _from_namespace(
        cls, environment: Environment, namespace: MutableMapping[str, Any], globals: MutableMapping[str, Any]
    ) -> Template:
        namespace["escape"] = escaped
        return super()._from_namespace(environment, namespace, globals)


class QuickEnvironment(Environment):
    """`row.name` asks a dictionary for its field first, unless dictionaries have a method so named."""

    template_class = QuickTemplate

    def getattr(self, obj: Any, attribute: str) -> Any:
        if type(obj) is dict and attribute in obj and attribute not in _METHODS:
            return obj[attribute]
        return super().getattr(obj, attribute)
