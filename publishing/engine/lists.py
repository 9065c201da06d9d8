"""Paged lists that hardly move: parts are numbered from the oldest entry, the head takes what is new."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator

from publishing.engine.hooks import PAGE, Part
from publishing.spelling import understood

_MEMBERS = (
    "select d.row from members m join documents d on d.kind = 'guide' and d.id = m.id"
    " where m.list = ? order by m.sort desc"
)


def parts(db: sqlite3.Connection, name: str, url: str) -> Iterator[tuple[Part, bytes]]:
    """Every part of a list with the digest of what it shows; an empty list has an empty head.

    A part is full (PAGE) and the head holds PAGE to 2 × PAGE - 1 entries, so an addition changes the head
    alone until it can spare a part, and a removal changes the parts from there on.
    """
    texts = [text for (text,) in db.execute(_MEMBERS, (name,))]
    older = max(0, len(texts) // PAGE - 1)
    head = len(texts) - older * PAGE
    yield _part(texts[:head], 0, len(texts), newer=None, older=f"{url}{older}/" if older else None)
    for number in range(older, 0, -1):
        start = len(texts) - number * PAGE
        newer = url if number == older else f"{url}{number + 1}/"
        lower = f"{url}{number - 1}/" if number > 1 else None
        yield _part(texts[start : start + PAGE], number, 0, newer=newer, older=lower)


def _part(
    texts: list[str], number: int, total: int, *, newer: str | None, older: str | None
) -> tuple[Part, bytes]:
    shown = "\n".join([*texts, str(number), str(total), newer or "", older or ""])
    digest = hashlib.blake2b(shown.encode(), digest_size=16).digest()
    return Part([understood(text) for text in texts], number, total, newer, older), digest
