"""A person takes a copy of what is kept about them, erases drafts and profile; archives are destroyed on approval."""

from __future__ import annotations

import pytest
import retention as command
from chalicelib import access_log, retention
from chalicelib.domain.case import first_broken
from chalicelib.store.port import CASES

from tests.http.deeds import ITEM, PAGES, Deeds
from tests.http.stand_in import Town


def with_draft(here: Town, who: str) -> str:
    browser = here.browser(who)
    page = browser.follow(browser.post(f"/apply/{ITEM}/", PAGES[0]))
    return next(part for part in page.forms[-1].action.split("/") if len(part) == 32)


def test_the_copy_has_drafts_and_cases_whole_and_nobody_elses(here: Town, deeds: Deeds) -> None:
    draft, number, foreign = (
        with_draft(here, "lin-he"),
        deeds.handed_in("lin-he")["number"],
        deeds.handed_in("zhou-man"),
    )
    answer = here.browser("lin-he").get("/me/data/copy/")
    assert answer.header("Content-Disposition").startswith("attachment") and answer.status == 200
    assert [one["form"]["firm"] for one in answer.json["drafts"]] == [PAGES[0]["firm"]] and draft
    assert [one["number"] for one in answer.json["cases"]] == [number]
    assert answer.json["cases"][0]["form"]["phone"] == "13800001234"
    assert foreign["number"] not in answer.text


def test_erasing_takes_every_draft_and_no_case(either: Town) -> None:
    number = Deeds(either).handed_in("lin-he")["number"]
    kept = with_draft(either, "zhou-man")
    drafts = [with_draft(either, "lin-he") for _ in range(3)]
    browser = either.browser("lin-he")
    unsure = browser.post("/me/data/", {"_csrf": browser.token})
    assert unsure.status == 422 and browser.get(f"/apply/{ITEM}/{drafts[0]}/1/").status == 200
    done = browser.post("/me/data/", {"_csrf": browser.token, "sure": "yes"})
    assert done.status == 200 and "删除了 3 份草稿" in done.text
    assert {browser.get(f"/apply/{ITEM}/{draft}/1/").status for draft in drafts} == {404}
    assert browser.get(f"/me/{number}/").status == 200 and browser.get("/me/").status == 200
    assert either.browser("zhou-man").get(f"/apply/{ITEM}/{kept}/1/").status == 200


def test_the_page_masks_what_it_tells(here: Town) -> None:
    page = here.browser("lin-he").open("/me/data/")
    assert page.status == 200 and "林*" in page.text and "下载副本" in page.text


# --- the archive -----------------------------------------------------------------------------------


def refused_case(here: Town, deeds: Deeds) -> str:
    number = str(deeds.handed_in()["number"])
    assert deeds.act("lin-he", number, "withdraw", version=1).status == 200
    return number


def test_a_case_is_due_on_the_first_day_after_its_years_and_not_a_day_before(
    here: Town, deeds: Deeds
) -> None:
    number, running = refused_case(here, deeds), deeds.handed_in()["number"]
    item = here.house.catalogue.current(ITEM)
    assert item and item.guide["retention"] in retention.YEARS
    years = retention.YEARS[item.guide["retention"]]
    last = here.clock.now.replace(year=2026 + years, month=12, day=31, hour=12)
    assert not list(retention.due(here.store, here.house.catalogue, now=last))
    first = last.replace(year=last.year + 1, month=1, day=1)
    assert [one.case.number for one in retention.due(here.store, here.house.catalogue, now=first)] == [number]
    assert here.store.find(CASES, running, now=first)


def test_what_is_kept_for_ever_is_never_due() -> None:
    assert "永久" not in retention.YEARS


def test_the_command_lists_and_destroys_only_with_an_approval(
    either: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    deeds = Deeds(either)
    number = refused_case(either, deeds)
    either.clock.now = either.clock.now.replace(year=2060)
    assert command.main([], house=either.house) == 0 and number in capsys.readouterr().out
    assert either.store.find(CASES, number, now=either.clock.now)
    with pytest.raises(SystemExit):
        command.main(["--destroy"], house=either.house)
    told = ["--destroy", "--approval", "望档销〔2060〕1号", "--by", "档案室"]
    assert command.main(told, house=either.house) == 0
    assert either.store.find(CASES, number, now=either.clock.now) is None
    (line,) = access_log.lines(either.store, retention.proof_key(number))
    assert (line.action, line.note, line.actor) == ("destroyed", "望档销〔2060〕1号", "档案室")
    assert first_broken((line,)) is None and "林禾" not in str(line) and "13800001234" not in str(line)


def test_a_case_that_moved_meanwhile_is_left(here: Town, deeds: Deeds) -> None:
    refused_case(here, deeds)
    later = here.clock.now.replace(year=2060)
    (one,) = retention.due(here.store, here.house.catalogue, now=later)
    record = here.store.find(CASES, one.case.number, now=later)
    assert record and here.store.update(CASES, record, expected=record.version)
    assert not retention.destroy(here.store, one, approval="x", by="y", now=later)
