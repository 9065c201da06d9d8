"""A ticket from a provincial sign-in becomes a session once, here, soon, and only for whom it names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from app import portal
from chalicelib.interfaces import outside
from gateway import Gateway
from joserfc import jwt
from joserfc.jwk import KeySet
from jsonschema import Draft202012Validator

from schemas.interfaces import agreed
from tests.http.front_door import Browser
from tests.http.sayings import LANGUAGES, says
from tests.http.stand_in import Town
from tests.interfaces.province import (
    ISSUER,
    KEY,
    NEXT,
    SHARED,
    SPOILT,
    STRANGER,
    Province,
    open_province,
    sent_on,
)

PREFIX = "qn:"


def agreement(folder: Path, **changes: str) -> Path:
    """An interfaces file with the province in it, and its public keys beside it."""
    keys = KeySet([KEY]).as_dict(private=False)
    (folder / "province.jwks.json").write_text(json.dumps(keys), "utf-8")
    issuer = {
        "id": "province", "issuer": ISSUER, "name": "省统一身份认证平台", "name_en": "the provincial sign-in",
        "keys_file": "province.jwks.json", "prefix": PREFIX, **changes,
    }  # fmt: skip
    file = folder / "interfaces.json"
    file.write_text(json.dumps({"handoffs": [issuer]}, ensure_ascii=False), "utf-8")
    return file


def joined(here: Town, folder: Path, **changes: str) -> Town:
    others = outside.read(agreement(folder, **changes), {}, production=True)
    house = replace(here.house, outside=others)
    return replace(here, house=house, gateway=Gateway(portal(lambda: house), house=lambda: house))


@pytest.fixture
def agreed_with(either: Town, tmp_path: Path) -> Town:
    return joined(either, tmp_path)


@pytest.fixture
def province(either: Town) -> Iterator[Province]:
    with open_province(either.clock) as made:
        yield made


def press(browser: Browser, address: str) -> str:
    """Arrives, says "it is me", and gives the page that follows."""
    return browser.fill(browser.get(address), {}, has="ticket").text


def test_a_ticket_becomes_a_session_of_the_person_it_names(agreed_with: Town, province: Province) -> None:
    browser = agreed_with.browser()
    page = browser.get(sent_on(province, "0001"))
    assert page.status == 200 and "林*" in page.text and "省统一身份认证平台" in page.text
    assert "林禾" not in page.text
    after = browser.fill(page, {}, has="ticket")
    assert after.status == 200 and "林禾" in after.text


def test_english_visitors_are_asked_in_english(agreed_with: Town, province: Province) -> None:
    page = agreed_with.browser().get(f"/en{sent_on(province, '0001')}")
    assert "the provincial sign-in" in page.text and "It is me" in page.text


def test_what_the_ticket_tells_of_the_person_fills_in_their_form(
    agreed_with: Town, province: Province
) -> None:
    province.spoil = {"phone_number": "13800001234", "to": "/me/apply/huwai-zhaopai/"}
    browser = agreed_with.browser()
    press(browser, sent_on(province, "0001"))
    page = browser.open("/me/apply/huwai-zhaopai/")
    assert page.status == 200 and "13800001234" in page.text


@LANGUAGES
def test_a_ticket_is_good_once(agreed_with: Town, province: Province, prefix: str) -> None:
    address = prefix + sent_on(province, "0001")
    first, second = agreed_with.browser(), agreed_with.browser()
    page = second.get(address)
    press(first, address)
    assert says(second.fill(page, {}, has="ticket"), "handoff_used", prefix)
    assert second.get("/me/").status == 303


def test_looking_at_the_page_uses_nothing_up(agreed_with: Town, province: Province) -> None:
    address = sent_on(province, "0001")
    for _ in range(3):
        assert agreed_with.browser().get(address).status == 200
    assert "林禾" in press(agreed_with.browser(), address)


@LANGUAGES
def test_a_ticket_ends_after_two_minutes_also_between_looking_and_pressing(
    agreed_with: Town, province: Province, prefix: str
) -> None:
    address, browser = prefix + sent_on(province, "0001"), agreed_with.browser()
    page = browser.get(address)
    agreed_with.clock.move(seconds=120)
    assert says(browser.fill(page, {}, has="ticket"), "handoff_expired", prefix)
    assert says(browser.get(address), "handoff_expired", prefix)


def test_a_clock_a_little_ahead_is_borne_and_one_far_ahead_is_not(
    agreed_with: Town, province: Province
) -> None:
    here = agreed_with.clock
    address = sent_on(province, "0001")
    here.move(seconds=-50)
    assert agreed_with.browser().get(address).status == 200
    here.move(seconds=-20)
    assert agreed_with.browser().get(address).status == 401


@pytest.mark.parametrize("wrong", SPOILT, ids=lambda wrong: wrong)
def test_a_ticket_that_is_not_meant_for_us_like_this_is_refused(
    agreed_with: Town, province: Province, wrong: str
) -> None:
    province.spoil = SPOILT[wrong]
    answer = agreed_with.browser().get(sent_on(province, "0001"))
    assert says(answer, "handoff_invalid", "") and answer.status == 401


def test_nobody_else_can_make_a_ticket(agreed_with: Town, province: Province) -> None:
    good = province.ticket("0001")
    head, claims, mark = good.split(".")
    forged = [
        province.ticket("0001", key=STRANGER),
        province.ticket("0001", key=SHARED, alg="HS256"),
        f"{head}.{claims}.",
        f"eyJhbGciOiJub25lIn0.{claims}.",
        f"{head}.{province.ticket('0002').split('.')[1]}.{mark}",
        good + "x" * 5000,
        "",
        "a.b.c",
    ]
    for ticket in forged:
        answer = agreed_with.browser().get(f"/handoff/?ticket={ticket}")
        assert says(answer, "handoff_invalid", ""), ticket


@LANGUAGES
def test_who_is_refused_can_sign_in_here_instead(agreed_with: Town, prefix: str) -> None:
    page = agreed_with.browser().get(f"{prefix}/handoff/?ticket=x")
    assert f'href="/signin?next={prefix}/me/"' in page.text


def test_a_post_from_elsewhere_signs_nobody_in(agreed_with: Town, province: Province) -> None:
    ticket = province.ticket("0001")
    answer = agreed_with.browser().post("/handoff/", {"ticket": ticket}, origin="https://evil.example")
    assert answer.status == 403 and "林禾" in press(agreed_with.browser(), f"/handoff/?ticket={ticket}")


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example/", "/\\evil.example", 7])
def test_a_ticket_leads_to_our_own_pages_only(agreed_with: Town, province: Province, to: object) -> None:
    browser = agreed_with.browser()
    page = browser.get(f"/handoff/?ticket={province.ticket('0001', to=to)}")
    form = next(form for form in page.forms if "ticket" in form.values)
    assert browser.post(form.action, form.values).header("Location") == "/me/"


def test_no_issuer_can_speak_for_the_staff(either: Town, tmp_path: Path, province: Province) -> None:
    here = joined(either, tmp_path, prefix="")
    answer = here.browser().get(f"/handoff/?ticket={province.ticket('shen-lan')}")
    assert says(answer, "handoff_staff", "") and answer.status == 403


def test_the_same_name_from_elsewhere_is_another_person(agreed_with: Town, province: Province) -> None:
    browser = agreed_with.browser()
    press(browser, f"/handoff/?ticket={province.ticket('lin-he')}")
    assert browser.get("/me/").status == 200 and browser.get("/review/").status == 403


def test_an_old_key_and_a_new_one_are_believed_while_keys_change(
    either: Town, tmp_path: Path, province: Province
) -> None:
    file = agreement(tmp_path)
    both = KeySet([KEY, NEXT]).as_dict(private=False)
    (tmp_path / "province.jwks.json").write_text(json.dumps(both), "utf-8")
    house = replace(either.house, outside=outside.read(file, {}, production=True))
    gateway = Gateway(portal(lambda: house), house=lambda: house)
    for ticket in (province.ticket("0001"), province.ticket("0001", key=NEXT, kid="2027")):
        assert Browser(gateway).get(f"/handoff/?ticket={ticket}").status == 200


def test_an_agreement_without_usable_keys_does_not_open_the_house(tmp_path: Path) -> None:
    file = agreement(tmp_path)
    for broken in ("{", "[]", '{"keys": [{"kty": "none"}]}'):
        (tmp_path / "province.jwks.json").write_text(broken, "utf-8")
        with pytest.raises(agreed.BadAgreement, match="public keys"):
            outside.read(file, {}, production=True)


def test_tickets_of_the_simulator_are_those_of_the_contract(province: Province) -> None:
    claims = jwt.decode(province.ticket("0001"), KEY, algorithms=["ES256"]).claims
    Draft202012Validator(agreed.contract("handoff.schema")).validate(claims)
