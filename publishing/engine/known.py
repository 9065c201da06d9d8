"""Content as a single check sees it: every question about other sources is written down."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from publishing.engine.store import Store
from publishing.sources import Content, JsonFile

_FORMS_KEPT = 256


class Asked(Content):
    """Says yes to everything and notes what was asked; the store answers when all documents are read."""

    def begin(self) -> None:
        """Forget the questions of the document before."""
        self.asked: set[str] = set()
        if len(self._forms) > _FORMS_KEPT:
            self._forms.clear()
            self.linted.clear()
            self._form_files.clear()

    def has(self, kind: str, name: str) -> bool:
        self.asked.add(f"{kind}:{name}")
        return True

    def takes_applications(self, name: str) -> bool:
        self.asked.add(f"online:{name}")
        return True

    def has_file(self, name: str) -> bool:
        self.asked.add(f"file:{name}")
        return True

    def form(self, name: str, *, suffix: str = "schema") -> JsonFile:
        self.asked.add(f"form:{name}.{suffix}.json")
        return super().form(name, suffix=suffix)


class Answered(Content):
    """Asks the store: says what is wrong with a document that asked for what is not there."""

    store: Store

    def has(self, kind: str, name: str) -> bool:
        return exists(self.store, f"{kind}:{name}")

    def takes_applications(self, name: str) -> bool:
        return exists(self.store, f"online:{name}")

    def has_file(self, name: str) -> bool:
        return exists(self.store, f"file:{name}")


def exists(store: Store, target: str) -> bool:
    """Whether what a document asked for is there; forms are judged by the document's own check."""
    kind, _, name = target.partition(":")
    if kind == "form":
        return True
    if kind == "online" and name.startswith("package-"):
        row = store.one(
            "select row from documents where kind = 'package' and id = ?", name.removeprefix("package-")
        )
        return bool(row and json.loads(row[0] if isinstance(row, tuple) else row)["front"].get("online"))
    if kind == "online":
        return bool(store.one("select online from documents where kind = 'guide' and id = ?", name))
    return (
        store.one("select 1 from documents where kind = ? and id = ? and row != ''", kind, name) is not None
    )


def content_of(cls: type[Content], folder: Path, forms: Path, *, text: str, site: dict[str, Any]) -> Any:
    """An empty content of this class: site.yaml is read, documents come one by one."""
    return cls(folder, forms, text, site, {})
