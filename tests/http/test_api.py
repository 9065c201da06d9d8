"""The JSON interface: who may, what is one request, and what no body may do."""

from __future__ import annotations

import base64
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from tests.http.deeds import ANSWERS, ITEM, KEY, Deeds, png
from tests.http.front_door import Answer, Caller, bearer
from tests.http.stand_in import CLIENT, ISSUER, MONDAY, Town, claims_of, token, town
from tests.http.stand_in import KEY as SIGNING_KEY

APPLY = "/api/v1/applications"


def problem(answer: Answer, status: int, code: str) -> None:
    """A problem is whole: type, status, code, both languages; nothing to cache."""
    assert (answer.status, answer.kind) == (status, "application/problem+json"), answer.text
    told = answer.json
    assert (told["code"], told["status"], told["type"]) == (code, status, f"urn:banshi:problem:{code}")
    assert told["title"] != told["title_en"] and "{" not in told["title"] + told["title_en"]
    assert (
        answer.header("Cache-Control") == "no-store" and answer.header("X-Content-Type-Options") == "nosniff"
    )


# --- one request is one case ----------------------------------------------------------------------


def test_the_same_request_gets_the_same_answer_byte_for_byte(here: Town, deeds: Deeds) -> None:
    body = deeds.application()
    first, again = (deeds.apply(body=body, key=KEY) for _ in range(2))
    assert (first.status, first.body) == (again.status, again.body) == (201, first.body)


def test_the_receipt_stays_the_same_when_the_case_moves_on(here: Town, deeds: Deeds) -> None:
    body = deeds.application()
    first = deeds.apply(body=body, key=KEY)
    number = first.json["number"]
    deeds.act("shen-lan", number, "accept", version=1)
    deeds.act("jiang-ying", number, "deny", version=2, reason="不符合规划")
    here.clock.move(days=40)
    again = deeds.town.program.call(APPLY, body, token=token("lin-he", days=90), **{"Idempotency-Key": KEY})
    assert (again.status, again.body) == (201, first.body)


def test_the_receipt_stays_the_same_when_the_guide_changes(site: Path, tmp_path: Path) -> None:
    """The new version asks for what the old application does not have."""
    own = tmp_path / "site"
    shutil.copytree(site / "catalogue", own / "catalogue")
    here = town(own, tmp_path)
    deeds = Deeds(here)
    body = deeds.application()
    first = deeds.apply(body=body, key=KEY)
    file = own / "catalogue" / f"{ITEM}.json"
    item = json.loads(file.read_bytes())
    item["version"] = "f" * 16
    item["form"]["required"].append("owner")
    item["form"]["properties"]["owner"] = {"type": "string", "title": "业主", "minLength": 2}
    item["form"]["x-pages"][0]["fields"].append("owner")
    for name in (file, own / "catalogue" / ITEM / f"{'f' * 16}.json"):
        name.unlink(missing_ok=True)
        name.write_text(json.dumps(item))
    again = deeds.apply(body=body, key=KEY)
    assert (again.status, again.body) == (201, first.body)
    problem(deeds.apply(body=body), 422, "invalid")


@pytest.mark.parametrize("change", [{"firm": "另一家店"}, {"width_m": 4.6}, {"declare": 1}, {"extra": 1}])
def test_the_same_key_with_other_content_is_refused(here: Town, deeds: Deeds, change: dict[str, Any]) -> None:
    body = deeds.application()
    assert deeds.apply(body=body, key=KEY).status == 201
    problem(deeds.apply(body={**body, "form": {**body["form"], **change}}, key=KEY), 409, "key_reused")
    problem(deeds.apply(body={**body, "materials": {}}, key=KEY), 409, "key_reused")


def test_two_people_may_choose_the_same_key(here: Town, deeds: Deeds) -> None:
    one, two = deeds.apply("lin-he", key=KEY).json, deeds.apply("zhou-man", key=KEY).json
    assert one["number"] != two["number"]


@pytest.mark.parametrize(
    "key",
    [
        "",
        "short",
        "x" * 129,
        "中文中文中文中文中文中文中文中文".encode().decode("latin-1"),
        "tab\tin it is no good",
    ],
)
def test_a_key_is_needed_and_is_plain(here: Town, deeds: Deeds, key: str) -> None:
    answer = Caller(here.gateway, strict=False).call(
        APPLY, deeds.application(), token=token("lin-he"), **{"Idempotency-Key": key}
    )
    problem(answer, 400, "key_missing")


