"""Another department's system at the door: known by its signature, with the roles and departments agreed for it."""

from __future__ import annotations

from urllib.parse import urlencode

from schemas.interfaces import signature

from ..domain.case import Actor
from ..domain.lifecycle import LINK
from ..interfaces.outside import DEPARTMENT, Subscriber
from .ask import Ask
from .visitor import NOBODY, Visitor

SYSTEM_HEADER = "banshi-system"


def identify(ask: Ask, kind: str = DEPARTMENT) -> Visitor:
    """The system of that kind that signed this very request within five minutes; nobody otherwise."""
    one = system_of(ask, kind)
    content = signature.request(ask.method, target(ask), ask.body)
    if one is None or not signature.holds(one.keys, ask.headers, content, now=ask.now):
        return NOBODY
    name = str(one.facts["name"])
    if kind == LINK:
        return Visitor(sub=f"link:{one.id}", name=name)
    return Visitor(sub=f"system:{one.id}", name=name, staff=actor(one, name=name, post=name))


def system_of(ask: Ask, kind: str = DEPARTMENT) -> Subscriber | None:
    """The system of that kind that the request says it comes from."""
    return ask.house.outside.find(ask.headers.get(SYSTEM_HEADER, "")[:40], kind)


def actor(one: Subscriber, *, name: str, post: str) -> Actor:
    """The system as a member of staff of its departments, in the name of whoever decided there."""
    depts = frozenset(one.facts["depts"])
    return Actor(f"system:{one.id}", name, frozenset(one.facts["roles"]), post=post, depts=depts)


def target(ask: Ask) -> str:
    """What is signed of the address: the path, and its query sorted by name."""
    query = urlencode(sorted(ask.query.items()))
    return f"{ask.path}?{query}" if query else ask.path
