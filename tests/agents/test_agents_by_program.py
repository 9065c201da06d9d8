"""Grants and packages over the JSON interface: the same rules as on the pages."""

from __future__ import annotations

from typing import Any

import pytest

from tests.agents.conftest import AGENT, PRINCIPAL, Office
from tests.http.deeds import ITEM, KEY
from tests.http.front_door import Answer
from tests.http.stand_in import token
from tests.packages.life import answers, bundle_of

OFFER: dict[str, Any] = {
    "kind": "person", "agent_name": "周满", "items": [ITEM, "package-kai-canyindian"], "powers": ["apply", "supply"],
    "ends": "2026-12-31",
}  # fmt: skip


def call(office: Office, sub: str, path: str, body: Any, *, key: str = KEY) -> Answer:
    return office.town.program.call(f"/api/v1/{path}", body, token=token(sub), **{"Idempotency-Key": key})


def given(office: Office, *, key: str = KEY, **changes: Any) -> dict[str, Any]:
    answer = call(office, PRINCIPAL, "grants", {**OFFER, **changes}, key=key)
    assert answer.status == 201, answer.text
    grant: dict[str, Any] = answer.json
    return grant


def running(office: Office, **changes: Any) -> str:
    grant = given(office, **changes)
    took = call(office, AGENT, f"grants/{grant['number']}/actions", {"action": "take", "code": grant["code"]})
    assert took.status == 200 and took.json["state"] == "running" and "code" not in took.json
    return str(grant["number"])


def applied(office: Office, grant: str, *, sub: str = AGENT, key: str = KEY) -> Answer:
    body = {**office.deeds.application(sub), "grant": grant}
    return call(office, sub, "applications", body, key=key)


def test_an_agent_applies_under_a_grant_and_the_principal_owns_the_case(office: Office) -> None:
    number = running(office)
    receipt = applied(office, number)
    assert receipt.status == 201, receipt.text
    case = receipt.json["number"]
    withdrawn = call(office, PRINCIPAL, f"applications/{case}/actions", {"action": "withdraw", "version": 1})
    assert withdrawn.json["state"] == "withdrawn" and withdrawn.json["applicant_name"] == "林禾"
    assert withdrawn.json["timeline"][0]["data"]["grant"] == number


def test_a_retry_gets_the_same_receipt_and_another_grant_under_the_key_is_refused(office: Office) -> None:
    number, other = running(office), running(office, key=f"{KEY}-2")
    first = applied(office, number)
    assert applied(office, number).body == first.body
    assert applied(office, other).json["code"] == "key_reused"


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"items": ["gaoling-jintie"]}, "grant_no_item"), ({"powers": ["supply"]}, "grant_no_power")],
)
def test_what_the_grant_does_not_name_is_refused(office: Office, changes: dict[str, Any], code: str) -> None:
    refused = applied(office, running(office, **changes))
    assert (refused.status, refused.json["code"]) == (403, code)


@pytest.mark.parametrize("action", ["withdraw", "rate"])
def test_an_agent_does_on_a_case_only_what_was_named(office: Office, action: str) -> None:
    case = applied(office, running(office)).json["number"]
    more = {"score": "5"} if action == "rate" else {}
    refused = call(office, AGENT, f"applications/{case}/actions", {"action": action, "version": 1, **more})
    assert (refused.status, refused.json["code"]) == (403, "grant_no_power")


def test_an_ended_grant_helps_no_more(office: Office) -> None:
    number = running(office)
    ended = call(office, PRINCIPAL, f"grants/{number}/actions", {"action": "end"})
    assert ended.json["state"] == "ended"
    refused = applied(office, number)
    assert (refused.status, refused.json["code"]) == (409, "grant_over")


def test_each_sees_their_own_grants_and_a_stranger_none(office: Office) -> None:
    number = running(office)
    given_ = office.town.program.read("/api/v1/grants", token(PRINCIPAL)).json
    held = office.town.program.read("/api/v1/grants", token(AGENT)).json
    nobody = office.town.program.read("/api/v1/grants", token("jiang-ying")).json
    assert [one["number"] for one in given_["given"]] == [number] == [one["number"] for one in held["held"]]
    assert nobody == {"given": [], "held": []}
    refused = call(office, "jiang-ying", f"grants/{number}/actions", {"action": "end"})
    assert refused.status == 404
    assert call(office, "jiang-ying", "applications", {**office.deeds.application("jiang-ying"), "grant": number},
                key=f"{KEY}-x").json["code"] == "grant_unknown"  # fmt: skip


