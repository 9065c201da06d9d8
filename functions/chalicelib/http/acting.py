"""Acting for somebody else (代办): in whose name a visitor may hand in, and as whom they act on a case."""

from __future__ import annotations

from typing import Any

from .. import grants
from ..domain.case import Actor, Case
from ..domain.grant import RUNNING, Grant, for_action, for_application
from ..domain.numbers import grouped
from ..domain.refusal import Refusal
from . import words
from .ask import Ask


def applicant(ask: Ask, number: str, item_id: str) -> Actor | Refusal:
    """The visitor as an applicant for this item: for themselves, or under the grant of that number.

    Refusals: grant_unknown (none that they hold), and those of `domain.grant.for_application`.
    """
    if not number:
        return ask.visitor.citizen
    grant = grants.find(ask.house.store, number, now=ask.now)
    if grant is None or not ask.visitor.sub or grant.agent != ask.visitor.sub:
        return Refusal("grant_unknown")
    return for_application(grant, item_id, ask.today) or grant.as_actor()


def citizen_on(ask: Ask, case: Case, action: str) -> Actor | Refusal:
    """The visitor as somebody who acts on this case. Refusals: not_yours, and those of `domain.grant.for_action`."""
    if case.applicant == ask.visitor.sub:
        return ask.visitor.citizen
    grant = grant_over(ask, case)
    if grant is None:
        return Refusal("not_yours")
    return for_action(grant, case, action, ask.today) or grant.as_actor()


def may_see(ask: Ask, case: Case) -> bool:
    """Whether the case is the visitor's own, or one they handle for its applicant."""
    return case.applicant == ask.visitor.sub or grant_over(ask, case) is not None


def grant_over(ask: Ask, case: Case) -> Grant | None:
    """The grant in force that gives this visitor the case."""
    sub = ask.visitor.sub
    return grants.over(ask.house.store, case, sub, now=ask.now, today=ask.today) if sub else None


def holds(ask: Ask, number: str) -> bool:
    """Whether the visitor holds the grant of this number, and it is in force."""
    grant = grants.find(ask.house.store, number, now=ask.now) if number else None
    return grant is not None and grant.agent == ask.visitor.sub and grant.state(ask.today) == RUNNING


def choices(ask: Ask, item_id: str, chosen: str) -> list[dict[str, Any]]:
    """In whose name an application for this item can be handed in; nothing where there is only oneself."""
    held = grants.held_by(ask.house.store, ask.visitor.sub) if ask.visitor.sub else ()
    usable = [grant for grant in held if for_application(grant, item_id, ask.today) is None]
    if not usable:
        return []
    rows = [
        ("", words.say("grants", "for_self", ask.lang)),
        *((one.number, _for_text(ask, one)) for one in usable),
    ]
    return [{"value": value, "text": text, "chosen": value == chosen} for value, text in rows]


def _for_text(ask: Ask, grant: Grant) -> str:
    day = words.day_text(grant.ends, ask.lang)
    number = grouped(grant.number)
    return words.say("grants", "for_other", ask.lang, name=grant.principal_name, number=number, day=day)


def agent_fact(case: Case, lang: str) -> tuple[str, str] | None:
    """Who handed the case in for its applicant, as a row of facts; None when the applicant did."""
    first = case.events[0]
    if not case.grant:
        return None
    text = words.say("grants", "by_agent", lang, name=first.actor_name, number=grouped(case.grant))
    return words.say("grants", "agent", lang), text
