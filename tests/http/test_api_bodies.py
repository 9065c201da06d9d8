"""What no body of the JSON interface may be."""

from __future__ import annotations

from typing import Any

import pytest

from tests.http.deeds import ANSWERS, ITEM, KEY, Deeds
from tests.http.front_door import bearer
from tests.http.sayings import problem
from tests.http.stand_in import Town, token

APPLY = "/api/v1/applications"


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
