"""Signing in and out."""

from __future__ import annotations

import secrets
from typing import Any

from .. import jose, sessions
from ..domain.refusal import Refusal
from .ask import Ask
from .desk_menu import home_of
from .oidc import IdentityDown, SignIn, safe_target
from .reply import Reply, redirect
from .visitor import LASTS, Visitor, cookie, cookie_value, erase, facts_of, seal, signed, write

UNDER_WAY = "banshi_signin"
_MINUTES = 15


def begin(ask: Ask) -> Reply | Refusal:
    """Off to the identity provider, remembering where to come back to."""
    sign_in = SignIn.fresh(safe_target(ask.query.get("next", "/me/")))
    try:
        to = ask.house.provider.authorize_url(sign_in)
    except IdentityDown:
        return Refusal("identity_down")
    return redirect(to).with_cookie(_remember(ask, sign_in))


def finish(ask: Ask) -> Reply | Refusal:
    """Back from the provider: a new session under a new name, and on to where the person was going."""
    sign_in = _recall(ask)
    code, state = ask.query.get("code", ""), ask.query.get("state", "")
    if sign_in is None or not code or not secrets.compare_digest(state.encode(), sign_in.state.encode()):
        return Refusal("sign_in_failed")
    try:
        claims = ask.house.provider.claims_for_code(code, sign_in, now=ask.now)
    except IdentityDown:
        return Refusal("identity_down")
    if claims is None:
        return Refusal("sign_in_failed")
    visitor = Visitor(
        session=secrets.token_urlsafe(18),
        before=ask.visitor.session,
        sub=str(claims["sub"]),
        name=str(claims.get("name") or claims["sub"])[:50],
        assurance=assurance_of(claims.get("assurance_level")),
        sealed=seal(facts_of(claims), ask.house.keys),
    )
    secure = ask.house.settings.secure
    session = write(visitor, ask.house.keys, now=ask.now, secure=secure)
    staff = ask.house.staff.find(visitor.sub)
    done = redirect(home_of(staff) if staff and sign_in.to == "/me/" else sign_in.to)
    return done.with_cookie(session).with_cookie(erase(secure=secure, name=UNDER_WAY))


def out(ask: Ask) -> Reply:
    """The session ends here, on the server too; the provider's own session is its own affair."""
    sessions.end(ask.house.store, ask.visitor.session, until=ask.now + LASTS, now=ask.now)
    return redirect("/").with_cookie(erase(secure=ask.house.settings.secure))


def assurance_of(claim: object) -> int:
    """The provider's assurance level (实名等级) as a number; 0 when it says nothing usable."""
    return claim if isinstance(claim, int) and not isinstance(claim, bool) and 0 <= claim <= 9 else 0


def _remember(ask: Ask, sign_in: SignIn) -> str:
    claims = {
        "state": sign_in.state,
        "nonce": sign_in.nonce,
        "verifier": sign_in.verifier,
        "to": sign_in.to,
        "exp": int(ask.now.timestamp()) + _MINUTES * 60,
    }
    value = jose.jwt.encode({"alg": "HS256"}, claims, _key(ask))
    return f"{cookie(UNDER_WAY, value, secure=ask.house.settings.secure)}; Max-Age={_MINUTES * 60}"


def _recall(ask: Ask) -> SignIn | None:
    claims = signed(cookie_value(ask.headers, UNDER_WAY), ask.house.keys.keys("sign-in"))
    if claims is None or claims.get("exp", 0) <= ask.now.timestamp():
        return None
    return SignIn(claims["state"], claims["nonce"], claims["verifier"], claims["to"])


def _key(ask: Ask) -> Any:
    return jose.OctKey.import_key(ask.house.keys.key("sign-in"))
