"""A provincial sign-in as a real HTTP server: /go?sub=… sends the browser on with a ticket, good or spoilt."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import quote

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from werkzeug.wrappers import Request, Response

from schemas.interfaces import wire
from schemas.interfaces.wire import Allowed
from tests.http.front_door import BASE
from tests.interfaces.other_systems import System, running

ISSUER = "https://sso.qining-province.example"
KEY = ECKey.generate_key("P-256", {"kid": "2026"})
NEXT = ECKey.generate_key("P-256", {"kid": "2027"})
STRANGER = ECKey.generate_key("P-256", {"kid": "2026"})
SHARED = OctKey.import_key(b"the public key taken for a shared secret")
SPOILT: dict[str, dict[str, Any]] = {
    "for another site": {"aud": "https://zwfw.elsewhere.example"},
    "for two sites": {"aud": [BASE, "https://zwfw.elsewhere.example"]},
    "from another issuer": {"iss": "https://sso.elsewhere.example"},
    "good for an hour": {"lasts": 3600},
    "good for no time": {"lasts": 0},
    "without a nonce": {"jti": None},
    "with a short nonce": {"jti": "1"},
    "for nobody": {"sub": ""},
    "with times that are none": {"iat": "now"},
}


class Province(System):
    """Signs whoever is asked for in; `spoil` changes the next ticket."""

    spoil: dict[str, Any]

    def answer(self, request: Request, mood: str) -> Response:
        if mood == "broken":
            return Response("oops", 500)
        ticket = self.ticket(**{"sub": request.args["sub"], **self.spoil})
        return Response("", 302, {"Location": f"{BASE}/handoff/?ticket={quote(ticket)}"})

    def ticket(
        self,
        sub: str,
        *,
        lasts: int = 120,
        key: Any = KEY,
        alg: str = "ES256",
        kid: str = "2026",
        **changes: Any,
    ) -> str:
        at = int(self.clock().timestamp())
        claims = {
            "iss": ISSUER, "aud": BASE, "sub": sub, "jti": secrets.token_urlsafe(18), "iat": at, "exp": at + lasts,
            "name": "林禾", "assurance_level": 3, "to": "/me/", **changes,
        }  # fmt: skip
        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode({"alg": alg, "kid": kid}, kept, key, algorithms=["ES256", "HS256"])


@contextmanager
def open_province(clock: Callable[[], datetime]) -> Iterator[Province]:
    """The province at work."""
    province = Province(clock)
    province.spoil = {}
    with running(province):
        yield province


def sent_on(province: Province, sub: str) -> str:
    """Where the province sends the browser."""
    answer = wire.send("GET", f"{province.url}/go?sub={sub}", allowed=Allowed(anywhere=True), headers={})
    assert answer.status == 302
    return answer.headers["location"].removeprefix(BASE)
