"""The interfaces file (INTERFACES_FILE): who we speak with, by its schema; keys come from the environment."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from .wire import Allowed

_SHORTEST_KEY = 32
_HERE = Path(__file__).parent


class BadAgreement(Exception):
    """The file is not usable; the message says what to change."""


@cache
def contract(name: str) -> Any:
    """A contract kept beside this module."""
    return json.loads((_HERE / f"{name}.json").read_text("utf-8"))


def read(path: Path, environ: Mapping[str, str], *, production: bool) -> tuple[dict[str, Any], Allowed]:
    """The file with keys in place of their names, and where requests may go."""
    try:
        facts = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BadAgreement(f"{path} cannot be read: {error}") from error
    from jsonschema import Draft202012Validator  # heavy: no cold start should pay for it

    for fault in Draft202012Validator(contract("settings.schema")).iter_errors(facts):
        raise BadAgreement(f"{path}: {fault.json_path}: {fault.message[:200]}")
    allowed = _allowed(facts, production=production)
    for url in _outward(facts):
        if no := allowed.why_not(url):
            raise BadAgreement(f"{path}: {url}: {no}")
    return dict(_with_keys(facts, environ)), allowed


def _allowed(facts: Mapping[str, Any], *, production: bool) -> Allowed:
    try:
        networks = tuple(ipaddress.ip_network(network) for network in facts.get("networks", ()))
    except ValueError as error:
        raise BadAgreement(f"networks: {error}") from error
    return Allowed(frozenset(facts.get("hosts", ())), networks, anywhere=not production)


def _outward(facts: Mapping[str, Any]) -> Iterator[str]:
    """Every address that we send requests to."""
    yield from (facts[name]["url"] for name in ("reporting", "catalogue") if name in facts)
    yield from (one["url"] for one in facts.get("webhooks", ()))


def _with_keys(value: Any, environ: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_with_keys(one, environ) for one in value]
    if not isinstance(value, dict):
        return value
    plain = {name: _with_keys(one, environ) for name, one in value.items() if name != "keys"}
    return plain | ({"keys": tuple(_key(name, environ) for name in value["keys"])} if "keys" in value else {})


def _key(name: str, environ: Mapping[str, str]) -> bytes:
    key = environ.get(name, "").encode()
    if len(key) < _SHORTEST_KEY:
        raise BadAgreement(f"{name} must be a key of at least {_SHORTEST_KEY} characters")
    return key