# --- bodies ---------------------------------------------------------------------------------------


def deep(opening: str, closing: str, times: int) -> bytes:
    inside = opening * times + "1" + closing * times
    return f'{{"item": "{ITEM}", "form": {{"firm": {inside}}}}}'.encode()


UNREADABLE: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"{item:",
    "a list": b"[]",
    "a number": b"1",
    "a hundred thousand lists": deep("[", "]", 100_000),
    "nine hundred lists": deep("[", "]", 900),
    "fifty lists": deep("[", "]", 50),
    "nine hundred objects": deep('{"a":', "}", 900),
    "NaN": b'{"item": "x", "form": {"width_m": NaN}}',
    "Infinity": b'{"item": "x", "form": {"width_m": -Infinity}}',
    "infinity in figures": b'{"item": "x", "form": {"width_m": 1e999}}',
    "a number of five thousand figures": b'{"item": "x", "form": {"width_m": ' + b"9" * 5000 + b"}}",
    "two of the same name": b'{"item": "huwai-zhaopai", "item": "x", "form": {}}',
    "two of the same name inside": b'{"item": "x", "form": {"firm": "a", "firm": "b"}}',
    "half a character": b'{"item": "huwai-zhaopai", "form": {"firm": "\\ud800"}}',
    "half a character in a name": b'{"item": "huwai-zhaopai", "form": {"\\udc00": 1}}',
    "half a character in the item": b'{"item": "\\ud83d", "form": {}}',
    "bytes that are no UTF-8": b'{"item": "\xff\xfe", "form": {}}',
    "a tail": b'{"item": "x", "form": {}} x',
    "comments": b'{"item": "x", /* */ "form": {}}',
}  # fmt: skip


@pytest.mark.parametrize("name", UNREADABLE)
@pytest.mark.parametrize("path", [APPLY, f"{APPLY}/x/actions", "/api/v1/review/cases/x/actions"])
def test_a_body_that_is_no_plain_json_object_is_refused(shared: Town, name: str, path: str) -> None:
    answer = shared.program.call(path, UNREADABLE[name], token=token("shen-lan"), **{"Idempotency-Key": KEY})
    problem(answer, 400, "bad_request")


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "nothing in it": ({}, ""),
    "an item that is a number": ({"item": 1, "form": {}}, "/item"),
    "a form that is a list": ({"item": ITEM, "form": []}, "/form"),
    "a name too many": ({"item": ITEM, "form": {}, "x": 1}, ""),
    "a missing answer": ({"item": ITEM, "form": {k: v for k, v in ANSWERS.items() if k != "firm"}}, "/form/firm"),
    "an answer nobody asked for": ({"item": ITEM, "form": {**ANSWERS, "a/b~c": 1}}, "/form/a~1b~0c"),
    "text for a number": ({"item": ITEM, "form": {**ANSWERS, "width_m": "4.5"}}, "/form/width_m"),
    "a wrong check digit": ({"item": ITEM, "form": {**ANSWERS, "uscc": "91990101MA0000001X"}}, "/form/uscc"),
    "an object for text": ({"item": ITEM, "form": {**ANSWERS, "firm": {"a": []}}}, "/form/firm"),
    "no material": ({"item": ITEM, "form": ANSWERS}, "/materials/picture"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_pointed_at_in_both_languages(shared: Town, name: str) -> None:
    body, pointer = WRONG[name]
    answer = shared.program.call(APPLY, body, token=token("lin-he"), **{"Idempotency-Key": KEY})
    problem(answer, 422, "invalid")
    errors = {error["pointer"]: error for error in answer.json["errors"]}
    assert pointer in errors, errors
    assert errors[pointer]["message"] and errors[pointer]["message_en"] and errors[pointer]["code"]


def test_a_material_that_the_item_does_not_know_is_pointed_at(shared: Town) -> None:
    deeds = Deeds(shared)
    answer = deeds.apply(body={**deeds.application(), "materials": {"selfie": [deeds.reference()]}})
    assert [error["code"] for error in answer.json["errors"]] == ["material_unknown", "material_missing"]


def test_an_unknown_item_and_somebody_unverified_are_refused(shared: Town) -> None:
    deeds = Deeds(shared)
    problem(deeds.apply(body={"item": "no-such-item", "form": {}}), 404, "unknown_item")
    problem(deeds.apply(body={"item": "../../x", "form": {}}), 404, "unknown_item")
    problem(deeds.apply("no-card", body={"item": ITEM, "form": {}}), 403, "assurance_low")


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonp", "text/json"]
)
def test_only_json_is_json(shared: Town, kind: str) -> None:
    answer = shared.program.send("POST", APPLY, body=b"{}", kind=kind, headers=bearer(token("lin-he")))
    problem(answer, 415, "media_type")


