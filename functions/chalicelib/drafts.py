"""Drafts (草稿): what somebody is filling in, kept on the server so that nothing is lost between pages."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from schemas.packages import Applicable

from .discards import discard
from .domain.case import File
from .ledger import file_out
from .store.port import DRAFTS, Record, Store

KEPT = timedelta(days=30)
_AFTER = timedelta(days=7)  # for so long the record of a draft outlives it, so that its files can be let go
OVER = "with files"  # drafts with files, in the order in which they end
_TRIES = 16


@dataclass(frozen=True, slots=True)
class Draft:
    """One unfinished application. It belongs to a browser session until somebody signs in, then to them.

    `number` is set once it was handed in; answers and files are then gone from here.
    """

    id: str
    item_id: str
    item_version: str
    item_name: str
    session: str
    saved_at: datetime
    applicant: str = ""
    number: str = ""
    form: Mapping[str, Any] = field(default_factory=dict)
    materials: Mapping[str, tuple[File, ...]] = field(default_factory=dict)
    version: int = 1

    def belongs_to(self, *, sessions: frozenset[str], sub: str) -> bool:
        """Whether a visitor may see it."""
        return self.applicant == sub if self.applicant else self.session in sessions

    def alive(self, now: datetime) -> bool:
        """Whether it may still be gone on with; its record may outlive it for the sake of its files."""
        return now < self.saved_at + KEPT


def begin(
    store: Store, item: Applicable, *, session: str, sub: str, form: Mapping[str, Any], now: datetime,
    draft_id: str = "", number: str = "",
) -> Draft:  # fmt: skip
    """A new draft with the first answers, stored; with a given id, the draft that already has it."""
    draft = Draft(
        draft_id or secrets.token_hex(16), item.id, item.version, item.name(), session, now, sub,
        number=number, form=form,
    )  # fmt: skip
    for _ in range(_TRIES):
        if store.create(DRAFTS, _record(draft), now=now):
            return draft
        found = _stored(store, draft.id, now=now)
        if found and found.alive(now):
            return found
        if found:
            erase(store, found, now=now)
    raise TimeoutError(f"draft {draft.id} came and went")


def find(store: Store, draft_id: str, *, now: datetime) -> Draft | None:
    """The draft, unless it expired."""
    if len(draft_id) != 32 or not set(draft_id) <= set("0123456789abcdef"):
        return None
    kept = _stored(store, draft_id, now=now)
    return kept if kept and kept.alive(now) else None


def _stored(store: Store, draft_id: str, *, now: datetime) -> Draft | None:
    record = store.find(DRAFTS, draft_id, now=now)
    return _draft(record) if record else None


def drop_old(store: Store, *, now: datetime, limit: int = 100) -> int:
    """Erases drafts whose time is over and lets their files go; how many. Those without files end by themselves."""
    rows = store.query(DRAFTS, "over", OVER, high=now.isoformat(), limit=limit).rows
    old = (_stored(store, row.key, now=now) for row in rows)
    over = [draft for draft in old if draft and not draft.alive(now)]
    for draft in over:
        erase(store, draft, now=now)
    return len(over)


def change(store: Store, draft: Draft, edit: Callable[[Draft], Draft], *, now: datetime) -> Draft | None:
    """The draft after `edit`, applied to the newest version so that two tabs never undo each other.

    An edit that gives the same draft back writes nothing. None when the draft is gone.
    """
    current: Draft | None = draft
    for _ in range(_TRIES):
        if current is None:
            return None
        edited = edit(current)
        if edited is current:
            return current
        after = replace(edited, saved_at=now, version=current.version + 1)
        if store.update(DRAFTS, _record(after), expected=current.version, with_body=True):
            return after
        current = find(store, draft.id, now=now)
    raise TimeoutError(f"draft {draft.id} kept changing")


def handed_in(store: Store, draft: Draft, number: str, applicant: str, *, now: datetime) -> None:
    """The draft leads to what it became and keeps no answers or files; whoever comes second writes nothing."""
    closed: dict[str, Any] = {"number": number, "applicant": applicant, "form": {}, "materials": {}}
    change(store, draft, lambda d: d if d.number else replace(d, **closed), now=now)


def erase(store: Store, draft: Draft, *, now: datetime) -> None:
    """The draft is gone for good, whatever another tab did meanwhile; its files follow when nothing else uses them."""
    current: Draft | None = draft
    discard(store, draft.id, {file.sha256 for kept in draft.materials.values() for file in kept}, now=now)
    while current is not None and not store.delete(DRAFTS, current.id, expected=current.version):
        current = find(store, draft.id, now=now)


def of_person(store: Store, sub: str, *, now: datetime) -> tuple[Draft, ...]:
    """Their unfinished drafts, newest first; heads only, so without answers."""
    page = store.query(DRAFTS, "owner", sub, limit=50, newest_first=True)
    heads = (_from_head(row.key, row.head, row.version) for row in page.rows)
    return tuple(draft for draft in heads if not draft.number and draft.alive(now))


def _record(draft: Draft) -> Record:
    head = {
        "item_id": draft.item_id,
        "item_version": draft.item_version,
        "item_name": draft.item_name,
        "session": draft.session,
        "applicant": draft.applicant,
        "number": draft.number,
        "saved_at": draft.saved_at.isoformat(),
    }
    files = {name: [file_out(file) for file in kept] for name, kept in draft.materials.items() if kept}
    ends = draft.saved_at + KEPT
    index = {"owner": (draft.applicant, draft.saved_at.isoformat())} if draft.applicant else {}
    return Record(
        key=draft.id,
        version=draft.version,
        head=head,
        body={"form": dict(draft.form), "materials": files},
        index=index | ({"over": (OVER, ends.isoformat())} if files else {}),
        expires_at=ends + _AFTER if files else ends,
    )


def _draft(record: Record) -> Draft:
    files = {name: tuple(File(**file) for file in kept) for name, kept in record.body["materials"].items()}
    return replace(
        _from_head(record.key, record.head, record.version), form=record.body["form"], materials=files
    )


def _from_head(key: str, head: Mapping[str, Any], version: int) -> Draft:
    return Draft(
        id=key,
        item_id=head["item_id"],
        item_version=head["item_version"],
        item_name=head["item_name"],
        session=head["session"],
        saved_at=datetime.fromisoformat(head["saved_at"]),
        applicant=head["applicant"],
        number=head["number"],
        version=version,
    )
