"""The published description of the interface is true: schemathesis calls every operation as everybody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from chalicelib.domain.rights import ANYONE
from chalicelib.http.openapi import document
from chalicelib.http.routes import ROUTES, Route
from chalicelib.store.port import CASES
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from schemas.forms import Form
from tests.http.deeds import ANSWERS, ITEM, KEY, Deeds
from tests.http.front_door import BASE, bearer
from tests.http.stand_in import MONDAY, Town, token, town

OTHER_CONTRACTS = (
    "/api/v1/exchange/",
    "/api/v1/links/",
)  # described beside it, for systems that sign requests
API = [
    route
    for route in ROUTES
    if route.api and not route.path.endswith("openapi.json") and not route.path.startswith(OTHER_CONTRACTS)
]
CHECKS = [
    not_a_server_error, checks.status_code_conformance, checks.content_type_conformance,
    checks.response_headers_conformance, checks.response_schema_conformance,
]  # fmt: skip
CALLERS = {"nobody": "", "citizen": "lin-he", "desk": "shen-lan"}
EXAMPLES = 20
SETTINGS = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
    phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.fixture(scope="module")
def busy(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A house with a few cases in it."""
    here = town(site, tmp_path_factory.mktemp("busy"))
    deeds = Deeds(here)
    for _ in range(3):
        deeds.handed_in()
    return here


@pytest.fixture(scope="module")
def described(busy: Town) -> Any:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", busy.gateway)


def test_the_description_is_valid_openapi(described: Any) -> None:
    described.validate()


def test_every_route_of_the_interface_is_described_with_who_may_call_it() -> None:
    paths = document(BASE)["paths"]
    assert {(route.method.lower(), route.path) for route in API} == {
        (verb, path) for path in paths for verb in paths[path]
    }
    open_to_all = {route.path for route in API if route.who == ANYONE}
    assert open_to_all == {
        path for path in paths for told in paths[path].values() if told.get("security") == []
    }


def test_the_description_is_served_to_anybody(busy: Town) -> None:
    answer = busy.program.get("/api/v1/openapi.json")
    assert answer.status == 200 and answer.json == document(BASE)


@pytest.mark.parametrize("who", CALLERS)
@pytest.mark.parametrize("route", API, ids=lambda r: f"{r.method} {r.path}")
def test_answers_are_as_described_whatever_is_sent(
    busy: Town, described: Any, route: Route, who: str
) -> None:
    operation = described[route.path][route.method]
    headers = bearer(token(CALLERS[who]) if CALLERS[who] else "")
    either = [operation.as_strategy(generation_mode=mode) for mode in schemathesis.GenerationMode]
    receipts = [row.head for row in busy.store.query(CASES, "owner", "lin-he").rows]

    @SETTINGS
    @given(case=st.one_of(either), known=st.none() | st.sampled_from(receipts))
    def call(case: schemathesis.Case, known: dict[str, Any] | None) -> None:
        if known:
            aim(case, known)
        answer = case.call(headers=headers)
        case.validate_response(answer, checks=CHECKS)

    call()


def aim(case: schemathesis.Case, known: dict[str, Any]) -> None:
    """Points a call at a case and an item that exist, so that it gets past the door."""
    if "number" in (case.path_parameters or {}):
        case.path_parameters["number"] = known["number"]
    if "code" in (case.query or {}):
        case.query["code"] = known["query_code"]
    if isinstance(case.body, dict):
        case.body |= {name: value for name, value in (("item", ITEM), ("version", 1)) if name in case.body}


def test_what_the_description_leaves_open_is_said_by_the_published_item(busy: Town) -> None:
    """`form` is any object here; the item's own schema, published beside it, says what goes in."""
    address = busy.program.get(f"/catalogue/{ITEM}.json").json["form"]
    form = Form(busy.program.get(address).json["form"])
    whole = form.prune({**ANSWERS, "building": "house", "household": "2 栋 201 室"})
    deeds = Deeds(busy)
    answer = deeds.apply(body={**deeds.application(), "form": whole}, key=f"{KEY}-described")
    assert form.faults(whole, today=MONDAY.date()) == ()
    assert [error["pointer"] for error in answer.json["errors"]] == ["/materials/consent"]
