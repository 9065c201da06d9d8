"""Reports and webhooks: in order, at least once, whatever the other side does, on both engines."""

from __future__ import annotations

from datetime import timedelta

import pytest
from chalicelib.domain.lifecycle import ACTIONS
from chalicelib.interfaces import replay, streams
from chalicelib.interfaces.courier import PATIENCE, send_due
from chalicelib.interfaces.outside import Outside
from chalicelib.interfaces.report import KINDS
from chalicelib.jobs.deliver import Outward, deliver
from chalicelib.jobs.loop import once
from chalicelib.notify.post import WAITS
from jsonschema import Draft202012Validator

from schemas.interfaces import signature
from schemas.interfaces.agreed import contract
from tests.http.deeds import Deeds
from tests.http.stand_in import MONDAY, Town
from tests.interfaces.conftest import linked, outside, post
from tests.interfaces.other_systems import KEY, NEXT_KEY, Platform, Receiver

MISBEHAVIOUR = ["slow", "broken", "redirect", "huge", "wrong signature", "nonsense", "forgets", "half"]


def told(here: Town, others: Outside) -> None:
    """The outbox, then the couriers."""
    deliver(here.store, now=here.clock(), outward=Outward(others=others))
    send_due(post(here, others), now=here.clock())


def patiently(here: Town, others: Outside) -> None:
    """As the jobs go on for a week."""
    for wait in WAITS:
        send_due(post(here, others), now=here.clock())
        here.clock.now += wait
    here.clock.now = here.clock.now


def granted(deeds: Deeds) -> str:
    """A case with five events or more: handed in, accepted (and assigned), granted."""
    number: str = deeds.handed_in()["number"]
    deeds.act("shen-lan", number, "accept", version=1)
    assert deeds.act("jiang-ying", number, "grant", version=2).status == 200
    return number


def history(here: Town, number: str) -> list[str]:
    case = here.house.desk.find(number, now=here.clock())
    assert case
    return [f"{number}-{event.seq}" for event in case.events]


def test_every_event_is_reported_once_and_in_order(either: Town, deeds: Deeds, platform: Platform) -> None:
    others = outside(report={"url": platform.url})
    number = granted(deeds)
    for _ in range(3):
        told(either, others)
    assert platform.order == history(either, number) and platform.doubled == 0 and platform.calls == 1
    kinds = [platform.records[name]["kind"] for name in platform.order]
    assert kinds == ["application", "acceptance", "process", "result"]


def test_a_report_names_the_item_by_its_national_codes_and_masks_the_applicant(
    either: Town, deeds: Deeds, platform: Platform
) -> None:
    told(either, outside(report={"url": platform.url})) if granted(deeds) else None
    case = platform.records[platform.order[0]]["case"]
    assert (case["region"], len(case["task_code"]), len(case["dept_code"])) == ("990102", 31, 18)
    assert case["applicant"] == "林*" and "林禾" not in str(platform.records)


def test_the_whole_name_goes_out_only_where_that_was_agreed(
    either: Town, deeds: Deeds, platform: Platform
) -> None:
    granted(deeds)
    told(either, outside(report={"url": platform.url, "applicant": "full"}))
    assert platform.records[platform.order[0]]["case"]["applicant"] == "林禾"


@pytest.mark.parametrize("mood", MISBEHAVIOUR)
def test_a_platform_that_misbehaves_once_ends_up_with_everything_in_order(
    either: Town, deeds: Deeds, platform: Platform, mood: str
) -> None:
    others = outside(report={"url": platform.url})
    platform.moods = [mood]
    number = granted(deeds)
    told(either, others)
    patiently(either, others)
    assert platform.order == history(either, number)
    assert platform.doubled == (4 if mood in ("wrong signature", "nonsense", "forgets") else platform.doubled)


def test_a_half_answer_moves_the_place_only_as_far_as_it_goes(
    either: Town, deeds: Deeds, platform: Platform
) -> None:
    others = outside(report={"url": platform.url})
    platform.moods = ["half"]
    number = granted(deeds)
    told(either, others)
    stream = streams.find(either.store, number, "report", now=either.clock())
    assert stream and (stream.done, stream.wanted, stream.why) == (1, 4, "not all taken")


def test_what_is_refused_becomes_a_dead_letter_that_holds_up_only_its_own_case(
    either: Town, deeds: Deeds, platform: Platform
) -> None:
    others = outside(report={"url": platform.url})
    bad, good = granted(deeds), granted(deeds)
    platform.refuse = {f"{bad}-2": "实施编码不在目录中"}
    told(either, others)
    patiently(either, others)
    assert f"{good}-4" in platform.records and f"{bad}-1" in platform.records
    assert not {f"{bad}-3", f"{bad}-4"} & set(platform.records)
    (dead,) = streams.dead_letters(either.store)
    assert (dead.number, dead.done, dead.why) == (bad, 1, "refused: 实施编码不在目录中")
    platform.refuse = {}
    assert streams.try_again(either.store, bad, "report", now=either.clock())
    send_due(post(either, others), now=either.clock())
    assert [name for name in platform.order if name.startswith(bad)] == history(either, bad)
    assert streams.dead_letters(either.store) == ()


