"""Posts that are broken, forged, late or too much: a clear sentence in the page's language, nothing kept."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from chalicelib.domain.numbers import check_sign
from chalicelib.domain.refusal import Refusal
from chalicelib.http import words
from chalicelib.store.port import CASES, DRAFTS

from tests.http.deeds import ITEM, PAGES, Deeds, png
from tests.http.front_door import BOUNDARY, Answer, Browser, Caller, multipart
from tests.http.stand_in import MONDAY, Town

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"
LANGUAGES = pytest.mark.parametrize("prefix", ["", "/en"], ids=["zh", "en"])
BROKEN: dict[str, tuple[bytes, str, str]] = {
    "garbage said to be multipart": (b"\x00\xff garbage", MULTIPART, "bad_form"),
    "multipart without a boundary": (b"--x--", "multipart/form-data", "bad_form"),
    "multipart cut off": (multipart({"firm": "x"}, "a.png", b"y" * 50)[0][:-20], MULTIPART, "bad_form"),
    "another boundary than promised": (
        multipart({}, "a.png", b"y")[0],
        "multipart/form-data; boundary=other",
        "bad_form",
    ),
    "bytes that are no UTF-8": (b"firm=\xff\xfe", URLENCODED, "bad_form"),
    "a charset that does not exist": (b"firm=x", f"{URLENCODED}; charset=klingon", "bad_form"),
    "three hundred fields": (b"&".join(b"f%d=1" % n for n in range(300)), URLENCODED, "bad_form"),
    "three hundred parts": (
        multipart({f"f{n}": "1" for n in range(300)}, "a.png", b"y")[0],
        MULTIPART,
        "bad_form",
    ),
    "JSON": (b'{"firm": "x"}', "application/json", "media_type"),
    "XML": (b"<firm/>", "text/xml", "media_type"),
    "no type at all": (b"firm=x", "", "media_type"),
    "seven megabytes": (b"firm=" + b"x" * 7_000_000, URLENCODED, "body_too_big"),
}


def says(answer: Answer, code: str, prefix: str) -> bool:
    """Whether the page says why, in its language."""
    lang = "en" if prefix else "zh"
    return (
        words.explain(Refusal(code), lang) in answer.text
        and f'lang="{"en" if prefix else "zh-CN"}"' in answer.text
    )


def nothing_kept(here: Town) -> bool:
    lanes = [f"{dept}:office" for dept in ("csgl", "zwfw", "scjg")]
    return not any(here.store.count(CASES, "queue", lane) for lane in lanes) and not any(
        here.store.query(DRAFTS, "owner", sub).rows for sub in ("lin-he", "zhou-man")
    )


@LANGUAGES
@pytest.mark.parametrize("name", BROKEN)
def test_a_post_that_did_not_arrive_whole_is_explained_and_not_kept(
    here: Town, name: str, prefix: str
) -> None:
    body, kind, code = BROKEN[name]
    citizen = here.browser("lin-he")
    answer = citizen.send("POST", f"{prefix}/apply/{ITEM}/", body=body, kind=kind)
    assert answer.status == words.status(Refusal(code)) and says(answer, code, prefix), answer.text
    assert nothing_kept(here)


@pytest.mark.parametrize("length", ["absent", "7000005", "٣", "²", "9" * 5000, "-1", "1e3", ""])
def test_a_content_length_may_lie(here: Town, length: str) -> None:
    body = b"firm=" + b"x" * 7_000_000
    caller = Caller(here.gateway, strict=False)
    assert caller.send("POST", f"/apply/{ITEM}/", body=body, kind=URLENCODED, length=length).status == 413


def test_a_body_said_to_be_shorter_is_read_as_far_as_said(here: Town) -> None:
    answer = here.program.send(
        "POST", f"/apply/{ITEM}/", body=b"firm=" + b"x" * 7_000_000, kind=URLENCODED, length="6"
    )
    assert answer.status == 422


@LANGUAGES
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "item", ["no-such-item", "index", "x" * 300, "..%2fsite", "%00", "Ｈuwai", "huwai-zhaopai%0a"]
)
def test_an_unknown_item_is_named_as_such(here: Town, item: str, prefix: str, method: str) -> None:
    answer = here.program.send(method, f"{prefix}/apply/{item}/", body=b"", kind=URLENCODED)
    assert answer.status == 404
    assert nothing_kept(here)


@LANGUAGES
def test_an_unknown_item_has_its_own_sentence(here: Town, prefix: str) -> None:
    assert says(here.program.get(f"{prefix}/apply/no-such-item/"), "unknown_item", prefix)


@LANGUAGES
@pytest.mark.parametrize(
    "pages", ["0", "-1", "4", "99", "999999999999999999999", "1.5", "１", "²", "x", "1%00", "%2e%2e"]
)
def test_there_are_only_the_pages_there_are(here: Town, deeds: Deeds, pages: str, prefix: str) -> None:
    citizen = here.browser("lin-he")
    address = citizen.post(f"/apply/{ITEM}/", PAGES[0]).header("Location").rpartition("/")[0]
    assert citizen.get(f"{prefix}{address}/{pages}").status == 404
    assert citizen.post(f"{prefix}{address}/{pages}", {"_csrf": citizen.token}).status == 404


# --- forged ---------------------------------------------------------------------------------------


def draft_of(citizen: Browser) -> tuple[str, str]:
    """The address of a new draft's second page, and its token."""
    page = citizen.follow(citizen.post(f"/apply/{ITEM}/", PAGES[0]))
    return page.forms[-1].action, page.forms[-1].values["_csrf"][0]


