"""Saved phrases (常用语): texts that reviewers use in reasons again and again; one's own and the department's."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from .domain.refusal import Refusal
from .store.port import WORDS, Record, Store

MOST, SIGNS = 40, 300
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose phrases: a person's own, or those of a department. `full` is the refusal where there are too many."""

    kind: str
    name: str
    full: str = "phrases_full"

    @property
    def key(self) -> str:
        """The key of the record."""
        return f"phrases:{self.kind}:{self.name}"


def own(sub: str) -> Owner:
    """A person's phrases."""
    return Owner("person", sub)


def of_dept(dept: str) -> Owner:
    """A department's phrases."""
    return Owner("dept", dept)


def of(store: Store, owner: Owner, *, now: datetime) -> tuple[str, ...]:
    """The phrases, in the order they were added."""
    record = store.find(WORDS, owner.key, now=now)
    return tuple(record.body["phrases"]) if record else ()


def add(store: Store, owner: Owner, text: str, *, now: datetime) -> Refusal | None:
    """Keeps one more phrase; one that is there stays once. Refusals: note_empty, the owner's `full`,
    changed_meanwhile."""
    text = text.strip()[:SIGNS]
    if not text:
        return Refusal("note_empty")
    return _change(store, owner, lambda known: known if text in known else (*known, text), now)


def drop(store: Store, owner: Owner, mark: str, *, now: datetime) -> Refusal | None:
    """Takes a phrase out by its mark; one that is gone already changes nothing."""
    return _change(store, owner, lambda known: tuple(one for one in known if mark_of(one) != mark), now)


def mark_of(text: str) -> str:
    """A short name for a phrase, for the button that removes it."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _change(
    store: Store, owner: Owner, change: Callable[[tuple[str, ...]], tuple[str, ...]], now: datetime
) -> Refusal | None:
    for _ in range(_TRIES):
        record = store.find(WORDS, owner.key, now=now)
        before = tuple(record.body["phrases"]) if record else ()
        after = change(before)
        if after == before:
            return None
        if len(after) > MOST:
            return Refusal(owner.full, {"most": str(MOST)})
        fresh = Record(key=owner.key, head={"owner": owner.key}, body={"phrases": list(after)})
        if _written(store, record, fresh):
            return None
    return Refusal("changed_meanwhile")


def _written(store: Store, read: Record | None, fresh: Record) -> bool:
    if read is None:
        return store.create(WORDS, fresh)
    return store.update(WORDS, replace(fresh, version=read.version), expected=read.version, with_body=True)
