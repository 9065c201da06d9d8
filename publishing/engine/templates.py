"""Jinja as it is, with shorter ways to the same bytes: fields of plain dictionaries, escaping, macros, imports.

Tests render every page of the sample site with plain Jinja too and compare.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, MutableMapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, Template, meta, nodes
from jinja2.bccache import FileSystemBytecodeCache
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, Macro
from jinja2.utils import missing
from markupsafe import Markup, _escape_inner  # type: ignore[attr-defined]  # what markupsafe.escape calls

_METHODS = frozenset(dir(dict))
_PLAIN = frozenset((dict, MappingProxyType))
_MODULES_KEPT = 8  # of one template: a language and a menu entry each
_ALWAYS_READ = frozenset(("lang",))  # by filters, which a look at the template's text does not tell


def escaped(value: Any) -> str:
    """As markupsafe.escape, for output only: what is written at once need not be marked as safe."""
    kind = type(value)
    if kind is str:
        return _escape_inner(value)
    if kind is Markup:
        return value  # type: ignore[no-any-return]
    return str(value.__html__()) if hasattr(value, "__html__") else str(_escape_inner(str(value)))


def _field(environment: Environment) -> Callable[[Any, str], Any]:
    """`row.name` asks a dictionary for its field first; then Jinja's own rules hold."""
    otherwise = environment.getattr

    def field(obj: Any, attribute: str) -> Any:
        if type(obj) in _PLAIN and attribute in obj:
            return obj[attribute]
        return otherwise(obj, attribute)

    return field


class _Code(CodeGenerator):
    """Writes `field(…)` for fields that no dictionary has a method named after."""

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        if node.attr in _METHODS:
            super().visit_Getattr(node, frame)
            return
        self.write("field(")
        self.visit(node.node, frame)
        self.write(f", {node.attr!r})")

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        """Beside the code, what it reads and which templates it names; so both are kept with it."""
        reads = sorted(meta.find_undeclared_variables(node))
        named = sorted({name for name in meta.find_referenced_templates(node) if name})
        super().visit_Template(node, frame)
        self.writeline(f"reads, named = {reads!r}, {named!r}")


class _Context(Context):
    """Macros are called without looking for what other callables may want to be given."""

    def call(__self, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        if type(__obj) is not Macro:
            return super().call(__obj, *args, **kwargs)
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        return __obj(*args, **kwargs)


class QuickTemplate(Template):
    """Compiled templates; as modules of macros they are made once for all pages on which they read the same."""

    environment: QuickEnvironment
    own_reads: list[str]
    named: list[str]

    @classmethod
    def _from_namespace(
        cls, environment: Environment, namespace: MutableMapping[str, Any], globals: MutableMapping[str, Any]
    ) -> Template:
        namespace.update(escape=escaped, field=_field(environment))
        template = super()._from_namespace(environment, namespace, globals)
        template.own_reads, template.named = namespace["reads"], namespace["named"]  # type: ignore[attr-defined]
        return template

    def make_module(
        self,
        vars: dict[str, Any] | None = None,
        shared: bool = False,
        locals: Mapping[str, Any] | None = None,
    ) -> TemplateModule:
        if vars is None or not shared:
            return super().make_module(vars, shared, locals)
        given = {name: value for name, value in (locals or {}).items() if value is not missing}
        read = [given.get(name, vars.get(name)) for name in self._reads]
        key = tuple(value if type(value) is str else id(value) for value in read)
        if key not in self._modules:
            if len(self._modules) >= _MODULES_KEPT:
                self._modules.clear()
            self._modules[key] = super().make_module(vars, shared, locals), read
        return self._modules[key][0]

    @cached_property
    def _modules(self) -> dict[tuple[Any, ...], tuple[TemplateModule, list[Any]]]:
        """With what each read: as long as that is kept, nothing else has its identity."""
        return {}

    @cached_property
    def _reads(self) -> list[str]:
        return sorted(self.environment.read_by(str(self.name)) | _ALWAYS_READ)


class QuickEnvironment(Environment):
    """An environment whose templates do not change while it lives."""

    template_class = QuickTemplate
    context_class = _Context
    code_generator_class = _Code

    def get_template(
        self, name: Any, parent: str | None = None, globals: MutableMapping[str, Any] | None = None
    ) -> Template:
        if globals is not None or type(name) is not str:
            return super().get_template(name, parent, globals)
        if name not in self._ready:
            self._ready[name] = super().get_template(name, parent)
        return self._ready[name]

    @cached_property
    def _ready(self) -> dict[str, Template]:
        return {}

    def read_by(self, name: str) -> frozenset[str]:
        """Every variable that a template or one that it names may read."""
        if name not in self._read:
            template = self.get_template(name)
            assert isinstance(template, QuickTemplate)
            self._read[name] = frozenset(template.own_reads).union(*map(self.read_by, template.named))
        return self._read[name]

    @cached_property
    def _read(self) -> dict[str, frozenset[str]]:
        return {}


class Compiled(FileSystemBytecodeCache):
    """Compiled templates in a folder. Besides Jinja's, our own way of compiling decides whether one still counts."""

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        return super().get_cache_key(name, f"{filename} {_WAY}")


_WAY = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
