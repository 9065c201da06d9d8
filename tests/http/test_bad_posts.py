"""Posts that are broken, forged, late or too much: a clear sentence in the page's language, nothing kept."""

from __future__ import annotations

import pytest
from chalicelib.domain.refusal import Refusal
from chalicelib.http import words

from tests.http.deeds import ITEM, PAGES, Deeds
from tests.http.front_door import BOUNDARY, Browser, Caller, multipart
from tests.http.sayings import LANGUAGES, nothing_kept, says
from tests.http.stand_in import Town

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"
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


# --- forged ------------------------------------------------------------------------------------------


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
