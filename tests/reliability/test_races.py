"""Races, replays and clock jumps on both engines: each version has one winner, and history stays whole."""

from __future__ import annotations

import pytest
from chalicelib.domain.guards import Move
from chalicelib.store.embedded import EmbeddedStore
from chalicelib.store.port import CASES, NOTICES, Record, Store
from keeper.verify import verify

from tests.domain.world import WINDOW
from tests.http.conftest import cloud, store  # noqa: F401
from tests.reliability.jumps import JUMPS, jumps_of
from tests.reliability.life import START, Life, check
from tests.reliability.races import contested


@pytest.mark.parametrize("clients", [8, 16, 32, 64])
def test_of_so_many_clients_exactly_one_wins_each_version(store: Store, clients: int) -> None:  # noqa: F811
    counts = contested(store, clients)
    assert counts["versions"] >= 1 and counts["attempts"] >= clients


@pytest.mark.parametrize("replays", [1, 3])
def test_every_request_sent_again_after_it_was_answered_gets_the_same_answer(
    store: Store,  # noqa: F811
    replays: int,
) -> None:
    life = Life(store, replays=replays)
    check(life, life.whole())


@pytest.mark.parametrize("name", JUMPS)
def test_a_clock_that_jumps_breaks_no_history(store: Store, name: str) -> None:  # noqa: F811
    start, jumps = jumps_of(name)
    life = Life(store, now=start, jumps=jumps)
    check(life, life.whole())


def test_a_clock_set_back_does_not_undo_what_silence_has_accepted(store: Store) -> None:  # noqa: F811
    life = Life(store)
    number = life.handed_in("a key")
    later = life.desk.find(number, now=START.replace(month=10))
    assert later and later.last("deem_accepted")
    again = life.desk.find(number, now=START)
    assert again and again.version == later.version and again.state == later.state
    refused = life.desk.perform(number, Move("accept", WINDOW), version=1, now=START)
    assert getattr(refused, "code", "") == "changed_meanwhile"


# --- the checker itself ----------------------------------------------------------------------------


@pytest.fixture
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[EmbeddedStore, str]:
    kept = EmbeddedStore(tmp_path_factory.mktemp("lived"))
    life = Life(kept)
    case = life.whole()
    assert verify(kept).faults == []
    return kept, case.number


def read(kept: EmbeddedStore, number: str) -> Record:
    record = kept.find(CASES, number, now=START)
    assert record
    return record


def test_the_checker_misses_a_notice(lived: tuple[EmbeddedStore, str]) -> None:
    kept, number = lived
    assert kept.delete(NOTICES, f"{number}#1", expected=1)
    assert any("event 1 was never told" in fault for fault in verify(kept).faults)


def test_the_checker_finds_a_notice_of_nothing(lived: tuple[EmbeddedStore, str]) -> None:
    kept, number = lived
    kept.create(NOTICES, Record(f"{number}#99", {"action": "grant"}))
    assert any("no such event" in fault for fault in verify(kept).faults)


def test_the_checker_finds_a_doubled_application(lived: tuple[EmbeddedStore, str]) -> None:
    kept, number = lived
    twin = read(kept, number)
    kept.create(CASES, Record("22222222222P", twin.head, twin.body, twin.events))
    faults = verify(kept).faults
    assert any("not that of its request" in fault for fault in faults)
    assert any("the same request made" in fault for fault in faults)


def test_the_checker_finds_a_case_in_the_wrong_list(lived: tuple[EmbeddedStore, str]) -> None:
    kept, number = lived
    record = read(kept, number)
    moved = Record(
        number, record.head, index={**record.index, "queue": ("csgl:window", "0")}, version=record.version
    )
    assert kept.update(CASES, moved, expected=record.version)
    assert any("listed wrongly in queue" in fault for fault in verify(kept).faults)
