"""Saving for later and going on elsewhere with a code and a secret, without an account."""

from __future__ import annotations

import json
import re

import pytest
from chalicelib import slips
from chalicelib.domain.numbers import derive, normalise
from chalicelib.jobs.sweep import sweep
from chalicelib.store.port import DRAFTS

from tests.comfort.citizen import Citizen, Page, Town

ITEM = "huwai-zhaopai"
FIRST = {"firm": "听潮小面馆", "uscc": "91990101MA0000001Y", "contact": "林禾", "phone": "13800001234"}


def saved(who: Citizen, fields: dict[str, str] = FIRST) -> Page:
    return who.post(f"/apply/{ITEM}/", {**fields, "_go": "later"})


def resumed(who: Citizen, code: str, secret: str, go: str = "resume", *, follow: bool = True) -> Page:
    return who.press(who.get("/resume/"), {"code": code, "secret": secret, "_go": go}, follow=follow)


def draft_url(page: Page) -> str:
    found = re.search(rf"/apply/{ITEM}/[0-9a-f]{{32}}/", page.text)
    assert found
    return found[0]


def test_every_form_page_offers_to_save_for_later(here: Town) -> None:
    who = here.citizen()
    page = who.get(f"/apply/{ITEM}/")
    for _ in range(2):
        assert 'name="_go" value="later"' in page.body.decode()
        page = who.post(f"/apply/{ITEM}/", FIRST)
    assert 'value="later"' in who.get(draft_url(saved(who)) + "materials").body.decode()


def test_a_draft_goes_on_in_another_browser(here: Town) -> None:
    slip = saved(here.citizen())
    code, secret = slip.codes
    assert normalise(code) and len(secret.replace(" ", "")) == slips.SECRET_SIGNS
    assert "2026年12月23日" in slip.text
    page = resumed(here.citizen(), code.lower(), secret.lower())
    assert page.status == 200
    assert page.value("firm") == "听潮小面馆"


def test_unfinished_and_wrong_answers_are_kept_as_typed(here: Town) -> None:
    code, secret = saved(here.citizen(), {"firm": "听潮小面馆", "phone": "138"}).codes
    page = resumed(here.citizen(), code, secret)
    assert (page.value("firm"), page.value("phone"), page.value("contact")) == ("听潮小面馆", "138", "")


def test_saving_twice_gives_the_same_slip(here: Town) -> None:
    who = here.citizen()
    first = saved(who)
    page = who.get(draft_url(first) + "1")
    assert who.press(page, {**FIRST, "_go": "later"}).codes == first.codes


def test_the_draft_moves_and_the_old_device_loses_it(here: Town) -> None:
    old, new = here.citizen(), here.citizen()
    slip = saved(old)
    resumed(new, *slip.codes)
    assert old.get(draft_url(slip) + "1").status == 404


def test_wrong_code_and_wrong_secret_sound_alike(here: Town) -> None:
    slip = saved(here.citizen())
    code, secret = slip.codes
    other = saved(here.citizen()).codes[0]
    answers = [
        resumed(here.citizen(), one, two)
        for one, two in ((code, "A" * 10), ("2222-2222-2222", secret), (other, secret), (code, ""))
    ]
    assert {page.status for page in answers} == {404}
    said = {re.search(r'class="errs".*?</ul>', page.text, re.S)[0] for page in answers}  # type: ignore[index]
    assert len(said) == 1


@pytest.mark.parametrize("known", [True, False], ids=["a code that exists", "a code that does not"])
def test_guessing_stops_after_ten_tries_for_a_quarter_of_an_hour(here: Town, known: bool) -> None:
    code, secret = saved(here.citizen()).codes if known else (derive("nobody's"), "A" * 10)
    who = here.citizen()
    assert [resumed(who, code, "B" * 10).status for _ in range(11)] == [404] * 10 + [429]
    assert resumed(who, code, secret).status == 429
    here.clock.move(minutes=17)
    assert resumed(who, code, secret).status == (200 if known else 404)


def test_only_a_keyed_hash_of_the_secret_is_stored(here: Town) -> None:
    code, secret = saved(here.citizen()).codes
    record = here.house.store.find(DRAFTS, f"slip-{normalise(code)}", now=here.clock.now)
    assert record is not None
    kept = json.dumps([record.head, record.body])
    assert secret.replace(" ", "") not in kept and secret not in kept


def test_after_thirty_days_the_draft_is_gone(here: Town) -> None:
    code, secret = saved(here.citizen()).codes
    here.clock.move(days=30, seconds=1)
    sweep(here.house.desk, now=here.clock.now)
    assert resumed(here.citizen(), code, secret).status == 404


def test_a_draft_can_be_deleted_from_the_resume_page(here: Town) -> None:
    code, secret = saved(here.citizen()).codes
    who = here.citizen()
    page = resumed(who, code, secret, "erase")
    assert "删除以后不能恢复" in page.text
    assert who.press(page, {}).status == 200
    assert resumed(here.citizen(), code, secret).status == 404
    assert who.press(page, {}).status == 200  # a second press says the same


def test_a_draft_can_be_deleted_from_the_own_page(here: Town) -> None:
    who = here.citizen("lin-he")
    page = saved(who)
    assert "我的办件" in page.text and "code2" not in page.text
    home = who.get("/me/")
    erase = re.search(rf"/apply/{ITEM}/[0-9a-f]{{32}}/erase", home.text)
    assert erase
    assert who.press(who.get(erase[0]), {}).status == 200
    assert erase[0] not in who.get("/me/").text


def test_a_stranger_cannot_delete_a_draft(here: Town) -> None:
    slip = saved(here.citizen())
    stranger = here.citizen()
    stranger.get("/resume/")
    token = stranger.get("/resume/").hidden("_csrf")
    stranger.post(draft_url(slip) + "erase", {"_csrf": token})
    assert resumed(here.citizen(), *slip.codes).status == 200


def test_a_draft_with_an_owner_asks_them_to_sign_in(here: Town) -> None:
    who = here.citizen()
    slip = saved(who)
    signed = here.citizen("lin-he")
    resumed(signed, *slip.codes)  # now it is theirs
    page = resumed(here.citizen(), *slip.codes, follow=False)
    assert page.to.startswith("/signin?next=/apply/")
    assert resumed(here.citizen("zhou-man"), *slip.codes, follow=False).to.startswith("/signin?next=")
    assert resumed(signed, *slip.codes).value("firm") == "听潮小面馆"


def test_going_on_needs_the_token_of_the_own_page(here: Town) -> None:
    """Otherwise another site could slip somebody a draft and read what they add."""
    code, secret = saved(here.citizen()).codes
    assert here.citizen().post("/resume/", {"code": code, "secret": secret}).status == 403


def test_the_pages_exist_in_english(here: Town) -> None:
    who = here.citizen()
    slip = who.post(f"/en/apply/{ITEM}/", {**FIRST, "_go": "later"})
    assert "Slip for going on later" in slip.text
    page = who.press(
        who.get("/en/resume/"), {"code": slip.codes[0], "secret": slip.codes[1], "_go": "resume"}
    )
    assert page.path.startswith("/en/apply/")
