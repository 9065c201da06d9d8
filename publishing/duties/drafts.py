"""Previews: what a document that is not public yet will look like, at an address nobody can guess."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from publishing import catalogue, sources
from publishing.duties import previews
from publishing.page import Page
from publishing.rows import Entry

KEY = ".preview-key"  # beside the output, never in it
_HIDDEN = "select kind, id, path, hex(digest) from documents where row = '' and kind not in ('file', 'form')"
Hidden = tuple[str, str, str, str]


class Previews:
    """One page for each draft and for each document whose first day has not come."""

    name = "previews"
    daily = False
    last = False

    def inputs(self, portal: Any, change: Any) -> str:
        del change
        return repr(hidden(portal.db))

    def outputs(self, portal: Any, change: Any) -> Iterator[Page]:
        del change
        found = hidden(portal.db)
        key = previews.key_of(portal.store.parent / KEY) if found else b""
        for kind, name, path, _ in found:
            yield from moved(_pages(portal, kind, name, Path(path)), kind=kind, name=name, key=key)


def hidden(database: sqlite3.Connection) -> list[Hidden]:
    """(kind, id, path, digest) of what is sound but not public, in order."""
    return sorted(database.execute(_HIDDEN))


def _pages(portal: Any, kind: str, name: str, path: Path) -> Iterable[Any]:
    from publishing.engine import registry  # it lists this producer

    document = sources.read(kind, path, faults=[])
    if document is None:
        return ()
    guide = kind == "guide"
    subject = (
        catalogue.compiled(portal.content, document, portal.reader).item
        if guide
        else Entry(kind, name, document.front, path)
    )
    return registry.pages_of(portal, kind, subject)


def moved(found: Iterable[Any], *, kind: str, name: str, key: bytes) -> Iterator[Page]:
    """The document's own page at its preview address, marked as one; its other pages stay away."""
    own = f"/{sources.FOLDERS[kind]}/{name}/"
    for page in found:
        if isinstance(page, Page) and page.url == own:
            url = previews.address(key, kind, name)
            context = {**page.context, "preview": True}
            yield replace(page, url=url, context=context, alt=None, indexed=False)


def links(output: Path) -> Iterator[str]:
    """After a build: one line for each preview, for the editor to pass on."""
    output = output.resolve()
    store = output.parent / f".{output.name}.cache"
    with sqlite3.connect(f"{store.as_uri()}?mode=ro", uri=True) as database:
        found = hidden(database)
    for kind, name, path, _ in found:
        key = previews.key_of(output.parent / KEY)
        yield f"预览 {Path(path).name}：{previews.address(key, kind, name)}"
