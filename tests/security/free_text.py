"""Every text that somebody can write, read off the code and its schemas: a new one is here before anybody names it.

A field is called by where it comes in: `schema:actions/correct.reason`, `posted:sheet_desk.text`.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "functions" / "chalicelib" / "http"
_BOUND = ("enum", "oneOf", "const", "format", "pattern", "x-format")


def texts_of(schema: Any) -> dict[str, int]:
    """{field: the most it takes} of a JSON schema, wherever it declares properties: strings that nothing else binds."""
    found: dict[str, int] = {}
    for name, spec in _properties(schema):
        if spec.get("type") == "string" and not any(word in spec for word in _BOUND):
            found[name] = int(spec.get("maxLength", 0))
    return found


def actions() -> dict[str, dict[str, int]]:
    """The texts of each step of the lifecycle."""
    return {name: texts_of(one["schema"]) for name, one in _json("schemas/actions.json").items()}


def small_forms() -> dict[str, dict[str, int]]:
    """The texts of the other forms that pages are made from: enquiries, authorities, points judged by hand."""
    found: dict[str, dict[str, int]] = {}
    for file in sorted((ROOT / "schemas").glob("*.json")):
        table = json.loads(file.read_text("utf-8"))
        forms = {
            name: one["schema"] for name, one in table.items() if isinstance(one, dict) and "schema" in one
        }
        found |= {} if file.stem == "actions" else {name: texts_of(schema) for name, schema in forms.items()}
    return found


def item_forms() -> dict[str, dict[str, int]]:
    """The texts of the forms of items and packages, by the name of the form."""
    folder = ROOT / "schemas" / "forms"
    return {
        file.name.removesuffix(".schema.json"): texts_of(json.loads(file.read_text("utf-8")))
        for file in sorted(folder.glob("*.schema.json"))
    }


def posted() -> set[str]:
    """What pages read from posted forms by name: `module.name`."""
    return {f"{file.stem}.{name}" for file in PAGES.glob("*.py") for name in _read_by(file)}


def named_files() -> set[str]:
    """The modules that keep a file under the name it was sent with."""
    return {
        file.stem
        for file in PAGES.glob("*.py")
        if any(f"uploads.{verb}(" in file.read_text("utf-8") for verb in ("keep", "inspect"))
    }


def told_names() -> set[str]:
    """The modules that take a person's name from whoever vouches for them."""
    return {
        file.stem
        for file in (ROOT / "functions" / "chalicelib").rglob("*.py")
        if 'claims.get("name")' in file.read_text("utf-8")
    }


def _read_by(file: Path) -> Iterator[str]:
    for call in ast.walk(ast.parse(file.read_text("utf-8"))):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        of = ast.unparse(call.func)
        if of.endswith(("posted.first", "posted.fields.get")):
            name = call.args[0]
            yield str(name.value) if isinstance(name, ast.Constant) else ast.unparse(name)


def _properties(schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, dict):
        for name, spec in schema.get("properties", {}).items():
            if isinstance(spec, dict):
                yield name, spec
        for inner in schema.values():
            yield from _properties(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _properties(inner)


def _json(path: str) -> Any:
    return json.loads((ROOT / path).read_text("utf-8"))
