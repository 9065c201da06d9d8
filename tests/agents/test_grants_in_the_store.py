"""Grants on both engines: made once, taken once, ended for good."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from chalicelib import grants
from chalicelib.domain.grant import Grant
from chalicelib.domain.refusal import Refusal
from chalicelib.store.port import Store

from tests.http.stand_in import MONDAY

TODAY = date(2026, 11, 23)
OFFER = Grant(
    number="", code="", kind="person", principal="lin-he", principal_name="林禾", agent_name="周满", items=("a",),
    powers=("apply",), made_at=MONDAY, ends=date(2026, 12, 31), assurance=3,
)  # fmt: skip


def made(store: Store, key: str = "one key") -> Grant:
    grant = grants.make(store, OFFER, key=key, now=MONDAY)
    assert isinstance(grant, Grant)
    return grant


def taken(store: Store, grant: Grant, sub: str = "zhou-man") -> Grant | Refusal:
    return grants.take(
        store, grant.number, grant.code, sub=sub, name="周满", helper=False, now=MONDAY, today=TODAY
    )


def test_the_same_request_twice_is_one_grant_and_other_terms_are_refused(store: Store) -> None:
    first, again = made(store), made(store)
    assert (first.number, first.code) == (again.number, again.code)
    assert grants.make(store, replace(OFFER, items=()), key="one key", now=MONDAY) == Refusal("key_reused")
    assert len(grants.given_by(store, "lin-he")) == 1


def test_what_is_written_is_what_is_read(store: Store) -> None:
    grant = taken(store, made(store))
    assert isinstance(grant, Grant) and grants.find(store, grant.number, now=MONDAY) == grant
    assert grants.held_by(store, "zhou-man") == (grant,) == grants.given_by(store, "lin-he")


@pytest.mark.parametrize("clients", [8])
def test_of_several_namesakes_who_accept_at_once_one_does(store: Store, clients: int) -> None:
    grant = made(store)
    with ThreadPoolExecutor(clients) as pool:
        outcomes = list(pool.map(lambda n: taken(store, grant, f"namesake-{n}"), range(clients)))
    won = [one for one in outcomes if isinstance(one, Grant)]
    assert len(won) == 1
    assert {one.code for one in outcomes if isinstance(one, Refusal)} <= {"grant_taken", "too_many_tries"}
    found = grants.find(store, grant.number, now=MONDAY)
    assert found and found.agent == won[0].agent


def test_ended_stays_ended_whoever_accepts_meanwhile(store: Store) -> None:
    grant = made(store)
    grants.end(store, grant.number, sub="lin-he", now=MONDAY)
    assert taken(store, grant) == Refusal("grant_over")
    assert grants.end(store, grant.number, sub="somebody", now=MONDAY) == Refusal("not_yours")
    ended = grants.find(store, grant.number, now=MONDAY)
    assert ended and ended.ended_by == "lin-he" and ended.version == 2
