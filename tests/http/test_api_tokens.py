"""Tokens and cookies that the provider or this house did not sign."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from tests.http.front_door import bearer
from tests.http.sayings import problem
from tests.http.stand_in import CLIENT, ISSUER, MONDAY, Town, claims_of, token
from tests.http.stand_in import KEY as SIGNING_KEY

APPLY = "/api/v1/applications"


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def signed(claims: Any, *, key: Any = SIGNING_KEY, **header: Any) -> str:
    return jwt.encode({"alg": "ES256", "kid": "test", **header}, claims, key, algorithms=["ES256", "HS256"])


GOOD = claims_of("lin-he")
PUBLIC = json.dumps(SIGNING_KEY.as_dict(private=False)).encode()
FORGED: dict[str, str] = {
    "alg none": f"{part({'alg': 'none'})}.{part(GOOD)}.",
    "alg None": f"{part({'alg': 'None', 'kid': 'test'})}.{part(GOOD)}.x",
    "alg a number": f"{part({'alg': 5})}.{part(GOOD)}.x",
    "no alg": f"{part({})}.{part(GOOD)}.x",
    "a list for a header": f"{part([])}.{part(GOOD)}.x",
    "null for a header": f"{part(None)}.{part(GOOD)}.x",
    "another key": signed(GOOD, key=ECKey.generate_key("P-256", {"kid": "test"})),
    "an unknown key id": signed(GOOD, kid="other"),
    "a key id that is a list": f"{part({'alg': 'ES256', 'kid': []})}.{part(GOOD)}.x",
    "the public key as a secret": signed(GOOD, key=OctKey.import_key(PUBLIC), alg="HS256"),
    "expired": token("lin-he", days=-1),
    "no expiry": signed({k: v for k, v in GOOD.items() if k != "exp"}),
    "an expiry in words": signed({**GOOD, "exp": "tomorrow"}),
    "not yet": signed({**GOOD, "nbf": int(MONDAY.timestamp()) + 3600}),
    "another audience": signed({**GOOD, "aud": "other"}),
    "an audience that is a list of others": signed({**GOOD, "aud": ["other", {"a": 1}]}),
    "another issuer": signed({**GOOD, "iss": ISSUER + ".evil"}),
    "nobody": signed({**GOOD, "sub": ""}),
    "a number for a name": signed({**GOOD, "sub": 7}),
    "claims that are a list": f"{part({'alg': 'ES256', 'kid': 'test'})}.{part([1])}.{'A' * 86}",
    "a crit header": f"{part({'alg': 'ES256', 'kid': 'test', 'crit': ['x'], 'x': 1})}.{part(GOOD)}.x",
    "a signature cut short": token("lin-he")[:-4],
    "other claims under the signature": ".".join([token("lin-he").split(".")[0], part({**GOOD, "sub": "shen-lan"}), token("lin-he").split(".")[2]]),
    "dots": "...", "nothing": "", "a word": "hello", "five parts": "a.b.c.d.e", "very long": "x" * 50_000,
    "signs": "é.ü.ß", "spaces": "a b c", "a zip bomb of dots": "." * 5000,
}  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
def test_a_token_that_the_provider_did_not_sign_for_us_opens_nothing(shared: Town, name: str) -> None:
    for path in ("/api/v1/review/cases", "/api/v1/review/cases/x"):
        answer = shared.program.get(path, Authorization=f"Bearer {FORGED[name]}")
        problem(answer, 401, "token_invalid")
        assert answer.header("WWW-Authenticate") == "Bearer"


@pytest.mark.parametrize("value", ["", "Basic eDp5", "Bearer", "Token x", "bearer"])
def test_an_authorization_of_another_kind_opens_nothing(shared: Town, value: str) -> None:
    assert shared.program.get("/api/v1/review/cases", Authorization=value).status == 401


def test_a_token_for_several_audiences_and_a_minute_of_skew_are_good(here: Town) -> None:
    good = signed({**GOOD, "aud": ["other", CLIENT], "nbf": int(MONDAY.timestamp()) + 30, "sub": "shen-lan"})
    assert here.program.read("/api/v1/review/cases", good).status == 200


def test_a_browser_session_is_no_token_and_a_token_is_no_session(here: Town) -> None:
    window = here.browser("shen-lan")
    assert window.get("/api/v1/review/cases").status == 401
    assert here.program.get("/review/", **bearer(token("shen-lan"))).status == 303
    cookie = {"Cookie": f"banshi={token('shen-lan')}"}
    assert here.program.get("/review/", **cookie).status == 303


COOKIES: dict[str, str] = {
    **{name: value for name, value in FORGED.items() if " " not in value},
    "broken header": "x\x01; banshi=\"", "many": "; ".join(f"a{n}=b" for n in range(3000)),
}  # fmt: skip


@pytest.mark.parametrize("name", COOKIES)
def test_a_cookie_that_we_did_not_sign_is_no_session(shared: Town, name: str) -> None:
    for cookie in (f"banshi={COOKIES[name]}", f"banshi_signin={COOKIES[name]}"):
        assert shared.program.get("/me/", Cookie=cookie).status == 303
        assert shared.program.get("/signin/callback?code=x&state=y", Cookie=cookie).status == 401


def test_a_session_signed_with_the_key_of_another_purpose_is_none(here: Town) -> None:
    claims = {"sid": "x", "was": "", "sub": "shen-lan", "name": "沈岚", "loa": 3, "exp": 9_999_999_999}
    for purpose in ("csrf", "file", "sign-in"):
        value = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(here.house.keys.key(purpose)))
        assert here.program.get("/review/", Cookie=f"banshi={value}").status == 303