@LANGUAGES
@pytest.mark.parametrize("token", ["", "x", "é", "\ud800", "A" * 22, "x" * 100_000])
def test_a_token_that_is_not_the_sessions_forges_nothing(here: Town, token: str, prefix: str) -> None:
    citizen = here.browser()
    address, good = draft_of(citizen)
    posted = {**PAGES[1], "_csrf": token.encode("utf-8", "surrogatepass")}
    answer = citizen.post(prefix + address, posted)
    assert answer.status == 403 and says(answer, "forged", prefix)
    assert citizen.post(prefix + address, {**PAGES[1], "_csrf": good}).status == 303


def test_a_token_of_another_session_or_of_before_signing_in_forges_nothing(here: Town) -> None:
    citizen, other = here.browser(), here.browser()
    address, old = draft_of(citizen)
    _, foreign = draft_of(other)
    citizen.sign_in("lin-he")
    for token in (old, foreign):
        assert citizen.post(address, {**PAGES[1], "_csrf": token}).status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": ""}, {"Origin": "http://["},
        {"Origin": "https://zwfw.wanglan.example.evil.example"}, {"Origin": "https://zwfw.wanglan.example@evil.example"},
        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "javascript:alert(1)"},
    ],
    ids=str,
)  # fmt: skip
def test_a_post_from_another_site_is_refused_even_with_the_token(here: Town, headers: dict[str, str]) -> None:
    citizen = here.browser()
    address, token = draft_of(citizen)
    assert citizen.post(address, {**PAGES[1], "_csrf": token}, **headers).status == 403
    assert citizen.post(f"/apply/{ITEM}/", PAGES[0], **headers).status == 403


def test_our_own_origin_is_welcome(here: Town) -> None:
    citizen = here.browser()
    address, token = draft_of(citizen)
    own = {"Origin": "https://zwfw.wanglan.example", "Sec-Fetch-Site": "same-origin"}
    assert citizen.post(address, {**PAGES[1], "_csrf": token}, **own).status == 303


