"""What is declared about routes and refusals is so, for every one of them."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from chalicelib.domain.numbers import check_sign
from chalicelib.domain.refusal import Refusal
from chalicelib.domain.rights import ANYONE, CITIZEN, LINK_CALL, PUBLIC, RIGHTS, SYSTEM_CALL, TABLE
from chalicelib.http import words
from chalicelib.http.desk_menu import MENU
from chalicelib.http.routes import FORMS, ROUTES, Route

from tests.http.deeds import ITEM
from tests.http.front_door import Answer, Caller, bearer
from tests.http.stand_in import STAFF as DIRECTORY
from tests.http.stand_in import Town, token

FUNCTIONS = Path(__file__).parents[2] / "functions"
NOBODYS = "22222222222" + check_sign("22222222222")
VALUES = {
    "{item}": ITEM,
    "{draft}": "0" * 32,
    "{page}": "1",
    "{number}": NOBODYS,
    "{sha256}": "0" * 64,
    "{seq}": "1",
    "{dept}": "csgl",
    "{card}": f"{NOBODYS}.promise_over.2",
}
WITHOUT_TOKEN = {"/apply/{item}", "/status"}
STAFF = {entry["sub"]: entry["roles"] for entry in json.loads(DIRECTORY.read_text("utf-8"))}
PEOPLE = ("", "zhou-man", *STAFF)
WITHOUT_CASES = ("qiao-songnian", "wen-qinghe")
TO_SIGN_IN, FORGED, UNKNOWN, NOT_ALLOWED = "to sign-in", "forged", "sign_in", "not_allowed"
UNSIGNED = "signature_invalid"


def address(route: Route) -> str:
    path = route.path
    for name, value in VALUES.items():
        path = path.replace(name, value)
    return path


def ask(here: Town, route: Route, who: str, prefix: str = "") -> Answer:
    if route.api:
        return Caller(here.gateway).send(
            route.method, address(route), headers=bearer(token(who) if who else "")
        )
    browser = here.browser(who)
    token_field = f"_csrf={browser.token}".encode() if who else b""
    body = token_field if route.method == "POST" else b""
    return browser.send(route.method, prefix + address(route), body=body, kind=FORMS[0] if body else "")


def outcome(answer: Answer) -> str:
    """What the door said, or nothing when the handler was reached."""
    if answer.status == 303 and answer.header("Location").startswith("/signin"):
        return TO_SIGN_IN
    if answer.kind == "application/problem+json":
        return answer.json["code"] if answer.json["code"] in (UNKNOWN, NOT_ALLOWED, UNSIGNED) else ""
    said = (
        code for code in (FORGED, UNKNOWN, NOT_ALLOWED) if words.explain(Refusal(code), "zh") in answer.text
    )
    return next(said, "")


def declared(route: Route, who: str) -> str:
    """What the table promises to this visitor."""
    if route.method == "POST" and not route.api and route.csrf and not who:
        return FORGED
    if route.who == ANYONE:
        return ""
    if route.who in (SYSTEM_CALL, LINK_CALL):
        return UNSIGNED
    if not who:
        return UNKNOWN if route.api else TO_SIGN_IN
    held = [role for role in STAFF.get(who, ()) if route.who in TABLE[role]]
    return "" if route.who == CITIZEN or held else NOT_ALLOWED


@pytest.mark.parametrize("who", PEOPLE, ids=lambda who: who or "stranger")
@pytest.mark.parametrize("route", ROUTES, ids=lambda r: f"{r.method} {r.path}")
def test_every_route_lets_in_exactly_whom_it_names(shared: Town, route: Route, who: str) -> None:
    answer = ask(shared, route, who)
    assert outcome(answer) == declared(route, who), (answer.status, answer.text[-600:])
    assert answer.status < 500


@pytest.mark.parametrize("route", ROUTES, ids=lambda r: f"{r.method} {r.path}")
def test_every_page_is_framed_by_nobody_cached_by_nobody_and_runs_nothing_foreign(
    shared: Town, route: Route
) -> None:
    for who in ("", "zhou-man", "shen-lan"):
        for prefix in ("", "/en") if route.both and not route.api else ("",):
            safe(ask(shared, route, who, prefix))


def safe(answer: Answer) -> None:
    if answer.header("Cache-Control").startswith("public"):
        return  # a published file
    assert answer.header("Cache-Control") == "no-store"
    if answer.status == 303:
        return
    assert answer.header("X-Content-Type-Options") == "nosniff"
    if answer.kind == "text/html":
        policy = answer.header("Content-Security-Policy")
        assert all(
            part in policy
            for part in (
                "default-src 'none'",
                "form-action 'self'",
                "frame-ancestors 'none'",
                "base-uri 'none'",
            )
        )
        assert "unsafe" not in policy and answer.header("X-Frame-Options") == "DENY"
        assert "<script>" not in answer.text and " style=" not in answer.text and "onclick" not in answer.text


def test_every_route_names_who_may_call_it() -> None:
    """By a right of the table, and all of the desk needs one."""
    assert {route.who for route in ROUTES} <= {*PUBLIC, *RIGHTS}
    assert {r.path for r in ROUTES if r.path.startswith(("/review", "/api/v1/review"))} == {
        r.path for r in ROUTES if r.who not in PUBLIC
    }


def test_no_right_of_the_table_is_unused() -> None:
    """Each is named by a route, or asked for by a handler."""
    asked = {route.who for route in ROUTES}
    for file in (FUNCTIONS / "chalicelib").rglob("*.py"):
        if file.name != "rights.py":
            names = {
                node.id for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Name)
            }
            asked |= {right for right in RIGHTS if right.upper() in names}
    assert set(RIGHTS) - asked == set()


def test_the_menu_of_the_desk_leads_where_its_right_opens() -> None:
    needs = {route.path: route.who for route in ROUTES if route.method == "GET"}
    assert [(right, url) for right, url, _ in MENU] == [(needs[url.rstrip("/")], url) for _, url, _ in MENU]


@pytest.mark.parametrize("who", STAFF)
def test_everybody_on_the_staff_comes_to_a_page_of_their_own(shared: Town, who: str) -> None:
    page = shared.browser(who).open("/review/rights/")
    assert page.status == 200 and "我的权限" in page.text


@pytest.mark.parametrize("who", WITHOUT_CASES)
def test_who_has_no_cases_finds_none_by_any_address(shared: Town, who: str) -> None:
    about_cases = [r for r in ROUTES if r.who not in PUBLIC and "{number}" in r.path]
    assert len(about_cases) > 5
    assert {outcome(ask(shared, route, who)) for route in about_cases} == {NOT_ALLOWED}


def test_only_the_two_forms_of_the_published_site_are_posted_without_a_token() -> None:
    """Their pages are files, the same for everybody: they can hold no session's token."""
    assert {route.path for route in ROUTES if route.method == "POST" and not route.csrf} == WITHOUT_TOKEN


