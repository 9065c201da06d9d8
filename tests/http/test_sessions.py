"""Sessions end: by themselves when left alone, for good on signing out, and a planted one opens nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from chalicelib import sessions
from chalicelib.settings import BadSettings

from tests.http.deeds import ITEM, PAGES, Deeds
from tests.http.front_door import Browser
from tests.http.stand_in import MONDAY, Town, town


def signed_in(browser: Browser) -> bool:
    return browser.get("/me/").status == 200


def test_a_session_left_alone_for_half_an_hour_is_over(here: Town) -> None:
    browser = here.browser("lin-he")
    here.clock.move(minutes=29)
    assert signed_in(browser)
    here.clock.move(minutes=29)
    assert signed_in(browser), "every page starts the half hour anew"
    here.clock.move(minutes=30)
    assert not signed_in(browser)


def test_an_old_cookie_kept_aside_does_not_profit_from_a_newer_one(here: Town) -> None:
    browser = here.browser("lin-he")
    stolen = dict(browser.cookies)
    here.clock.move(minutes=20)
    assert signed_in(browser)
    here.clock.move(minutes=20)
    browser.cookies = stolen
    assert not signed_in(browser)


def test_how_long_is_a_setting(site: Path, tmp_path: Path) -> None:
    here = town(site, tmp_path, environment={"IDLE_MINUTES": "10"})
    browser = here.browser("shen-lan")
    here.clock.move(minutes=10)
    assert browser.get("/review/").header("Location").startswith("/signin")


@pytest.mark.parametrize("name", ["IDLE_MINUTES", "RATE_FACTOR", "OIDC_MIN_ASSURANCE"])
@pytest.mark.parametrize("value", ["-1", "1.5", "ten", "99999999", "٣"])
def test_a_setting_that_is_no_sensible_number_keeps_the_house_shut(
    name: str, value: str, site: Path, tmp_path: Path
) -> None:
    with pytest.raises(BadSettings, match=f"{name} must be a whole number"):
        town(site, tmp_path, environment={name: value})


def test_signing_out_ends_the_session_for_every_copy_of_its_cookie(either: Town) -> None:
    browser, thief = either.browser("lin-he"), either.browser()
    thief.cookies = dict(browser.cookies)
    assert signed_in(thief)
    browser.post("/signout", {"_csrf": browser.token})
    assert not signed_in(thief) and not signed_in(browser)
    assert signed_in(either.browser("lin-he")), "the person may come again"


def test_the_end_of_a_session_is_remembered_as_long_as_its_cookie_could_live(either: Town) -> None:
    sessions.end(either.store, "some", until=MONDAY + timedelta(hours=8), now=MONDAY)
    sessions.end(either.store, "some", until=MONDAY + timedelta(hours=8), now=MONDAY)
    assert sessions.ended(either.store, "some", now=MONDAY + timedelta(hours=7))
    assert not sessions.ended(either.store, "other", now=MONDAY)
    assert not sessions.ended(either.store, "some", now=MONDAY + timedelta(hours=8, seconds=1))


def test_somebody_who_has_not_signed_in_keeps_their_draft_however_long_they_think(here: Town) -> None:
    browser = here.browser()
    page = browser.follow(browser.post(f"/apply/{ITEM}/", PAGES[0]))
    here.clock.move(hours=3)
    assert browser.fill(page, PAGES[1], has="text").status == 200


def test_a_session_planted_before_signing_in_is_not_the_one_afterwards(here: Town) -> None:
    """Session fixation: whoever planted the cookie still holds the old one, which is nobody's."""
    attacker, victim = here.browser(), here.browser()
    attacker.post(f"/apply/{ITEM}/", PAGES[0])
    victim.cookies = dict(attacker.cookies)
    victim.sign_in("lin-he")
    number = Deeds(here).handed_in("lin-he")["number"]
    assert signed_in(victim) and not signed_in(attacker)
    assert victim.get(f"/me/{number}/").status == 200
    assert attacker.get(f"/me/{number}/").header("Location").startswith("/signin")


def test_a_form_of_one_session_is_refused_in_another(here: Town) -> None:
    number = Deeds(here).handed_in("lin-he")["number"]
    own, other = here.browser("lin-he"), here.browser("lin-he")
    refused = own.post(f"/me/{number}/withdraw/", {"_csrf": other.token, "_version": "1"})
    assert refused.status == 403
    assert own.get(f"/me/{number}/").status == 200


def test_a_cookie_is_written_again_only_once_a_minute(here: Town) -> None:
    browser = here.browser("lin-he")
    assert not browser.get("/me/").all("Set-Cookie")
    here.clock.move(seconds=61)
    assert browser.get("/me/").all("Set-Cookie")
    assert not browser.get("/me/").all("Set-Cookie")
