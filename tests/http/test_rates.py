"""Knocking too often: counted in a sliding window, told when to try again, and nobody else is held up."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from chalicelib import attempts
from chalicelib.attempts import Rate
from chalicelib.domain.numbers import derive
from chalicelib.http.routes import ROUTES
from chalicelib.http.throttle import BY_ADDRESS, PER_NUMBER, peer_of
from chalicelib.store.port import Store
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.http.deeds import Deeds
from tests.http.front_door import Answer, Caller
from tests.http.stand_in import MONDAY, Town, token, town
from tests.store.dictstore import DictStore

MINUTE = timedelta(minutes=1)
FIVE = Rate(5, 15 * MINUTE)


@pytest.fixture
def strict(site: Path, tmp_path: Path) -> Town:
    """A house that lets one address do what the table says."""
    return town(site, tmp_path, environment={"RATE_FACTOR": "1"})


def status(who: Caller, number: str, code: str = "AAAAAAAA") -> Answer:
    body = f"number={number}&code={code}".encode()
    return who.send("POST", "/status/", body=body, kind="application/x-www-form-urlencoded")


def test_every_rate_of_the_table_belongs_to_a_route_and_every_route_names_one_of_them() -> None:
    assert {route.rate for route in ROUTES} == {*BY_ADDRESS, ""}


@pytest.mark.parametrize(
    "path",
    ["/status", "/signin", "/signin/callback", "/ask", "/resume", "/api/v1/applications", "/api/v1/files",
     "/api/v1/applications/{number}"],
)  # fmt: skip
def test_what_could_be_guessed_or_flooded_has_a_rate(path: str) -> None:
    method = "GET" if "signin" in path or "{number}" in path else "POST"
    (route,) = (one for one in ROUTES if (one.method, one.path) == (method, path))
    assert route.rate


def test_the_codes_of_one_number_are_not_guessed_by_trying(strict: Town) -> None:
    receipt = Deeds(strict).handed_in()
    number, code = receipt["number"], receipt["query_code"]
    said = [status(strict.program, number).status for _ in range(PER_NUMBER.most + 1)]
    assert said[-1] == 429 and 429 not in said[:-1]
    refused = status(strict.program, number, code)
    assert refused.status == 429 and "分钟再试" in refused.text, "the right code is not looked at either"
    by_program = strict.program.send("GET", f"/api/v1/applications/{number}?code={code}")
    assert by_program.status == 429 and int(by_program.header("Retry-After")) <= 17 * 60
    strict.clock.move(minutes=31)
    assert status(strict.program, number, code).status == 200


def test_right_codes_are_not_counted(strict: Town) -> None:
    receipt = Deeds(strict).handed_in()
    number, code = receipt["number"], receipt["query_code"]
    said = {status(strict.program, number, code).status for _ in range(BY_ADDRESS["status"].most + 1)}
    assert said == {200} and status(strict.program, number).status == 404


def test_wrong_codes_of_many_numbers_shut_the_door_for_the_right_one_too(strict: Town) -> None:
    receipt = Deeds(strict).handed_in()
    for n in range(BY_ADDRESS["status"].most):
        assert status(strict.program, derive(f"no case {n}")).status == 404
    assert status(strict.program, receipt["number"], receipt["query_code"]).status == 429


def test_a_number_that_does_not_exist_is_counted_alike(strict: Town) -> None:
    said = [status(strict.program, "22222222222X").status for _ in range(PER_NUMBER.most + 1)]
    assert said[-1] == 429 and set(said[:-1]) == {said[0]} != {429}


def test_somebody_at_another_address_is_not_held_up(strict: Town) -> None:
    receipt = Deeds(strict).handed_in()
    for _ in range(PER_NUMBER.most + 1):
        status(strict.program, receipt["number"])
    elsewhere = Elsewhere(strict.gateway)
    assert status(elsewhere, receipt["number"], receipt["query_code"]).status == 200


class Elsewhere(Caller):
    """Somebody at another address."""

    def __init__(self, gateway: Any) -> None:
        def moved(environ: dict[str, Any], start: Any) -> Any:
            return gateway({**environ, "REMOTE_ADDR": "198.51.100.9"}, start)

        super().__init__(moved, strict=False)


@pytest.mark.parametrize(
    ("path", "rate"), [("/signin", "sign_in"), ("/signin/callback?code=x&state=y", "sign_in")]
)
def test_signing_in_is_tried_only_so_often(strict: Town, path: str, rate: str) -> None:
    most = BY_ADDRESS[rate].most
    said = [strict.program.get(path) for _ in range(most + 1)]
    assert {answer.status for answer in said[:most]} in ({303}, {401}) and said[-1].status == 429
    assert 0 < int(said[-1].header("Retry-After")) <= 17 * 60 and "分钟再试" in said[-1].text


def test_the_press_that_goes_on_is_free_beside_files_only(strict: Town) -> None:
    form, most = "application/x-www-form-urlencoded", BY_ADDRESS["begin"].most
    said = [
        strict.program.send("POST", "/apply/no-such-item/", body=b"_go=next", kind=form).status
        for _ in range(most + 1)
    ]
    assert said[-1] == 429 and 429 not in said[:-1]


def test_a_program_with_a_token_is_counted_by_its_person(strict: Town) -> None:
    most, sent = BY_ADDRESS["upload"].most, {"Authorization": f"Bearer {token('lin-he')}"}
    for _ in range(most):
        answer = strict.program.send("POST", "/api/v1/files", kind="image/png", body=b"no", headers=sent)
        assert answer.status == 422
    last = strict.program.send("POST", "/api/v1/files", kind="image/png", body=b"no", headers=sent)
    assert (last.status, last.json["code"]) == (429, "too_many_tries")
    assert Deeds(strict).reference("zhou-man")["type"] == "png"


def test_a_window_slides_on_both_engines(store: Store) -> None:
    now = MONDAY
    assert [bool(attempts.wait(store, "x", FIVE, now=now)) for _ in range(6)] == [False] * 5 + [True]
    left = attempts.wait(store, "x", FIVE, now=now)
    assert attempts.wait(store, "x", FIVE, now=now + left - timedelta(seconds=2))
    assert not attempts.wait(store, "x", FIVE, now=now + left)
    assert not attempts.wait(store, "y", FIVE, now=now)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 400), max_size=60))
def test_never_more_than_twice_the_rate_in_any_window_and_always_again_after_the_wait(
    gaps: list[int],
) -> None:
    """The two slots estimate; what is certain: a slot never holds more than the rate, and the wait told is enough."""
    store, now = DictStore(), MONDAY
    done = []
    for gap in gaps:
        now += timedelta(seconds=gap)
        left = attempts.wait(store, "x", FIVE, now=now)
        if left:
            assert timedelta(0) < left <= 2 * FIVE.window
            assert not attempts.wait(deepcopy(store), "x", FIVE, now=now + left)
        else:
            done.append(now)
    for at in done:
        assert sum(at - FIVE.window < other <= at for other in done) <= 2 * FIVE.most


@pytest.mark.parametrize(
    ("told", "peer"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("203.0.113.9, 192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:51412", "192.0.2.7"),
        ("[2001:db8::1]:443", "2001:db8::"),
        ("2001:db8:0:0:9::1", "2001:db8::"),
        ("", "unknown"),
        ("<script>", "unknown"),
    ],
)
def test_an_address_is_one_name_whatever_way_it_is_told(told: str, peer: str) -> None:
    assert peer_of(told) == peer


@pytest.mark.parametrize(
    ("peer", "forwarded", "last"),
    [
        ("192.0.2.7", "198.51.100.{}", 429),  # a visitor writes the header, nobody of ours added to it
        ("127.0.0.1", "198.51.100.{}", 303),  # nginx replaced it: visitors each with an address of their own
        ("127.0.0.1", "198.51.100.{}, 192.0.2.7", 429),  # a proxy that adds: what stood there is not believed
    ],
)
def test_tries_are_counted_by_the_address_that_our_own_proxy_saw(
    strict: Town, peer: str, forwarded: str, last: int
) -> None:
    said = [
        strict.program.send(
            "GET", "/signin", headers={"X-Forwarded-For": forwarded.format(n)}, peer=peer
        ).status
        for n in range(BY_ADDRESS["sign_in"].most + 1)
    ]
    assert said[-1] == last
