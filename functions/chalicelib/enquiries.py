"""Enquiries in the store: written once for each request, listed for their asker, their desk and the public."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from .applications import QUERY_CODE_SIGNS
from .domain.case import Actor
from .domain.enquiry import Answer, Enquiry, answered
from .domain.numbers import derive, normalise
from .domain.refusal import Refusal
from .keys import fingerprint
from .store.port import ENQUIRIES, Listed, Page, Record, Store

PUBLIC = "public"
UNTOLD = "untold"
_ATTEMPTS = 8
_CODE_SIGNS = 8


def ask(store: Store, enquiry: Enquiry, *, key: str, now: datetime) -> Enquiry:
    """The stored enquiry; the same words sent twice under the same key are one enquiry. `number` is made here."""
    own = fingerprint(
        key.encode(), (enquiry.sub or enquiry.session).encode(), enquiry.kind.encode(), enquiry.text.encode()
    )
    code = "".join(secrets.choice(QUERY_CODE_SIGNS) for _ in range(_CODE_SIGNS))
    for attempt in range(_ATTEMPTS):
        made = replace(enquiry, number=derive(f"enquiry {own}", attempt=attempt), code=code)
        if store.create(ENQUIRIES, _record(made, key=own)):
            return made
        record = store.find(ENQUIRIES, made.number, now=now)
        if record and record.body["key"] == own:
            return _enquiry(record)
    raise RuntimeError("every candidate number belongs to somebody else")


def find(store: Store, number: str, *, now: datetime) -> Enquiry | None:
    """The enquiry of that number, as typed."""
    plain = normalise(number)
    record = store.find(ENQUIRIES, plain, now=now) if plain else None
    return _enquiry(record) if record else None


def by_code(store: Store, number: str, code: str, *, now: datetime) -> Enquiry | None:
    """The enquiry if number and code both fit; compared in constant time, also against nothing."""
    found = find(store, number, now=now)
    given = "".join(sign for sign in code.upper() if sign.isalnum())
    fits = hmac.compare_digest(given.encode(), (found.code if found else "-").encode())
    return found if fits else None


def answer(
    store: Store, number: str, actor: Actor, *, version: int, text: str, summary: str, now: datetime
) -> Enquiry | Refusal:
    """The enquiry with its answer stored. The same answer sent twice is one.

    Refusals: not_found, not_yours, answered_before, changed_meanwhile.
    """
    record = store.find(ENQUIRIES, number, now=now)
    if record is None:
        return Refusal("not_found")
    before = _enquiry(record)
    if before.answer and (before.answer.text, before.answer.actor) == (text, actor.sub):
        return before
    after = answered(before, actor, text=text, summary=summary, now=now)
    if isinstance(after, Refusal):
        return after
    stale = before.version != version
    told = _record(after, key=record.body["key"], untold=True)
    written = not stale and store.update(ENQUIRIES, told, expected=version, with_body=True)
    return after if written else Refusal("changed_meanwhile")


def of_person(store: Store, sub: str, *, limit: int) -> tuple[Listed, ...]:
    """Their enquiries, newest first."""
    return store.query(ENQUIRIES, "owner", sub, limit=limit, newest_first=True).rows


def waiting(store: Store, depts: Iterable[str], *, limit: int) -> list[Listed]:
    """What these departments have to answer, the most pressing first."""
    rows = [
        row
        for dept in sorted(depts)
        for row in store.query(ENQUIRIES, "queue", f"{dept}:open", limit=limit).rows
    ]
    return sorted(rows, key=lambda row: row.sort)[:limit]


def done(store: Store, depts: Iterable[str], *, limit: int) -> list[Listed]:
    """What these departments answered, newest first."""
    lists = [f"{dept}:answered" for dept in sorted(depts)]
    rows = [
        row
        for one in lists
        for row in store.query(ENQUIRIES, "queue", one, limit=limit, newest_first=True).rows
    ]
    return sorted(rows, key=lambda row: row.sort, reverse=True)[:limit]


def published(store: Store, *, limit: int, after: str | None) -> Page:
    """Answers that anybody may read, newest first."""
    return store.query(ENQUIRIES, "public", PUBLIC, limit=limit, after=after, newest_first=True)


def untold(store: Store, *, after: str | None = None) -> Page:
    """Those whose asker has not been told of the answer yet, oldest first."""
    return store.query(ENQUIRIES, "outbox", UNTOLD, limit=100, after=after)


def told(store: Store, row: Listed) -> None:
    """The asker was told: the mark goes."""
    store.unmark(ENQUIRIES, row.key, index="outbox", sort=row.sort, version=row.version)


def _record(enquiry: Enquiry, *, key: str, untold: bool = False) -> Record:
    said = enquiry.answer
    head = {
        **{name: getattr(enquiry, name) for name in _HEAD},
        "asked_at": enquiry.asked_at.isoformat(),
        "due": enquiry.due.isoformat(),
        "state": enquiry.state,
        **(
            {"summary": said.summary, "answer": said.text, "answered_at": said.at.isoformat()}
            if said and said.summary
            else {}
        ),
    }
    return Record(
        key=enquiry.number,
        version=enquiry.version,
        head=head,
        body={**{name: getattr(enquiry, name) for name in _BODY}, "key": key, "answer": _answer_out(said)},
        index=_index(enquiry) | (_mark(enquiry) if untold else {}),
    )


_HEAD = ("number", "kind", "dept", "item", "item_name", "item_name_en")
_BODY = ("code", "text", "contact", "session", "sub", "case_number")


def _index(enquiry: Enquiry) -> dict[str, tuple[str, str]]:
    order = enquiry.answer.at.isoformat() if enquiry.answer else enquiry.due.isoformat()
    index = {"queue": (f"{enquiry.dept}:{enquiry.state}", f"{order}#{enquiry.number}")}
    if enquiry.sub:
        index["owner"] = (enquiry.sub, f"{enquiry.asked_at.isoformat()}#{enquiry.number}")
    if enquiry.published:
        index["public"] = (PUBLIC, f"{order}#{enquiry.number}")
    return index


def _mark(enquiry: Enquiry) -> dict[str, tuple[str, str]]:
    assert enquiry.answer is not None
    return {"outbox": (UNTOLD, f"{enquiry.answer.at.isoformat()}#{enquiry.number}")}


def _answer_out(answer: Answer | None) -> dict[str, str] | None:
    if answer is None:
        return None
    facts = ("text", "summary", "post", "actor")
    return {**{name: getattr(answer, name) for name in facts}, "at": answer.at.isoformat()}


def _enquiry(record: Record) -> Enquiry:
    head, body = record.head, record.body
    said: Mapping[str, Any] | None = body["answer"]
    return Enquiry(
        **{name: head[name] for name in _HEAD},
        **{name: body[name] for name in _BODY},
        asked_at=datetime.fromisoformat(head["asked_at"]),
        due=date.fromisoformat(head["due"]),
        answer=Answer(**{**said, "at": datetime.fromisoformat(said["at"])}) if said else None,
        version=record.version,
    )
