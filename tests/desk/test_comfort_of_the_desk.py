"""Phrases, points, several cases at once, and lists that find what is there: on both engines."""

from __future__ import annotations

import re

import pytest

from tests.desk.test_at_work import deed
from tests.http.deeds import Deeds
from tests.http.front_door import Answer
from tests.http.stand_in import Town

PHRASE = "材料清晰，内容与登记一致。"


def numbers(page: Answer) -> list[str]:
    """The cases of a list, in its order."""
    return re.findall(r'<a class="num" href="/review/([2-9A-Z]{12})/', page.text)


def test_a_saved_phrase_goes_after_what_was_typed(either: Town, deeds: Deeds) -> None:
    number, window = deeds.handed_in()["number"], either.browser("shen-lan")
    for _ in range(2):
        window.fill(window.open("/review/phrases/"), {"text": PHRASE}, has="text")
    assert window.open("/review/phrases/").text.count(f'<span class="pre">{PHRASE}') == 1
    page = window.open(f"/review/{number}/")
    window.fill(page, {"action": "accept", "accept-note": "请带身份证。", "phrase": PHRASE}, has="_version")
    case = either.house.desk.find(number, now=either.clock())
    assert case and case.last("accept").note == f"请带身份证。\n{PHRASE}"  # type: ignore[union-attr]


def test_a_departments_phrases_are_kept_by_who_may_and_offered_to_all(either: Town, deeds: Deeds) -> None:
    number, window = deeds.handed_in()["number"], either.browser("shen-lan")
    sent = {"_csrf": window.token, "owner": "csgl", "text": PHRASE}
    assert window.post("/review/phrases/", sent).status == 403
    editor = either.browser("wen-qinghe")
    assert editor.post("/review/phrases/", {**sent, "_csrf": editor.token}).status == 303
    assert editor.post("/review/phrases/", {**sent, "_csrf": editor.token, "owner": "nowhere"}).status == 403
    assert PHRASE in window.open(f"/review/{number}/").text
    page = editor.open("/review/phrases/")
    mark = re.findall(r'name="drop" value="([0-9a-f]{16})"', page.text)[0]
    editor.post("/review/phrases/", {"_csrf": editor.token, "owner": "csgl", "drop": mark})
    assert PHRASE not in window.open(f"/review/{number}/").text


def test_points_stand_beside_the_material_and_their_keeper_hears_what_is_wrong(
    either: Town, deeds: Deeds
) -> None:
    number, window, editor = (
        deeds.handed_in()["number"],
        either.browser("shen-lan"),
        either.browser("wen-qinghe"),
    )
    assert "没有遮挡消防救援窗" in window.open(f"/review/{number}/").text
    place = "/review/points/huwai-zhaopai/picture/"
    page = window.open(place)
    refused = window.fill(page, {"text": "没说夜间亮度"}, has="rating")
    assert refused.status == 422 and "没说夜间亮度" in refused.text
    assert (
        "已经转给维护要点的同事"
        in window.fill(refused, {"rating": "outdated", "text": "没说夜间亮度"}, has="rating").text
    )
    window.fill(window.open(place), {"rating": "useful"}, has="rating")
    tasks = editor.open("/review/points/")
    assert "没说夜间亮度" in tasks.text and "另有 1 次评价为有用" in tasks.text
    done = editor.fill(tasks, {}, has="key")
    assert "没说夜间亮度" not in done.text
    assert window.get("/review/points/").status == 403
    assert window.get("/review/points/shebaoka-buling/photo/").status == 404, "another department's"


def test_several_cases_at_once_are_each_done_or_not_by_themselves(either: Town, deeds: Deeds) -> None:
    made = [deeds.handed_in()["number"] for _ in range(4)]
    chief = either.browser("jiang-ying")
    page = chief.open("/review/?state=submitted")
    offered = {value.split(":")[0]: value for form in page.forms for value in form.offered.get("case", ())}
    assert set(offered) == set(made)
    deeds.corrected(made[0])
    deed(either.browser("shen-lan"), made[1], "claim")
    sent = [*offered.values(), "2222-2222-2222:1", "nonsense", f"{made[2]}:1"]
    result = chief.post("/review/batch/", {"_csrf": chief.token, "case": sent})
    assert result.status == 200 and "2 件已办理，4 件没有办理" in result.text
    states = [either.house.desk.find(number, now=either.clock()).state for number in made]  # type: ignore[union-attr]
    assert states == ["correcting", "submitted", "granted", "granted"]
    assert "沈岚 正在办理" in result.text
    assert "没有勾选办件" in chief.post("/review/batch/", {"_csrf": chief.token}).text


