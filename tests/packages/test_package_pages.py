"""What owner, guest, stranger and desk see of a package, and what happens when items fail."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from chalicelib.http import qr
from chalicelib.packages import TO_DO
from chalicelib.store.port import CASES, PACKAGES

from schemas.packages import Packages
from tests.comfort.citizen import Citizen, Page, Town
from tests.packages import life
from tests.reliability.faulty import AFTER, BEFORE, Faulty

NAME = "package-xinshenger"


def handed_in(
    here: Town, packages: Packages, *, chosen: tuple[str, ...] = (), prefix: str = ""
) -> tuple[Citizen, Page]:
    package = packages.current(NAME)
    assert package
    citizen = here.citizen("lin-he")
    page = citizen.press(
        life.at_check(citizen, life.bundle_of(package, chosen), prefix=prefix), {"_go": "submit"}
    )
    assert page.path.endswith("/receipt/"), page.text
    return citizen, page


def number_of(page: Page) -> str:
    return page.path.split("/")[-3]


def case_of(here: Town, item: str) -> str:
    return life.cases(here.house.store)[item].key


def test_the_departments_receive_it_at_once_and_later_items_wait(here: Town, packages: Packages) -> None:
    citizen, page = handed_in(here, packages)
    assert set(life.cases(here.house.store)) == {"xinshenger-yixue-zhengming", "xinshenger-jiezhong-zheng"}
    shown = citizen.get(f"/me/package/{number_of(page)}/")
    assert "一共 5 件：已结束 0 件，正在办 2 件，等待前面的事项 3 件" in shown.text
    assert "等“出生医学证明签发”办完，自动开始" in shown.text
    assert "2026年12月7日" in shown.text, "ten working days after Monday 23 November"


def test_a_closed_item_lets_the_next_begin_with_its_own_clock(here: Town, packages: Packages) -> None:
    handed_in(here, packages)
    here.clock.move(days=2)
    life.granted(here, case_of(here, "xinshenger-yixue-zhengming"))
    life.jobs(here)
    row = life.cases(here.house.store)["chusheng-dengji"]
    assert row.head["clocks"]["intake"][0] == "2026-11-25"
    assert row.head["dept"] == "gafj"


def test_a_refused_item_stops_only_what_needs_its_result(here: Town, packages: Packages) -> None:
    _, page = handed_in(here, packages, chosen=("shengyu_daiyu",))
    life.do(
        here,
        case_of(here, "xinshenger-yixue-zhengming"),
        "refuse",
        reason="不在本区出生",
        right_body="出生地卫生健康局",
    )
    life.jobs(here)
    assert len(life.cases(here.house.store)) == 2
    shown = here.citizen("lin-he").get(f"/me/package/{number_of(page)}/")
    assert "“出生医学证明签发”没有办成，这一件没有开始" in shown.text
    assert "已结束 5 件，正在办 1 件" in shown.text
    life.granted(here, case_of(here, "xinshenger-jiezhong-zheng"))
    shown = here.citizen("lin-he").get(f"/me/package/{number_of(page)}/")
    assert "不予受理" in shown.text and "已结束 6 件" in shown.text


def test_an_item_that_is_not_required_lets_the_next_begin(here: Town, packages: Packages) -> None:
    handed_in(here, packages)
    life.do(here, case_of(here, "xinshenger-yixue-zhengming"), "not_required", reason="证明已经签发")
    life.jobs(here)
    assert "chusheng-dengji" in life.cases(here.house.store)


def test_sending_twice_is_sending_once(here: Town, packages: Packages) -> None:
    package = packages.current(NAME)
    assert package
    citizen = here.citizen("lin-he")
    check = life.at_check(citizen, life.bundle_of(package, ()))
    first, second = (citizen.press(check, {"_go": "submit"}) for _ in range(2))
    assert first.path == second.path
    assert len(life.listed(here.house.store)) == 1 and len(life.cases(here.house.store)) == 2


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(5))
def test_a_store_that_fails_while_handing_in_is_met_by_sending_again(
    at: int, after: bool, here: Town, packages: Packages
) -> None:
    package = packages.current(NAME)
    assert package
    citizen = here.citizen("lin-he")
    check = life.at_check(citizen, life.bundle_of(package, ()))
    whole, here.house.desk.store = (
        here.house.desk.store,
        Faulty(here.house.store, at=at + 1, mode=AFTER if after else BEFORE),
    )  # type: ignore[assignment]
    refused = citizen.press(check, {"_go": "submit"})
    assert refused.status == (503 if at < 4 else 200), refused.text
    here.house.desk.store = whole
    done = citizen.press(check, {"_go": "submit"})
    assert done.path.endswith("/receipt/")
    assert len(life.listed(here.house.store)) == 1 and len(life.cases(here.house.store)) == 2


def test_the_receipt_of_the_whole_has_a_code_that_leads_to_it_and_opens_nothing(
    here: Town, packages: Packages
) -> None:
    _, page = handed_in(here, packages)
    number, query_code = page.codes
    sha256 = re.search(r"<code>([0-9a-f]{64})</code>", page.text)
    assert sha256
    text = qr.status_text(here.house.settings.base_url, "/status/", number=number, sha256=sha256[1])
    assert f'<img src="{qr.image(text)}"' in page.text and query_code not in text
    assert number in here.citizen().get(f"/status/{number}/").text


def test_only_the_owner_sees_it(here: Town, packages: Packages) -> None:
    _, page = handed_in(here, packages)
    for path in (f"/me/package/{number_of(page)}/", page.path):
        assert here.citizen("zhou-man").get(path).status == 403
        assert here.citizen().get(path).to.startswith("/signin")
    assert here.citizen("lin-he").get("/me/package/23456789ABCX/").status == 404


def test_a_guest_with_number_and_code_sees_states_and_no_links(here: Town, packages: Packages) -> None:
    _, page = handed_in(here, packages)
    number, code = page.codes
    guest = here.citizen()
    shown = guest.post("/status/", {"number": number, "code": code})
    assert (
        shown.status == 200
        and "出生登记" in shown.text
        and "/me/" + case_of(here, "xinshenger-yixue-zhengming") not in shown.text
    )
    wrong = guest.post("/status/", {"number": number, "code": "AAAA2222"})
    assert wrong.status == 404 and "受理编号或者查询码不对" in wrong.text


def test_every_case_opens_with_the_packages_query_code(here: Town, packages: Packages) -> None:
    _, page = handed_in(here, packages)
    one = case_of(here, "xinshenger-yixue-zhengming")
    assert here.citizen().post("/status/", {"number": one, "code": page.codes[1]}).status == 200


def test_the_desk_sees_the_package_and_its_other_items(here: Town, packages: Packages) -> None:
    _, page = handed_in(here, packages)
    health, civil = here.citizen("shen-lan"), here.citizen("lu-zhiyuan")
    one, other = case_of(here, "xinshenger-yixue-zhengming"), case_of(here, "xinshenger-jiezhong-zheng")
    shown = health.get(f"/review/{one}/")
    assert (
        page.codes[0] in shown.text
        and "同一套餐的其他事项" in shown.text
        and f"/review/{other}/" in shown.text
    )
    assert health.get(f"/review/package/{number_of(page)}/").status == 200
    assert health.get(f"/review/?search={page.codes[0]}").path == f"/review/package/{number_of(page)}/"
    assert civil.get(f"/review/package/{number_of(page)}/").status == 403, "no case of theirs has begun"
    assert civil.get(f"/review/{one}/").status == 403
    assert here.citizen("lin-he").get(f"/review/package/{number_of(page)}/").status == 403


def test_the_list_of_the_person_shows_the_package(here: Town, packages: Packages) -> None:
    citizen, page = handed_in(here, packages)
    assert f"/me/package/{number_of(page)}/" in citizen.get("/me/").text
    assert (
        f"/me/package/{number_of(page)}/"
        in citizen.get(f"/me/{case_of(here, 'xinshenger-yixue-zhengming')}/").text
    )


def test_all_pages_speak_english(here: Town, packages: Packages) -> None:
    citizen, page = handed_in(here, packages, prefix="/en")
    assert page.path.startswith("/en/me/package/")
    shown = citizen.get(f"/en/me/package/{number_of(page)}/")
    assert "5 items: 0 ended, 2 under way, 3 waiting for others." in shown.text
    assert (
        "Birth registration" in shown.text
        and "Begins by itself once “Birth certificate” is finished" in shown.text
    )


def test_a_document_is_kept_once_and_referenced_by_each_item(here: Town, packages: Packages) -> None:
    package = packages.current("package-kaiban-qiye")
    assert package
    citizen = here.citizen("lin-he")
    citizen.press(life.at_check(citizen, life.bundle_of(package, ())), {"_go": "submit"})
    for _ in range(2):
        for row in life.cases(here.house.store).values():
            if row.head["state"] == "submitted":
                life.granted(here, row.key)
        life.jobs(here)
    held = [
        here.house.store.find(CASES, row.key, now=here.clock.now)
        for row in life.cases(here.house.store).values()
    ]
    shas = [
        record.body["materials"]["premises"][0]["sha256"]
        for record in held
        if record and "premises" in record.body["materials"]
    ]
    assert len(shas) == 2 and len(set(shas)) == 1


def test_answers_of_an_item_no_longer_wanted_do_not_travel(here: Town, packages: Packages) -> None:
    package = packages.current(NAME)
    assert package
    citizen = here.citizen("lin-he")
    check = life.at_check(citizen, life.bundle_of(package, ["shengyu_daiyu"]))
    first = check.path.replace("/check", "/1")
    page = citizen.press(citizen.get(first), {"_go": "next"})
    assert page.status == 200, page.text
    check = citizen.get(check.path)
    assert "收款银行账号" not in check.text
    done = citizen.press(check, {"_go": "submit"})
    assert "生育保险" not in citizen.get(done.path.removesuffix("receipt/")).text


@pytest.mark.parametrize(
    ("path", "status"),
    [("/apply/package-nothing/", 404), ("/apply/package-/", 404), ("/apply/package-xinshenger-x/", 404),
     ("/apply/xinshenger-yibao/", 409), ("/apply/packages/", 404), ("/me/package/x/", 404)],
)  # fmt: skip
def test_what_is_not_a_package_is_said_so(path: str, status: int, here: Town) -> None:
    assert here.citizen("lin-he").get(path).status == status


def test_the_api_applies_for_items_only(here: Town) -> None:
    assert here.house.catalogue.current(NAME) is None
    assert here.house.catalogue.version(NAME, "0" * 16) is None


def test_a_package_that_cannot_go_on_does_not_hold_up_the_others(here: Town, packages: Packages) -> None:
    _, page = handed_in(here, packages)
    store, now = here.house.store, here.clock.now
    whole = store.find(PACKAGES, number_of(page), now=now)
    assert whole
    lost = [{**one, "item_version": "f" * 16} for one in whole.head["planned"]]
    mark = {"sweep": (TO_DO, "0")}  # before all others
    assert store.create(
        PACKAGES,
        replace(
            whole, key="LOST", version=1, head={**whole.head, "number": "LOST", "planned": lost}, index=mark
        ),
    )
    life.granted(here, case_of(here, "xinshenger-yixue-zhengming"))
    life.jobs(here)
    assert "chusheng-dengji" in life.cases(here.house.store)


def test_taking_the_whole_back_withdraws_what_is_undecided_and_starts_nothing(
    here: Town, packages: Packages
) -> None:
    citizen, page = handed_in(here, packages)
    life.granted(here, case_of(here, "xinshenger-yixue-zhengming"))
    shown = citizen.get(f"/me/package/{number_of(page)}/")
    confirm = citizen.get(shown.path + "withdraw/")
    assert "/withdraw/" in shown.text and confirm.status == 200
    for _ in range(2):
        shown = citizen.press(confirm, {})
    life.jobs(here)
    states = {item: row.head["state"] for item, row in life.cases(here.house.store).items()}
    assert states == {"xinshenger-yixue-zhengming": "closed", "xinshenger-jiezhong-zheng": "withdrawn"}
    assert "套餐已经撤回，这一件没有开始" in shown.text and "已结束 5 件，正在办 0 件" in shown.text
    assert citizen.get(f"/me/package/{number_of(page)}/withdraw/").status == 409


def test_a_stranger_cannot_take_it_back(here: Town, packages: Packages) -> None:
    citizen, page = handed_in(here, packages)
    path = f"/me/package/{number_of(page)}/withdraw/"
    stranger = here.citizen("zhou-man")
    assert stranger.press(stranger.get("/me/"), {}, path=path).status == 403
    assert citizen.post(path, {}).status == 403, "without the token of the own page"
    assert {row.head["state"] for row in life.cases(here.house.store).values()} == {"submitted"}


def test_what_is_handed_on_says_by_whom(here: Town, packages: Packages) -> None:
    citizen, page = handed_in(here, packages)
    assert (
        "望澜区卫生健康局，转交孩子出生的医疗机构办理" in citizen.get(f"/me/package/{number_of(page)}/").text
    )
