"""Sending what subscribers wait for: in order for each case, at least once, with the post's back-off."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schemas.interfaces import signature, wire
from schemas.items import Catalogue

from ..domain.lifecycle import LINK
from ..store.port import CASES, Record, Store
from . import streams
from .hooks import asked, payload
from .outside import DEPARTMENT, REPORT, Outside, Subscriber
from .report import record_of
from .streams import Stream

MOST_EVENTS = 10  # sent for one case before the lease must be renewed: ten slow answers fit into it
MOST_CASES = 200  # of one subscriber in one round
PATIENCE = 3  # silences in a round after which a subscriber is left alone until the next
GONE, REFUSED = 410, (400, 422)
_log = logging.getLogger("banshi.courier")


@dataclass(frozen=True, slots=True)
class Post:
    """What sending needs of the house."""

    store: Store
    catalogue: Catalogue
    outside: Outside
    base_url: str
    seconds: float = 5.0  # how long an answer may take


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far a subscriber took a case, and what stopped it; `never` when trying again is of no use."""

    upto: int
    why: str = ""
    never: bool = False
    silent: bool = False


def send_due(post: Post, *, now: datetime) -> Counter[str]:
    """One round for every subscriber that is called; how many streams were sent, failed, or died."""
    tally: Counter[str] = Counter()
    for one in post.outside.subscribers:
        if one.kind != DEPARTMENT:
            tally.update(_round(post, one, now))
    return tally


def _round(post: Post, to: Subscriber, now: datetime) -> Counter[str]:
    tally: Counter[str] = Counter()
    for row in list(streams.due(post.store, to.id, now=now, most=MOST_CASES)):
        number = row.head["number"]
        stream = streams.find(post.store, number, to.id, now=now)
        held = streams.claim(post.store, stream, now=now) if stream else None
        if held:
            tally[_one(post, to, held, now, tally)] += 1
        if tally["silent"] >= PATIENCE:
            _log.warning("%s does not answer", to.id)
            break
    return tally


def _one(post: Post, to: Subscriber, held: Stream, now: datetime, tally: Counter[str]) -> str:
    record = post.store.find(CASES, held.number, now=now)
    if record is None:
        return streams.failed(post.store, held, upto=held.done, why="no such case", now=now, never=True)
    outcome = _sent(post, to, held, record, now)
    tally["silent"] += outcome.silent
    if outcome.why:
        return streams.failed(
            post.store, held, upto=outcome.upto, why=outcome.why, now=now, never=outcome.never
        )
    return "sent" if streams.taken(post.store, held, upto=outcome.upto, now=now) else "lost"


def _sent(post: Post, to: Subscriber, held: Stream, record: Record, now: datetime) -> Outcome:
    """As far as the subscriber takes it. What it does not want counts as taken."""
    events = record.events[held.done : held.done + MOST_EVENTS]
    last = held.done + len(events)
    wanted = [event for event in events if to.wants(event)]
    if not wanted:
        return Outcome(last)
    outcome = (
        _reported(post, to, record, wanted, now)
        if to.kind == REPORT
        else _called(post, to, record, wanted, now)
    )
    return Outcome(last) if not outcome.why else Outcome(max(outcome.upto, held.done), *_rest(outcome))


def _rest(outcome: Outcome) -> tuple[str, bool, bool]:
    return outcome.why, outcome.never, outcome.silent


def _called(
    post: Post, to: Subscriber, record: Record, events: Sequence[Mapping[str, Any]], now: datetime
) -> Outcome:
    """A webhook: one call an event; 2xx is taken, 410 is never, anything else later."""
    upto = 0
    for event in events:
        name = f"{record.key}-{event['seq']}"
        answer = _ask(post, to, _told(post, to, record, event), name=name, now=now)
        if isinstance(answer, Outcome):
            return Outcome(upto, *_rest(answer))
        if not 200 <= answer.status < 300:
            return Outcome(upto, f"HTTP {answer.status}", never=answer.status == GONE)
        upto = event["seq"]
    return Outcome(upto)


def _told(post: Post, to: Subscriber, record: Record, event: Mapping[str, Any]) -> dict[str, Any]:
    """What a receiver of single calls is told: a request of its own, or that something happened."""
    if to.kind == LINK:
        return asked(record, event, kind=to.facts["kind"])
    return payload(record, event, base_url=post.base_url)


def _reported(
    post: Post, to: Subscriber, record: Record, events: Sequence[Mapping[str, Any]], now: datetime
) -> Outcome:
    """A report: one call for what is new of a case; the signed answer lists what was taken."""
    records = [record_of(record, event, catalogue=post.catalogue, to=to) for event in events]
    name = f"{record.key}-{events[0]['seq']}-{events[-1]['seq']}"
    answer = _ask(post, to, {"records": records}, name=name, now=now)
    if isinstance(answer, Outcome):
        return answer
    if answer.status in REFUSED:
        return Outcome(0, f"HTTP {answer.status}", never=True)
    if not 200 <= answer.status < 300:
        return Outcome(0, f"HTTP {answer.status}")
    if not signature.holds(to.keys, answer.headers, answer.body, now=now):
        return Outcome(0, "answer not signed")
    return _read(answer.body, records)


def _read(body: bytes, records: Sequence[Mapping[str, Any]]) -> Outcome:
    """Only what stands before the first record not taken counts, so that the order holds."""
    try:
        told = json.loads(body)
        accepted, refused = (
            set(told["accepted"]),
            {one["id"]: str(one["why"]) for one in told.get("refused", ())},
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return Outcome(0, "answer not understood")
    upto = 0
    for record in records:
        if record["id"] not in accepted:
            why = refused.get(record["id"])
            return Outcome(upto, f"refused: {why}" if why else "not all taken", never=why is not None)
        upto = record["seq"]
    return Outcome(upto)


def _ask(post: Post, to: Subscriber, value: Any, *, name: str, now: datetime) -> wire.Answer | Outcome:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    headers = signature.signed(to.keys, body, name=name, now=now)
    headers |= {"Content-Type": "application/json", "User-Agent": "Banshi"}
    try:
        return wire.send(
            "POST",
            to.facts["url"],
            allowed=post.outside.allowed,
            body=body,
            headers=headers,
            seconds=post.seconds,
        )
    except wire.Blocked as error:
        return Outcome(0, f"blocked: {error}", never=True)
    except wire.Silent as error:
        return Outcome(0, str(error), silent=True)
