"""Departments' systems take cases and hand in results: at least once out, exactly once in, never beyond their rights."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import schemathesis
from app import portal
from chalicelib import access_log
from chalicelib.http.routes import ROUTES
from chalicelib.jobs.deliver import Outward, deliver
from gateway import Gateway
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from schemas.calendar import day_of
from schemas.interfaces import signature
from schemas.interfaces.agreed import contract
from tests.comfort.filling import example
from tests.http.deeds import Deeds
from tests.http.front_door import BASE as SITE
from tests.http.front_door import Caller
from tests.http.sayings import problem
from tests.http.stand_in import Town
from tests.interfaces.conftest import linked, outside
from tests.interfaces.department import BASE, OPERATOR, Department
from tests.interfaces.other_systems import KEY, NEXT_KEY

CSGL = {
    "name": "城管审批系统",
    "depts": ["csgl"],
    "roles": ["window", "reviewer"],
    "actions": ["accept", "give_opinion", "pass_on"],
}
KEY_OF_A_RESULT = "result-0001-of-the-department"


def open_to(here: Town, **changes: Any) -> Town:
    """The house with the department's system agreed."""
    others = outside(**{"csgl-system": {**CSGL, **changes}})
    house = linked(here, others).house
    return replace(here, house=house, gateway=Gateway(portal(lambda: house), house=lambda: house))


@pytest.fixture
def agreed(either: Town) -> Town:
    return open_to(either)


@pytest.fixture
def deeds(agreed: Town) -> Deeds:
    return Deeds(agreed)


@pytest.fixture
def system(agreed: Town) -> Department:
    return Department(Caller(agreed.gateway), agreed.clock)


def road_taken(here: Town) -> str:
    """An application for using a road: the police are asked about it."""
    item = here.house.catalogue.current("zhanyong-daolu")
    assert item
    deeds, form = Deeds(here), item.form().prune(example("zhanyong-daolu"))
    files = {m.id: [deeds.reference()] for m in item.materials_for(form) if m.upload}
    answer = deeds.apply(body={"item": item.id, "form": form, "materials": files})
    assert answer.status == 201, answer.text
    number: str = answer.json["number"]
    return number


def rounds(here: Town) -> None:
    deliver(here.store, now=here.clock(), outward=Outward(others=here.house.outside))


def test_a_department_takes_its_cases_once_and_hears_of_what_follows(
    agreed: Town, deeds: Deeds, system: Department
) -> None:
    numbers = {deeds.handed_in()["number"] for _ in range(3)}
    rounds(agreed)
    taken = system.take()
    assert {one["number"] for one in taken} == numbers and taken[0]["case"]["form"]["contact"] == "林禾"
    assert set(system.confirm(*taken)["taken"]) == numbers and system.take() == []
    first = taken[0]["number"]
    deeds.act("shen-lan", first, "accept", version=1)
    rounds(agreed)
    (again,) = system.take()
    assert (again["number"], again["new"], again["upto"]) == (first, [2, 3], 3)


def test_a_system_that_dies_after_taking_gets_the_cases_again_when_the_lease_is_over(
    agreed: Town, deeds: Deeds, system: Department
) -> None:
    number = deeds.handed_in()["number"]
    rounds(agreed)
    (lost,) = system.take(lease_seconds=60)
    assert system.take() == []
    agreed.clock.move(seconds=61)
    (again,) = system.take()
    assert again["number"] == number and again["lease"] != lost["lease"]
    assert system.confirm(lost) == {"taken": [], "lost": [number]}
    assert system.confirm(again) == {"taken": [number], "lost": []}


def test_confirming_part_of_what_is_new_leaves_the_rest_to_be_taken(
    agreed: Town, deeds: Deeds, system: Department
) -> None:
    number = deeds.handed_in()["number"]
    deeds.act("shen-lan", number, "accept", version=1)
    rounds(agreed)
    (whole,) = system.take()
    assert whole["new"] == [1, 2, 3]
    system.confirm({**whole, "upto": 1})
    (rest,) = system.take()
    assert rest["new"] == [2, 3]


def test_limits_are_kept_and_nothing_is_leased_beyond_them(
    agreed: Town, deeds: Deeds, system: Department
) -> None:
    for _ in range(3):
        deeds.handed_in()
    rounds(agreed)
    assert [len(system.take(limit=2)), len(system.take(limit=2)), len(system.take(limit=2))] == [2, 1, 0]


def test_a_result_is_done_once_however_often_it_is_sent(
    agreed: Town, deeds: Deeds, system: Department
) -> None:
    number = deeds.handed_in()["number"]
    first = system.act(number, "accept", version=1, key=KEY_OF_A_RESULT)
    assert first.status == 200 and first.json["state"] == "reviewing", first.text
    deeds.act("jiang-ying", number, "grant", version=2)
    again = system.act(number, "accept", version=1, key=KEY_OF_A_RESULT)
    assert again.status == 200 and again.json["state"] == "granted"
    case = agreed.house.desk.find(number, now=agreed.clock())
    assert case and [event.action for event in case.events].count("accept") == 1


