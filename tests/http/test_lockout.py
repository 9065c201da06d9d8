"""Every door that something could be guessed at shuts after some wrong tries, says for how long, and opens again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from app import portal
from chalicelib import drafts, grants, slips
from chalicelib.http.throttle import BY_ADDRESS, PER_NUMBER, WRONG
from gateway import Gateway

from infra.onpremise import dev_sign_in
from tests.http.deeds import ANSWERS, ITEM, Deeds
from tests.http.front_door import Answer, Browser, bearer
from tests.http.stand_in import Town, token, town
from tests.interfaces.conftest import linked, outside
from tests.interfaces.department import Department

OFFER = {"kind": "person", "agent_name": "周满", "powers": ["apply"], "ends": "2026-12-31"}
WINDOW_OVER = {"minutes": 31}
Try = Callable[[Town, bool], Answer]


@pytest.fixture
def strict(site: Path, tmp_path: Path) -> Town:
    """A house that lets one address do what the table says, with one other system."""
    here = town(site, tmp_path, environment={"RATE_FACTOR": "1"})
    others = outside(
        **{"csgl-system": {"name": "城管系统", "depts": ["csgl"], "roles": ["window"], "actions": []}}
    )
    house = linked(here, others).house
    return replace(here, house=house, gateway=Gateway(portal(lambda: house), house=lambda: house))


def posted(browser: Browser, path: str, control: str, **fields: str) -> Answer:
    """A form of a page filled in and sent."""
    return browser.fill(browser.open(path), fields, has=control)


def case_page(here: Town) -> Callable[[bool], Answer]:
    receipt = Deeds(here).handed_in()
    code = {True: receipt["query_code"], False: "AAAAAAAA"}
    form = "application/x-www-form-urlencoded"
    return lambda right: here.program.send(
        "POST", "/status/", body=f"number={receipt['number']}&code={code[right]}".encode(), kind=form
    )


def case_by_program(here: Town) -> Callable[[bool], Answer]:
    receipt = Deeds(here).handed_in()
    code = {True: receipt["query_code"], False: "AAAAAAAA"}
    return lambda right: here.program.get(f"/api/v1/applications/{receipt['number']}?code={code[right]}")


def package_by_program(here: Town) -> Callable[[bool], Answer]:
    number = Deeds(here).handed_in()["number"]  # of no package: a code of nothing is tried like any other
    return lambda right: here.program.get(f"/api/v1/packages/{number}?code=AAAAAAAA")


def draft_elsewhere(here: Town) -> Callable[[bool], Answer]:
    item = here.house.catalogue.current(ITEM)
    assert item
    now = here.clock()
    draft = drafts.begin(here.store, item, session="s", sub="", form=ANSWERS, now=now)
    slip = slips.slip_for(here.store, here.house.keys, draft, now=now)
    secret = {True: slip.secret, False: "AAAAAAAAAA"}
    browser = Browser(here.gateway)
    return lambda right: posted(browser, "/resume/", "secret", code=slip.code, secret=secret[right])


def offered(here: Town) -> tuple[str, str]:
    made = here.program.call("/api/v1/grants", OFFER, token=token("lin-he"), **{"Idempotency-Key": "k" * 20})
    assert made.status == 201, made.text
    return made.json["number"], made.json["code"]


def grant_by_page(here: Town) -> Callable[[bool], Answer]:
    number, code = offered(here)
    typed = {True: code, False: "AAAAAAAA"}
    return lambda right: posted(
        here.browser("zhou-man"), "/me/agents/", "code", number=number, code=typed[right]
    )


def grant_by_program(here: Town) -> Callable[[bool], Answer]:
    number, code = offered(here)
    typed, path = {True: code, False: "AAAAAAAA"}, f"/api/v1/grants/{number}/actions"
    return lambda right: here.program.call(
        path, {"action": "take", "code": typed[right]}, token=token("zhou-man", now=here.clock())
    )


def back_from_sign_in(here: Town) -> Callable[[bool], Answer]:
    browser = Browser(here.gateway)
    browser.get("/signin?next=/")
    begun = dict(browser.cookies)

    def back(right: bool) -> Answer:
        if not right:
            browser.cookies = dict(begun)
            return browser.get("/signin/callback?code=x&state=made-up")
        away = browser.get("/signin?next=/")
        return away if away.status == 429 else browser.back_from_provider(away, "lin-he")

    return back


def ticket(here: Town) -> Callable[[bool], Answer]:
    browser = Browser(here.gateway)
    proof = browser.open("/resume/").forms[-1].values["_csrf"][0]
    return lambda right: browser.post("/handoff/", {"ticket": "a.b.c", "_csrf": proof})


def bearer_token(here: Town) -> Callable[[bool], Answer]:
    made = {True: "lin-he", False: ""}
    return lambda right: here.program.send(
        "GET", "/api/v1/grants",
        headers=bearer(token(made[right], now=here.clock()) if right else "a.b.c"),
    )  # fmt: skip


def signature(here: Town) -> Callable[[bool], Answer]:
    system = Department(here.program, here.clock)
    keys = {True: system.key, False: b"not the key that was agreed on, but as long"}

    def send(right: bool) -> Answer:
        system.key = keys[right]
        return system.send("GET", "/cases")

    return send


@dataclass(frozen=True)
class Door:
    """How many wrong tries it takes, what they are told before, and whether it is locked for its owner too.

    `opens` is False where the test has no right try to make: then it is only asked again.
    """

    ready: Callable[[Town], Callable[[bool], Answer]]
    most: int
    wrong: int
    locks_owner: bool = True
    opens: bool = True


DOORS = {
    "a case's code on a page": Door(case_page, PER_NUMBER.most, 404),
    "a case's code by program": Door(case_by_program, PER_NUMBER.most, 404),
    "a package's code by program": Door(package_by_program, PER_NUMBER.most, 404, opens=False),
    "a saved draft's secret": Door(draft_elsewhere, slips.TRIES, 404),
    "an authority's code on a page": Door(grant_by_page, grants.TRIES, 404),
    "an authority's code by program": Door(grant_by_program, grants.TRIES, 404),
    "the way back from signing in": Door(back_from_sign_in, BY_ADDRESS["sign_in"].most - 1, 401),
    "a ticket of another sign-in": Door(ticket, BY_ADDRESS["sign_in"].most, 401, opens=False),
    "a token of a program": Door(bearer_token, WRONG.most, 401, locks_owner=False),
    "another system's signature": Door(signature, WRONG.most, 401, locks_owner=False),
}


@pytest.mark.parametrize("name", DOORS)
def test_a_door_shuts_after_wrong_tries_says_for_how_long_and_opens_by_itself(
    strict: Town, name: str
) -> None:
    door = DOORS[name]
    attempt = door.ready(strict)
    assert [attempt(False).status for _ in range(door.most)] == [door.wrong] * door.most
    shut = attempt(False)
    assert shut.status == 429 and 0 < int(shut.header("Retry-After") or 1) <= 31 * 60
    told = shut.json["title"] if shut.kind == "application/problem+json" else shut.text
    assert "分钟再试" in told
    assert attempt(door.opens).status == (429 if door.locks_owner else 200), "also with the right one"
    strict.clock.move(**WINDOW_OVER)
    assert attempt(door.opens).status == (200 if door.opens else door.wrong)


def test_the_development_provider_refuses_codes_for_a_while_after_wrong_ones() -> None:
    now = [0.0]
    client = dev_sign_in.provider(clock=lambda: now[0]).test_client()
    wrong = {"grant_type": "authorization_code", "code": "x", "client_id": "banshi", "client_secret": "x",
             "redirect_uri": "http://localhost/"}  # fmt: skip

    def tried() -> tuple[int, str]:
        answer = client.post("/oauth2/token", data=wrong, base_url="https://localhost")
        return answer.status_code, answer.headers.get("Retry-After", "")

    assert {tried()[0] for _ in range(dev_sign_in.WRONG)} <= {400, 401}
    now[0] = 60.0
    assert tried() == (429, str(dev_sign_in.SECONDS - 60 + 1))
    assert client.get("/.well-known/openid-configuration", base_url="https://localhost").status_code == 200
    now[0] = dev_sign_in.SECONDS + 1.0
    assert tried()[0] in (400, 401)
