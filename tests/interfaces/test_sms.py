"""Short messages through an agreed gateway: signed, once each, given up on only when it says never; both engines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from chalicelib.interfaces.outside import Outside
from chalicelib.interfaces.sms import SmsGateway
from chalicelib.jobs.loop import once
from chalicelib.notify import post
from chalicelib.notify.post import WAITS

from schemas.interfaces.wire import Allowed
from tests.http.deeds import Deeds
from tests.http.stand_in import Town
from tests.interfaces.conftest import linked
from tests.interfaces.other_systems import KEY, NEXT_KEY, SmsCentre, System

PHONE = "13800001234"


@pytest.fixture
def centre(either: Town, start: Callable[[System], Any]) -> SmsCentre:
    made: SmsCentre = start(SmsCentre(either.clock))
    return made


def joined(here: Town, centre: SmsCentre, *, keys: tuple[bytes, ...] = (KEY,), **allowed: Any) -> Town:
    """The house with the gateway agreed, and no other way out."""
    facts = {"url": centre.url, "keys": keys}
    where = Allowed(**allowed) if allowed else Allowed(anywhere=True)
    town = linked(here, Outside(where, sms=facts))
    way = SmsGateway(facts, allowed=where, clock=here.clock)
    return replace(town, house=replace(town.house, ways={"sms": way}))


def test_each_step_that_concerns_the_applicant_is_one_message_to_their_number(
    either: Town, deeds: Deeds, centre: SmsCentre
) -> None:
    town, number = joined(either, centre), deeds.handed_in()["number"]
    deeds.act("shen-lan", number, "accept", version=1)
    for _ in range(3):
        once(town.house)
    assert sorted(centre.sent) == [f"{number}#1#sms", f"{number}#2#sms"] and centre.calls == 2
    assert {one["to"] for one in centre.sent.values()} == {PHONE}
    assert not any(word in str(centre.sent) for word in ("林禾", "听潮"))


@pytest.mark.parametrize("mood", ["broken", "redirect", "forgets"])
def test_a_gateway_that_fails_is_asked_again_and_sends_once(
    either: Town, deeds: Deeds, centre: SmsCentre, mood: str
) -> None:
    town, centre.moods = joined(either, centre), [mood]
    number = deeds.handed_in()["number"]
    once(town.house)
    either.clock.now += WAITS[0]
    once(town.house)
    assert list(centre.sent) == [f"{number}#1#sms"] and centre.calls == 2


@pytest.mark.parametrize(
    ("change", "why"),
    [({}, "HTTP 422"), ({"hosts": frozenset({"sms.qining.example"})}, "blocked: no TLS")],
    ids=["a number nobody has", "a host nobody agreed on"],
)
def test_what_can_never_be_sent_is_a_dead_letter_at_once(
    either: Town, deeds: Deeds, centre: SmsCentre, change: dict[str, Any], why: str
) -> None:
    centre.barred = frozenset({PHONE})
    town = joined(either, centre, **change)
    deeds.handed_in()
    once(town.house)
    assert [row.head["why"] for row in post.dead_letters(town.store)] == [why] and centre.sent == {}


def test_a_gateway_believes_only_the_agreed_key(either: Town, deeds: Deeds, centre: SmsCentre) -> None:
    town = joined(either, centre, keys=(NEXT_KEY,))
    deeds.handed_in()
    once(town.house)
    assert centre.forged == 1 and centre.sent == {}
