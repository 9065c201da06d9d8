"""Previews: what a document that is not public yet will look like, at an address nobody can guess."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from publishing.duties import previews
from publishing.page import Page


def pages(found: Iterable[Page], *, own: str, kind: str, name: str, key: bytes) -> Iterator[Page]:
    """The document's own page (at `own` when public), moved to its preview address and marked as one."""
    for page in found:
        if page.url == own:
            context = {**page.context, "preview": True}
            yield replace(
                page, url=previews.address(key, kind, name), context=context, alt=None, indexed=False
            )


def notes(waiting: Iterable[tuple[str, str, str]], *, base: str, key: bytes) -> Iterator[str]:
    """One line for each (kind, id, title) that is not public: where to look at it."""
    for kind, name, title in waiting:
        yield f"预览 {title}：{base}{previews.address(key, kind, name)}"
