"""Each sample item from its first page to the delivered result, by pages alone: granted, and refused (十个事项全程网办)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

import pytest
from chalicelib import ledger
from chalicelib.domain.case import Case, first_broken
from chalicelib.domain.timeline import explains
from chalicelib.jobs.deliver import deliver
from chalicelib.store.port import NOTICES

from tests.comfort.citizen import Citizen
from tests.comfort.filling import example, handed_in
from tests.http.deeds import Deeds
from tests.http.front_door import Browser
from tests.http.stand_in import Town

ITEMS = (
    "chusheng-dengji", "gaoling-jintie", "getihu-sheli", "gonggong-changsuo-weisheng", "gongzufang-zige",
    "huwai-zhaopai", "shebaoka-buling", "shipin-jingying", "xiaofang-jiancha", "zhanyong-daolu",
)  # fmt: skip
WINDOWS, CHIEF = ("shen-lan", "lu-zhiyuan"), "jiang-ying"


class Hall:
    """A citizen, the window of the item's department, and the chief."""

    def __init__(self, here: Town, item: str) -> None:
        self.here, self.item, self.deeds = here, item, Deeds(here)
        self.browser = here.browser("lin-he")
        self.citizen = Citizen(here.gateway, self.browser.cookies)
        dept = self._item().dept
        self.sub = next(sub for sub in WINDOWS if dept in here.house.staff.find(sub).depts)  # type: ignore[union-attr]
        self.window, self.chief = here.browser(self.sub), here.browser(CHIEF)

    def _item(self) -> Any:
        return self.here.house.catalogue.current(self.item)

    def apply(self) -> str:
        """Every page, every document, the check page; the number on the receipt."""
        receipt = handed_in(self.citizen, self.item, example(self.item))
        assert receipt.status == 200 and "收件凭证" in receipt.text
        return receipt.codes[0].replace("-", "")

    def case(self, number: str) -> Case:
        found = ledger.find(self.here.store, number, now=self.here.clock())
        assert found
        return found[0]

    def desk(self, browser: Browser, number: str, action: str, **fields: Any) -> None:
        before = self.case(number).version
        page = self.deeds.decide(browser, number, action, **fields)
        assert self.case(number).version > before, (action, page.status, page.errors, page.text[-800:])

    def joint(self, number: str) -> None:
        """Other departments are asked where the guide names them; silence is no objection."""
        for dept in self._item().guide.get("joint_depts", ()):
            self.desk(self.window, number, "ask_opinion", departments=[dept])
            self.here.clock.move(days=7)
            self.browser, self.window, self.chief = (
                self.here.browser(sub) for sub in ("lin-he", self.sub, CHIEF)
            )  # a week later everybody signs in again
            assert self.here.house.desk.find(number, now=self.here.clock())
            assert self.case(number).last("opinion_timeout")

    def status(self, number: str) -> str:
        """What the applicant reads of it."""
        return self.browser.open(f"/me/{number}/").text


def accepted(hall: Hall, number: str) -> None:
    hall.desk(hall.window, number, "accept")
    assert hall.case(number).state == "reviewing"
    hall.joint(number)


@pytest.mark.parametrize("item", ITEMS)
def test_an_application_is_granted_delivered_and_rated(here: Town, item: str) -> None:
    hall = Hall(here, item)
    number = hall.apply()
    accepted(hall, number)
    hall.desk(hall.chief, number, "grant")
    hall.desk(hall.window, number, "prepare")
    if "verify_originals" in hall.window.open(f"/review/{number}/").text:
        hall.desk(hall.window, number, "verify_originals")
    hall.desk(hall.window, number, "deliver", method="window", proof="本人签收")
    rate = hall.browser.open(f"/me/{number}/rate/")
    assert hall.browser.fill(rate, {"score": "5", "use": "no"}, has="score").status == 200
    assert hall.case(number).events[-1].data == {"score": "5", "use": "no"}
    whole(hall, number, "closed")
    assert "已办结" in hall.status(number)


@pytest.mark.parametrize("item", ITEMS)
def test_an_application_is_refused_with_reasons_and_its_paper_names_the_remedies(
    here: Town, item: str
) -> None:
    hall = Hall(here, item)
    number = hall.apply()
    accepted(hall, number)
    hall.desk(hall.chief, number, "deny", reason="不符合规定的条件")
    denied = hall.case(number).last("deny")
    assert denied
    paper = hall.browser.open(f"/me/{number}/papers/{denied.seq}/").text
    assert all(text in paper for text in ("不符合规定的条件", "复议", "诉讼", "行政审批专用章，模拟印章"))
    hall.desk(hall.window, number, "deliver", method="window", proof="本人签收")
    whole(hall, number, "closed")


def test_a_filing_that_needs_nobody_is_closed_when_its_receipt_is_read(here: Town) -> None:
    hall = Hall(here, "huwai-zhaopai")
    answers = {**example("huwai-zhaopai"), "building": "shop", "lit": "no"}
    receipt = handed_in(hall.citizen, "huwai-zhaopai", answers)
    assert receipt.status == 200 and "系统已经当场备案办结" in receipt.text
    number = receipt.codes[0].replace("-", "")
    case = hall.case(number)
    assert (case.state, case.events[-1].at - case.received_at) == ("closed", timedelta(0))
    assert "自动备案·办结" in hall.status(number)
    paper = hall.browser.open(f"/me/{number}/papers/{case.events[-1].seq}/").text
    assert "备案回执" in paper and "事后核查" in paper
    rate = hall.browser.open(f"/me/{number}/rate/")
    assert hall.browser.fill(rate, {"score": "5"}, has="score").status == 200
    whole(hall, number, "closed", told={"submit", "take_filing", "file", "rate"})


def whole(
    hall: Hall, number: str, state: str, *, told: Collection[str] = ("submit", "accept", "deliver")
) -> None:
    """The history holds, explains the state, and every event that is told was told."""
    case = hall.case(number)
    assert case.state == state and first_broken(case.events) is None and explains(case)
    deliver(hall.here.store, now=hall.here.clock())
    heard = hall.here.store.query(NOTICES, "owner", case.applicant, limit=50).rows
    assert {row.head["action"] for row in heard} >= set(told)


@pytest.mark.parametrize(
    "item", ["chusheng-dengji", "getihu-sheli", "huwai-zhaopai", "gonggong-changsuo-weisheng"]
)
def test_what_is_decided_on_the_spot_takes_one_step_of_the_chief(here: Town, item: str) -> None:
    """即办: acceptance and decision in one write (行政许可法 34(2))."""
    hall = Hall(here, item)
    number = hall.apply()
    hall.desk(hall.chief, number, "decide_now")
    assert [event.action for event in hall.case(number).events] == [
        "submit",
        "accept",
        "assign",
        "grant",
    ] or [event.action for event in hall.case(number).events] == ["submit", "decide_now", "assign", "grant"]
