"""One whole case, from upload to rating, as stubborn clients would carry it through, and what must hold after."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from chalicelib import applications, drafts, ledger, listing, uploads
from chalicelib.actions import Desk
from chalicelib.applications import Application, Request
from chalicelib.domain.act import World
from chalicelib.domain.case import Case, File, first_broken
from chalicelib.domain.guards import Move, Supply
from chalicelib.domain.lifecycle import INTERNAL
from chalicelib.domain.refusal import Refusal
from chalicelib.domain.timeline import explains
from chalicelib.jobs.deliver import Outward, deliver
from chalicelib.jobs.sweep import sweep
from chalicelib.notify import post
from chalicelib.notify.message import Message
from chalicelib.store.port import CASES, MESSAGES, NOTICES, Store, StoreUnavailable
from keeper.verify import verify

from schemas.items import Catalogue
from tests.domain.world import CALENDAR, CHIEF, CITIZEN, FORM_SCHEMA, PHOTO_SLOT, STEPS, WINDOW, at

START = at("2026-09-18")
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 64
GUIDE = {
    "name": "小件", "name_en": "Small thing", "dept": "csgl", "state": "1", "channels": ["2"], "steps": STEPS,
    "legal_limit": {"n": 20, "unit": "workday"}, "promise_limit": {"n": 8, "unit": "workday"},
    "correction_days": 10, "materials": [PHOTO_SLOT],
}  # fmt: skip
ITEM = {"id": "xiao-jian", "version": "0" * 16, "guide": GUIDE, "form": FORM_SCHEMA}
ANSWERS = {"name": "林禾", "place": "听潮路"}
TRIES = 6
Answer = TypeVar("Answer")


def catalogue() -> Catalogue:
    """One item, in one version."""
    data = json.dumps(ITEM).encode()
    return Catalogue({"xiao-jian.json": data, f"xiao-jian/{'0' * 16}.json": data}.get)


class Counting:
    """A way out of the house that counts what it was handed, by key."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()

    def send(self, message: Message) -> None:
        self.taken[message.key] += 1


@dataclass
class Life:
    """The steps, each tried again by the same client until it is acknowledged."""

    store: Store
    now: datetime = START
    way: Any = field(default_factory=Counting)
    replays: int = 0
    jumps: Iterator[timedelta] = field(default_factory=lambda: iter(()))
    numbers: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.desk = Desk(store=self.store, catalogue=catalogue(), calendar=CALENDAR)

    def stubborn(self, step: Callable[[], Answer]) -> Answer:
        """What a client does: the same request again while the outcome is unknown."""
        for _ in range(TRIES):
            try:
                return step()
            except StoreUnavailable:
                self.now += timedelta(seconds=1)
        raise AssertionError("the store never recovered")

    def asked(self, step: Callable[[], Answer]) -> Answer:
        """A client's request, `replays` times more than once though it was answered: each answer is the first."""
        first = self.stubborn(step)
        for _ in range(self.replays):
            assert self.stubborn(step) == first
        return first

    def pass_time(self) -> None:
        """Ten minutes until the next step, or what the test wants instead."""
        self.now += next(self.jumps, timedelta(minutes=10))

    def whole(self, key: str = "a key of this application") -> Case:
        """Everything that happens to one case."""
        self._draft()
        number = self.handed_in(key)
        self._act(number, Move("correct", WINDOW, {"materials": ["photo"], "reason": "看不清"}))
        self._act(
            number, Move("supplement", CITIZEN, {}, Supply(ANSWERS, {"photo": (self._photo(PNG + b"2"),)}))
        )
        self._act(number, Move("accept", WINDOW, {"note": "齐全"}))
        self.jobs()
        self._act(number, Move("grant", CHIEF, {"note": "准予"}))
        self._act(number, Move("prepare", WINDOW))
        self._act(number, Move("deliver", WINDOW, {"method": "window", "proof": "林禾签收"}))
        self._act(number, Move("rate", CITIZEN, {"score": "5"}))
        self.jobs()
        return self.case(number)

    def jobs(self) -> None:
        """The jobs, round after round, until a round has gone through; a lease may have to run out."""
        outward = Outward(
            frozenset({"sms"}), {"name": "x", "url": "x"}, lambda record: {"sms": "13800001234"}
        )
        self.stubborn(lambda: sweep(self.desk, now=self.now))
        self.stubborn(lambda: deliver(self.store, now=self.now, outward=outward))
        for _ in range(TRIES):
            self.stubborn(lambda: post.send_due(self.store, {"sms": self.way}, now=self.now))
            if not self.store.count(MESSAGES, "due", post.QUEUED):
                return
            self.now += post.LEASE

    def case(self, number: str) -> Case:
        found = self.stubborn(lambda: ledger.find(self.store, number, now=self.now))
        assert found is not None
        return found[0]

    def _photo(self, data: bytes) -> File:
        file = uploads.inspect("照片.png", data)
        assert file is not None
        self.stubborn(lambda: self.store.put_file(data))
        return file

    def _draft(self) -> None:
        """A draft begun, changed and left; it must never stand in the way."""
        item = self.desk.catalogue.current("xiao-jian")
        assert item is not None
        begin = lambda: drafts.begin(self.store, item, session="s", sub="lin-he", form=ANSWERS, now=self.now)  # noqa: E731
        draft = self.stubborn(begin)
        self.stubborn(lambda: drafts.change(self.store, draft, lambda d: d, now=self.now))

    def handed_in(self, key: str) -> str:
        """The number of a new application."""
        item = self.desk.catalogue.current("xiao-jian")
        assert item is not None
        application = Application(item, ANSWERS, {"photo": (self._photo(PNG),)})
        request = Request(CITIZEN, key, applications.content_of(application))

        def hand_in() -> Case | Refusal:
            again = applications.earlier(self.store, request, now=self.now)
            world = World(item, CALENDAR, self.now)
            return again or applications.submit(application, request, store=self.store, world=world)

        case = self.asked(hand_in)
        assert isinstance(case, Case), case
        self.numbers.add(case.number)
        return case.number

    def _act(self, number: str, move: Move) -> None:
        version = self.case(number).version
        outcome = self.asked(lambda: self.desk.perform(number, move, version=version, now=self.now))
        assert isinstance(outcome, Case), (move.action, outcome)
        self.pass_time()


def check(life: Life, case: Case) -> dict[str, Any]:
    """Proves that nothing was lost, doubled or left unexplained; gives the counts."""
    actions = [event.action for event in case.events]
    assert actions == [
        "submit", "correct", "supplement", "accept", "assign", "grant", "prepare", "deliver", "rate",
    ], actions  # fmt: skip
    assert first_broken(case.events) is None and explains(case)
    owned = life.store.query(CASES, "owner", CITIZEN.sub, limit=50).rows
    assert {row.key for row in owned} == life.numbers == {case.number}
    told = {f"{case.number}#{event.seq}" for event in case.events if event.action not in INTERNAL}
    shown = life.store.query(NOTICES, "owner", CITIZEN.sub, limit=50).rows
    assert {row.key for row in shown} == told and len(shown) == len(told)
    taken = life.way.taken
    assert set(taken) == {f"{key}#sms" for key in told}, "every notice was sent"
    found = verify(life.store)
    assert not found.faults, found.faults
    assert life.store.get_file(case.materials["photo"][0].sha256) == PNG + b"2"
    assert not [shard for shard in listing.OUTBOX_SHARDS if life.store.count(CASES, "outbox", shard)]
    return {
        "events": len(actions),
        "told": len(told),
        "sent twice": sum(n - 1 for n in taken.values()),
    }
