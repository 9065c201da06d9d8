"""Sending again, or for the first time: `python -m chalicelib.interfaces.replay SUBSCRIBER --since TIME`.

A subscriber that was added later, that lost what it had, or whose dead letters were put right, gets every event from
the point named on. What it has already it drops by (number, seq).
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from .. import clock, settings
from ..house import House, build
from ..ledger import LANES
from ..store.port import CASES, Listed, Record, Store
from . import streams
from .outside import DEPARTMENT, REPORT, WEBHOOK, Subscriber

_BATCH = 100


def replay(house: House, to: Subscriber, *, since: datetime, now: datetime) -> int:
    """Every event at or after `since` of every case the subscriber hears of; how many cases were queued."""
    return sum(again(house.store, row.key, to, since=since, now=now) for row in _cases(house, since))


def again(store: Store, number: str, to: Subscriber, *, since: datetime, now: datetime) -> bool:
    """One case from an instant on; False when it has nothing for this subscriber."""
    record = store.find(CASES, number, now=now)
    if record is None or not to.concerned(record):
        return False
    before = sum(datetime.fromisoformat(event["at"]) < since for event in record.events)
    return _queued(store, record, to, after=before, now=now)


def after(store: Store, number: str, to: Subscriber, *, seq: int, now: datetime) -> bool:
    """One case from the event after `seq` on."""
    record = store.find(CASES, number, now=now)
    return (
        record is not None and to.concerned(record) and _queued(store, record, to, after=max(seq, 0), now=now)
    )


def _queued(store: Store, record: Record, to: Subscriber, *, after: int, now: datetime) -> bool:
    if after >= len(record.events):
        return False
    streams.replay(store, record.key, to.id, after=after, wanted=len(record.events), now=now)
    return True


def _cases(house: House, since: datetime) -> Iterator[Listed]:
    """Every case that changed since then, by the queues of all departments that ever published an item."""
    depts = {one["id"] for one in house.catalogue.site().get("departments", ())}
    for partition in sorted(f"{dept}:{lane}" for dept in depts for lane in LANES):
        for row in list(_queue(house.store, partition)):
            if datetime.fromisoformat(row.head["updated_at"]) >= since:
                yield row


def _queue(store: Store, partition: str) -> Iterator[Listed]:
    cursor: str | None = None
    while True:
        page = store.query(CASES, "queue", partition, limit=_BATCH, after=cursor)
        yield from page.rows
        cursor = page.after
        if cursor is None:
            return


def main(arguments: Sequence[str] | None = None) -> int:
    """The operator's command."""
    options = _parser().parse_args(arguments)
    house = build(settings.read(os.environ), clock=clock.now)
    to = house.outside.find(options.subscriber, REPORT, WEBHOOK, DEPARTMENT)
    if to is None:
        print(
            f"no subscriber {options.subscriber}; there are: {[one.id for one in house.outside.subscribers]}"
        )
        return 1
    now = house.clock()
    if options.number:
        done = int(after(house.store, options.number, to, seq=options.after, now=now))
    else:
        done = replay(house, to, since=options.since, now=now)
    print(f"{done} cases queued for {to.id}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="replay", description=__doc__)
    parser.add_argument("subscriber")
    parser.add_argument(
        "--since", type=_instant, default=datetime.min.replace(tzinfo=UTC), metavar="ISO-TIME"
    )
    parser.add_argument("--number", help="only this case")
    parser.add_argument(
        "--after", type=int, default=0, metavar="SEQ", help="with --number: from the next event on"
    )
    return parser


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise argparse.ArgumentTypeError("say the time zone too, as in 2026-11-23T00:00:00+08:00")
    return found


if __name__ == "__main__":
    sys.exit(main())
