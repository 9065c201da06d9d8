"""Delivering notices from the outbox: to the inbox and to the post, at least once, keyed by (number, event)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from schemas.calendar import day_of
from schemas.items import Catalogue

from .. import grants, ledger, packages
from ..domain.lifecycle import FINAL, INTERNAL
from ..domain.links import notified
from ..interfaces.outside import Outside
from ..keys import fingerprint
from ..listing import OUTBOX_SHARDS
from ..notify import post
from ..notify.message import compose
from ..store.every import every
from ..store.port import CASES, NOTICES, Listed, Record, Store


@dataclass(frozen=True, slots=True)
class Outward:
    """Which ways lead out of the house, what the site is called, how an applicant is reached, who else hears of it."""

    ways: frozenset[str] = frozenset()
    site: Mapping[str, str] = field(default_factory=dict)
    contacts: Callable[[Record], Mapping[str, str]] = lambda record: {}
    others: Outside = field(default_factory=Outside)


INBOX_ONLY = Outward()


def _nobody(record: Record) -> bool:
    return True


def deliver(
    store: Store, *, now: datetime, outward: Outward = INBOX_ONLY, watch: Callable[[Record], bool] = _nobody
) -> int:
    """Puts every unsent event into the inboxes of its applicant and their agents and queues its messages, then clears
    the mark; how many cases were served. `watch` sees each case too; while it says no, the mark stays."""
    rows = [row for shard in OUTBOX_SHARDS for row in _marked(store, shard)]
    return sum(_serve(store, row, now, outward, watch) for row in rows)


def contacts_in(catalogue: Catalogue) -> Callable[[Record], Mapping[str, str]]:
    """How an applicant is reached: the telephone and mail that they gave in their own answers."""

    def find(record: Record) -> dict[str, str]:
        item = catalogue.version(record.head["item_id"], record.head["item_version"])
        masks = item.form().masks if item else {}
        given = {kind: record.body["form"].get(name) for name, kind in reversed(masks.items())}
        reached = {"sms": given.get("phone"), "mail": given.get("mail")}
        return {way: str(address) for way, address in reached.items() if address}

    return find


def _marked(store: Store, shard: str) -> Iterator[Listed]:
    return every(store, CASES, "outbox", shard)


def _serve(
    store: Store, row: Listed, now: datetime, outward: Outward, watch: Callable[[Record], bool]
) -> int:
    """One case. The mark goes only if nothing happened since; otherwise the next run repeats, harmlessly."""
    record = store.find(CASES, row.key, now=now)
    if record is None or "outbox" not in record.index:
        return 0
    sort = record.index["outbox"][1]
    first = int(sort.rpartition("#")[2])
    told = [event for event in record.events[first - 1 :] if _is_told(event)]
    tell(store, record, told, now=now, outward=outward)
    outward.others.tell(store, record, now=now)
    if "package" in record.head and record.head["state"] in FINAL:
        packages.touch(store, record.head["package"], now=now)
    if watch(record):
        store.unmark(CASES, row.key, index="outbox", sort=sort, version=record.version)
    return 1


def tell(
    store: Store, record: Record, events: Sequence[Mapping[str, Any]], *, now: datetime, outward: Outward
) -> None:
    """Puts events into the inboxes of the applicant and their agents and queues the messages; none of them twice."""
    agents = grants.agents_on(store, ledger.from_record(record), now=now, today=day_of(now)) if events else ()
    for event in events:
        for notice in _notices(record, event, agents):
            store.create(NOTICES, notice)
        _write(store, record, event, now, outward)


def _is_told(event: Mapping[str, Any]) -> bool:
    return event["action"] not in INTERNAL or notified(event)


def _write(store: Store, record: Record, event: Any, now: datetime, outward: Outward) -> None:
    """Queues what goes out of the house; a key that is known is not queued twice."""
    for way, to in outward.contacts(record).items():
        if way in outward.ways:
            post.queue(store, compose(record.head, event, way=way, to=to, site=outward.site), now=now)


def _notices(record: Record, event: Any, agents: tuple[str, ...]) -> Iterator[Record]:
    """One for the applicant, and one for each agent (代办) that says for whom."""
    head, key = record.head, f"{record.head['number']}#{event['seq']}"
    sort = f"{event['at']}#{head['number']}#{event['seq']:0>4}"
    facts = {name: head[name] for name in ("number", "item_name", "item_name_en")}
    facts |= {"action": event["action"], "at": event["at"]}
    facts |= {"data": event["data"]} if notified(event) else {}
    yield Record(key=key, head=facts, index={"owner": (head["applicant"], sort)})
    for sub in agents:
        own = {**facts, "for": head["applicant_name"]}
        yield Record(key=f"{key}#{fingerprint(sub.encode())[:16]}", head=own, index={"owner": (sub, sort)})