@pytest.mark.parametrize("field", ["firm", "firm-year", "_go", "_csrf", "_slot", "no-such-field", "_version"])
def test_half_a_character_breaks_no_form(here: Town, field: str) -> None:
    """%ED%A0%80 is a lone surrogate: no text at all."""
    body = f"{field}=%ED%A0%80&{field}=%FF%00".encode()
    assert here.program.send("POST", f"/apply/{ITEM}/", body=body, kind=URLENCODED).status in (400, 422)


# --- files ----------------------------------------------------------------------------------------


def materials(here: Town, deeds: Deeds, prefix: str = "") -> tuple[Browser, Answer]:
    citizen = here.browser("lin-he")
    return citizen, deeds.fill_in(citizen, en=bool(prefix))


@LANGUAGES
@pytest.mark.parametrize(
    ("data", "code", "fact"),
    [
        (b"", "file_empty", ""),
        (b"MZ\x90\x00 a program", "file_type", "PNG"),
        (b"<svg onload=alert(1)>", "file_type", "PNG"),
        (b"GIF89a", "file_type", "PNG"),
        (png() + b"x" * 4_200_000, "file_too_big", "4"),
    ],
    ids=["empty", "program", "svg", "gif", "too big"],
)
def test_a_file_that_will_not_do_is_refused_beside_its_slot(
    here: Town, deeds: Deeds, data: bytes, code: str, fact: str, prefix: str
) -> None:
    citizen, page = materials(here, deeds, prefix)
    answer = citizen.choose_file(page, "picture", "效果图.png", data)
    assert answer.status == 422 and len(answer.errors) == 1
    start = words.explain(Refusal(code), "en" if prefix else "zh").split(",")[0].split("，")[0][:6]
    assert answer.errors[0].startswith(start) and fact in answer.errors[0]
    assert "效果图.png" not in answer.text


@LANGUAGES
def test_no_file_chosen_is_said(here: Town, deeds: Deeds, prefix: str) -> None:
    citizen, page = materials(here, deeds, prefix)
    answer = citizen.choose_file(page, "picture", "", b"")
    assert answer.errors == [words.explain(Refusal("file_missing"), "en" if prefix else "zh")]


@pytest.mark.parametrize("slot", ["licence", "application", "no-such", "consent", "../x", ""])
def test_only_slots_that_are_open_take_files(here: Town, deeds: Deeds, slot: str) -> None:
    """Shared, generated, unknown, or not called for by these answers."""
    citizen, page = materials(here, deeds)
    answer = citizen.attach(
        page.forms[-1].action, {"_csrf": citizen.token, "_slot": slot, "_go": "upload"}, "a.png", png()
    )
    assert answer.status == 422
    assert "a.png" not in citizen.get(page.forms[-1].action).text


@LANGUAGES
def test_a_sixth_file_is_refused_when_it_comes(here: Town, deeds: Deeds, prefix: str) -> None:
    citizen, page = materials(here, deeds, prefix)
    for shade in range(5):
        page = citizen.choose_file(page, "picture", f"{shade}.png", png(shade))
    answer = citizen.choose_file(page, "picture", "6.png", png(6))
    assert answer.status == 422 and answer.errors == [
        words.explain(Refusal("too_many_files"), "en" if prefix else "zh")
    ]
    assert "6.png" not in answer.text
    again = citizen.choose_file(page, "picture", "0.png", png(0))
    assert again.status == 200, "the same file again is no sixth"


def test_missing_materials_stop_at_the_materials_page(here: Town, deeds: Deeds) -> None:
    citizen, page = materials(here, deeds)
    assert deeds.next(citizen, page).errors == ["请上传招牌设置效果图"]


