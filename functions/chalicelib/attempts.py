"""Counting tries (试错次数) so that a short secret cannot be guessed: some a while for each thing guessed at."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from .keys import fingerprint
from .store.port import DRAFTS, Record, Store

_RACES = 5


def counted(store: Store, what: str, *, most: int, window: timedelta, now: datetime) -> bool:
    """Counts one try at `what` before it is judged; False once `most` tries were made within the window.

    What does not exist is counted like what does, so the answer tells nothing about it.
    """
    key = f"tries-{fingerprint(what.encode())[:32]}"
    for _ in range(_RACES):
        record = store.find(DRAFTS, key, now=now)
        if record is None:
            if store.create(DRAFTS, Record(key=key, head={"n": 1}, expires_at=now + window), now=now):
                return True
        elif record.head["n"] >= most:
            return False
        elif store.update(DRAFTS, replace(record, head={"n": record.head["n"] + 1}), expected=record.version):
            return True
    return False