def test_a_platform_that_is_down_for_days_makes_a_dead_letter_after_every_wait(
    either: Town, deeds: Deeds, platform: Platform
) -> None:
    others = outside(report={"url": platform.url})
    platform.moods = ["broken"] * 20
    granted(deeds)
    told(either, others)
    for wait in WAITS:
        send_due(post(either, others), now=either.clock())
        assert streams.dead_letters(either.store) == ()
        either.clock.now += wait
    send_due(post(either, others), now=either.clock())
    (dead,) = streams.dead_letters(either.store)
    assert dead.attempts == len(WAITS) + 1 == platform.calls and dead.why == "HTTP 500"


def test_a_platform_that_is_silent_is_left_alone_for_the_rest_of_the_round(
    either: Town, deeds: Deeds, platform: Platform, receiver: Receiver
) -> None:
    others = outside(report={"url": platform.url}, hook={"url": receiver.url})
    platform.moods = ["slow"] * 20
    for _ in range(PATIENCE + 2):
        deeds.handed_in()
    told(either, others)
    assert platform.calls == PATIENCE and len(receiver.events) == PATIENCE + 2


def test_an_event_during_the_sending_is_not_lost(either: Town, deeds: Deeds, platform: Platform) -> None:
    others = outside(report={"url": platform.url})
    number = deeds.handed_in()["number"]
    deliver(either.store, now=either.clock(), outward=Outward(others=others))
    old = streams.find(either.store, number, "report", now=either.clock())
    assert old
    held = streams.claim(either.store, old, now=either.clock())
    assert held
    deeds.act("shen-lan", number, "accept", version=1)
    deliver(either.store, now=either.clock(), outward=Outward(others=others))
    assert streams.taken(either.store, held, upto=1, now=either.clock())
    send_due(post(either, others), now=either.clock())
    assert platform.order == history(either, number)[1:]


def test_two_couriers_never_work_on_one_case_at_once(either: Town, deeds: Deeds, platform: Platform) -> None:
    number = granted(deeds)
    deliver(either.store, now=either.clock(), outward=Outward(others=outside(report={"url": platform.url})))
    found = streams.find(either.store, number, "report", now=either.clock())
    assert found and streams.claim(either.store, found, now=either.clock())
    assert streams.claim(either.store, found, now=either.clock()) is None
    again = streams.find(either.store, number, "report", now=either.clock())
    assert again and streams.claim(either.store, again, now=either.clock()) is None
    late = either.clock() + timedelta(minutes=3)
    assert streams.claim(either.store, again, now=late), "a courier that died holds nothing for ever"


def test_a_lease_that_ended_can_no_longer_move_the_place(either: Town, deeds: Deeds) -> None:
    number = granted(deeds)
    streams.wake(either.store, number, "report", wanted=4, now=either.clock())
    first = streams.find(either.store, number, "report", now=either.clock())
    assert first
    old = streams.claim(either.store, first, now=either.clock())
    later = either.clock() + timedelta(minutes=3)
    fresh = streams.find(either.store, number, "report", now=later)
    assert old and fresh
    new = streams.claim(either.store, fresh, now=later)
    assert new and not streams.taken(either.store, old, upto=4, now=later)
    assert streams.taken(either.store, new, upto=2, now=later)


def test_everything_since_an_instant_can_be_sent_again(
    either: Town, deeds: Deeds, platform: Platform
) -> None:
    others = outside(report={"url": platform.url})
    early = granted(deeds)
    either.clock.move(days=1)
    late = deeds.handed_in()["number"]
    told(either, others)
    platform.records.clear()
    platform.order.clear()
    to = others.subscribers[0]
    assert replay.replay(either.store, to, since=MONDAY + timedelta(hours=1), now=either.clock()) == 1
    send_due(post(either, others), now=either.clock())
    assert platform.order == [f"{late}-1"]
    assert replay.after(either.store, early, to, seq=3, now=either.clock())
    send_due(post(either, others), now=either.clock())
    assert platform.order == [f"{late}-1", f"{early}-4"]


def test_a_subscriber_that_comes_later_gets_the_whole_past(
    either: Town, deeds: Deeds, receiver: Receiver
) -> None:
    number = granted(deeds)
    deliver(either.store, now=either.clock())
    others = outside(hook={"url": receiver.url})
    assert replay.replay(either.store, others.subscribers[0], since=MONDAY, now=either.clock()) == 1
    send_due(post(either, others), now=either.clock())
    assert [event["data"]["seq"] for event in receiver.events] == [1, 2, 4]
    assert {event["data"]["number"] for event in receiver.events} == {number}


