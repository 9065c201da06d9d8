"""How far each subscriber has heard of each case: one small record a pair, and a cursor in it.

A stream is (case, subscriber). `done` is the last event that was taken, `wanted` the last one there is. Events are
never copied: they are read from the case when they are sent, in order, so that a stream that cannot go on keeps its
place. Records live beside the messages of the post and share its waits; `idle` ones are in no list.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from ..notify.post import LEASE, WAITS
from ..store.port import MESSAGES, Listed, Record, Store

IDLE, QUEUED, DEAD = "idle", "queued", "dead"
DEAD_LETTERS = "outside-dead"
_TRIES = 8
_BATCH = 50


@dataclass(frozen=True, slots=True)
class Stream:
    """One case for one subscriber. `at`: when it is due again; `lease`: who works on it; `why`: what went wrong."""

    number: str
    subscriber: str
    done: int = 0
    wanted: int = 0
    state: str = QUEUED
    at: str = ""
    attempts: int = 0
    why: str = ""
    lease: str = ""
    version: int = 0

    @property
    def key(self) -> str:
        """Where it is kept."""
        return f"{self.number}>{self.subscriber}"


def wake(store: Store, number: str, subscriber: str, *, wanted: int, now: datetime) -> None:
    """There is something new: the stream is due now, unless it waits already. Twice is harmless."""
    for _ in range(_TRIES):
        old = find(store, number, subscriber, now=now)
        if old is None:
            if _create(store, Stream(number, subscriber, wanted=wanted, at=now.isoformat())):
                return
        elif old.wanted >= wanted or _put(store, _woken(old, wanted, now)):
            return
    raise TimeoutError(f"stream {number}>{subscriber} kept changing")


def find(store: Store, number: str, subscriber: str, *, now: datetime) -> Stream | None:
    """The stream as last written."""
    record = store.find(MESSAGES, f"{number}>{subscriber}", now=now)
    return Stream(**record.head, version=record.version) if record else None


def due(store: Store, subscriber: str, *, now: datetime, most: int) -> Iterator[Listed]:
    """Streams of a subscriber whose time has come, longest waiting first."""
    high, after, left = f"{now.isoformat()}~", None, most
    while left > 0:
        page = store.query(
            MESSAGES, "due", _queue(subscriber), high=high, limit=min(left, _BATCH), after=after
        )
        yield from page.rows
        left, after = left - len(page.rows), page.after
        if after is None:
            return


def claim(store: Store, stream: Stream, *, now: datetime, lasts: timedelta = LEASE) -> Stream | None:
    """The stream for one worker alone until the lease ends; None when somebody was faster or it is not due."""
    if stream.state != QUEUED or stream.at > now.isoformat():
        return None
    taken = replace(
        stream,
        at=(now + lasts).isoformat(),
        attempts=stream.attempts + 1,
        lease=secrets.token_urlsafe(12),
    )
    return replace(taken, version=stream.version + 1) if _put(store, taken) else None


def taken(store: Store, stream: Stream, *, upto: int, now: datetime) -> bool:
    """The holder of the lease says that everything up to an event was taken. False: the lease is no longer theirs."""
    for _ in range(_TRIES):
        held = _held(store, stream, now)
        if held is None:
            return False
        done = min(max(held.done, upto), held.wanted)
        state = IDLE if done >= held.wanted else QUEUED
        moved = replace(held, done=done, state=state, at=now.isoformat(), attempts=0, why="", lease="")
        if _put(store, moved):
            return True
    raise TimeoutError(f"stream {stream.key} kept changing")


def failed(store: Store, stream: Stream, *, upto: int, why: str, now: datetime, never: bool = False) -> str:
    """It did not go on after `upto`: due again after a wait, or dead when waiting is over or useless."""
    held = _held(store, stream, now)
    if held is None:
        return "lost"
    tried = 1 if upto > held.done else held.attempts
    dead = never or tried > len(WAITS)
    wait = timedelta() if dead else WAITS[tried - 1]
    after = replace(
        held,
        done=max(held.done, upto),
        state=DEAD if dead else QUEUED,
        at=(now + wait).isoformat(),
        attempts=tried,
        why=why[:200],
        lease="",
    )
    return after.state if _put(store, after) else "lost"


def replay(store: Store, number: str, subscriber: str, *, after: int, wanted: int, now: datetime) -> None:
    """Everything after an event is sent again; whoever works on the stream right now loses the lease."""
    for _ in range(_TRIES):
        old = find(store, number, subscriber, now=now) or Stream(number, subscriber)
        fresh = Stream(
            number,
            subscriber,
            done=after,
            wanted=max(wanted, old.wanted),
            at=now.isoformat(),
            version=old.version,
        )
        if _put(store, fresh) if old.version else _create(store, fresh):
            return
    raise TimeoutError(f"stream {number}>{subscriber} kept changing")


def dead_letters(store: Store, *, limit: int = 100) -> tuple[Stream, ...]:
    """Streams given up on, newest first."""
    rows = store.query(MESSAGES, "due", DEAD_LETTERS, limit=limit, newest_first=True).rows
    return tuple(Stream(**row.head, version=row.version) for row in rows)


def try_again(store: Store, number: str, subscriber: str, *, now: datetime) -> bool:
    """Puts a dead stream back in its queue where it stopped."""
    old = find(store, number, subscriber, now=now)
    if old is None or old.state != DEAD:
        return False
    return _put(store, replace(old, state=QUEUED, at=now.isoformat(), attempts=0, why=""))


def _woken(old: Stream, wanted: int, now: datetime) -> Stream:
    if old.state == IDLE:
        return replace(old, wanted=wanted, state=QUEUED, at=now.isoformat(), attempts=0, why="")
    return replace(old, wanted=wanted)


def _held(store: Store, stream: Stream, now: datetime) -> Stream | None:
    current = find(store, stream.number, stream.subscriber, now=now)
    return current if current and stream.lease and current.lease == stream.lease else None


def _queue(subscriber: str) -> str:
    return f"outside-{subscriber}"


def _create(store: Store, stream: Stream) -> bool:
    return store.create(MESSAGES, _record(replace(stream, version=1)))


def _put(store: Store, stream: Stream) -> bool:
    return store.update(
        MESSAGES, _record(replace(stream, version=stream.version + 1)), expected=stream.version
    )


def _record(stream: Stream) -> Record:
    head = {name: value for name, value in asdict(stream).items() if name != "version"}
    listed = {QUEUED: _queue(stream.subscriber), DEAD: DEAD_LETTERS}.get(stream.state)
    index = {"due": (listed, f"{stream.at}#{stream.key}")} if listed else {}
    return Record(stream.key, head, index=index, version=stream.version)
