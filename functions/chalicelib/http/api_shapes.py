"""Request bodies of the JSON interface as JSON Schema, and what is wrong with a body."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import schemas

from . import words

_MOST_ERRORS = 20


@cache
def shapes() -> Mapping[str, Any]:
    """Every body, by name, as kept in schemas/api.json."""
    table: Mapping[str, Any] = json.loads((Path(schemas.__file__).parent / "api.json").read_text("utf-8"))
    return table


def schema(name: str) -> Mapping[str, Any]:
    """One body's schema with the definitions it refers to."""
    table = shapes()
    body: Mapping[str, Any] = {**table[name], "$defs": table["$defs"]}
    return body


def faults_in(body: object, shape: Mapping[str, Any]) -> list[dict[str, str]]:
    """Pointers and messages, at most 20; nothing when the body fits."""
    found = []
    from jsonschema import Draft202012Validator  # heavy: no cold start should pay for it

    for error in Draft202012Validator(shape).iter_errors(body):
        pointer = "".join(
            f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in error.absolute_path
        )
        found.append(
            {
                "pointer": pointer,
                "code": str(error.validator),
                "message": words.say("api", "shape", "zh", rule=error.validator),
                "message_en": words.say("api", "shape", "en", rule=error.validator),
            }
        )
        if len(found) == _MOST_ERRORS:
            break
    return found
