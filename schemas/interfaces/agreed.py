"""The interfaces file (INTERFACES_FILE): who we speak with, by its schema; keys come from the environment."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from .wire import Allowed

CASES = (
    "reporting",
    "webhooks",
    "departments",
    "handoffs",
    "links",
    "sms",
)  # what the running house speaks with
CATALOGUE = ("catalogue",)  # what the editors' machine speaks with
_SHORTEST_KEY = 32
_HERE = Path(__file__).parent
Facts = dict[str, Any]


class BadAgreement(Exception):
    """The file is not usable; the message says what to change."""


@cache
def contract(name: str) -> Any:
    """A contract kept beside this module."""
    return json.loads((_HERE / f"{name}.json").read_text("utf-8"))


def read(
    path: Path,
    environ: Mapping[str, str],
    *,
    production: bool,
    parts: tuple[str, ...],
    known_good: bool = False,
) -> tuple[Facts, Allowed]:
    """These parts of the file with keys in place of their names, and where requests may go.

    `known_good`: deploying has checked it already.
    """
    facts = _json(path) if known_good else checked(path, production=production)
    own = {part: facts[part] for part in parts if part in facts}
    return dict(_with_keys(own, environ)), _allowed(facts, production=production)


def checked(path: Path, *, production: bool) -> Facts:
    """The whole file, as its schema wants it, with names of keys and no keys."""
    from jsonschema import Draft202012Validator  # heavy: no cold start should pay for it

    facts: Facts = _json(path)
    for fault in Draft202012Validator(contract("settings.schema")).iter_errors(facts):
        raise BadAgreement(f"{path}: {fault.json_path}: {fault.message[:200]}")
    allowed = _allowed(facts, production=production)
    for url in _outward(facts):
        if no := allowed.why_not(url):
            raise BadAgreement(f"{path}: {url}: {no}")
    if len({*_ids(facts)}) != len(_ids(facts)):
        raise BadAgreement(f"{path}: two systems have the same id")
    return facts


def whole(path: Path) -> Facts:
    """The checked file with the public keys of sign-ins in it, to be sent elsewhere in one piece."""
    facts = checked(path, production=True)
    return facts | {
        part: [_with_public_keys(one, path.parent) for one in facts[part]]
        for part in ("handoffs", "links")
        if part in facts
    }


def key_names(facts: Facts, parts: tuple[str, ...]) -> list[str]:
    """The variables in which these parts expect keys."""
    return sorted({name for part in parts for name in _named(facts.get(part, {}))})


def public_keys(handoff: Mapping[str, Any], folder: Path) -> Facts:
    """The public keys of a sign-in (JWKS): in the file itself, or in one beside it."""
    keys: Facts = handoff["jwks"] if "jwks" in handoff else _json(folder / handoff["keys_file"])
    return keys


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BadAgreement(f"{path} cannot be read: {error}") from error


def listed(part: Any) -> list[Facts]:
    """A part that may be one agreement or several."""
    return part if isinstance(part, list) else [part] if part else []


def _with_public_keys(handoff: Facts, folder: Path) -> Facts:
    if not {"keys_file", "jwks"}.intersection(handoff):
        return handoff
    plain = {name: value for name, value in handoff.items() if name != "keys_file"}
    return plain | {"jwks": public_keys(handoff, folder)}


def _allowed(facts: Facts, *, production: bool) -> Allowed:
    try:
        networks = tuple(ipaddress.ip_network(network) for network in facts.get("networks", ()))
    except ValueError as error:
        raise BadAgreement(f"networks: {error}") from error
    return Allowed(frozenset(facts.get("hosts", ())), networks, anywhere=not production)


def _outward(facts: Facts) -> Iterator[str]:
    """Every address that we send requests to."""
    for part in ("reporting", "catalogue", "webhooks", "links", "sms"):
        yield from (one["url"] for one in listed(facts.get(part)))


def _ids(facts: Facts) -> list[str]:
    """The names under which systems are told apart."""
    told = [one["id"] for part in ("webhooks", "departments", "links") for one in facts.get(part, ())]
    return told + [one.get("id", "report") for one in listed(facts.get("reporting"))]


def _named(value: Any) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        yield from one.get("keys", ())


def _with_keys(value: Any, environ: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_with_keys(one, environ) for one in value]
    if not isinstance(value, dict):
        return value
    plain = {name: _with_keys(one, environ) for name, one in value.items() if name not in ("keys", "jwks")}
    plain |= {"jwks": value["jwks"]} if "jwks" in value else {}
    return plain | ({"keys": tuple(_key(name, environ) for name in value["keys"])} if "keys" in value else {})


def _key(name: str, environ: Mapping[str, str]) -> bytes:
    key = environ.get(name, "").encode()
    if len(key) < _SHORTEST_KEY:
        raise BadAgreement(f"{name} must be a key of at least {_SHORTEST_KEY} characters")
    return key
