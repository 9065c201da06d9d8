"""Electronic seals (电子印章): an authority's signature over the digest of a decision, verified on arrival."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import jose
from .handoff import ALGORITHMS

_SIGNED = ("number", "ref", "digest", "serial")


def holds(token: str, key_set: object, told: Mapping[str, Any]) -> bool:
    """Whether one of the authority's keys signed exactly this: number, ref, digest and serial."""
    try:
        claims = jose.jwt.decode(token, key_set, algorithms=ALGORITHMS).claims
    except (jose.JoseError, ValueError, TypeError):
        return False
    return all(name in claims and claims[name] == told[name] for name in _SIGNED)