def test_a_parameter_of_the_media_type_changes_nothing(shared: Town) -> None:
    answer = shared.program.send(
        "POST", APPLY, body=b"{}", kind="Application/JSON; charset=utf-8",
        headers={**bearer(token("lin-he")), "Idempotency-Key": KEY},
    )  # fmt: skip
    problem(answer, 422, "invalid")


# --- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [(b"", 422, "file_empty"), (b"MZ", 422, "file_type"), (b"x" * 6_300_000, 413, "body_too_big")],
    ids=["empty", "program", "too big"],
)
def test_a_file_that_will_not_do_is_not_kept(shared: Town, data: bytes, status: int, code: str) -> None:
    answer = shared.program.send(
        "POST", "/api/v1/files", body=data, kind="application/octet-stream", headers=bearer(token("lin-he"))
    )
    problem(answer, status, code)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?name=",
        "?name=%E5%9B%BE.png",
        "?name=%0d%0aX:1",
        "?name=" + "x" * 5000,
        "?name=../../x",
        "?name=%ED%A0%80",
    ],
)
def test_any_name_makes_a_reference_that_an_application_takes(shared: Town, query: str) -> None:
    deeds = Deeds(shared)
    sent = shared.program.send(
        "POST", f"/api/v1/files{query}", body=png(), kind="image/png", headers=bearer(token("lin-he"))
    )
    assert sent.status == 201
    body = {"item": ITEM, "form": ANSWERS, "materials": {"picture": [sent.json]}}
    assert deeds.apply(body=body, key=f"{KEY} {query[:40].encode().hex()}"[:128]).status == 201


@pytest.mark.parametrize(
    "change", [{"sha256": "0" * 64}, {"name": "b.png"}, {"size": 1}, {"type": "pdf"}, {"ticket": "A" * 22}]
)
def test_a_reference_works_only_whole(shared: Town, change: dict[str, Any]) -> None:
    deeds = Deeds(shared)
    body = {"item": ITEM, "form": ANSWERS, "materials": {"picture": [{**deeds.reference(), **change}]}}
    problem(deeds.apply(body=body), 422, "file_unknown")


def test_a_reference_works_only_for_who_sent_the_file(shared: Town) -> None:
    deeds = Deeds(shared)
    body = {"item": ITEM, "form": ANSWERS, "materials": {"picture": [deeds.reference("zhou-man")]}}
    problem(deeds.apply("lin-he", body=body), 422, "file_unknown")


def test_a_sixth_file_is_too_many(shared: Town) -> None:
    deeds = Deeds(shared)
    body = {
        "item": ITEM,
        "form": ANSWERS,
        "materials": {"picture": [deeds.reference(shade=n) for n in range(6)]},
    }
    answer = deeds.apply(body=body)
    problem(answer, 422, "invalid")
    assert answer.json["errors"][0]["pointer"] == "/materials/picture"


# --- tokens ---------------------------------------------------------------------------------------


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


# --- who, what, when ------------------------------------------------------------------------------

STEPS: dict[str, tuple[str, str, int, dict[str, Any], int, str]] = {
    "an old version": ("shen-lan", "accept", 2, {}, 409, "changed_meanwhile"),
    "a huge version": ("shen-lan", "accept", 999_999_999, {}, 409, "changed_meanwhile"),
    "a version beyond all": ("shen-lan", "accept", 10**30, {}, 422, "invalid"),
    "a negative version": ("shen-lan", "accept", -1, {}, 422, "invalid"),
    "a role that may not": ("jiang-ying", "accept", 1, {}, 403, "not_allowed"),
    "another department": ("lu-zhiyuan", "accept", 1, {}, 403, "not_yours"),
    "a stranger": ("zhou-man", "withdraw", 1, {}, 403, "not_yours"),
    "a step that does not fit": ("jiang-ying", "grant", 1, {}, 409, "not_in_state"),
    "an action there is not": ("shen-lan", "explode", 1, {}, 422, "unknown_action"),
    "an action of the law": ("shen-lan", "deem_accepted", 1, {}, 403, "not_allowed"),
    "the applicant's action": ("shen-lan", "supplement", 1, {}, 403, "not_allowed"),
    "nothing to supplement": ("lin-he", "supplement", 1, {}, 409, "not_in_state"),
    "no reason": ("shen-lan", "refuse", 1, {}, 422, "invalid"),
    "no points": ("shen-lan", "correct", 1, {"reason": "请改"}, 422, "points_missing"),
    "points that are none": ("shen-lan", "correct", 1, {"reason": "请改", "fields": ["no_such"]}, 422, "invalid"),
    "a name too many": ("shen-lan", "accept", 1, {"x": 1}, 422, "invalid"),
    "a note that is a list": ("shen-lan", "accept", 1, {"note": ["x"]}, 422, "invalid"),
    "a note of a megabyte": ("shen-lan", "accept", 1, {"note": "长" * 300_000}, 422, "invalid"),
}  # fmt: skip


