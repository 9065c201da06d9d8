"""Hand-off from a provincial sign-in: a signed ticket that is good once, here, for two minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from schemas.interfaces import agreed
from schemas.interfaces.agreed import BadAgreement

from .. import jose
from ..domain.refusal import Refusal
from ..keys import fingerprint
from ..store.port import DRAFTS, Record, Store

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]  # signatures only they can make: no shared secrets
LASTS = timedelta(minutes=2)
SKEW = timedelta(minutes=1)
LONGEST = 4096  # characters of a ticket


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody at the door with a good ticket. `once` names the ticket, `over` is when it ends."""

    facts: Mapping[str, Any]
    claims: Mapping[str, Any]
    once: str
    over: datetime

    @property
    def sub(self) -> str:
        """The person as this installation names them: no issuer can speak for another's people."""
        return f"{self.facts['prefix']}{self.claims['sub']}"

    @property
    def name(self) -> str:
        """The person's name as the issuer knows it."""
        return str(self.claims.get("name") or self.claims["sub"])[:50]


def with_keys(facts: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The entry of the interfaces file with the issuer's public keys read."""
    try:
        keys = jose.KeySet.import_key_set(agreed.public_keys(facts, folder))
    except (BadAgreement, ValueError, TypeError, KeyError, jose.JoseError) as error:
        raise BadAgreement(f"the public keys of {facts['issuer']} (JWKS) cannot be used: {error}") from error
    return {**facts, "key_set": keys}


def read(
    ticket: str, issuers: Sequence[Mapping[str, Any]], *, audience: str, now: datetime
) -> Arrival | Refusal:
    """Who arrives with this ticket. Refusals: handoff_invalid, handoff_expired."""
    for facts in issuers:
        claims = _claims(ticket, facts)
        if claims is not None and claims.get("iss") == facts["issuer"]:
            return _judged(claims, facts, audience, now)
    return Refusal("handoff_invalid")


def spend(store: Store, arrival: Arrival, *, now: datetime) -> bool:
    """Uses the ticket up; False when it was used before, whoever used it."""
    spent = Record(key=f"ticket-{arrival.once}", head={}, expires_at=arrival.over + SKEW)
    return store.create(DRAFTS, spent, now=now)


def _claims(ticket: str, facts: Mapping[str, Any]) -> Mapping[str, Any] | None:
    if not ticket or len(ticket) > LONGEST:
        return None
    try:
        return dict(jose.jwt.decode(ticket, facts["key_set"], algorithms=ALGORITHMS).claims)
    except (jose.JoseError, ValueError, TypeError):
        return None


def _judged(
    claims: Mapping[str, Any], facts: Mapping[str, Any], audience: str, now: datetime
) -> Arrival | Refusal:
    made, ends, once, sub = (claims.get(name) for name in ("iat", "exp", "jti", "sub"))
    whole = _seconds(made) and _seconds(ends) and _text(once, 16, 128) and _text(sub, 1, 100)
    if not whole or claims.get("aud") != audience or not 0 < ends - made <= LASTS.total_seconds():  # type: ignore[operator]
        return Refusal("handoff_invalid")
    over = datetime.fromtimestamp(ends, UTC)  # type: ignore[arg-type]
    if over <= now or datetime.fromtimestamp(made, UTC) > now + SKEW:  # type: ignore[arg-type]
        return Refusal("handoff_expired")
    return Arrival(facts, claims, fingerprint(facts["issuer"].encode(), str(once).encode()), over)


def _seconds(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 33


def _text(value: object, least: int, most: int) -> bool:
    return isinstance(value, str) and least <= len(value) <= most and value.isprintable()
