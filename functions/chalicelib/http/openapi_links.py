"""What follows what (links) in the description of the interface: where the number, code and version of the next call
come from. A program finds its way by them, and so does the test that walks through everything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Follow = tuple[str, str, dict[str, str], dict[str, Any] | None]  # name, operation, parameters, body
_NUMBER = {"number": "$response.body#/number"}
_CODE = {**_NUMBER, "code": "$response.body#/query_code"}
_VERSION = {"version": "$response.body#/version"}
_CASE: tuple[Follow, ...] = (
    ("accept", "reviewAction", _NUMBER, {"action": "accept", **_VERSION}),
    ("ask for more", "reviewAction", _NUMBER, {"action": "correct", **_VERSION}),
    ("decide", "reviewAction", _NUMBER, {"action": "grant", **_VERSION}),
    ("refuse", "reviewAction", _NUMBER, {"action": "deny", **_VERSION}),
    ("do anything", "reviewAction", _NUMBER, _VERSION),
    ("see in full", "revealCase", _NUMBER, None),
    ("hand in what was asked for", "applicantAction", _NUMBER, {"action": "supplement", **_VERSION}),
    ("take back", "applicantAction", _NUMBER, {"action": "withdraw", **_VERSION}),
    ("rate", "applicantAction", _NUMBER, {"action": "rate", **_VERSION}),
)
# (operation, status) -> what may follow
LINKS: Mapping[tuple[str, str], tuple[Follow, ...]] = {
    ("apply", "201"): (
        ("look up", "status", _CODE, None),
        ("take back", "applicantAction", _NUMBER, {"action": "withdraw", "version": 1}),
        ("review", "reviewCase", _NUMBER, None),
    ),
    ("status", "200"): _CASE[6:],
    ("reviewCase", "200"): _CASE,
    ("reviewAction", "200"): _CASE,
    ("applicantAction", "200"): _CASE,
    ("queue", "200"): (("open the first", "reviewCase", {"number": "$response.body#/cases/0/number"}, None),),
    ("applyForPackage", "201"): (
        ("look up", "packageStatus", _CODE, None),
        ("take back", "packageAction", _NUMBER, {"action": "withdraw"}),
    ),
    ("packageStatus", "200"): (("take back", "packageAction", _NUMBER, {"action": "withdraw"}),),
    ("giveGrant", "201"): (
        ("accept", "grantAction", _NUMBER, {"action": "take", "code": "$response.body#/code"}),
        ("end", "grantAction", _NUMBER, {"action": "end"}),
    ),
    ("grantAction", "200"): (("end", "grantAction", _NUMBER, {"action": "end"}),),
}


def linked(paths: Mapping[str, Any]) -> Mapping[str, Any]:
    """The paths with their links written in."""
    for operation in _operations(paths):
        for status, answer in operation["responses"].items():
            follows = LINKS.get((operation["operationId"], status), ())
            if follows:
                answer["links"] = {follow[0].replace(" ", "-"): _link(follow) for follow in follows}
    return paths


def _link(follow: Follow) -> dict[str, Any]:
    _, operation, parameters, body = follow
    told = {"requestBody": body} if body else {}
    return {"operationId": operation, "parameters": parameters, **told}


def _operations(paths: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for verbs in paths.values():
        yield from verbs.values()
