"""Files nobody may need any more (待删除的材料): noted with their stamps, dropped later if nothing uses them.

A note is written before the thing that held the files is gone, so a crash leaves a note too many and never a
file for ever.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from .store.port import DRAFTS, Listed, Record, Store

LIST = "discarded files"
GRACE = timedelta(hours=1)  # far longer than any request lies between keeping a file and naming it
_KEPT = timedelta(days=90)
_BATCH = 100


def discard(store: Store, owner: str, hashes: Collection[str], *, now: datetime) -> None:
    """Notes that `owner` lets go of these files."""
    stamps = {sha256: store.file_stamp(sha256) for sha256 in sorted(hashes)}
    there = {sha256: stamp for sha256, stamp in stamps.items() if stamp}
    if there:
        at = now.isoformat()
        record = Record(
            f"files-{owner}-{at}",
            {"files": there},
            index={"owner": (LIST, f"{at}#{owner}")},
            expires_at=now + _KEPT,
        )
        store.create(DRAFTS, record, now=now)


def due(store: Store, *, now: datetime) -> tuple[Listed, ...]:
    """The notes that are old enough to be acted on."""
    return store.query(DRAFTS, "owner", LIST, high=f"{(now - GRACE).isoformat()}#~", limit=_BATCH).rows
