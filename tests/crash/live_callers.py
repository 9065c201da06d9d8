"""Clients of the live server: tokens from the real sign-in, JSON calls that survive a dead server."""

from __future__ import annotations

import http.client
import json
import secrets
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import Any

TIMEOUT_SECONDS = 10


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Shows the redirect instead of following it."""

    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass(frozen=True, slots=True)
class Said:
    """One answer. Status 0: the server was not there; -1: it went away before it answered."""

    status: int
    body: Any = None

    @property
    def unknown(self) -> bool:
        """Whether the request may or may not have been done."""
        return self.status in (-1, 500, 503)


def token_for(issuer: str, sub: str, *, client: str = "banshi") -> str:
    """An ID token, by the code flow as a browser would drive it."""
    back = "http://localhost/back"
    query = {
        "response_type": "code",
        "client_id": client,
        "redirect_uri": back,
        "scope": "openid profile",
        "state": "s",
        "nonce": secrets.token_urlsafe(12),
    }
    code = _code(f"{issuer}/oauth2/authorize?{urllib.parse.urlencode(query)}", sub)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "client_id": client,
        "client_secret": "x",
    }
    request = urllib.request.Request(f"{issuer}/oauth2/token", urllib.parse.urlencode(form).encode())
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
        token: str = json.load(answer)["id_token"]
    return token


def call(
    url: str,
    *,
    token: str,
    body: object = None,
    key: str = "",
    data: bytes | None = None,
    kind: str = "application/json",
) -> Said:
    """One request with a JSON body, plain bytes or none, and what came back."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
    if key:
        headers["Idempotency-Key"] = key
    payload = data if body is None else json.dumps(body, ensure_ascii=False).encode()
    try:
        with urllib.request.urlopen(
            urllib.request.Request(url, payload, headers), timeout=TIMEOUT_SECONDS
        ) as answer:
            return Said(answer.status, json.load(answer))
    except urllib.error.HTTPError as error:
        return Said(error.code, json.load(error))
    except urllib.error.URLError as error:
        return Said(0 if isinstance(error.reason, ConnectionRefusedError) else -1)
    except (OSError, http.client.HTTPException, ValueError):
        return Said(-1)


def _code(url: str, sub: str) -> str:
    opener = urllib.request.build_opener(NoRedirect)
    try:
        opener.open(url, urllib.parse.urlencode({"sub": sub}).encode(), timeout=TIMEOUT_SECONDS)
    except urllib.error.HTTPError as error:
        to = urllib.parse.urlsplit(error.headers["Location"])
        return urllib.parse.parse_qs(to.query)["code"][0]
    raise AssertionError("the provider did not send us back")
