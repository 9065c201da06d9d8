"""Addresses, methods and headers: what is not there, what may not be asked, what must not leak."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.http.deeds import ITEM, PAGES, Deeds
from tests.http.front_door import BASE
from tests.http.stand_in import ISSUER, Town

LANGUAGES = pytest.mark.parametrize("prefix", ["", "/en"], ids=["zh", "en"])
LOST = [
    "no/such/page",
    "guides/no-such",
    "me/x/y/z/w",
    "%ff%fe",
    "x" * 2000,
    "a/" * 300,
    "apply",
    "static/none.css",
    "catalogue/x.json",
]
OUTSIDE = [
    "/static/../../etc/passwd", "/static/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc%2fpasswd", "/%2e%2e%5c%2e%2e%5cx",
    "/static/..;/x", "//etc/passwd", "/.git/config", "/static/.%00./x", "/catalogue/../../secret", "/%c0%ae%c0%ae/x",
    "/catalogue/huwai-zhaopai/../../../secret", "/.lock", "/./././etc/passwd",
]  # fmt: skip


@LANGUAGES
@pytest.mark.parametrize("path", LOST, ids=range(len(LOST)))
def test_what_is_not_there_is_a_page_for_people(shared: Town, path: str, prefix: str) -> None:
    answer = shared.program.get(f"{prefix}/{path}")
    assert (answer.status, answer.kind) == (404, "text/html")
    assert ("There is nothing at this address" if prefix else "找不到这个页面") in answer.text


@pytest.mark.parametrize(
    "path", ["", "x", "applications/x/y/z", "review", "../../etc/passwd", "%ff", "openapi.json/x"]
)
def test_what_is_not_there_is_a_problem_for_programs(shared: Town, path: str) -> None:
    answer = shared.program.get(f"/api/v1/{path}")
    assert (answer.status, answer.kind, answer.json["code"]) == (404, "application/problem+json", "not_found")


@pytest.mark.parametrize("path", OUTSIDE)
def test_nothing_outside_the_published_folder_is_ever_sent(shared: Town, path: str) -> None:
    answer = shared.program.get(path)
    assert answer.status == 404 and "root:" not in answer.text and answer.kind == "text/html"


@pytest.mark.parametrize(
    "path", ["/../beside.json", "/static/../../beside.json", "//..//beside.json", "/.hidden.json"]
)
def test_files_beside_and_hidden_in_the_published_folder_stay_there(
    site: Path, shared: Town, path: str
) -> None:
    for file in (site.parent / "beside.json", site / ".hidden.json"):
        file.write_text('"secret"')
    for spelt in (path, path.replace("..", "%2e%2e"), path.replace("/.", "/%2e")):
        answer = shared.program.get(spelt)
        assert answer.status == 404 and "secret" not in answer.text


def test_a_link_out_of_the_published_folder_is_followed_by_nobody_else(site: Path, shared: Town) -> None:
    assert not [file for file in site.rglob("*") if file.is_symlink()]


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", f"/apply/{ITEM}/", "GET, HEAD, POST"), ("PUT", "/me/x", "GET, HEAD"), ("OPTIONS", "/status/", "GET, HEAD, POST"),
        ("POST", "/me/x", "GET, HEAD"), ("PATCH", "/signout", "POST"), ("GET", "/signout", "POST"), ("POST", "/", "GET, HEAD"),
        ("POST", "/index.html", "GET, HEAD"), ("TRACE", "/healthz", "GET, HEAD"), ("PUT", "/review", "GET, HEAD"),
        ("OPTIONS", "/api/v1/files", "POST"), ("GET", "/api/v1/applications", "POST"),
        ("DELETE", "/api/v1/applications/x", "GET, HEAD"), ("HEAD", "/api/v1/files", "POST"),
    ],
)  # fmt: skip
def test_a_method_an_address_does_not_take_is_answered_with_those_it_takes(
    shared: Town, method: str, path: str, allow: str
) -> None:
    answer = shared.program.send(method, path)
    assert (answer.status, answer.header("Allow")) == (405, allow)
    assert answer.kind == ("application/problem+json" if path.startswith("/api/") else "text/html")


@pytest.mark.parametrize(
    "path", ["/", "/status/", "/healthz", "/api/v1/openapi.json", f"/guides/{ITEM}/", "/nothing", "/apply/x/"]
)
def test_head_is_get_without_the_body(shared: Town, path: str) -> None:
    get, head = shared.program.send("GET", path), shared.program.send("HEAD", path)
    assert (head.status, head.fields, head.body) == (get.status, get.fields, b"")


@pytest.mark.parametrize(
    "path", ["/status", f"/apply/{ITEM}", "/healthz", "/me", "/review", "/api/v1/openapi.json"]
)
def test_a_slash_at_the_end_changes_nothing(shared: Town, path: str) -> None:
    plain, slashed = shared.program.get(path), shared.program.get(f"{path}/")
    assert plain.status == slashed.status
    assert plain.kind == slashed.kind


def test_a_published_page_is_not_sent_twice_to_who_has_it(shared: Town) -> None:
    first = shared.program.get("/")
    again = shared.program.get("/", **{"If-None-Match": first.header("ETag")})
    assert (again.status, again.body, again.header("Content-Length")) == (304, b"", "")
    packed = shared.program.get("/", **{"Accept-Encoding": "gzip"})
    assert packed.header("Content-Encoding") == "gzip" and packed.header("ETag") != first.header("ETag")


@pytest.mark.parametrize(
    "query",
    ["&".join(f"a{n}=1" for n in range(60)), "%ff=%fe", "=&=&", "after=%00", "a[]=1;b", "%ED%A0%80=1"],
)
@pytest.mark.parametrize(
    "path", ["/status", "/signin/callback", "/api/v1/applications/x", "/healthz", "/apply/none"]
)
def test_no_query_breaks_a_page(shared: Town, path: str, query: str) -> None:
    assert shared.program.send("GET", path, query=query).status in (200, 400, 401, 404)


@pytest.mark.parametrize("field", ["after", "item", "state", "search", "done"])
@pytest.mark.parametrize(
    "value", ["-1", "9" * 400, "%00", "%F0%9F%91%BB", "../../x", "2026-11-23#~", "%ff", "'; drop table cases"]
)
def test_no_filter_breaks_the_queue(here: Town, deeds: Deeds, field: str, value: str) -> None:
    deeds.handed_in()
    window = here.browser("shen-lan")
    assert window.get(f"/review/?{field}={value}").status == 200


# --- sign-in --------------------------------------------------------------------------------------

AWAY = [
    "https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "",
    "/%0d%0aSet-Cookie: a=b", "/me/%0d%0aLocation: https://evil.example", "/\t/evil.example", "/%09/evil.example",
    "http:evil.example", "/" * 20 + "evil.example", "/me/" + "x" * 1000, " //evil.example", "/\u2028/evil", "evil",
]  # fmt: skip


@pytest.mark.parametrize("to", AWAY, ids=range(len(AWAY)))
def test_signing_in_never_leads_away_from_the_site(here: Town, to: str) -> None:
    browser = here.browser()
    away = browser.get(f"/signin?next={quote(to, safe='%')}")
    assert away.status == 303 and away.header("Location").startswith(ISSUER)
    state, nonce = (re.search(rf"[?&]{name}=([^&]+)", away.header("Location")) for name in ("state", "nonce"))
    assert state and nonce
    back = browser.get(f"/signin/callback?code=lin-he.{nonce[1]}&state={state[1]}")
    location = back.header("Location")
    assert back.status == 303 and re.fullmatch(r"/(?![/\\])[!-~]*", location)
    assert all(line.startswith(("banshi=", "banshi_signin=;")) for line in back.all("Set-Cookie"))


@pytest.mark.parametrize("to", ["/me/", "/en/me/", "/review/", "/guides/中文/", f"/apply/{ITEM}/?a=b%26c"])
def test_signing_in_leads_back_to_where_one_was(here: Town, to: str) -> None:
    browser = here.browser()
    away = browser.get(f"/signin?next={quote(to)}")
    state, nonce = (re.search(rf"[?&]{name}=([^&]+)", away.header("Location")) for name in ("state", "nonce"))
    assert state and nonce
    location = browser.get(f"/signin/callback?code=lin-he.{nonce[1]}&state={state[1]}").header("Location")
    assert location == quote(to, safe="/?=%&")


def test_a_callback_without_its_own_sign_in_is_refused(here: Town) -> None:
    browser, other = here.browser(), here.browser()
    away = browser.get("/signin")
    state, nonce = (re.search(rf"[?&]{name}=([^&]+)", away.header("Location")) for name in ("state", "nonce"))
    assert state and nonce
    good = f"/signin/callback?code=lin-he.{nonce[1]}&state={state[1]}"
    assert other.get(good).status == 401, "another browser"
    for query in (
        "",
        "?code=x",
        f"?state={state[1]}",
        f"?code=lin-he.{nonce[1]}&state=x",
        f"?code=lin-he.other&state={state[1]}",
        f"?code=nobody&state={state[1]}",
    ):
        assert browser.get(f"/signin/callback{query}").status == 401
    here.clock.move(minutes=16)
    assert browser.get(good).status == 401, "too late"


def test_a_sign_in_makes_a_new_session(here: Town) -> None:
    browser = here.browser()
    browser.post(f"/apply/{ITEM}/", PAGES[0])
    before = browser.cookies["banshi"]
    browser.sign_in("lin-he")
    assert browser.cookies["banshi"] != before


def test_cookies_are_for_this_site_only(here: Town) -> None:
    for answer in (here.program.get("/signin"), here.browser().post(f"/apply/{ITEM}/", PAGES[0])):
        for line in answer.all("Set-Cookie"):
            assert {"Path=/", "HttpOnly", "SameSite=Lax", "Secure"} <= set(line.split("; "))


def test_a_session_ends_after_eight_hours_and_on_signing_out(here: Town) -> None:
    browser, other = here.browser("lin-he"), here.browser("lin-he")
    browser.follow(browser.post("/signout", {"_csrf": browser.token}))
    assert browser.get("/me/").header("Location").startswith("/signin")
    for _ in range(23):
        here.clock.move(minutes=20)
        assert other.get("/me/").status == 200
    here.clock.move(minutes=20, seconds=1)
    assert other.get("/me/").header("Location").startswith("/signin"), "eight hours, however busy"


@LANGUAGES
def test_a_page_that_needs_a_sign_in_leads_there_and_back(shared: Town, prefix: str) -> None:
    answer = shared.program.get(f"{prefix}/me/")
    assert (answer.status, answer.header("Location")) == (303, f"/signin?next={prefix}/me/")


def test_a_header_never_carries_what_somebody_typed(here: Town, deeds: Deeds) -> None:
    window = here.browser("shen-lan")
    number = deeds.handed_in()["number"]
    found = window.get(f"/review/?search={number.lower()}%0d%0aX-Evil:%201")
    assert not found.header("X-Evil")
    assert found.header("Location") in ("", f"/review/{number}/")
    page = here.program.get("/en/none%0d%0aX-Evil:1")
    assert not page.header("X-Evil") and page.status == 404
    assert BASE not in page.header("Location")
