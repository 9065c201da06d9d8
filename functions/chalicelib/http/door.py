"""The way in: from a raw request to a route's answer. Whoever may not come in is told so here."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from .. import peers, sessions, trace
from ..domain.lifecycle import LINK
from ..domain.numbers import normalise
from ..domain.refusal import Refusal
from ..domain.rights import ANYONE, CITIZEN, LINK_CALL, SYSTEM_CALL, may
from ..house import House
from ..interfaces.outside import DEPARTMENT
from ..store.port import StoreUnavailable
from . import systems
from . import visitor as visitors
from .ask import Ask, Posted, read_form
from .oidc import IdentityDown
from .reply import Reply, problem, redirect
from .routes import Route
from .show import refuse
from .signing import assurance_of
from .throttle import held_up, peer_of, unproven
from .visitor import NOBODY, Visitor, csrf_holds

MAX_BODY = 6 * 1024 * 1024  # what API Gateway and Lambda take; the same everywhere
_SIGNED = {SYSTEM_CALL: DEPARTMENT, LINK_CALL: LINK}  # who signs each request, by what was agreed with them
_log = logging.getLogger("banshi")


def answer(route: Route, house: House, raw: Mapping[str, Any]) -> Reply:
    """The answer to one request. `raw` has method, lang, path, params, query, headers and body."""
    with trace.work(trace.given(raw["headers"])) as span:
        span.case = normalise(raw["params"].get("number", "")) or ""
        began = time.perf_counter()
        reply = _answered(route, house, raw)
        facts = {
            "method": route.method,
            "route": route.path,
            "status": reply.status,
            "ms": round(1000 * (time.perf_counter() - began), 1),
        }
        _log.info("request", extra={"facts": facts})
        return reply if reply.status < 500 else reply.with_header("X-Trace-Id", span.trace)


def _answered(route: Route, house: House, raw: Mapping[str, Any]) -> Reply:
    ask = _ask(house, raw)
    try:
        ask = replace(ask, visitor=_visitor(route, ask))
        outcome = _enter(route, ask)
    except StoreUnavailable:
        _log.exception("store unavailable: %s %s", route.method, route.path)
        outcome = Refusal("unavailable")
    except IdentityDown:
        _log.exception("identity provider down")
        outcome = Refusal("identity_down")
    except Exception:
        _log.exception("broken: %s %s", route.method, route.path)
        outcome = Refusal("broken")
    reply = outcome if isinstance(outcome, Reply) else said(ask, outcome, api=route.api)
    return _kept_awake(ask, reply)


def said(ask: Ask, refusal: Refusal, *, api: bool) -> Reply:
    """A refusal in the caller's way of speaking."""
    reply = problem(refusal) if api else refuse(ask, refusal)
    wait = refusal.detail.get("seconds")
    return replace(reply, headers=(*reply.headers, ("Retry-After", wait))) if wait else reply


def _kept_awake(ask: Ask, reply: Reply) -> Reply:
    """The answer with a newer session cookie, unless the answer itself sets cookies."""
    secure = ask.house.settings.secure
    newer = visitors.refreshed(ask.visitor, ask.house.keys, now=ask.now, secure=secure)
    return reply.with_cookie(newer) if newer and not reply.cookies else reply


def _enter(route: Route, ask: Ask) -> Reply | Refusal:
    """Size, form, origin, token, identity: then the handler."""
    if len(ask.body) > MAX_BODY:
        return Refusal("body_too_big")
    if route.method == "POST" and ask.body and _kind(ask) not in route.takes:
        return Refusal("media_type")
    posted = _posted(route, ask)
    if isinstance(posted, Refusal):
        return posted
    ask = replace(ask, posted=posted)
    if route.method == "POST" and not route.api and not _honest(route, ask):
        return Refusal("forged")
    barred = _stranger(route, ask) or held_up(ask, route.rate)
    return barred if barred is not None else route.handler(ask)


