"""The post office: messages queued from the outbox, sent with back-off, and dead letters for people to see."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ..store.every import every
from ..store.port import MESSAGES, Listed, Record, Store
from .message import Message
from .ways import Never, NotNow, Way

QUEUED, DEAD = "queued", "dead"
LEASE = timedelta(minutes=2)
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440))
_BATCH = 50
_log = logging.getLogger("banshi.post")


@dataclass(frozen=True, slots=True)
class Tally:
    """What one round of the post did."""

    sent: int = 0
    failed: int = 0
    dead: int = 0


def queue(store: Store, message: Message, *, now: datetime) -> bool:
    """Queues a message; False when one with this key is known already."""
    head = {
        "key": message.key, "way": message.way, "state": QUEUED, "attempts": 0, "queued_at": now.isoformat(),
        "why": "",
    }  # fmt: skip
    body = {"to": message.to, "subject": message.subject, "text": message.text}
    return store.create(
        MESSAGES, Record(message.key, head, body, index={"due": (QUEUED, _order(now, message.key))})
    )


def send_due(store: Store, ways: Mapping[str, Way], *, now: datetime) -> Tally:
    """One round: every message that is due, each claimed by a conditional write so that two senders do not race."""
    sent = failed = dead = 0
    for row in list(_due(store, now)):
        outcome = _send_one(store, ways, row, now)
        sent, failed, dead = (
            sent + (outcome == "sent"),
            failed + (outcome == "failed"),
            dead + (outcome == DEAD),
        )
    return Tally(sent, failed, dead)


def dead_letters(store: Store, *, limit: int = 100) -> tuple[Listed, ...]:
    """Messages given up on, newest first; addresses and texts stay in the body."""
    return store.query(MESSAGES, "due", DEAD, limit=limit, newest_first=True).rows


def try_again(store: Store, key: str, *, now: datetime) -> bool:
    """Puts a dead letter back in the queue with all its attempts before it."""
    record = store.find(MESSAGES, key, now=now)
    if record is None or record.head["state"] != DEAD:
        return False
    return _move(store, record, state=QUEUED, at=now, attempts=0, why="")


def _due(store: Store, now: datetime) -> Iterator[Listed]:
    return every(store, MESSAGES, "due", QUEUED, high=f"{now.isoformat()}~", at_once=_BATCH)


def _send_one(store: Store, ways: Mapping[str, Way], row: Listed, now: datetime) -> str:
    """Claims, sends, and writes down how it went. A crash after sending repeats it when the lease ends."""
    record = store.find(MESSAGES, row.key, now=now)
    if record is None or record.head["state"] != QUEUED or record.version != row.version:
        return "skipped"
    attempts = record.head["attempts"] + 1
    if not _move(store, record, state=QUEUED, at=now + LEASE, attempts=attempts, why="sending"):
        return "skipped"
    claimed = _bumped(record, attempts)
    try:
        ways[record.head["way"]].send(_message(record))
    except Never as error:
        return _give_up(store, claimed, now, str(error))
    except (NotNow, KeyError) as error:
        return _later(store, claimed, now, str(error))
    except (
        Exception
    ) as error:  # a way that broke: nobody knows whether it left, and no other message waits for it
        _log.exception("way %s broke", record.head["way"])
        return _later(store, claimed, now, type(error).__name__)
    _move(store, claimed, state="sent", at=now, attempts=attempts, why="")
    return "sent"


def _later(store: Store, record: Record, now: datetime, why: str) -> str:
    attempts = record.head["attempts"]
    if attempts > len(WAITS):
        return _give_up(store, record, now, why)
    _move(store, record, state=QUEUED, at=now + WAITS[attempts - 1], attempts=attempts, why=why)
    return "failed"


def _give_up(store: Store, record: Record, now: datetime, why: str) -> str:
    _log.warning("message given up: %s", record.key)
    _move(store, record, state=DEAD, at=now, attempts=record.head["attempts"], why=why)
    return DEAD


def _move(store: Store, record: Record, *, state: str, at: datetime, attempts: int, why: str) -> bool:
    head = {**record.head, "state": state, "attempts": attempts, "why": why[:200], "moved_at": at.isoformat()}
    index = {} if state == "sent" else {"due": (state, _order(at, record.key))}
    return store.update(
        MESSAGES, Record(record.key, head, index=index, version=record.version + 1), expected=record.version
    )


def _bumped(record: Record, attempts: int) -> Record:
    head: dict[str, Any] = {**record.head, "attempts": attempts}
    return Record(record.key, head, record.body, version=record.version + 1)


def _message(record: Record) -> Message:
    body = record.body
    return Message(record.key, record.head["way"], body["to"], body["subject"], body["text"])


def _order(at: datetime, key: str) -> str:
    return f"{at.isoformat()}#{key}"
