"""Completion of front matter in Visual Studio Code: one snippet for each field of each schema.

Run `python -m publishing.duties.snippets` after changing a schema; a test compares the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from publishing.sources import FOLDERS, ROOT

FILE = ROOT / ".vscode" / "banshi.code-snippets"
_KIND_WORDS = {
    "string": "${1:文字}",
    "integer": "${1:0}",
    "number": "${1:0}",
    "array": "[${1}]",
    "object": "{${1}}",
}


def text() -> str:
    """The whole file; fields that kinds share are one snippet."""
    found: dict[str, dict[str, Any]] = {}
    for kind in FOLDERS:
        schema = json.loads((ROOT / "schemas" / f"{kind}.schema.json").read_text("utf-8"))
        for name, snippet in _snippets(schema):
            found.setdefault(name, snippet)
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def _snippets(schema: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, field in schema["properties"].items():
        title = field.get("title", name)
        about = f"{title}。{field['description']}" if "description" in field else title
        body = f"{name}: {_value(field)}"
        yield f"{name} {body}", {"scope": "markdown", "prefix": name, "description": about, "body": body}


def _value(field: Mapping[str, Any]) -> str:
    if "enum" in field:
        quote = '"' if str(field["enum"][0]).isdigit() else ""
        return f"{quote}${{1|{','.join(map(str, field['enum']))}|}}{quote}"
    if field.get("type") == "boolean":
        return "${1|true,false|}"
    return (
        "${1:2026-12-01}" if field.get("format") == "date" else _KIND_WORDS.get(field.get("type", ""), "${1}")
    )


def write(path: Path = FILE) -> None:
    """Bring the file up to date."""
    path.write_text(text(), "utf-8")


if __name__ == "__main__":
    write()