def test_terms_that_cannot_stand_are_told_with_pointers_in_both_languages(office: Office) -> None:
    body = {**OFFER, "kind": "staff", "items": ["没有的事项"], "ends": "2030-01-01", "agent_name": "林禾"}
    refused = call(office, PRINCIPAL, "grants", body)
    assert refused.status == 422
    assert {error["pointer"] for error in refused.json["errors"]} == {
        "/items",
        "/ends",
        "/agent_name",
        "/evidence",
    }
    assert all(
        error["message_en"].isascii() or "没有的事项" in error["message_en"]
        for error in refused.json["errors"]
    )


def test_the_same_key_with_other_terms_is_refused(office: Office) -> None:
    first = given(office)
    assert given(office)["number"] == first["number"]
    assert call(office, PRINCIPAL, "grants", {**OFFER, "ends": "2026-12-30"}).json["code"] == "key_reused"


# --- packages ---------------------------------------------------------------------------------------


def whole(office: Office, sub: str = PRINCIPAL) -> dict[str, Any]:
    """The application for a package as JSON, every document given once."""
    package = office.town.house.packages.current("package-kai-canyindian")
    assert package
    bundle = bundle_of(package)
    form = answers(bundle)
    needed = [m for m in bundle.materials_for(form) if m.upload and m.need == "1"]
    files = {
        m.id: [office.deeds.reference(sub, n, f"{n}.png")] for n, m in enumerate(needed) if "png" in m.accept
    }
    pdf = b"%PDF-1.7\n"
    for material in needed:
        if material.id not in files:
            answer = office.town.program.send(
                "POST", "/api/v1/files?name=a.pdf", body=pdf + material.id.encode(), kind="application/pdf",
                headers={"Authorization": f"Bearer {token(sub)}"},
            )  # fmt: skip
            files[material.id] = [answer.json]
    return {"package": package.id, "form": form, "materials": files}


def test_a_package_is_handed_in_looked_up_and_taken_back_by_program(office: Office) -> None:
    body = whole(office)
    receipt = call(office, PRINCIPAL, "packages", body)
    assert receipt.status == 201, receipt.text
    assert call(office, PRINCIPAL, "packages", body).body == receipt.body
    number, code = receipt.json["number"], receipt.json["query_code"]
    found = office.town.program.read(f"/api/v1/packages/{number}?code={code}").json
    started = [one for one in found["items"] if one["case"]]
    assert started and any(one["state"] == "waiting" and one["after"] for one in found["items"])
    done = call(office, PRINCIPAL, f"packages/{number}/actions", {"action": "withdraw"})
    assert {one["state"] for one in done.json["items"]} == {"withdrawn"} and done.json["stopped"]
    assert call(office, PRINCIPAL, f"packages/{number}/actions", {"action": "withdraw"}).json == done.json


def test_the_faults_of_a_package_are_told_with_pointers(office: Office) -> None:
    body = whole(office)
    field = next(name for name in body["form"] if name != "chosen")
    del body["form"][field]
    body["materials"] = {}
    refused = call(office, PRINCIPAL, "packages", {**body, "form": {**body["form"], "stray": "x"}})
    pointers = {error["pointer"] for error in refused.json["errors"]}
    assert refused.status == 422
    assert {f"/form/{field}", "/form/stray"} <= pointers and any(
        p.startswith("/materials/") for p in pointers
    )


def test_a_package_is_its_applicants_and_the_code_opens_it(office: Office) -> None:
    receipt = call(office, PRINCIPAL, "packages", whole(office)).json
    path = f"packages/{receipt['number']}"
    assert call(office, AGENT, f"{path}/actions", {"action": "withdraw"}).json["code"] == "not_yours"
    assert office.town.program.read(f"/api/v1/{path}?code=AAAAAAAA").json["code"] == "wrong_code"


def test_an_agent_hands_in_a_package_for_the_principal(office: Office) -> None:
    number = running(office)
    receipt = call(office, AGENT, "packages", {**whole(office, AGENT), "grant": number})
    assert receipt.status == 201, receipt.text
    package = receipt.json["number"]
    assert office.principal.get(f"/me/package/{package}/").status == 200
    assert office.agent.get(f"/me/package/{package}/").status == 200
    assert office.agent.get(f"/me/package/{package}/withdraw/").status == 403
    found = office.town.program.read(f"/api/v1/packages/{package}?code={receipt.json['query_code']}").json
    case = next(one["case"] for one in found["items"] if one["case"])
    assert "代办人" in office.principal.open(f"/me/{case}/").text
    assert office.agent.get(f"/me/{case}/").status == 200
    call(office, PRINCIPAL, f"grants/{number}/actions", {"action": "end"})
    assert office.agent.get(f"/me/package/{package}/").status == 403
    assert office.agent.get(f"/me/{case}/").status == 403


def test_the_same_application_may_be_made_for_oneself(office: Office) -> None:
    running(office)
    own = call(office, AGENT, "applications", office.deeds.application(AGENT), key=f"{KEY}-self")
    assert own.status == 201
    assert office.principal.get(f"/me/{own.json['number']}/").status == 403
