"""Changing SECRET_KEY: while the old one is named too, nobody is signed out and nothing signed before is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from app import portal
from chalicelib.keys import Keys
from chalicelib.settings import BadSettings, read
from gateway import Gateway

from tests.http.deeds import Deeds
from tests.http.front_door import BASE, Browser
from tests.http.stand_in import ISSUER, STAFF, Town, token

OLD, NEW = "the secret before, long enough to be one", "the secret afterwards, and long enough too"


def rotated(here: Town, keys: Keys, browser: Browser | None = None) -> Browser:
    """A browser with the same cookies at the same house, which has other keys now."""
    house = replace(here.house, keys=keys)
    fresh = Browser(Gateway(portal(lambda: house), house=lambda: house))
    fresh.cookies = dict(browser.cookies) if browser else {}
    return fresh


@pytest.fixture
def old_town(here: Town) -> Town:
    house = replace(here.house, keys=Keys(OLD))
    return Town(house, Gateway(portal(lambda: house), house=lambda: house), here.clock)


@pytest.mark.parametrize(
    ("keys", "status"), [(Keys(NEW, before=OLD), 200), (Keys(NEW), 303), (Keys(OLD), 200)]
)
def test_a_session_lives_on_while_the_old_secret_is_named(old_town: Town, keys: Keys, status: int) -> None:
    browser = old_town.browser("lin-he")
    assert rotated(old_town, keys, browser).get("/me/").status == status


def test_a_form_that_was_open_during_the_change_can_be_sent(old_town: Town) -> None:
    browser = old_town.browser("lin-he")
    csrf = browser.token
    after = rotated(old_town, Keys(NEW, before=OLD), browser)
    assert after.post("/signout", {"_csrf": csrf}).status == 303
    lost = rotated(old_town, Keys(NEW), browser)
    assert lost.post("/signout", {"_csrf": csrf}).status == 403


@pytest.mark.parametrize(("keys", "status"), [(Keys(NEW, before=OLD), 201), (Keys(NEW), 422)])
def test_a_file_sent_before_the_change_can_be_handed_in_after_it(
    old_town: Town, keys: Keys, status: int
) -> None:
    body = Deeds(old_town).application()
    program = rotated(old_town, keys)
    answer = program.call(
        "/api/v1/applications",
        body,
        token=token("lin-he"),
        **{"Idempotency-Key": "a-key-that-is-long-enough"},
    )
    assert (answer.status == 201) == (status == 201) and answer.status < 500


def test_what_is_signed_after_the_change_needs_the_old_secret_no_more() -> None:
    both, new = Keys(NEW, before=OLD), Keys(NEW)
    assert new.holds(both.mark("file", "a"), "file", "a") and new.key("session") == both.key("session")
    assert not Keys(OLD).holds(both.mark("file", "a"), "file", "a")
    assert both.holds(Keys(OLD).mark("file", "a"), "file", "a")


def test_a_mark_for_one_purpose_is_none_for_another_with_either_secret() -> None:
    both = Keys(NEW, before=OLD)
    for keys in (Keys(OLD), Keys(NEW)):
        assert not both.holds(keys.mark("file", "a"), "csrf", "a")
        assert not both.holds(keys.mark("file", "a"), "file", "b")
    assert not both.holds("", "file", "a")


def test_half_of_an_old_secret_stops_the_start() -> None:
    environ = {
        "BASE_URL": BASE,
        "SECRET_KEY": NEW,
        "OIDC_ISSUER": ISSUER,
        "STAFF_FILE": str(STAFF),
        "SECRET_KEY_BEFORE": "half",
    }
    with pytest.raises(BadSettings, match="SECRET_KEY_BEFORE"):
        read(environ)
    assert read(environ | {"SECRET_KEY_BEFORE": OLD}).secret_before == OLD