def test_no_address_is_registered_twice() -> None:
    assert len({(route.method, route.path) for route in ROUTES}) == len(ROUTES)


# --- refusals -------------------------------------------------------------------------------------


def sources() -> Iterator[ast.AST]:
    for file in (*FUNCTIONS.glob("*.py"), *(FUNCTIONS / "chalicelib").rglob("*.py")):
        yield from ast.walk(ast.parse(file.read_text("utf-8")))


def texts(node: ast.AST) -> set[str]:
    return {
        part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }


def test_every_refusal_the_code_speaks_of_has_words() -> None:
    calls = [
        n
        for n in sources()
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "Refusal" and n.args
    ]
    codes = {code for call in calls for code in texts(call.args[0])}
    assert len(codes) > 30 and codes - set(words.codes()) == set()


def test_every_refusal_with_words_is_spoken_of() -> None:
    spoken = {
        node.value for node in sources() if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(words.codes()) - spoken == set()


@pytest.mark.parametrize("code", words.codes())
def test_every_refusal_is_said_in_both_languages(code: str) -> None:
    refusal = Refusal(
        code, {"accept": "PDF", "max_mb": "4", "name": "照片", "points": "照片", "minutes": "3"}
    )
    chinese, english = words.explain(refusal, "zh"), words.explain(refusal, "en").replace("照片", "")
    assert 400 <= words.status(refusal) < 600
    assert "{" not in chinese + english and chinese and english
    assert not any("\u4e00" <= sign <= "\u9fff" for sign in english)
    assert not set(chinese) & set(",?!;")
