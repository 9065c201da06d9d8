"""`kill -9` under load: every acknowledged application is there, once, whole, and its notices went out once."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from chalicelib import ledger, listing
from chalicelib.applications import Request
from chalicelib.domain.case import Actor, Case, first_broken
from chalicelib.domain.lifecycle import INTERNAL
from chalicelib.domain.timeline import explains
from chalicelib.jobs.deliver import deliver
from chalicelib.store.embedded import EmbeddedStore
from chalicelib.store.port import CASES, NOTICES, Store, Table

from tests.crash.applicants import Applicant, Sent
from tests.crash.live_callers import call, token_for
from tests.crash.live_house import LiveHouse

KILLS = 10
CLIENTS = 8
SUBS = ("lin-he", "zhou-man")
NOW = datetime(2026, 11, 23, tzinfo=UTC)

pytestmark = pytest.mark.crash


def test_ten_kills_under_load_lose_nothing_and_double_nothing(
    live: LiveHouse, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    applicants = _besieged(live)
    sent = [one for applicant in applicants for one in applicant.sent]
    assert [said for applicant in applicants for said in applicant.strange] == []
    _check_status(live, applicants[0].token, sent)
    live.stop()
    store = EmbeddedStore(tmp_path)
    cases = [_case(store, number) for number in _listed(store, CASES)]
    counts = _counts(applicants, sent, cases)
    with capsys.disabled():
        print("\n" + "  ".join(f"{name}={number}" for name, number in counts.items()))
    assert counts["acknowledged"] > 10 * CLIENTS and counts["unknown outcomes"] > 0
    assert (counts["lost"], counts["doubled"], counts["strangers"]) == (0, 0, 0)
    _check_whole(store, sent, cases)
    _check_notices(store, cases)


def _besieged(live: LiveHouse) -> list[Applicant]:
    """Eight clients at work while processes die at random moments; ends with everybody answered."""
    stop = threading.Event()
    tokens = {sub: token_for(live.issuer, sub) for sub in SUBS}
    people = [SUBS[n % len(SUBS)] for n in range(CLIENTS)]
    applicants = [Applicant(live.address, sub, tokens[sub], stop) for sub in people]
    threads = [threading.Thread(target=applicant.work, daemon=True) for applicant in applicants]
    for thread in threads:
        thread.start()
    for round_ in range(KILLS):
        time.sleep(random.uniform(0.3, 1.2))
        _strike(live, round_)
    time.sleep(0.5)
    stop.set()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    return applicants


def _strike(live: LiveHouse, round_: int) -> None:
    """Every third time only one worker dies, else the whole server; the jobs die now and then."""
    if round_ % 4 == 1:
        live.kill("jobs")
    if round_ % 3 == 2:
        live.kill_one_worker()
    else:
        live.kill("web")
        live.start("web")
    if round_ % 4 == 1:
        live.start("jobs")


def _counts(applicants: list[Applicant], sent: list[Sent], cases: list[Case]) -> dict[str, int]:
    """What the clients were told against what the store holds. A stranger is a case nobody asked for."""
    by_key = Counter(case.request_key for case in cases)
    numbers = {case.number: case.request_key for case in cases}
    acknowledged = [one for one in sent if one.receipts]
    lost = [one for one in acknowledged if numbers.get(one.receipts[0]["number"]) != _key(one)]
    return {
        "kills": KILLS,
        "acknowledged": len(acknowledged),
        "retried": sum(applicant.retried for applicant in applicants),
        "unknown outcomes": sum(applicant.unknown for applicant in applicants),
        "found": sum(by_key[_key(one)] > 0 for one in acknowledged),
        "doubled": sum(count > 1 for count in by_key.values()) + len(cases) - len(numbers),
        "lost": len(lost),
        "strangers": len(set(by_key) - {_key(one) for one in sent}),
    }


def _check_status(live: LiveHouse, token: str, sent: list[Sent]) -> None:
    """The public status answers for each receipt, and a retry got the very same receipt."""
    for one in sent:
        for receipt in one.receipts:
            assert receipt == one.receipts[0]
        if one.receipts:
            number, code = one.receipts[0]["number"], one.receipts[0]["query_code"]
            said = call(f"{live.address}/api/v1/applications/{number}?code={code}", token=token)
            assert said.status == 200
            assert said.body["state"] == ("withdrawn" if one.withdrawn else "submitted")


def _check_whole(store: Store, sent: list[Sent], cases: list[Case]) -> None:
    """History is chained and explains the state; every file handed in can be read again."""
    for case in cases:
        assert first_broken(case.events) is None
        assert explains(case)
        assert len(case.events) == case.version
        assert all(store.get_file(file.sha256) for kept in case.materials.values() for file in kept)
    held = {
        case.request_key: {file.sha256 for kept in case.materials.values() for file in kept} for case in cases
    }
    assert all(held[_key(one)] == set(one.files) for one in sent if one.receipts)


def _check_notices(store: Store, cases: list[Case]) -> None:
    """However often the jobs died: one notice an event, none besides, and an empty outbox."""
    deliver(store, now=NOW)
    expected = [
        f"{case.number}#{event.seq}"
        for case in cases
        for event in case.events
        if event.action not in INTERNAL
    ]
    assert sorted(_listed(store, NOTICES)) == sorted(expected)
    assert sum(store.count(CASES, "outbox", shard) for shard in listing.OUTBOX_SHARDS) == 0


def _listed(store: Store, table: Table) -> list[str]:
    return [key for sub in SUBS for key in _pages(store, table, sub)]


def _pages(store: Store, table: Table, sub: str) -> Iterator[str]:
    after = None
    while True:
        page = store.query(table, "owner", sub, limit=200, after=after)
        yield from (row.key for row in page.rows)
        after = page.after
        if after is None:
            return


def _case(store: Store, number: str) -> Case:
    found = ledger.find(store, number, now=NOW)
    assert found is not None
    return found[0]


def _key(one: Sent) -> str:
    return Request(Actor(one.sub, "", frozenset()), f"api {one.key}", "").owned_key
