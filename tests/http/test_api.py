"""The JSON interface: who may, what is one request, and what no body may do."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from schemas.shared_forms import SharedForms
from tests.http.deeds import ANSWERS, ITEM, KEY, Deeds, png
from tests.http.front_door import Caller, bearer
from tests.http.sayings import problem
from tests.http.stand_in import Town, token, town

APPLY = "/api/v1/applications"


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
    item = SharedForms(lambda path: (own / "catalogue" / path).read_bytes()).whole(
        json.loads(file.read_bytes())
    )
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