@pytest.mark.parametrize("name", STEPS)
def test_a_step_that_may_not_be_done_is_refused_and_leaves_no_trace(
    here: Town, deeds: Deeds, name: str
) -> None:
    who, action, version, more, status, code = STEPS[name]
    number = deeds.handed_in()["number"]
    problem(deeds.act(who, number, action, version=version, **more), status, code)
    case = here.house.desk.find(number, now=MONDAY)
    assert case is not None and (case.version, len(case.events)) == (1, 1)


def test_a_step_sent_twice_is_done_once(here: Town, deeds: Deeds) -> None:
    number = deeds.handed_in()["number"]
    first, again = (deeds.act("shen-lan", number, "accept", version=1, note="好") for _ in range(2))
    assert first.status == again.status == 200 and first.body == again.body
    problem(deeds.act("shen-lan", number, "accept", version=1, note="不同"), 409, "changed_meanwhile")


def test_after_five_working_days_silence_has_accepted(here: Town, deeds: Deeds) -> None:
    number = deeds.handed_in()["number"]
    here.clock.move(days=9)
    problem(
        deeds.act("shen-lan", number, "correct", version=1, reason="请改", fields=["address"]),
        401,
        "token_invalid",
    )
    late = here.program.call(
        f"/api/v1/review/cases/{number}/actions", {"action": "correct", "version": 1, "reason": "请改", "fields": ["address"]},
        token=token("shen-lan", days=20),
    )  # fmt: skip
    problem(late, 409, "changed_meanwhile")
    seen = here.program.read(f"/api/v1/review/cases/{number}", token("shen-lan", days=20)).json
    assert seen["state"] == "reviewing" and [step["action"] for step in seen["timeline"]] == [
        "submit",
        "deem_accepted",
        "assign",
    ]


def test_a_correction_and_its_supplement_by_program(here: Town, deeds: Deeds) -> None:
    number = deeds.handed_in()["number"]
    deeds.corrected(number)
    more = {"form": {"address": "听潮路 12 号一层"}, "materials": {"picture": [deeds.reference(shade=2)]}}
    problem(
        deeds.act(
            "lin-he", number, "supplement", version=2, form={"firm": "别家"}, materials=more["materials"]
        ),
        422,
        "not_listed",
    )
    problem(deeds.act("lin-he", number, "supplement", version=2, form=more["form"]), 422, "points_open")
    first, again = (deeds.act("lin-he", number, "supplement", version=2, **more) for _ in range(2))
    assert first.status == again.status == 200 and first.json["version"] == again.json["version"] == 3
    problem(
        deeds.act("shen-lan", number, "correct", version=3, fields=["text"], reason="还要改"),
        409,
        "second_correction",
    )


def test_a_guest_is_told_the_state_and_nothing_that_was_written(here: Town, deeds: Deeds) -> None:
    receipt = deeds.handed_in()
    deeds.corrected(receipt["number"])
    path = f"{APPLY}/{receipt['number']}"
    seen = here.program.read(f"{path}?code={receipt['query_code']}")
    assert seen.status == 200 and seen.json["state"] == "correcting"
    assert not {"form", "materials", "applicant_name", "correction"} & set(seen.json)
    assert not [
        word
        for word in ("听潮", "请写到门牌号", "林禾", "lin-he", "沈岚", "13800001234")
        if word in seen.text
    ]
    problem(here.program.read(path, token("lin-he")), 404, "wrong_code")


def test_every_problem_is_in_both_languages(shared: Town) -> None:
    answer = shared.program.read("/api/v1/review/cases")
    assert answer.json["title"] == "请先登录。" and answer.json["title_en"] == "Sign in first."
