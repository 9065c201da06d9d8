"""What people write stays text: a corpus of attacks through every free-text field and file name, in Chromium.

Each attack carries its own mark; a page passes when no dialog, script, element, attribute, foreign request or
message of the content policy appears on it, and the mark is there to be read.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from chalicelib.jobs.deliver import deliver
from playwright.sync_api import Browser

from tests.http.deeds import ANSWERS, Deeds, png
from tests.http.stand_in import MONDAY, Town, token
from tests.security.attacks import ALL, ATTACKS, LINES, UNREADABLE, chunks, fitting, mark, marks
from tests.security.watched_page import Watched

pytestmark = pytest.mark.browser
LIMITS = {"address": 120, "firm": 80, "text": 60, "contact": 50}
ADDRESSES = list(chunks(120))


def test_the_corpus_is_rich() -> None:
    assert len(ATTACKS) >= 60 and len(set(LINES)) == len(LINES)
    assert all("XQ" in attack for attack in ALL)


@pytest.mark.parametrize("attack", UNREADABLE)
def test_signs_that_turn_or_hide_text_are_not_taken_at_all(attacked: Town, attack: str) -> None:
    refused = Deeds(attacked).apply(body=Deeds(attacked).application(firm=attack))
    assert refused.status == 422 and refused.json["errors"][0]["pointer"] == "/form/firm"


class Victims:
    """Cases, enquiries and notes full of attacks."""

    def __init__(self, town: Town) -> None:
        self.town, self.deeds, self.cases = town, Deeds(town), list[tuple[str, str, str]]()

    def case(self, n: int) -> tuple[str, str, str]:
        """(number, code, the attacks in its address); four fields and a file name carry attacks."""
        form = {name: fitting(n + 17 * k, limit) for k, (name, limit) in enumerate(LIMITS.items())}
        form["address"] = ADDRESSES[n % len(ADDRESSES)]
        attack = fitting(n, 90)
        file = self.town.program.send(
            "POST", f"/api/v1/files?name={quote(attack)}.png", body=png(n % 250), kind="image/png",
            headers={"Authorization": f"Bearer {token('lin-he')}"},
        )  # fmt: skip
        body = {"item": "huwai-zhaopai", "form": {**ANSWERS, **form}, "materials": {"picture": [file.json]}}
        made = self.deeds.apply(key=f"a-key-of-an-attack-{n:03}", body=body)
        assert made.status == 201, made.text
        receipt = made.json
        return receipt["number"], receipt["query_code"], form["address"]

    def act(self, number: str, who: str, action: str, **data: Any) -> None:
        case = self.town.house.desk.find(number, now=MONDAY)
        assert case is not None
        done = self.deeds.act(who, number, action, version=case.version, **data)
        assert done.status == 200, done.text


@pytest.fixture(scope="module")
def victims(attacked: Town) -> Victims:
    return Victims(attacked)


def test_every_attack_in_an_answer_or_a_file_name_is_text_on_every_page_of_the_case(
    browser: Browser, attacked: Town, base: str, victims: Victims
) -> None:
    desk = Watched(browser, attacked, base, "shen-lan")
    owner = Watched(browser, attacked, base, "lin-he")
    for n in range(len(ADDRESSES)):
        number, _, attacks = victims.case(n)
        desk.open(f"/review/{number}/")
        desk.send(desk.page.get_by_role("button", name="显示完整信息").click)
        assert marks(desk.look(f"revealed {number}")) >= marks(attacks)
        owner.open(f"/me/{number}/receipt/")
    desk.open("/review/")
    owner.open("/me/")


def test_every_attack_in_a_reason_or_a_note_is_text_for_applicant_desk_and_supervisor(
    browser: Browser, attacked: Town, base: str, victims: Victims
) -> None:
    desk, owner = Watched(browser, attacked, base, "shen-lan"), Watched(browser, attacked, base, "lin-he")
    guest, read = Watched(browser, attacked, base, ""), set[str]()
    for n, text in enumerate(chunks(480)):
        number, code, _ = victims.case(200 + n)
        asked = {"fields": ["address"], "materials": ["picture"], "reason": text}
        victims.act(number, "shen-lan", "correct", **asked)
        read |= marks(owner.open(f"/me/{number}/"))
        for path in (f"/me/{number}/supplement/", f"/me/{number}/papers/2/", f"/en/me/{number}/"):
            owner.open(path)
        victims.act(number, "lin-he", "withdraw", note=text)
        desk.open(f"/review/{number}/")
        guest.page.goto(f"{base}/status/")
        guest.page.fill("#f-number", number)
        guest.page.fill("#f-code", code)
        guest.send(lambda: guest.page.locator("#f-code").press("Enter"))
        guest.look("status")
    assert read == {mark(attack) for attack in ATTACKS}
    deliver(attacked.store, now=MONDAY + timedelta(seconds=5))
    owner.open("/me/")


def test_every_attack_in_a_question_or_an_answer_is_text(browser: Browser, attacked: Town, base: str) -> None:
    citizen, desk = Watched(browser, attacked, base, "lin-he"), Watched(browser, attacked, base, "jiang-ying")
    for text in chunks(1900):
        citizen.open("/ask/")
        citizen.page.get_by_role("radio").first.check()
        citizen.page.fill("#f-text", text)
        citizen.page.fill("#f-contact", fitting(len(text), 80))
        citizen.send(citizen.page.locator("form[method=post] button.btn").first.click)
        assert marks(citizen.look("sent")) >= marks(text)
    desk.open("/review/enquiries/")
    for link in [
        one.get_attribute("href") for one in desk.page.locator("a.num[href^='/review/enquiries/']").all()
    ]:
        asked = desk.open(str(link))
        desk.page.fill("#f-answer", next(chunks(1900)))
        desk.page.get_by_role("radio").first.check()
        desk.send(desk.page.locator("main form button.btn").first.click)
        assert marks(asked) and marks(desk.look("answered"))
    for path in ("/ask/answers/", "/review/enquiries/", "/me/"):
        citizen.open(path) if "review" not in path else desk.open(path)


ECHOES = ("/search/?q={}", "/status/{}/", "/review/?search={}", "/review/access/?day={}", "/review/staff/?search={}",
          "/signin?next={}", "/none{}/", "/ask/?kind={}&item={}", "/review/?state={}&item={}", "/me/?lang={}")  # fmt: skip


@pytest.mark.parametrize("address", ECHOES)
def test_no_address_echoes_an_attack(browser: Browser, attacked: Town, base: str, address: str) -> None:
    """Reflected rather than stored: what stands in the address comes back as text, or not at all."""
    who = "qiao-songnian" if "staff" in address else "gu-mingzhu" if "access" in address else "shen-lan"
    page = Watched(browser, attacked, base, who)
    for attack in ATTACKS[:: 3 if "search" in address else 9]:
        if "signin" in address:  # leads off the site: only look where
            answer = attacked.program.get(address.format(quote(attack)))
            assert "evil" not in answer.header("Location").partition("?")[0]
            continue
        page.open(address.replace("{}", quote(attack, safe="")))
