"""Drafts as they are kept, on both engines."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from chalicelib import drafts
from chalicelib.discards import GRACE
from chalicelib.domain.case import File
from chalicelib.jobs.forget import forget
from chalicelib.store.port import DRAFTS

from tests.http.deeds import ITEM, Deeds, png
from tests.http.stand_in import MONDAY, Town


def begun(here: Town, *, sub: str = "") -> drafts.Draft:
    item = here.house.catalogue.current(ITEM)
    assert item is not None
    return drafts.begin(here.store, item, session="s", sub=sub, form={"firm": "甲"}, now=here.clock())


def typed(name: str, value: str) -> Any:
    return lambda draft: replace(draft, form={**draft.form, name: value})


def test_two_tabs_keep_both_edits(either: Town) -> None:
    draft = begun(either)
    one, two = (drafts.find(either.store, draft.id, now=either.clock()) for _ in range(2))
    assert one and two
    drafts.change(either.store, one, typed("text", "乙"), now=either.clock())
    drafts.change(either.store, two, typed("address", "丙"), now=either.clock())
    final = drafts.find(either.store, draft.id, now=either.clock())
    assert final and final.form == {"firm": "甲", "text": "乙", "address": "丙"} and final.version == 3


def test_eight_tabs_at_once_keep_every_edit_they_were_told_was_kept(either: Town) -> None:
    draft = begun(either)

    def save(n: int) -> int | None:
        try:
            return (
                n if drafts.change(either.store, draft, typed(f"f{n}", str(n)), now=either.clock()) else None
            )
        except TimeoutError:
            return None

    with ThreadPoolExecutor(8) as pool:
        kept = [n for n in pool.map(save, range(8)) if n is not None]
    final = drafts.find(either.store, draft.id, now=either.clock())
    assert final and set(final.form) == {"firm", *(f"f{n}" for n in kept)} and len(kept) >= 5


def test_a_draft_with_a_given_id_is_begun_once(either: Town) -> None:
    item = either.house.catalogue.current(ITEM)
    assert item is not None
    made = [
        drafts.begin(
            either.store, item, session="s", sub="x", form={"n": n}, now=either.clock(), draft_id="ab" * 16
        )
        for n in range(3)
    ]
    assert [draft.form for draft in made] == [{"n": 0}] * 3


def test_a_draft_is_kept_thirty_days_from_the_last_edit(either: Town) -> None:
    draft = begun(either, sub="lin-he")
    either.clock.move(days=29)
    assert drafts.change(either.store, draft, typed("text", "乙"), now=either.clock())
    either.clock.move(days=29)
    assert drafts.find(either.store, draft.id, now=either.clock())
    either.clock.move(days=2)
    assert drafts.find(either.store, draft.id, now=either.clock()) is None


def test_a_draft_that_went_away_is_not_brought_back(either: Town) -> None:
    draft = begun(either)
    assert either.store.delete(DRAFTS, draft.id, expected=1)
    assert drafts.change(either.store, draft, typed("text", "乙"), now=either.clock()) is None
    assert drafts.find(either.store, draft.id, now=either.clock()) is None


def test_a_draft_belongs_to_a_session_until_it_belongs_to_a_person(either: Town) -> None:
    draft = begun(either)
    assert draft.belongs_to(sessions=frozenset({"s"}), sub="") and not draft.belongs_to(
        sessions=frozenset({"t"}), sub="x"
    )
    owned = replace(draft, applicant="lin-he")
    assert owned.belongs_to(sessions=frozenset(), sub="lin-he") and not owned.belongs_to(
        sessions=frozenset({"s"}), sub="zhou-man"
    )


def test_a_list_of_drafts_leaves_out_what_was_handed_in(either: Town) -> None:
    open_one, sent = begun(either, sub="lin-he"), begun(either, sub="lin-he")
    drafts.change(
        either.store,
        sent,
        lambda d: replace(d, number="N", form={}),
        now=either.clock() + timedelta(seconds=1),
    )
    assert [draft.id for draft in drafts.of_person(either.store, "lin-he", now=either.clock())] == [
        open_one.id
    ]


@pytest.mark.parametrize(
    "draft_id", ["", "x", "../" * 8 + "etcetera", "G" * 32, "0" * 31, "0" * 33, "\ud800" * 32]
)
def test_an_id_that_is_none_is_never_looked_up(here: Town, draft_id: str) -> None:
    assert drafts.find(here.store, draft_id, now=MONDAY) is None


def test_erasing_a_draft_drops_its_files_and_never_one_that_a_case_uses(here: Town) -> None:
    deeds, lonely, shared = Deeds(here), png(41), png(0)
    browser = here.browser("lin-he")
    page = browser.choose_file(deeds.fill_in(browser), "picture", "a.png", lonely)
    page = browser.choose_file(page, "picture", "b.png", shared)
    deeds.handed_in()  # a case with the same picture as b.png
    form = next(form for form in page.forms if form.action.endswith("/materials"))
    erase = form.action.removesuffix("/materials") + "/erase"
    assert browser.post(erase, {"_csrf": browser.token}).status == 200
    assert forget(here.store, now=here.clock() + GRACE) == 1
    hashes = [hashlib.sha256(data).hexdigest() for data in (lonely, shared)]
    assert [here.store.get_file(one) for one in hashes] == [None, shared]


def test_files_of_a_draft_whose_time_is_over_are_dropped_and_those_of_a_younger_one_stay(
    either: Town,
) -> None:
    old, young = (with_file(either, data) for data in (png(51), png(52)))
    either.clock.move(days=1)
    young = drafts.change(either.store, young, typed("firm", "乙"), now=either.clock()) or young
    either.clock.move(days=29, seconds=1)
    now = either.clock()
    assert drafts.find(either.store, old.id, now=now) is None
    assert [one.id for one in drafts.of_person(either.store, "lin-he", now=now)] == [young.id]
    assert [drafts.drop_old(either.store, now=now) for _ in range(2)] == [1, 0]
    assert forget(either.store, now=now + GRACE) == 1
    assert [either.store.get_file(file_of(one)) is None for one in (old, young)] == [True, False]


def test_what_is_begun_again_after_its_time_begins_empty(either: Town) -> None:
    old = with_file(either, png(53))
    either.clock.move(days=31)
    item = either.house.catalogue.current(ITEM)
    assert item is not None
    again = drafts.begin(
        either.store, item, session="s", sub="lin-he", form={}, now=either.clock(), draft_id=old.id
    )
    assert again.materials == {} and again.alive(either.clock())


def with_file(here: Town, data: bytes) -> drafts.Draft:
    """A draft of a signed-in person with one picture."""
    file = File(here.store.put_file(data), "a.png", len(data), "png")
    draft = begun(here, sub="lin-he")
    kept = drafts.change(
        here.store, draft, lambda d: replace(d, materials={"picture": (file,)}), now=here.clock()
    )
    assert kept
    return kept


def file_of(draft: drafts.Draft) -> str:
    return draft.materials["picture"][0].sha256


def test_a_file_dropped_meanwhile_is_asked_for_again_by_the_interface(here: Town) -> None:
    deeds = Deeds(here)
    body = deeds.application()
    sha256 = body["materials"]["picture"][0]["sha256"]
    stamp = here.store.file_stamp(sha256)
    assert stamp and here.store.drop_file(sha256, stamp=stamp)
    assert deeds.apply(body=body).json["code"] == "file_unknown"
