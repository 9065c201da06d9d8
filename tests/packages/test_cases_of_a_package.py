"""A case that came with a package is a case like any other: corrections, papers, receipt, queue; and only one each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from chalicelib.jobs.loop import once
from chalicelib.jobs.release import release
from chalicelib.ledger import find

from schemas.packages import Packages
from tests.comfort.citizen import Citizen, Town
from tests.packages import life

ONE = "shenhou-shi-siwang-zhengming"


@pytest.fixture
def citizen(here: Town, packages: Packages) -> Citizen:
    package = packages.current("package-shenhou-shi")
    assert package
    who = here.citizen("lin-he")
    who.press(life.at_check(who, life.bundle_of(package)), {"_go": "submit"})
    return who


def test_its_desk_asks_for_corrections_and_its_applicant_makes_them(here: Town, citizen: Citizen) -> None:
    number = life.cases(here.house.store)[ONE].key
    life.do(
        here,
        number,
        "correct",
        fields=["late_name"],
        materials=["death_cert"],
        reason="请写全名，证明拍清楚",
        deadline="",
    )
    page = citizen.get(f"/me/{number}/supplement/")
    assert (
        page.status == 200 and "死亡证明" in page.text and "逝者姓名" in page.text and "收款" not in page.text
    )
    page = citizen.attach(page, "death_cert", "证明.png", b"\x89PNG\r\n\x1a\nclear")
    done = citizen.press(
        page,
        {"_version": page.hidden("_version"), "late_name": "林望山川", "_go": "next"},
        path=f"/me/{number}/supplement/",
    )
    assert done.status == 200, done.text
    case, _ = find(here.house.store, number, now=here.clock.now)  # type: ignore[misc]
    assert case.state == "submitted" and case.form["late_name"] == "林望山川" and case.package


def test_each_of_its_papers_can_be_read(here: Town, citizen: Citizen) -> None:
    number = life.cases(here.house.store)[ONE].key
    case = life.granted(here, number)
    read = [citizen.get(f"/me/{number}/papers/{event.seq}/").status for event in case.events]
    assert read.count(200) >= 3 and set(read) <= {200, 404}
    receipt = citizen.get(f"/me/{number}/receipt/")
    assert receipt.status == 200 and "望澜区民政局" in receipt.text


def test_the_queue_offers_items_that_only_packages_have(here: Town, citizen: Citizen) -> None:
    desk = here.citizen("lu-zhiyuan").get("/review/")
    assert "死亡证明签发" in desk.text
    only = here.citizen("lu-zhiyuan").get(f"/review/?item={ONE}")
    assert only.text.count("/review/" + life.cases(here.house.store)[ONE].key) == 1


def test_reviewers_see_the_answers_their_item_lists_and_no_others(here: Town, citizen: Citizen) -> None:
    page = here.citizen("lu-zhiyuan").get(f"/review/{life.cases(here.house.store)[ONE].key}/")
    assert "林*" in page.text and "6200000000000000012" not in page.text


def test_many_at_once_make_each_case_once(here: Town, packages: Packages) -> None:
    package = packages.current("package-shenhou-shi")
    assert package
    who = here.citizen("lin-he")
    check = life.at_check(who, life.bundle_of(package))
    senders = [here.citizen("lin-he") for _ in range(32)]
    with ThreadPoolExecutor(36) as pool:
        jobs = [pool.submit(release, here.house.desk, now=here.clock.now) for _ in range(4)]
        sent = list(pool.map(lambda one: one.press(check, {"_go": "submit"}).path, senders))
        assert all(job.result() >= 0 for job in jobs)
    assert len(set(sent)) == 1 and sent[0].endswith("/receipt/")
    assert len(life.listed(here.house.store)) == 1 and set(life.cases(here.house.store)) == {ONE}
    life.granted(here, life.cases(here.house.store)[ONE].key)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: life.jobs(here), range(8)))
    assert len(life.cases(here.house.store)) == 3


def test_the_jobs_of_one_machine_start_what_comes_next(here: Town, citizen: Citizen) -> None:
    life.granted(here, life.cases(here.house.store)[ONE].key)
    for _ in range(2):
        once(here.house)
    assert set(life.cases(here.house.store)) == {
        ONE,
        "shenhou-shi-huohua-zhengming",
        "shenhou-shi-hukou-zhuxiao",
    }
