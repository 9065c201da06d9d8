"""Dropping files that nothing uses any more: after a grace, after a walk through everything that can name one.

The walk goes where files come from before it goes where they end: a draft is read before the case it may become,
so that one handed in meanwhile is met as the one or the other. A file put or held again has another stamp and stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ..discards import due
from ..store.port import CASES, DRAFTS, GRANTS, PACKAGES, Listed, Record, Store
from ..store.walk import every
from ..store.wire import dump

_PLACES = (DRAFTS, GRANTS, PACKAGES, CASES)


def forget(store: Store, *, now: datetime) -> int:
    """Acts on the notes that are due; how many files are gone."""
    notes = due(store, now=now)
    if not notes:
        return 0
    wanted = {sha256 for note in notes for sha256 in note.head["files"]}
    unused = wanted - _used(store, wanted)
    gone = sum(
        store.drop_file(sha256, stamp=stamp)
        for note in notes
        for sha256, stamp in note.head["files"].items()
        if sha256 in unused
    )
    _done(store, notes)
    return gone


def _used(store: Store, wanted: set[str]) -> set[str]:
    """Those that a draft, a grant, a package or a case names, also in its history."""
    found: set[str] = set()
    for table in _PLACES:
        for record in every(store, table):
            found |= _named(record, wanted - found)
    return found


def _named(record: Record, wanted: set[str]) -> set[str]:
    if "files" in record.head and record.key.startswith("files-"):
        return set()  # a note is no use
    text = "".join(map(dump, (record.head, record.body, *record.events)))
    return {sha256 for sha256 in wanted if sha256 in text}


def _done(store: Store, notes: Iterable[Listed]) -> None:
    for note in notes:
        store.delete(DRAFTS, note.key, expected=note.version)
