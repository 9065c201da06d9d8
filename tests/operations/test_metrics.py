"""Metrics and health: counted by route, true about the data, and shown to nobody else."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from app import portal
from chalicelib.jobs.deliver import deliver
from chalicelib.notify import post
from chalicelib.notify.message import Message
from chalicelib.peers import LOOPBACK, address, networks, within
from gateway import Gateway
from metrics import Access, Requests, State
from prometheus_client.parser import text_string_to_metric_families

from tests.http.deeds import ITEM, Deeds
from tests.http.front_door import Caller
from tests.http.stand_in import MONDAY, Town

LOCAL = {"X-Forwarded-For": "127.0.0.1"}


def read(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Every sample by name and labels, as Prometheus itself would parse it."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def program(here: Town, **access: object) -> Caller:
    """The gateway behind a proxy that it trusts."""
    readers, proxies = Access(**{"networks": LOOPBACK, **access}), networks("192.0.2.0/24, 127.0.0.0/8")
    gateway = Gateway(portal(lambda: here.house), house=lambda: here.house, readers=readers, proxies=proxies)
    return Caller(gateway, strict=False)


def test_requests_are_counted_by_the_template_of_their_route(here: Town) -> None:
    program_ = program(here)
    for path in (
        "/",
        f"/guides/{ITEM}/",
        "/status/8K3M7Q2X4P9A",
        "/status/HHHHHHHHHHHH",
        "/nothing/13900005678",
        "/me",
    ):
        program_.get(path)
    program_.send("BREW", "/")
    found = read(program_.get("/metrics", **LOCAL).text)
    counts = {labels: value for (name, labels), value in found.items() if name == "banshi_requests_total"}

    def count(route: str, status: str, method: str = "GET") -> float:
        return counts.get((("method", method), ("route", route), ("status", status)), 0)

    assert count("static", "200") == 2
    assert count("/status/{number}", "200") == 2
    assert count("none", "404") == 1 and count("none", "405", "other") == 1
    assert count("/me", "303") == 1
    assert found["banshi_request_seconds_count", (("method", "GET"), ("route", "static"))] == 2


def test_metrics_tell_the_state_of_the_data(here: Town) -> None:
    deeds = Deeds(here)
    numbers = [deeds.handed_in()["number"] for _ in range(3)]
    deeds.corrected(numbers[0])
    deeds.act("lin-he", numbers[1], "withdraw", version=1)
    post.queue(here.store, Message("m1", "sms", "13900005678", "", "已收件"), now=MONDAY)
    here.clock.move(minutes=5)
    found = read(program(here).get("/metrics", **LOCAL).text)
    states = {
        dict(labels)["state"]: value for (name, labels), value in found.items() if name == "banshi_open_cases"
    }
    assert sum(states.values()) == 2 and 1 in states.values()
    lanes = {
        dict(labels)["lane"]: value
        for (name, labels), value in found.items()
        if name == "banshi_cases" and value
    }
    assert lanes == {"office": 1, "applicant": 1, "closed": 1}
    assert found["banshi_outbox_cases", ()] == 3
    assert found["banshi_outbox_lag_seconds", ()] == 300
    assert found["banshi_messages", (("state", "queued"),)] == 1
    assert found["banshi_messages", (("state", "dead"),)] == 0
    assert found["banshi_backup_age_seconds", ()] == -1 and found["banshi_data_free_bytes", ()] > 0
    assert "林禾" not in str(found) and numbers[2] not in str(found)


def test_the_lag_ends_when_everybody_was_told(here: Town) -> None:
    Deeds(here).handed_in()
    deliver(here.store, now=MONDAY)
    found = read(State().text(here.house, now=MONDAY + timedelta(hours=1)).decode())
    assert (found["banshi_outbox_cases", ()], found["banshi_outbox_lag_seconds", ()]) == (0, 0)


def test_the_state_is_read_at_most_once_a_minute(here: Town) -> None:
    state, deeds = State(), Deeds(here)
    first = state.text(here.house, now=MONDAY)
    deeds.handed_in()
    assert state.text(here.house, now=MONDAY + timedelta(seconds=59)) == first
    assert state.text(here.house, now=MONDAY + timedelta(seconds=60)) != first


def test_a_clock_set_back_does_not_freeze_the_metrics(here: Town) -> None:
    state = State()
    first = state.text(here.house, now=MONDAY)
    Deeds(here).handed_in()
    assert state.text(here.house, now=MONDAY - timedelta(days=1)) != first


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 404),
        ({"X-Forwarded-For": "127.0.0.1"}, 200),
        ({"X-Forwarded-For": "203.0.113.9"}, 404),
        ({"X-Forwarded-For": "127.0.0.1, 203.0.113.9"}, 404),
        ({"X-Forwarded-For": "203.0.113.9", "Authorization": "Bearer the-token-of-prometheus"}, 200),
        ({"X-Forwarded-For": "203.0.113.9", "Authorization": "Bearer wrong"}, 404),
        ({"X-Forwarded-For": "203.0.113.9", "Authorization": "Bearer "}, 404),
        ({"X-Forwarded-For": "no address"}, 404),
        ({"X-Forwarded-For": "10.1.2.3"}, 200),
    ],
)
def test_metrics_are_for_named_networks_and_holders_of_the_token(
    here: Town, headers: dict[str, str], status: int
) -> None:
    reader = program(here, networks=networks("127.0.0.0/8, 10.1.0.0/16"), token="the-token-of-prometheus")
    answer = reader.get("/metrics", **headers)
    assert answer.status == status
    assert ("banshi_requests_total" in answer.text) == (status == 200)


def test_without_a_token_an_empty_one_opens_nothing() -> None:
    assert not Access(LOOPBACK).allows("203.0.113.9", "Bearer ")
    assert not Access(LOOPBACK).allows("203.0.113.9", "")


@pytest.mark.parametrize(
    ("remote", "forwarded", "seen"),
    [
        ("203.0.113.9", "10.0.0.1", "203.0.113.9"),
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "1.2.3.4, 203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "1.2.3.4, 203.0.113.9, 127.0.0.1", "203.0.113.9"),
        ("::1", "2001:db8::7", "2001:db8::7"),
        ("", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "", "127.0.0.1"),
    ],
)
def test_an_address_is_believed_only_from_a_proxy_of_ours(remote: str, forwarded: str, seen: str) -> None:
    assert address(remote, forwarded, trusted=LOOPBACK) == seen


@pytest.mark.parametrize("text", ["10.0.0.0/8, ::1", "", " , "])
def test_networks_are_read_from_a_setting(text: str) -> None:
    assert within("10.2.3.4" if "10" in text else "127.0.0.1", networks(text))


def test_a_network_that_is_none_stops_the_start() -> None:
    with pytest.raises(ValueError, match=r"10\.0\.0\.0/99"):
        networks("10.0.0.0/99")


def test_several_worker_processes_count_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "from metrics import Requests\nr = Requests()\nfor _ in range(4): r.answered('GET', '/me', 200, seconds=0.1)\nprint(r.text().decode())"
    environ = {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "PYTHONPATH": "functions:."}
    said = [
        subprocess.run(
            [sys.executable, "-c", code], env=environ, capture_output=True, encoding="utf-8", check=True
        ).stdout
        for _ in range(2)
    ]
    found = read(said[1])
    assert found["banshi_requests_total", (("method", "GET"), ("route", "/me"), ("status", "200"))] == 8


def test_live_and_ready_are_two_questions(here: Town) -> None:
    assert here.program.get("/healthz").json == {"status": "ok"}
    assert here.program.get("/readyz").json == {
        "status": "ok",
        "checks": {"store": "ok", "catalogue": "ok", "room": "ok"},
    }


def test_a_house_without_a_catalogue_lives_and_is_not_ready(here: Town, tmp_path: Path) -> None:
    from schemas.items import Catalogue

    (tmp_path / "none").mkdir()
    house = replace(here.house, catalogue=Catalogue.in_folder(tmp_path / "none"))
    caller = Caller(Gateway(portal(lambda: house), house=lambda: house))
    assert caller.get("/healthz").status == 200
    answer = caller.get("/readyz")
    assert (answer.status, answer.json["checks"]["catalogue"], answer.json["checks"]["store"]) == (
        503,
        "failed",
        "ok",
    )


def test_counting_is_cheap_enough_to_do_at_every_request() -> None:
    from time import process_time

    requests, began = Requests(), process_time()
    for _ in range(2000):
        requests.answered("GET", "/me", 200, seconds=0.1)
    assert (process_time() - began) / 2000 < 0.001