def _ask(house: House, raw: Mapping[str, Any]) -> Ask:
    return Ask(
        method=raw["method"],
        path=raw["path"],
        params=raw["params"],
        query=raw["query"],
        headers=raw["headers"],
        body=raw["body"],
        lang=raw["lang"],
        now=house.clock(),
        peer=peer_of(_nearest(house, raw)),
        house=house,
        visitor=NOBODY,
    )


def _nearest(house: House, raw: Mapping[str, Any]) -> str:
    """The address that asks: the other end of the connection, or whom the CDN before us saw."""
    told: str = raw.get("peer", "")
    behind = house.settings.behind_cdn
    return peers.beyond_cdn(told, raw["headers"].get("x-forwarded-for", "")) if behind else told


def _posted(route: Route, ask: Ask) -> Posted | Refusal:
    if route.method != "POST" or route.api or not ask.body:
        return Posted({}, {})
    return read_form(ask.body, ask.headers.get("content-type", ""))


def _kind(ask: Ask) -> str:
    """The media type of the body, without parameters."""
    return ask.headers.get("content-type", "").split(";")[0].strip().lower()


def _same_origin(ask: Ask) -> bool:
    """Whether the Origin header, if there is one, names this site."""
    origin = ask.headers.get("origin")
    if origin is None:
        return True
    ours = (ask.headers.get("host"), ask.house.settings.base_url.partition("://")[2])
    return origin.startswith(("https://", "http://")) and origin.partition("://")[2] in ours


def _honest(route: Route, ask: Ask) -> bool:
    """Whether a post comes from our own page: same origin where the browser says, and the session's token."""
    if not _same_origin(ask):
        return False
    if ask.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    token = ask.posted.first("_csrf")
    return not route.csrf or csrf_holds(token, ask.visitor, ask.house.keys)


def _stranger(route: Route, ask: Ask) -> Reply | Refusal | None:
    """What somebody hears who is not who the route is for; None for those who are."""
    if route.who == ANYONE:
        return None
    if not ask.visitor.sub:
        return _unknown(route, ask)
    if route.who in _SIGNED:
        return None
    allowed = route.who == CITIZEN or may(ask.visitor.staff, route.who)
    return None if allowed else Refusal("not_allowed")


def _unknown(route: Route, ask: Ask) -> Reply | Refusal:
    """Somebody not signed in: a page they want to read leads to sign-in and back, anything else is refused."""
    if route.method == "GET" and not route.api:
        return redirect(f"/signin?next={quote(ask.url(ask.path))}")
    if route.who in _SIGNED:
        name = ask.headers.get(systems.SYSTEM_HEADER, "")[:40]
        return unproven(ask, f"signature {name}") or Refusal("signature_invalid")
    if route.api and "authorization" in ask.headers:
        return unproven(ask, "token") or Refusal("token_invalid")
    return Refusal("sign_in")


def _visitor(route: Route, ask: Ask) -> Visitor:
    """From the bearer token on the API, from the cookie on pages, from the signature of another system; never the
    one for the other."""
    if route.who in _SIGNED:
        return systems.identify(ask, _SIGNED[route.who])
    known = _bearer(ask) if route.api else _from_cookie(ask)
    return replace(known, staff=ask.house.staff.find(known.sub)) if known.sub else known


def _from_cookie(ask: Ask) -> Visitor:
    house = ask.house
    claims = visitors.read(ask.headers, house.keys, now=ask.now, idle=house.settings.idle)
    if claims is None or (claims["sub"] and sessions.ended(house.store, claims["sid"], now=ask.now)):
        return NOBODY
    who = (claims["sid"], claims["was"], claims["sub"], claims["name"], claims["loa"])
    return Visitor(*who, sealed=claims.get("kn", ""), since=claims.get("at", 0), seen=claims.get("seen", 0))


def _bearer(ask: Ask) -> Visitor:
    scheme, _, token = ask.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return NOBODY
    claims = ask.house.provider.claims(token.strip(), now=ask.now)
    if claims is None:
        return NOBODY
    return Visitor(
        sub=str(claims["sub"]),
        name=str(claims.get("name") or claims["sub"])[:50],
        assurance=assurance_of(claims.get("assurance_level")),
    )
