"""Another department's system at the door: known by its signature, with the roles and departments agreed for it."""

from __future__ import annotations

from urllib.parse import urlencode

from schemas.interfaces import signature

from ..domain.case import Actor
from ..interfaces.outside import DEPARTMENT, Subscriber
from .ask import Ask
from .visitor import NOBODY, Visitor

SYSTEM_HEADER = "banshi-system"


def identify(ask: Ask) -> Visitor:
    """The system that signed this very request within five minutes; nobody otherwise."""
    one = system_of(ask)
    content = signature.request(ask.method, target(ask), ask.body)
    if one is None or not signature.holds(one.keys, ask.headers, content, now=ask.now):
        return NOBODY
    name = str(one.facts["name"])
    return Visitor(sub=f"system:{one.id}", name=name, staff=actor(one, name=name, post=name))


def system_of(ask: Ask) -> Subscriber | None:
    """The system that the request says it comes from."""
    return ask.house.outside.find(ask.headers.get(SYSTEM_HEADER, "")[:40], DEPARTMENT)


def actor(one: Subscriber, *, name: str, post: str) -> Actor:
    """The system as a member of staff of its departments, in the name of whoever decided there."""
    depts = frozenset(one.facts["depts"])
    return Actor(f"system:{one.id}", name, frozenset(one.facts["roles"]), post=post, depts=depts)


def target(ask: Ask) -> str:
    """What is signed of the address: the path, and its query sorted by name."""
    query = urlencode(sorted(ask.query.items()))
    return f"{ask.path}?{query}" if query else ask.path
