"""A document handed in once may be used again by the same person, and by nobody else."""

from __future__ import annotations

import re

import pytest

from tests.comfort.citizen import PNG, Citizen, Page, Town
from tests.comfort.filling import at_materials, example, handed_in

ITEM = "huwai-zhaopai"
SIGN = example(ITEM)


def buttons(page: Page) -> list[str]:
    return re.findall(r'value="reuse">([^<]*)<', page.text)


def pressed(who: Citizen, page: Page) -> Page:
    form = re.search(
        r'name="_slot" value="([^"]*)"><input type="hidden" name="_file" value="([^"]*)"><p><button',
        page.text,
    )
    assert form
    return who.press(page, {"_slot": form[1], "_file": form[2], "_go": "reuse"})


def test_a_file_of_an_earlier_case_is_one_button(here: Town) -> None:
    who = here.citizen("lin-he")
    handed_in(who, ITEM, SIGN)
    here.clock.move(hours=1)
    who = here.citizen("lin-he")
    page = at_materials(who, ITEM, SIGN)
    assert "使用以前提交过的：picture.png（2026年11月23日）" in buttons(page)
    page = pressed(who, page)
    assert page.status == 200 and ">picture.png</a>" in page.text
    assert not [text for text in buttons(page) if "picture.png" in text]


def test_the_file_goes_along_with_the_new_case(here: Town) -> None:
    who = here.citizen("lin-he")
    handed_in(who, ITEM, SIGN)
    page = at_materials(who, ITEM, SIGN)
    while buttons(page):
        page = pressed(who, page)
    page = who.press(page, {"_go": "next"})
    receipt = who.press(page, {"_go": "submit"})
    number = receipt.path.split("/")[2]
    status = here.citizen("shen-lan").get(f"/review/{number}/")
    file = re.search(rf"/review/{number}/files/[0-9a-f]{{64}}", status.text)
    assert file and here.citizen("shen-lan").get(file[0]).body == PNG


def test_another_persons_file_is_neither_shown_nor_taken(here: Town) -> None:
    handed_in(here.citizen("lin-he"), ITEM, SIGN)
    mine = at_materials(here.citizen("lin-he"), ITEM, SIGN)
    sha256 = re.search(r'name="_file" value="([0-9a-f]{64})"', mine.text)
    assert sha256
    other = here.citizen("zhou-man")
    page = at_materials(other, ITEM, SIGN)
    assert buttons(page) == []
    taken = other.press(page, {"_slot": "picture", "_file": sha256[1], "_go": "reuse"})
    assert taken.status == 422 and "picture.png" not in taken.text


def test_strangers_are_offered_nothing(here: Town) -> None:
    handed_in(here.citizen("lin-he"), ITEM, SIGN)
    assert buttons(at_materials(here.citizen(), ITEM, SIGN)) == []


@pytest.mark.parametrize(
    "fields", [{"_slot": "nothing"}, {"_slot": "application"}, {"_file": "a" * 64}, {"_file": ""}]
)
def test_a_made_up_choice_is_refused(here: Town, fields: dict) -> None:
    who = here.citizen("lin-he")
    handed_in(who, ITEM, SIGN)
    page = at_materials(who, ITEM, SIGN)
    sha256 = re.search(r'name="_file" value="([0-9a-f]{64})"', page.text)
    assert sha256
    assert who.press(page, {"_slot": "picture", "_file": sha256[1], "_go": "reuse", **fields}).status == 422


def test_a_material_of_another_name_is_not_offered(here: Town) -> None:
    who = here.citizen("lin-he")
    handed_in(who, ITEM, SIGN)
    assert buttons(at_materials(who, "zhanyong-daolu", example("zhanyong-daolu"))) == []


def test_it_is_said_in_english(here: Town) -> None:
    who = here.citizen("lin-he")
    handed_in(who, ITEM, SIGN)
    page = at_materials(who, ITEM, SIGN, prefix="/en")
    assert "Use what you handed in before: picture.png (23 Nov 2026)" in buttons(page)