NAMES = {
    "a path": ("../../etc/passwd.png", "passwd.png"),
    "a Windows path": ("C:\\\\temp\\\\图.png", "图.png"),
    "right to left": ("a\u202egnp.exe.png", "agnp.exe.png"),
    "three hundred signs": ("长" * 300 + ".png", "长" * 80 + ".png"),
    "line breaks": ("a\r\nSet-Cookie: x=1.png", None),
    "quotes and tags": ('"><script>alert(1)</script>.png', None),
    "an ending that lies": ("图.exe", "图.png"),
    "nothing but dots": ("....", "file.png"),
    "NUL": ("a\x00b.png", "ab.png"),
    "half an emoji": ("\ud83d.png".encode("utf-8", "replace").decode(), None),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_file_name_is_made_harmless(here: Town, deeds: Deeds, name: str) -> None:
    sent, shown = NAMES[name]
    citizen, page = materials(here, deeds)
    answer = citizen.choose_file(page, "picture", sent, png())
    assert answer.status == 200, answer.errors
    assert shown is None or f">{shown}</a>" in answer.text
    assert "<script>alert" not in answer.text and "\u202e" not in answer.text
    link = re.search(r'href="(/apply/[^"]+/files/[0-9a-f]{64})"', answer.text)
    assert link
    file = citizen.get(link[1], Accept="text/html")
    assert (file.status, file.body, file.kind) == (200, png(), "image/png")
    assert file.header("Content-Disposition").startswith("attachment; filename*=UTF-8''")
    assert (
        "sandbox" in file.header("Content-Security-Policy")
        and file.header("X-Content-Type-Options") == "nosniff"
    )


def test_a_file_is_nobody_elses(here: Town, deeds: Deeds) -> None:
    citizen, page = materials(here, deeds)
    page = citizen.choose_file(page, "picture", "a.png", png())
    link = re.search(r'href="(/apply/[^"]+/files/[0-9a-f]{64})"', page.text)
    assert link
    for other in (here.browser(), here.browser("zhou-man"), here.browser("shen-lan")):
        assert other.get(link[1]).status == 404
    for wrong in ("../" * 3 + "x", "0" * 64, link[1][-64:].upper(), "%00", "x" * 400):
        assert citizen.get(f"{link[1].rpartition('/')[0]}/{wrong}").status == 404


# --- answers --------------------------------------------------------------------------------------


@LANGUAGES
def test_bad_answers_come_back_with_what_was_typed(here: Town, prefix: str) -> None:
    typed = {**PAGES[0], "uscc": "91990101MA0000001X", "firm": '"><b>店</b>'}
    answer = here.program.send(
        "POST", f"{prefix}/apply/{ITEM}/", body=urlencode(typed).encode(), kind=URLENCODED
    )
    assert answer.status == 422 and len(answer.errors) == 1
    assert answer.forms[-1].values["uscc"] == ["91990101MA0000001X"]
    assert answer.forms[-1].values["firm"] == ['"><b>店</b>'] and "<b>店" not in answer.text
    assert not answer.all("Set-Cookie")


@pytest.mark.parametrize(
    "text", ["nan", "inf", "-inf", "1e999", "9" * 400, "0x10", "１２", "--4", "4.5.6", "", "٣"]
)
def test_a_length_that_is_no_length_is_said_to_be_none(here: Town, deeds: Deeds, text: str) -> None:
    citizen = here.browser("lin-he")
    page = citizen.follow(citizen.post(f"/apply/{ITEM}/", PAGES[0]))
    answer = citizen.fill(page, {**PAGES[1], "width_m": text}, has="width_m")
    allowed = (200, 422) if text in ("１２",) else (422,)
    assert answer.status in allowed, answer.text


@LANGUAGES
def test_somebody_unverified_may_fill_in_but_not_hand_in(here: Town, deeds: Deeds, prefix: str) -> None:
    citizen = here.browser("no-card")
    check = deeds.to_check(citizen, en=bool(prefix))
    answer = citizen.post(check.forms[-1].action, {**check.forms[-1].values, "_go": "submit"})
    assert answer.status == 403 and says(answer, "assurance_low", prefix) and nothing_kept(here)


# --- the desk and the case ------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["", "0", "-1", "99", "9" * 40, "1.0", "one", "１"])
def test_a_decision_on_another_version_than_shown_changes_nothing(
    here: Town, deeds: Deeds, version: str
) -> None:
    number = deeds.handed_in()["number"]
    window = here.browser("shen-lan")
    answer = window.post(
        f"/review/{number}/", {"_csrf": window.token, "action": "accept", "_version": version}
    )
    assert answer.status == 409 and says(answer, "changed_meanwhile", "")
    assert here.house.desk.find(number, now=MONDAY).state == "submitted"  # type: ignore[union-attr]


@LANGUAGES
def test_a_withdrawal_from_an_old_page_changes_nothing(here: Town, deeds: Deeds, prefix: str) -> None:
    citizen, number = here.browser("lin-he"), deeds.handed_in()["number"]
    page = citizen.open(f"{prefix}/me/{number}/withdraw/")
    deeds.act("shen-lan", number, "accept", version=1)
    answer = citizen.fill(page, {}, has="_version")
    assert answer.status == 409 and says(answer, "changed_meanwhile", prefix)
    assert f'href="{prefix}/me/{number}' in answer.text


DESK: dict[str, tuple[str, dict[str, str], int, str]] = {
    "another department": ("lu-zhiyuan", {"action": "accept"}, 403, "not_yours"),
    "a role that may not": ("jiang-ying", {"action": "accept"}, 403, "not_allowed"),
    "a step that does not fit": (
        "shen-lan",
        {"action": "deliver", "deliver-method": "post", "deliver-proof": "单号 1"},
        409,
        "not_in_state",
    ),
    "an action there is not": ("shen-lan", {"action": "explode"}, 422, "unknown_action"),
    "an action of the law": ("shen-lan", {"action": "deem_accepted"}, 422, "unknown_action"),
}


@pytest.mark.parametrize("name", DESK)
def test_a_step_that_may_not_be_done_is_refused_with_its_reason(here: Town, deeds: Deeds, name: str) -> None:
    who, fields, status, code = DESK[name]
    number = deeds.handed_in()["number"]
    browser = here.browser(who)
    answer = browser.post(f"/review/{number}/", {"_csrf": browser.token, "_version": "1", **fields})
    assert answer.status == status and says(answer, code, ""), answer.text
    assert here.house.desk.find(number, now=MONDAY).version == 1  # type: ignore[union-attr]


def test_a_correction_without_points_or_reason_comes_back_with_the_form(here: Town, deeds: Deeds) -> None:
    number, window = deeds.handed_in()["number"], here.browser("shen-lan")
    assert deeds.decide(window, number, "correct", fields=[], reason="请补正").errors == [
        "请至少勾选一项需要补正的内容。"
    ]
    assert deeds.decide(window, number, "correct", fields=["address"], reason="").status == 422
    page = window.open(f"/review/{number}/")
    assert window.fill(page, {}, has="_version").errors == ["请选择一个审查结论"]


@LANGUAGES
def test_a_strangers_case_is_nobody_elses(here: Town, deeds: Deeds, prefix: str) -> None:
    number = deeds.handed_in()["number"]
    stranger = here.browser("zhou-man")
    for page in ("", "receipt/", "withdraw/", "supplement/", "papers/1/", f"files/{'0' * 64}"):
        answer = stranger.get(f"{prefix}/me/{number}/{page}")
        assert answer.status == 403 and says(answer, "not_yours", prefix)
    for page in ("withdraw/", "supplement/"):
        answer = stranger.post(f"{prefix}/me/{number}/{page}", {"_csrf": stranger.token, "_version": "1"})
        assert answer.status == 403 and says(answer, "not_yours", prefix)


@pytest.mark.parametrize("number", ["x", "AAAA-AAAA-AAAA", "%00", "../review", "ａ" * 12, "2" * 500])
def test_a_number_that_is_none_is_not_found(here: Town, number: str) -> None:
    assert here.browser("lin-he").get(f"/me/{number}/").status == 404
    assert here.browser("shen-lan").get(f"/review/{number}/").status == 404


@LANGUAGES
@pytest.mark.parametrize(
    "fields", [{}, {"number": "x", "code": "y"}, {"number": "2" * 4000, "code": "\u202e"}]
)
def test_a_status_query_that_fits_nothing_says_both_may_be_wrong(
    here: Town, fields: dict[str, str], prefix: str
) -> None:
    answer = here.browser().post(f"{prefix}/status/", fields)
    assert answer.status == 404 and says(answer, "wrong_code", prefix)


@LANGUAGES
def test_a_wrong_code_sounds_exactly_like_an_unknown_number(here: Town, deeds: Deeds, prefix: str) -> None:
    receipt = deeds.handed_in()
    unknown = "22222222222" + check_sign("22222222222")
    right = {"number": receipt["number"], "code": "WRONGCDE"}
    wrong = {"number": unknown, "code": "WRONGCDE"}
    one, two = (here.browser().post(f"{prefix}/status/", typed) for typed in (right, wrong))
    assert one.text.replace(receipt["number"], unknown) == two.text
    assert (one.status, one.fields[:-1]) == (two.status, two.fields[:-1])
    api = [
        here.program.read(f"/api/v1/applications/{number}?code=WRONGCDE")
        for number in (receipt["number"], unknown, "x")
    ]
    assert len({(answer.status, answer.fields, answer.body) for answer in api}) == 1


def test_a_supplement_sent_twice_arrives_once(here: Town, deeds: Deeds) -> None:
    citizen, number = here.browser("lin-he"), deeds.handed_in()["number"]
    deeds.corrected(number)
    page = citizen.choose_file(citizen.open(f"/me/{number}/supplement/"), "picture", "b.png", png(1))
    form = next(form for form in page.forms if "address" in form.offered)
    fields = {**form.values, "address": "听潮路 12 号一层", "_go": "submit"}
    assert [citizen.post(form.action, fields).status for _ in range(2)] == [303, 303]
    assert here.house.desk.find(number, now=MONDAY).version == 3  # type: ignore[union-attr]


@LANGUAGES
def test_a_supplement_without_the_listed_picture_keeps_what_was_typed(
    here: Town, deeds: Deeds, prefix: str
) -> None:
    citizen, number = here.browser("lin-he"), deeds.handed_in()["number"]
    deeds.corrected(number)
    page = citizen.open(f"{prefix}/me/{number}/supplement/")
    answer = citizen.fill(page, {"address": "听潮路 12 号一层"}, has="address", go="submit")
    assert answer.status == 422 and len(answer.errors) == 1
    assert "听潮路 12 号一层" in citizen.open(f"{prefix}/me/{number}/supplement/").text
    assert here.house.desk.find(number, now=MONDAY).version == 2  # type: ignore[union-attr]


def test_a_supplement_may_not_touch_what_was_not_listed(here: Town, deeds: Deeds) -> None:
    citizen, number = here.browser("lin-he"), deeds.handed_in()["number"]
    deeds.corrected(number)
    page = citizen.choose_file(citizen.open(f"/me/{number}/supplement/"), "picture", "b.png", png(1))
    form = next(form for form in page.forms if "address" in form.offered)
    citizen.post(
        form.action, {**form.values, "firm": "别家店", "address": "听潮路 12 号一层", "_go": "submit"}
    )
    assert here.house.desk.find(number, now=MONDAY).form["firm"] == PAGES[0]["firm"]  # type: ignore[union-attr]


def test_a_sixth_file_is_refused_in_a_supplement_too(here: Town, deeds: Deeds) -> None:
    citizen, number = here.browser("lin-he"), deeds.handed_in()["number"]
    deeds.corrected(number)
    page = citizen.open(f"/me/{number}/supplement/")
    for shade in range(1, 6):
        page = citizen.choose_file(page, "picture", f"{shade}.png", png(shade))
    assert citizen.choose_file(page, "picture", "6.png", png(6)).status == 422