def test_one_key_with_another_result_is_refused(agreed: Town, deeds: Deeds, system: Department) -> None:
    number = deeds.handed_in()["number"]
    system.act(number, "accept", version=1, key=KEY_OF_A_RESULT)
    problem(system.act(number, "pass_on", version=2, key=KEY_OF_A_RESULT), 409, "key_reused")


def test_results_out_of_order_are_refused_until_the_case_was_read_again(
    agreed: Town, deeds: Deeds, system: Department
) -> None:
    number = deeds.handed_in()["number"]
    problem(system.act(number, "pass_on", version=1), 409, "not_in_state")
    system.act(number, "accept", version=1)
    problem(system.act(number, "pass_on", version=1, key=KEY_OF_A_RESULT), 409, "changed_meanwhile")
    fresh = system.get(f"/cases/{number}").json["version"]
    assert system.act(number, "pass_on", version=fresh, key=KEY_OF_A_RESULT).status in (200, 409)


def test_history_names_the_person_who_decided_and_the_system_that_said_so(
    agreed: Town, deeds: Deeds, system: Department
) -> None:
    number = deeds.handed_in()["number"]
    system.act(number, "accept", version=1)
    case = agreed.house.desk.find(number, now=agreed.clock())
    assert case
    event = case.last("accept")
    assert event and (event.actor, event.actor_name, event.post) == (
        "system:csgl-system",
        OPERATOR["name"],
        "市容科审核岗（城管审批系统）",
    )


def test_a_system_does_nothing_that_was_not_agreed(agreed: Town, deeds: Deeds, system: Department) -> None:
    number = deeds.handed_in()["number"]
    problem(system.act(number, "correct", version=1, fields=["address"]), 403, "not_allowed")
    problem(system.act(number, "recalendar", version=1), 403, "not_allowed")


def test_what_was_agreed_gives_no_right_that_the_role_has_not(either: Town) -> None:
    here = open_to(either, actions=["grant", "accept"], roles=["reviewer"])
    system, number = Department(Caller(here.gateway), here.clock), Deeds(here).handed_in()["number"]
    problem(system.act(number, "accept", version=1), 403, "not_allowed")
    problem(system.act(number, "grant", version=1), 403, "not_allowed")


def test_another_departments_case_is_neither_given_nor_shown_nor_touched(either: Town) -> None:
    here = open_to(either, depts=["mzj"])
    system, number = Department(Caller(here.gateway), here.clock), Deeds(here).handed_in()["number"]
    rounds(here)
    assert system.take() == [] and system.get("/cases").json["cases"] == []
    problem(system.get(f"/cases/{number}"), 403, "not_yours")
    problem(system.act(number, "accept", version=1), 403, "not_yours")


def test_a_department_that_is_asked_for_its_opinion_gets_the_case_and_answers_by_program(
    either: Town,
) -> None:
    here = open_to(either, depts=["gafj"])
    system, number = Department(Caller(here.gateway), here.clock), road_taken(here)
    deeds = Deeds(here)
    deeds.act("shen-lan", number, "accept", version=1)
    asked = deeds.act("shen-lan", number, "ask_opinion", version=2, departments=["gafj"])
    assert asked.status == 200, asked.text
    rounds(here)
    (one,) = system.take()
    answer = system.act(
        number, "give_opinion", version=one["case"]["version"], dept="gafj", opinion="no_objection"
    )
    assert answer.status == 200, answer.text
    case = here.house.desk.find(number, now=here.clock())
    assert case and case.last("give_opinion")


def test_fields_of_a_result_are_checked_like_the_desks(either: Town) -> None:
    here = open_to(either, actions=["refuse"])
    system, number = Department(Caller(here.gateway), here.clock), Deeds(here).handed_in()["number"]
    answer = system.act(number, "refuse", version=1, surprise="x")
    problem(answer, 422, "invalid")
    assert {"/reason", "/surprise"} <= {error["pointer"] for error in answer.json["errors"]}


def test_every_case_and_file_given_away_stands_in_the_access_log(
    agreed: Town, deeds: Deeds, system: Department
) -> None:
    number = deeds.handed_in()["number"]
    rounds(agreed)
    (one,) = system.take()
    picture = one["case"]["materials"]["picture"][0]["sha256"]
    assert system.get(f"/cases/{number}/files/{picture}").status == 200
    day = day_of(agreed.clock())
    noted = access_log.lines(agreed.store, f"{number}#{day.isoformat()}")
    assert [(line.action, line.actor) for line in noted] == [
        ("seen", "system:csgl-system"),
        ("file", "system:csgl-system"),
    ]


def test_documents_come_to_the_department_and_to_nobody_else(
    agreed: Town, deeds: Deeds, system: Department
) -> None:
    number = deeds.handed_in()["number"]
    (picture,) = system.get(f"/cases/{number}").json["materials"]["picture"]
    path = f"/cases/{number}/files/{picture['sha256']}"
    assert system.get(path).body.startswith(b"\x89PNG")
    problem(system.caller.send("GET", f"{BASE}{path}"), 401, "signature_invalid")


