"""Looking up a case by number and query code (办件查询): a wrong code and an unknown number sound alike."""

from __future__ import annotations

import hmac
from collections.abc import Callable

from ..domain.case import Case
from ..domain.grant import for_action
from ..domain.lifecycle import FINAL
from ..domain.numbers import grouped, normalise
from ..domain.refusal import Refusal
from ..store.port import CASES
from . import acting, enquiry_pages, words
from .ask import Ask
from .package_pages import for_guest
from .reply import Reply
from .show import show
from .throttle import unless_shut, wrong_code
from .views import status_view


def query_page(ask: Ask) -> Reply:
    """The form; the published site has it empty as a file. A receipt's QR code brings the number along."""
    return _query(ask, ask.params.get("number", "")[:40])


def look_up(ask: Ask) -> Reply | Refusal:
    """POST of number and code: the status page, or the form again."""
    typed = ask.posted.first("number")[:40], ask.posted.first("code")[:40]
    case = find(ask, *typed)
    if isinstance(case, Case):
        return case_page(ask, case, owner=False)
    other = None if case else for_guest(ask, *typed) or enquiry_pages.for_guest(ask, *typed)
    return other or _query(ask, *typed, refusal=case or wrong_code(ask, normalise(typed[0]) or ""))


def find(ask: Ask, number: str, code: str) -> Case | Refusal | None:
    """The case if both fit; too_many_tries while this door is shut. The code is compared in constant time, also
    against nothing; a wrong one is for the caller to count."""
    record = unless_shut(ask, CASES, normalise(number) or "")
    if isinstance(record, Refusal):
        return record
    case = ask.house.desk.of(record, now=ask.now) if record else None
    given = "".join(sign for sign in code.upper() if sign.isalnum())
    fits = hmac.compare_digest(given.encode(), (case.query_code if case else "-").encode())
    return case if fits else None


def case_page(ask: Ask, case: Case, *, owner: bool) -> Reply:
    """The status page, for the signed-in owner or for a guest with the code."""
    house = ask.house
    world = house.desk.world(case, ask.now)
    may = _allowed(ask, case) if owner else bool
    view, item = status_view(case, world, lang=ask.lang, owner=owner, url=ask.url, may=may), world.item
    facts = [
        (words.say("facts", "dept", ask.lang), item.dept_name(ask.lang)),
        (words.say("facts", "received", ask.lang), words.moment_text(case.received_at, ask.lang)),
    ]
    agent = acting.agent_fact(case, ask.lang) if owner else None
    facts += [agent] if agent else []
    view |= {"number": grouped(case.number), "facts": facts, "item_url": item.guide_url(ask.lang)}
    mine = owner and case.applicant == ask.visitor.sub
    view["agents_url"] = (
        ask.url(f"/me/agents/new/?case={case.number}") if mine and case.state not in FINAL else None
    )
    view["package_url"] = ask.url(f"/me/package/{case.package}/") if owner and case.package else None
    return show(
        ask, "status.html", c=view, help={"phone": item.guide["consult"]["phone"], "url": None}, alt_url=None
    )


def _allowed(ask: Ask, case: Case) -> Callable[[str], bool]:
    """Which actions this visitor could do: all on their own case, on others what their grant says."""
    grant = None if case.applicant == ask.visitor.sub else acting.grant_over(ask, case)
    return lambda action: grant is None or for_action(grant, case, action, ask.today) is None


def _query(ask: Ask, number: str = "", code: str = "", *, refusal: Refusal | None = None) -> Reply:
    errors = [("f-number", words.explain(refusal, ask.lang))] if refusal else []
    return show(
        ask,
        "status_query.html",
        status=words.status(refusal) if refusal else 200,
        number=number,
        code=code,
        errors=errors,
        action=ask.url("/status/"),
        nav_current=ask.url("/status/"),
    )