def test_a_window_accepts_several_and_does_not_decide_them(either: Town, deeds: Deeds) -> None:
    made, window = [deeds.handed_in()["number"] for _ in range(2)], either.browser("shen-lan")
    page = window.open("/review/?state=submitted")
    values = [value for form in page.forms for value in form.offered.get("case", ())]
    window.post("/review/batch/", {"_csrf": window.token, "case": values})
    states = {either.house.desk.find(number, now=either.clock()).state for number in made}  # type: ignore[union-attr]
    assert states == {"reviewing"}


LISTS = {
    "/review/": "new",
    "/review/?view=all": "new fixing taken",
    "/review/?state=submitted": "new",
    "/review/?state=reviewing": "taken",
    "/review/?state=correcting": "waiting",
    "/review/?state=closed": "withdrawn",
    "/review/?view=all&item=huwai-zhaopai": "new fixing taken",
    "/review/?view=all&item=shipin-jingying": "",
    "/review/?view=all&search=%E6%9E%97": "new taken",
    "/review/?view=all&search=%E7%A6%BE": "",
    "/review/?search=%E5%91%A8&view=all": "fixing",
    "/review/?state=correcting&search=%E6%9E%97": "waiting",
    "/review/?view=all&light=over": "",
    "/review/?state=nonsense": "",
    "/review/?view=asked": "",
}


def test_every_list_of_the_desk_shows_what_belongs_on_it(either: Town, deeds: Deeds) -> None:
    named = {name: deeds.handed_in()["number"] for name in ("new", "taken", "waiting", "withdrawn")}
    named["fixing"] = deeds.handed_in("zhou-man")["number"]
    deeds.act("shen-lan", named["taken"], "accept", version=1)
    deeds.act("shen-lan", named["fixing"], "accept", version=1)
    deeds.corrected(named["waiting"])
    deeds.act("lin-he", named["withdrawn"], "withdraw", version=1)
    chief = either.browser("jiang-ying")
    wrong = {}
    for path, names in LISTS.items():
        expected = "taken fixing" if path == "/review/" else names
        expected = "taken fixing" if path == "/review/?state=reviewing" else expected
        shown = numbers(chief.open(path))
        if sorted(shown) != sorted(named[name] for name in expected.split()):
            wrong[path] = shown
    assert wrong == {}


def test_previous_and_next_follow_the_list_the_case_was_opened_from(either: Town, deeds: Deeds) -> None:
    made = sorted(deeds.handed_in()["number"] for _ in range(4))
    deeds.act("jiang-ying", made[2], "fast_track", version=1, reason="军属")
    deeds.act("shen-lan", made[3], "accept", version=1)
    window = either.browser("shen-lan")
    order = numbers(window.open("/review/?state=submitted"))
    assert order == [made[2], made[0], made[1]], "the green channel stands first"
    page = window.open(f"/review/{made[0]}/?state=submitted")
    links = dict(re.findall(r'<a rel="(prev|next)" href="([^"]*)"', page.text))
    assert links == {
        "prev": f"/review/{made[2]}/?state=submitted",
        "next": f"/review/{made[1]}/?state=submitted",
    }
    assert "绿色通道" in window.open("/review/").text


@pytest.mark.parametrize(
    "query", ["", "?after=x", "?after=1%F4%8F%BF%BF", "?light=red&view=no&item=%00", "?search=%00"]
)
def test_a_list_that_makes_no_sense_is_still_a_page(either: Town, query: str) -> None:
    assert either.browser("shen-lan").get(f"/review/{query}").status == 200