def test_all_cases_can_be_compared_page_by_page(agreed: Town, deeds: Deeds, system: Department) -> None:
    numbers = {deeds.handed_in()["number"] for _ in range(3)}
    answer = system.get("/cases", state="submitted", after="").json
    assert {one["number"] for one in answer["cases"]} == numbers and answer["after"] is None


FORGERIES: dict[str, dict[str, Any]] = {
    "another key": {"key": NEXT_KEY},
    "an unknown system": {"name": "nobody-system"},
    "a clock far behind": {"clock_off": timedelta(minutes=-6)},
    "a clock far ahead": {"clock_off": timedelta(minutes=6)},
}


@pytest.mark.parametrize("lie", FORGERIES, ids=lambda lie: lie)
def test_a_request_that_is_not_the_systems_own_is_refused(agreed: Town, deeds: Deeds, lie: str) -> None:
    number = deeds.handed_in()["number"]
    system = Department(Caller(agreed.gateway), agreed.clock, **FORGERIES[lie])
    problem(system.act(number, "accept", version=1), 401, "signature_invalid")
    problem(system.get("/cases"), 401, "signature_invalid")


@pytest.mark.parametrize("changed", ["body", "path", "method", "query"])
def test_a_signature_holds_for_one_request_only(agreed: Town, deeds: Deeds, changed: str) -> None:
    number = deeds.handed_in()["number"]
    path, body = f"{BASE}/cases/{number}/actions", json.dumps({"action": "accept"}).encode()
    content = {
        "body": signature.request("POST", path, b"{}"),
        "path": signature.request("POST", f"{BASE}/take", body),
        "method": signature.request("GET", path, body),
        "query": signature.request("POST", f"{path}?a=1", body),
    }[changed]
    headers = signature.signed([KEY], content, name="x", now=agreed.clock())
    headers |= {"banshi-system": "csgl-system", "Idempotency-Key": KEY_OF_A_RESULT}
    answer = Caller(agreed.gateway).send("POST", path, body=body, kind="application/json", headers=headers)
    problem(answer, 401, "signature_invalid")


def test_neither_a_staff_token_nor_a_webhooks_key_opens_the_exchange(here: Town) -> None:
    only_hook = linked(here, outside(hook={"url": "http://127.0.0.1:1/"})).house
    caller = Caller(Gateway(portal(lambda: only_hook), house=lambda: only_hook))
    system = Department(caller, here.clock, name="hook")
    problem(system.get("/cases"), 401, "signature_invalid")


def test_every_route_of_the_exchange_is_in_its_contract(here: Town) -> None:
    document = here.program.get(f"{BASE}/openapi.json").json
    told = {(verb.upper(), path) for path, verbs in document["paths"].items() for verb in verbs}
    assert told == {
        (route.method, route.path)
        for route in ROUTES
        if route.path.startswith(BASE) and not route.path.endswith("openapi.json")
    }
    assert document["servers"] == [{"url": SITE}]


@pytest.mark.parametrize("name", ["exchange.openapi", "reporting.openapi"])
def test_the_contracts_are_valid_openapi(here: Town, name: str) -> None:
    schemathesis.openapi.from_dict(contract(name)).validate()


@pytest.mark.parametrize("signed", [True, False], ids=["signed", "unsigned"])
def test_answers_of_the_exchange_are_as_described_whatever_is_sent(here: Town, signed: bool) -> None:
    here = open_to(here)
    number = Deeds(here).handed_in()["number"]
    described = schemathesis.openapi.from_wsgi(f"{BASE}/openapi.json", here.gateway)
    for found in described.get_all_operations():
        _hammer(found.ok(), here, number, signed=signed)


def _hammer(operation: Any, here: Town, number: str, *, signed: bool) -> None:
    @settings(
        max_examples=12, deadline=None, derandomize=True, database=None,
        phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy())
    def call(case: schemathesis.Case) -> None:
        if case.path_parameters:
            case.path_parameters["number"] = number
        if signed:
            sign(case, here)
        case.validate_response(
            case.call(),
            checks=[not_a_server_error, checks.status_code_conformance, checks.response_schema_conformance],
        )

    call()


def sign(case: schemathesis.Case, here: Town) -> None:
    """The headers of a call as the agreed system would send it."""
    request = case.as_transport_kwargs()
    body = request.get("data") or (json.dumps(request["json"]).encode() if "json" in request else b"")
    body = body if isinstance(body, bytes) else str(body).encode()
    query = urlencode(sorted((case.query or {}).items()))
    path = f"{case.formatted_path}?{query}" if query else case.formatted_path
    content = signature.request(case.method, path, body)
    own = signature.signed([KEY], content, name="x", now=here.clock())
    case.headers.update({"banshi-system": "csgl-system", **own})
