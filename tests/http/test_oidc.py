"""Signing in against a provider that answers over HTTP: PKCE, nonce, and keys that change."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from chalicelib.http.oidc import Provider, SignIn
from joserfc import jwt
from joserfc.jwk import ECKey

from tests.http.stand_in import MONDAY


class Issuer:
    """Discovery, keys and tokens; counts how often the keys are fetched and keeps the last token request."""

    def __init__(self) -> None:
        self.keys = [ECKey.generate_key("P-256", {"kid": "one"})]
        self.fetched, self.nonce, self.form = 0, "", dict[str, list[str]]()
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.answer(self, issuer.document(self.path))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                issuer.form = parse_qs(body)
                issuer.answer(self, {"id_token": issuer.token(nonce=issuer.nonce)})

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def document(self, path: str) -> dict[str, object]:
        if path == "/jwks":
            self.fetched += 1
            return {"keys": [key.as_dict(private=False) for key in self.keys]}
        ends = {name: f"{self.url}/{name}" for name in ("authorization_endpoint", "token_endpoint")}
        return {"issuer": self.url, "jwks_uri": f"{self.url}/jwks", **ends}

    def answer(self, request: BaseHTTPRequestHandler, value: object) -> None:
        body = json.dumps(value).encode()
        request.send_response(200)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def token(self, *, key: ECKey | None = None, **more: object) -> str:
        signing = key or self.keys[-1]
        exp = int((MONDAY + timedelta(hours=1)).timestamp())
        claims = {"iss": self.url, "aud": "banshi", "sub": "lin-he", "exp": exp, **more}
        return jwt.encode({"alg": "ES256", "kid": signing.kid}, claims, signing, algorithms=["ES256"])


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    made = Issuer()
    yield made
    made.server.shutdown()


@pytest.fixture
def provider(issuer: Issuer) -> Provider:
    return Provider(
        issuer=issuer.url, client_id="banshi", client_secret="x", redirect_uri="https://a/signin/callback"
    )


def test_the_code_is_bound_to_the_browser_by_a_challenge_and_its_verifier(
    issuer: Issuer, provider: Provider
) -> None:
    """PKCE with S256: only the challenge goes through the browser, the verifier straight to the provider."""
    sign_in = SignIn.fresh("/me/")
    sent = parse_qs(urlsplit(provider.authorize_url(sign_in)).query)
    challenge = (
        base64.urlsafe_b64encode(hashlib.sha256(sign_in.verifier.encode()).digest()).rstrip(b"=").decode()
    )
    assert (sent["code_challenge"], sent["code_challenge_method"]) == ([challenge], ["S256"])
    assert sent["response_type"] == ["code"] and sign_in.verifier not in str(sent)
    issuer.nonce = sign_in.nonce
    assert provider.claims_for_code("a code", sign_in, now=MONDAY)
    assert issuer.form["code_verifier"] == [sign_in.verifier]
    assert len({SignIn.fresh("/").verifier for _ in range(50)}) == 50 and len(sign_in.verifier) >= 43


@pytest.mark.parametrize("nonce", ["", "of another sign-in"])
def test_a_token_with_another_nonce_is_refused(issuer: Issuer, provider: Provider, nonce: str) -> None:
    issuer.nonce = nonce
    assert provider.claims_for_code("a code", SignIn.fresh("/me/"), now=MONDAY) is None


def test_a_key_that_is_new_is_fetched_and_one_that_is_gone_signs_nothing(
    issuer: Issuer, provider: Provider
) -> None:
    old = issuer.keys[0]
    assert provider.claims(issuer.token(), now=MONDAY) and issuer.fetched == 1
    issuer.keys = [ECKey.generate_key("P-256", {"kid": "two"})]
    provider._keys_read -= 61  # a minute later
    assert provider.claims(issuer.token(), now=MONDAY) and issuer.fetched == 2
    provider._keys_read -= 61
    assert provider.claims(issuer.token(key=old), now=MONDAY) is None


def test_made_up_keys_do_not_make_us_ask_the_provider_more_than_once_a_minute(
    issuer: Issuer, provider: Provider
) -> None:
    for n in range(20):
        stranger = ECKey.generate_key("P-256", {"kid": f"stranger-{n}"})
        assert provider.claims(issuer.token(key=stranger), now=MONDAY) is None
    assert issuer.fetched == 1