def test_a_webhook_tells_each_event_as_its_contract_says_and_nothing_of_the_applicant(
    either: Town, deeds: Deeds, receiver: Receiver
) -> None:
    number = granted(deeds)
    told(either, outside(hook={"url": receiver.url}))
    shape = contract("webhook.openapi")["components"]["schemas"]["Event"]
    for event in receiver.events:
        Draft202012Validator(shape).validate(event)
    assert [event["type"] for event in receiver.events] == ["case.submit", "case.accept", "case.grant"]
    assert receiver.seen == {f"{number}-{seq}" for seq in (1, 2, 4)}
    assert not any(word in str(receiver.events) for word in ("林禾", "13800001234", "听潮"))


@pytest.mark.parametrize(
    ("agreed", "types"),
    [
        ({"actions": ["grant", "assign"]}, ["case.assign", "case.grant"]),
        ({"depts": ["csgl"]}, ["case.submit", "case.accept", "case.grant"]),
        ({"depts": ["mzj"]}, []),
        ({"items": ["gaoling-jintie"]}, []),
    ],
    ids=["some steps", "own department", "another department", "another item"],
)
def test_a_webhook_gets_what_it_asked_for(
    either: Town, deeds: Deeds, receiver: Receiver, agreed: dict, types: list[str]
) -> None:
    granted(deeds)
    told(either, outside(hook={"url": receiver.url, **agreed}))
    assert [event["type"] for event in receiver.events] == types


@pytest.mark.parametrize("mood", ["slow", "broken", "redirect", "forgets"])
def test_a_receiver_that_misbehaves_hears_each_event_once_in_the_end(
    either: Town, deeds: Deeds, receiver: Receiver, mood: str
) -> None:
    others = outside(hook={"url": receiver.url})
    receiver.moods = ["well", mood]
    granted(deeds)
    told(either, others)
    patiently(either, others)
    assert [event["data"]["seq"] for event in receiver.events] == [1, 2, 4]


def test_a_receiver_that_is_gone_is_not_called_again(either: Town, deeds: Deeds, receiver: Receiver) -> None:
    others = outside(hook={"url": receiver.url})
    receiver.moods = ["gone"]
    granted(deeds)
    told(either, others)
    patiently(either, others)
    assert receiver.calls == 1 and [one.why for one in streams.dead_letters(either.store)] == ["HTTP 410"]


def test_a_key_is_changed_without_a_gap(either: Town, deeds: Deeds, receiver: Receiver) -> None:
    for ours, theirs in (
        ((KEY,), (KEY,)),
        ((KEY, NEXT_KEY), (KEY,)),
        ((KEY, NEXT_KEY), (NEXT_KEY,)),
        ((NEXT_KEY,), (NEXT_KEY,)),
    ):
        receiver.keys = theirs
        deeds.handed_in()
        told(either, outside(hook={"url": receiver.url, "keys": ours}))
    assert len(receiver.events) == 4 and receiver.forged == 0


def test_a_receiver_believes_neither_another_key_nor_an_old_instant_nor_a_changed_body() -> None:
    good = signature.signed([KEY], b"{}", name="a", now=MONDAY)
    assert signature.holds([NEXT_KEY, KEY], good, b"{}", now=MONDAY)
    assert not signature.holds([NEXT_KEY], good, b"{}", now=MONDAY)
    assert not signature.holds([KEY], good, b"{ }", now=MONDAY)
    assert not signature.holds([KEY], {**good, "webhook-id": "b"}, b"{}", now=MONDAY)
    for off in (timedelta(minutes=6), -timedelta(minutes=6)):
        assert not signature.holds([KEY], good, b"{}", now=MONDAY + off)
    for strange in ("", "12e4", "１２", "-5", "9" * 40):
        assert not signature.holds([KEY], {**good, "webhook-timestamp": strange}, b"{}", now=MONDAY)


def test_every_step_of_the_lifecycle_has_a_kind_that_the_contract_knows() -> None:
    known = contract("reporting.openapi")["components"]["schemas"]["Record"]["properties"]["kind"]["enum"]
    assert set(KINDS.values()) | {"process"} == set(known) and set(KINDS) <= set(ACTIONS)


def test_the_jobs_of_one_machine_tell_the_others_too(either: Town, deeds: Deeds, platform: Platform) -> None:
    number = granted(deeds)
    once(linked(either, outside(report={"url": platform.url})).house)
    assert platform.order == history(either, number)


def test_the_chief_sees_what_could_not_be_delivered_and_sends_it_again(
    either: Town, deeds: Deeds, platform: Platform
) -> None:
    others = outside(report={"url": platform.url})
    number = granted(deeds)
    platform.refuse = {f"{number}-1": "区划代码不对"}
    told(either, others)
    chief = either.browser("jiang-ying")
    page = chief.open("/review/messages/")
    assert number in page.text and "区划代码不对" in page.text
    platform.refuse = {}
    assert "所有通知和推送都已送出" in chief.fill(page, {"key": f"{number}>report"}, has="key").text
    send_due(post(either, others), now=either.clock())
    assert platform.order == history(either, number)
