"""Sending again, or for the first time: `python -m chalicelib.interfaces.replay SUBSCRIBER --since TIME`.

A subscriber that was added later, that lost what it had, or whose dead letters were put right, gets every event from
the point named on. What it has already it drops by (number, seq).
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from .. import clock, settings
from ..domain.lifecycle import LINK
from ..house import build
from ..store.port import CASES, Record, Store
from ..store.walk import every
from . import streams
from .outside import DEPARTMENT, REPORT, WEBHOOK, Subscriber


def replay(store: Store, to: Subscriber, *, since: datetime, now: datetime) -> int:
    """Every event at or after `since` of every case the subscriber hears of; how many cases were queued."""
    return sum(_again(store, record, to, since=since, now=now) for record in every(store, CASES))


def _again(store: Store, record: Record, to: Subscriber, *, since: datetime, now: datetime) -> bool:
    before = sum(datetime.fromisoformat(event["at"]) < since for event in record.events)
    return to.concerned(record) and _queued(store, record, to, after=before, now=now)


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


def main(arguments: Sequence[str] | None = None) -> int:
    """The operator's command."""
    options = _parser().parse_args(arguments)
    house = build(settings.read(os.environ), clock=clock.now)
    to = house.outside.find(options.subscriber, REPORT, WEBHOOK, DEPARTMENT, LINK)
    if to is None:
        print(
            f"no subscriber {options.subscriber}; there are: {[one.id for one in house.outside.subscribers]}"
        )
        return 1
    now = house.clock()
    if options.number:
        done = int(after(house.store, options.number, to, seq=options.after, now=now))
    else:
        done = replay(house.store, to, since=options.since, now=now)
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
