"""Family members one by one, with buttons and without scripts."""

from __future__ import annotations

import re

from chalicelib.ledger import find as case_of

from tests.comfort.citizen import Citizen, Page, Town
from tests.comfort.filling import at_check, example, handed_in, typed

ITEM = "gongzufang-zige"
FAMILY = example(ITEM)


def family_page(who: Citizen) -> Page:
    page = who.post(f"/apply/{ITEM}/", typed(FAMILY))
    assert page.path.endswith("/2"), page.text
    return page


def test_an_entry_is_added_and_what_was_typed_stays(here: Town) -> None:
    who = here.citizen()
    page = family_page(who)
    assert page.value("members[0].name") is None
    page = who.press(page, {"family_size": "3", "_go": "add:members"})
    assert (page.status, page.value("members[0].name"), page.value("family_size")) == (200, "", "3")
    page = who.press(page, {"members[0].name": "林小舟", "members[0].id_no": "123", "_go": "add:members"})
    assert (page.value("members[0].name"), page.value("members[0].id_no"), page.value("members[1].name")) == (
        "林小舟",
        "123",
        "",
    )
    assert 'class="errs"' not in page.text


def test_an_entry_is_removed(here: Town) -> None:
    who = here.citizen()
    page = family_page(who)
    rows = {"members[0].name": "林小舟", "members[1].name": "林小满"}
    page = who.press(page, {**rows, "_go": "drop:members:0"})
    assert (page.value("members[0].name"), page.value("members[1].name")) == ("林小满", None)


def test_there_are_never_more_than_allowed(here: Town) -> None:
    who = here.citizen()
    page = family_page(who)
    rows = {f"members[{n}].name": f"第{n}人" for n in range(9)}
    page = who.press(page, {**rows, "_go": "add:members"})
    assert page.value("members[8].name") == "第8人"
    assert page.value("members[9].name") is None and "add:members" not in page.text


def test_a_wrong_entry_says_which_one(here: Town) -> None:
    who = here.citizen()
    answers = FAMILY | {
        "members": [*FAMILY["members"], {"name": "林小满", "relation": "child", "id_no": "1"}]
    }
    page = who.press(family_page(who), {**typed(answers), "_go": "next"})
    assert page.status == 422
    assert re.search(r'<a href="#f-members\[1\]\.id_no">共同申请人 2：身份证号码不正确', page.text)
    assert 'id="f-members[1].id_no"' in page.text


def test_enter_in_a_text_field_means_next(here: Town) -> None:
    """Browsers press the first button of a form."""
    page = family_page(here.citizen()).body.decode()
    form = page[page.index('<form method="post" action="/apply/') :]
    assert re.search(r"<button[^>]*>", form)[0].count('value="next"') == 1  # type: ignore[index]


def test_members_are_handed_in_checked_and_reviewed(here: Town) -> None:
    who = here.citizen("lin-he")
    said = "姓名：林小舟；是申请人的什么人：子女；身份证号码：99010220180315001X"
    text = at_check(who, ITEM, FAMILY).text
    assert said in text, text[text.index("part-2") :][:900]
    number = handed_in(who, ITEM, FAMILY).path.split("/")[2]
    found = case_of(here.house.store, number, now=here.clock.now)
    assert found and found[0].form["members"] == FAMILY["members"]
    desk = here.citizen("lu-zhiyuan").get(f"/review/{number}/").text
    assert "是申请人的什么人：子女" in desk and "99010220180315001X" not in desk


def test_a_saved_draft_keeps_its_members(here: Town) -> None:
    who = here.citizen("lin-he")
    page = family_page(who)
    who.press(page, {**typed(FAMILY), "_go": "later"})
    assert who.get(page.path).value("members[0].name") == "林小舟"


def test_the_buttons_speak_english(here: Town) -> None:
    who = here.citizen()
    page = who.post(f"/en/apply/{ITEM}/", typed(FAMILY))
    page = who.press(page, {"_go": "add:members"})
    assert "Add another: Co-applicant" in page.text and "Co-applicant 1" in page.text


def test_a_strange_button_is_no_button(here: Town) -> None:
    who = here.citizen()
    page = family_page(who)
    for go in ("add:nobody", "drop:members:99", "drop:members:x", "add:members:1:2", "add:" + "a" * 99):
        assert who.press(page, {"_go": go}).status in (200, 422)


def test_members_can_be_corrected_entry_by_entry(here: Town) -> None:
    who, desk = here.citizen("lin-he"), here.citizen("lu-zhiyuan")
    number = handed_in(who, ITEM, FAMILY).path.split("/")[2]
    page = desk.get(f"/review/{number}/")
    told = {"action": "correct", "correct-fields": "members", "correct-reason": "还有一个孩子没有填。"}
    assert desk.press(page, {"_version": page.hidden("_version"), **told}).status == 200
    page = who.get(f"/me/{number}/supplement/")
    version = {"_version": page.hidden("_version")}
    rows = typed({"members": FAMILY["members"]})
    page = who.press(page, {**version, **rows, "_go": "add:members"})
    assert (page.value("members[0].name"), page.value("members[1].name")) == ("林小舟", "")
    more = typed(
        {
            "members": [
                *FAMILY["members"],
                {"name": "林小满", "relation": "child", "id_no": "99010220200908002X"},
            ]
        }
    )
    page = who.press(page, {**version, **more, "_go": "submit"})
    assert page.status == 422 and "共同申请人 2：身份证号码不正确" in page.text
    more["members[1].id_no"] = "990102202009080020"
    assert who.press(page, {**version, **more, "_go": "submit"}).path == f"/me/{number}/"
    found = case_of(here.house.store, number, now=here.clock.now)
    assert found and [one["name"] for one in found[0].form["members"]] == ["林小舟", "林小满"]
