"""Somebody fills in the pages while the server is killed between any two of them: nothing is lost."""

from __future__ import annotations

import re

import pytest

from tests.crash.applicants import FORM, ITEM, png
from tests.crash.live_callers import call, token_for
from tests.crash.live_house import LiveHouse
from tests.crash.plain_browser import PlainBrowser

PAGES = (
    ("firm", "uscc", "contact", "phone"),
    ("text", "address", "width_m", "height_m", "lit"),
    ("building", "household", "declare"),
)

pytestmark = pytest.mark.crash


def test_a_draft_survives_a_kill_after_every_page_and_is_handed_in_once(live: LiveHouse) -> None:
    browser = PlainBrowser(live.address).open(f"/apply/{ITEM}/")
    for names in PAGES:
        browser.send({name: _typed(FORM[name]) for name in names})
        assert browser.status == 200, browser.text
        _killed(live)
    for slot in ("picture", "consent"):
        browser.upload(slot, f"{slot}.png", png())
        assert f"{slot}.png" in browser.text
        _killed(live)
    browser.send({"_go": "next"})
    assert browser.url.endswith("/check")
    _check_shown(browser)
    check = browser.url
    _sign_in(browser, "lin-he")
    _killed(live)
    _check_shown(browser.open(check))
    number = _number(browser.send({}))
    assert _number(browser.back().send({})) == number, "back, and the button once more"
    assert _cases(live) == [number]


def test_a_submit_that_met_a_dead_server_is_sent_again_and_counts_once(live: LiveHouse) -> None:
    browser = PlainBrowser(live.address).open(f"/apply/{ITEM}/")
    for names in PAGES:
        browser.send({name: _typed(FORM[name]) for name in names})
    for slot in ("picture", "consent"):
        browser.upload(slot, f"{slot}.png", png())
    browser.send({"_go": "next"})
    _sign_in(browser, "lin-he")
    live.kill("web")
    browser.send({})
    assert browser.status == 0
    live.start("web")
    number = _number(browser.send({}))
    _killed(live)
    assert _number(browser.back().send({})) == number
    assert _cases(live) == [number]


def _typed(value: object) -> str:
    return "true" if value is True else str(value)


def _killed(live: LiveHouse) -> None:
    live.kill("web")
    live.start("web")


def _check_shown(browser: PlainBrowser) -> None:
    """The check page with every answer as it was typed, and both files."""
    shown = [FORM[name] for name in ("firm", "uscc", "contact", "phone", "text", "address", "household")]
    for text in (*shown, "4.5", "1.1", "picture.png", "consent.png"):
        assert str(text) in browser.text, text


def _sign_in(browser: PlainBrowser, sub: str) -> None:
    """From the check page to the provider, where the person is chosen, and back to the check page."""
    browser.send({})
    assert "/oauth2/authorize" in browser.url
    browser.send({"sub": sub})
    assert browser.url.endswith("/check") and browser.status == 200


def _number(browser: PlainBrowser) -> str:
    """The case number on the receipt that the page shows."""
    found = re.search(r"/me/([0-9A-Z]{12})/receipt", browser.url)
    assert found and browser.status == 200, (browser.url, browser.status)
    return found[1]


def _cases(live: LiveHouse) -> list[str]:
    """Every case at the desk."""
    said = call(f"{live.address}/api/v1/review/cases", token=token_for(live.issuer, "shen-lan"))
    assert said.status == 200
    return [case["number"] for case in said.body["cases"]]
