"""Grants (委托) in the store: made once for each request, taken with a code, ended for good."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from . import attempts
from .applications import QUERY_CODE_SIGNS
from .domain.case import Case, File
from .domain.grant import RUNNING, Grant, ended, taken
from .domain.numbers import derive, normalise
from .domain.refusal import Refusal
from .keys import fingerprint
from .ledger import file_out
from .store.port import GRANTS, Record, Store

CODE_SIGNS = 8
TRIES, WINDOW = 10, timedelta(minutes=15)
MOST = 100  # grants of one person that are listed
_ATTEMPTS = 8
_RACES = 16
_PLAIN = (
    "number", "code", "kind", "principal", "principal_name", "agent_name", "assurance", "case_number", "agent",
    "ended_by",
)  # fmt: skip


def make(store: Store, grant: Grant, *, key: str, now: datetime) -> Grant | Refusal:
    """The stored grant with its number and code; the same request sent twice is one grant.

    Refusals: key_reused (the key was used for another grant).
    """
    own = fingerprint(b"grant", grant.principal.encode(), key.encode())
    code = "".join(secrets.choice(QUERY_CODE_SIGNS) for _ in range(CODE_SIGNS))
    for attempt in range(_ATTEMPTS):
        made = replace(grant, number=derive(own, attempt=attempt), code=code)
        if store.create(GRANTS, _record(made, own)):
            return made
        held = store.find(GRANTS, made.number, now=now)
        if held and held.body["key"] == own:
            return _grant(held) if held.body["terms"] == _terms(grant) else Refusal("key_reused")
    raise RuntimeError("every candidate number belongs to another grant")


def find(store: Store, number: str, *, now: datetime) -> Grant | None:
    """The grant of this number, as typed."""
    plain = normalise(number)
    record = store.find(GRANTS, plain, now=now) if plain else None
    return _grant(record) if record else None


def take(
    store: Store, number: str, code: str, *, sub: str, name: str, helper: bool, now: datetime, today: date
) -> Grant | Refusal:
    """The grant taken by the person it names. A wrong code and an unknown number sound alike.

    Refusals: wrong_grant_code, too_many_tries, and those of `domain.grant.taken`.
    """
    plain = normalise(number)
    if plain is None:
        return Refusal("wrong_grant_code")
    wait = attempts.wait(store, f"grant {plain}", attempts.Rate(TRIES, WINDOW), now=now)
    if wait:
        return attempts.too_many(wait)
    held = find(store, plain, now=now)
    given = "".join(sign for sign in code.upper() if sign.isalnum())
    if not hmac.compare_digest(given.encode(), (held.code if held else "-").encode()):
        return Refusal("wrong_grant_code")
    return _changed(
        store, plain, lambda grant: taken(grant, sub=sub, name=name, helper=helper, now=now, today=today), now
    )


def end(store: Store, number: str, *, sub: str, now: datetime) -> Grant | Refusal:
    """The grant ended, whatever another page did meanwhile. Refusals: not_found, not_yours."""
    return _changed(store, number, lambda grant: ended(grant, sub=sub, now=now), now)


def given_by(store: Store, sub: str) -> tuple[Grant, ...]:
    """The grants this person gave, newest first."""
    return _listed(store, "principal", sub)


def held_by(store: Store, sub: str) -> tuple[Grant, ...]:
    """The grants this person has taken, newest first."""
    return _listed(store, "agent", sub)


def over(store: Store, case: Case, sub: str, *, now: datetime, today: date) -> Grant | None:
    """The grant in force under which this person may see the case; read again, since lists may lag."""
    low = f"{case.applicant}#"
    rows = store.query(GRANTS, "agent", sub, low=low, high=f"{low}~", limit=MOST, newest_first=True).rows
    known = (find(store, row.key, now=now) for row in rows if row.head["ended_at"] is None)
    return next(
        (
            grant
            for grant in known
            if grant and grant.agent == sub and grant.state(today) == RUNNING and grant.covers(case)
        ),
        None,
    )


def agents_on(store: Store, case: Case, *, now: datetime, today: date) -> tuple[str, ...]:
    """Who acts on this case now; each grant is read again, since lists may lag behind its end."""
    rows = store.query(GRANTS, "principal", case.applicant, limit=MOST, newest_first=True).rows
    listed = (_from_head(row.head, row.version) for row in rows)
    known = (find(store, one.number, now=now) for one in listed if one.agent and one.covers(case))
    return tuple(dict.fromkeys(one.agent for one in known if one and one.state(today) == RUNNING))


def _changed(
    store: Store, number: str, change: Callable[[Grant], Grant | Refusal], now: datetime
) -> Grant | Refusal:
    for _ in range(_RACES):
        record = store.find(GRANTS, number, now=now)
        if record is None:
            return Refusal("not_found")
        before = _grant(record)
        after = change(before)
        if isinstance(after, Refusal) or after is before:
            return after
        if store.update(GRANTS, _record(after, record.body["key"]), expected=record.version):
            return after
    raise TimeoutError(f"grant {number} kept changing")


def _listed(store: Store, index: str, sub: str) -> tuple[Grant, ...]:
    rows = store.query(GRANTS, index, sub, limit=MOST, newest_first=True).rows
    return tuple(
        sorted((_from_head(row.head, row.version) for row in rows), key=lambda one: one.made_at, reverse=True)
    )


def _record(grant: Grant, own: str) -> Record:
    index = {"principal": (grant.principal, f"{grant.made_at.isoformat()}#{grant.number}")}
    if grant.agent:
        index["agent"] = (grant.agent, f"{grant.principal}#{grant.made_at.isoformat()}#{grant.number}")
    return Record(
        key=grant.number, version=grant.version, head=_head(grant), body={"key": own, "terms": _terms(grant)},
        index=index,
    )  # fmt: skip


def _head(grant: Grant) -> dict[str, Any]:
    return {
        **{name: getattr(grant, name) for name in _PLAIN},
        "items": list(grant.items),
        "powers": list(grant.powers),
        "made_at": grant.made_at.isoformat(),
        "ends": grant.ends.isoformat(),
        "evidence": file_out(grant.evidence) if grant.evidence else None,
        "taken_at": grant.taken_at.isoformat() if grant.taken_at else None,
        "ended_at": grant.ended_at.isoformat() if grant.ended_at else None,
    }


def _terms(grant: Grant) -> dict[str, Any]:
    """What the principal agreed to; a retry with other terms is another request."""
    names = ("kind", "agent_name", "items", "powers", "ends", "case_number", "evidence")
    head = _head(grant)
    return {name: head[name] for name in names}


def _grant(record: Record) -> Grant:
    return _from_head(record.head, record.version)


def _from_head(head: Mapping[str, Any], version: int) -> Grant:
    return Grant(
        **{name: head[name] for name in _PLAIN},
        items=tuple(head["items"]),
        powers=tuple(head["powers"]),
        made_at=datetime.fromisoformat(head["made_at"]),
        ends=date.fromisoformat(head["ends"]),
        evidence=File(**head["evidence"]) if head["evidence"] else None,
        taken_at=_moment(head["taken_at"]),
        ended_at=_moment(head["ended_at"]),
        version=version,
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
