"""Sign-in through OpenID Connect: authorization code with PKCE, state and nonce; tokens checked against JWKS."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

from .. import jose

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
_TIMEOUT = 10
_CLOCK_SKEW = 60
_RELOAD_AFTER = 60.0
_ANSWER_LIMIT = 1024 * 1024


class IdentityDown(Exception):
    """The identity provider did not answer, or answered nonsense."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """One sign-in under way, kept in a short-lived signed cookie until the provider sends the person back."""

    state: str
    nonce: str
    verifier: str
    to: str

    @classmethod
    def fresh(cls, to: str) -> SignIn:
        """A sign-in that will lead to `to`."""
        return cls(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48), to)


class Provider:
    """One OpenID provider; discovery and keys are fetched when first needed and kept."""

    def __init__(self, *, issuer: str, client_id: str, client_secret: str, redirect_uri: str) -> None:
        self.issuer, self.client_id, self._client_secret = issuer, client_id, client_secret
        self.redirect_uri = redirect_uri
        self._facts: dict[str, Any] | None = None
        self._keys: Any = None
        self._keys_read = float("-inf")
        self._lock = Lock()

    @property
    def origin(self) -> str:
        """Scheme and host of the provider, for the pages whose forms end up there."""
        parts = urllib.parse.urlsplit(self.issuer)
        return f"{parts.scheme}://{parts.netloc}"

    def authorize_url(self, sign_in: SignIn) -> str:
        """Where the browser goes to sign in."""
        challenge = hashlib.sha256(sign_in.verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": "openid profile phone",
            "state": sign_in.state,
            "nonce": sign_in.nonce,
            "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return f"{self._discovered('authorization_endpoint')}?{urllib.parse.urlencode(query)}"

    def claims_for_code(self, code: str, sign_in: SignIn, *, now: datetime) -> Mapping[str, Any] | None:
        """Who signed in; None when the code or the token is not good."""
        answer = self._redeem(code, sign_in)
        token = answer.get("id_token") if answer else None
        claims = self.claims(token, now=now) if isinstance(token, str) else None
        return claims if claims and claims.get("nonce") == sign_in.nonce else None

    def claims(self, token: str, *, now: datetime) -> Mapping[str, Any] | None:
        """The claims of a token this provider signed for us; None for any other."""
        for reload in (False, True):
            try:
                claims = jose.jwt.decode(token, self._key_set(reload=reload), algorithms=ALGORITHMS).claims
            except (jose.JoseError, ValueError):
                continue
            return claims if self._meant_for_us(claims, now) else None
        return None

    def _meant_for_us(self, claims: Mapping[str, Any], now: datetime) -> bool:
        audience = claims.get("aud")
        named = audience if isinstance(audience, list) else [audience]
        instant = now.timestamp()
        fresh = (
            _number(claims.get("exp")) > instant - _CLOCK_SKEW >= _number(claims.get("nbf")) - 2 * _CLOCK_SKEW
        )
        ours = claims.get("iss") == self.issuer and self.client_id in named
        return bool(ours and fresh and isinstance(claims.get("sub"), str) and claims["sub"])

    def _redeem(self, code: str, sign_in: SignIn) -> dict[str, Any] | None:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "client_id": self.client_id,
            "client_secret": self._client_secret,
            "code_verifier": sign_in.verifier,
        }
        request = urllib.request.Request(  # noqa: S310 - the address comes from the configured issuer
            self._discovered("token_endpoint"),
            urllib.parse.urlencode(form).encode(),
            {"Accept": "application/json"},
        )
        try:
            return _fetch(request)
        except urllib.error.HTTPError:
            return None

    def _discovered(self, name: str) -> str:
        if self._facts is None:
            facts = _document(f"{self.issuer}/.well-known/openid-configuration")
            if facts.get("issuer") != self.issuer:
                raise IdentityDown(f"the provider calls itself {facts.get('issuer')!r}")
            self._facts = facts
        return str(self._facts[name])

    def _key_set(self, *, reload: bool) -> Any:
        with self._lock:
            stale = reload and time.monotonic() - self._keys_read > _RELOAD_AFTER
            if self._keys is None or stale:
                self._keys = jose.KeySet.import_key_set(_document(self._discovered("jwks_uri")))
                self._keys_read = time.monotonic()
            return self._keys


def safe_target(to: str) -> str:
    """A path of our own to go to after sign-in; the personal page for anything else."""
    ours = to.startswith("/") and not to.startswith(("//", "/\\")) and "\\" not in to and to.isprintable()
    return to if ours and len(to) <= 512 else "/me/"


def _document(url: str) -> dict[str, Any]:
    try:
        return _fetch(urllib.request.Request(url, headers={"Accept": "application/json"}))  # noqa: S310
    except urllib.error.HTTPError as error:
        raise IdentityDown(f"{url}: {error.code}") from error


def _fetch(request: urllib.request.Request) -> dict[str, Any]:
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310
            value = json.loads(answer.read(_ANSWER_LIMIT))
    except urllib.error.HTTPError:
        raise
    except (OSError, ValueError) as error:
        raise IdentityDown(str(error)) from error
    if not isinstance(value, dict):
        raise IdentityDown("not a JSON object")
    return value


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0
