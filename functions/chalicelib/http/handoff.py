"""Arriving from another sign-in (/handoff): the ticket is shown for what it is, and becomes a session when pressed.

The press keeps a link from signing somebody in unseen, and a program that follows links from using the ticket up.
"""

from __future__ import annotations

import secrets
from dataclasses import replace

from schemas.masks import mask

from ..domain.refusal import Refusal
from ..interfaces import handoff
from ..interfaces.handoff import Arrival
from . import words
from .ask import Ask
from .oidc import safe_target
from .reply import Reply, redirect
from .show import show
from .signing import assurance_of
from .visitor import Visitor, begun, facts_of, seal, write


def arrive(ask: Ask) -> Reply | Refusal:
    """GET: who is about to be signed in, and from where. Refusals: as `handoff.read`, and handoff_staff."""
    ticket = ask.query.get("ticket", "")
    arrival = _arrival(ask, ticket)
    if isinstance(arrival, Refusal):
        return arrival
    visitor = begun(ask.visitor)
    name = arrival.facts["name_en" if ask.lang == "en" else "name"]
    reply = show(
        replace(ask, visitor=visitor),
        "confirm.html",
        heading=words.say("handoff", "title", ask.lang),
        text=words.say("handoff", "text", ask.lang, source=name, person=mask("name", arrival.name)),
        action=ask.url("/handoff/"),
        controls=[],
        errors=[],
        hidden={"ticket": ticket},
        button=words.say("handoff", "button", ask.lang),
        danger=False,
        back_url=ask.url("/"),
        alt_url=None,
    )
    if ask.visitor.session:
        return reply
    return reply.with_cookie(write(visitor, ask.house.keys, now=ask.now, secure=ask.house.settings.secure))


def enter(ask: Ask) -> Reply | Refusal:
    """POST: the ticket is used up and a new session begins. Refusals: as above, and handoff_used."""
    arrival = _arrival(ask, ask.posted.first("ticket"))
    if isinstance(arrival, Refusal):
        return arrival
    if not handoff.spend(ask.house.store, arrival, now=ask.now):
        return Refusal("handoff_used")
    visitor = Visitor(
        session=secrets.token_urlsafe(18),
        before=ask.visitor.session,
        sub=arrival.sub,
        name=arrival.name,
        assurance=assurance_of(arrival.claims.get("assurance_level")),
        sealed=seal(facts_of(arrival.claims), ask.house.keys),
    )
    session = write(visitor, ask.house.keys, now=ask.now, secure=ask.house.settings.secure)
    return redirect(ask.url(safe_target(str(arrival.claims.get("to", "/me/"))))).with_cookie(session)


def _arrival(ask: Ask, ticket: str) -> Arrival | Refusal:
    """The person with the ticket; staff sign in by their own way, whatever another issuer says of them."""
    house = ask.house
    arrival = handoff.read(ticket, house.outside.handoffs, audience=house.settings.base_url, now=ask.now)
    if isinstance(arrival, Arrival) and house.staff.find(arrival.sub) is not None:
        return Refusal("handoff_staff")
    return arrival
