"""What must hold between records: each request is one case, each event was told, nothing is a stranger's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from chalicelib import ledger, listing
from chalicelib.domain.enquiry import ANSWER_TOLD
from chalicelib.domain.lifecycle import INTERNAL
from chalicelib.domain.numbers import derive
from chalicelib.listing import OUTBOX_SHARDS
from chalicelib.store.port import CASES, MESSAGES, NOTICES, PACKAGES, Record, Store
from chalicelib.store.walk import every

_ATTEMPTS = 8
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)  # so that nothing has expired


@dataclass(slots=True)
class Promises:
    """Who asked for what so far, and the case each event belongs to."""

    requests: dict[str, str] = field(default_factory=dict)
    events: dict[str, int] = field(default_factory=dict)
    waiting: dict[str, int] = field(default_factory=dict)

    def case(self, record: Record) -> Iterator[str]:
        """Faults of one case beside its own history."""
        number, request = record.key, str(ledger.sent_of(record).get("request_key", ""))
        if number not in (derive(request, attempt=n) for n in range(_ATTEMPTS)):
            yield "its number is not that of its request"
        twin = self.requests.setdefault(request, number)
        if twin != number:
            yield f"the same request made {twin} too"
        self.events[number] = len(record.events)
        yield from _listed_wrongly(record)
        mark = record.index.get("outbox")
        self.waiting[number] = int(mark[1].rpartition("#")[2]) if mark else len(record.events) + 1

    def between(self, store: Store) -> Iterator[str]:
        """Faults that only show once every case is known: notices, messages, packages."""
        for record in every(store, CASES):
            yield from (f"cases {record.key}: {fault}" for fault in self._untold(store, record))
        for table in (NOTICES, MESSAGES):
            for record in every(store, table):
                if not self._belongs(record):
                    yield f"{table.name} {record.key}: no such event"

    def _untold(self, store: Store, record: Record) -> Iterator[str]:
        for event in record.events[: self.waiting[record.key] - 1]:
            if event["action"] in INTERNAL:
                continue
            if store.find(NOTICES, f"{record.key}#{event['seq']}", now=_LONG_AGO) is None:
                yield f"event {event['seq']} was never told"
        package = record.head.get("package")
        if package and store.find(PACKAGES, package, now=_LONG_AGO) is None:
            yield f"its package {package} is gone"

    def _belongs(self, record: Record) -> bool:
        number, _, rest = record.key.partition("#")
        seq = rest.partition("#")[0]
        answer = record.head.get("action") == ANSWER_TOLD or seq == "answer"
        return answer or not seq.isdigit() or 1 <= int(seq) <= self.events.get(number, 0)


def _listed_wrongly(record: Record) -> Iterator[str]:
    """The lists a case stands in follow from the case and from one of the lights; its outbox mark names one of its
    events."""
    try:
        case = ledger.from_record(record)
        lights = [listing.index_of(case, light) for light in listing.LITS]
    except (KeyError, TypeError, ValueError, IndexError):
        return  # said already: it cannot be read
    due = next((one for one in lights if one["queue"] == record.index.get("queue")), lights[0])
    for name in (set(due) | set(record.index)) - {"outbox"}:
        if due.get(name) != record.index.get(name):
            yield f"it is listed wrongly in {name}"
    shard, sort = record.index.get("outbox", (OUTBOX_SHARDS[0], "#1"))
    if shard not in OUTBOX_SHARDS or not 1 <= int(sort.rpartition("#")[2]) <= len(record.events):
        yield "its outbox mark names no event"
