"""Saving for later (保存，以后继续): the slip of a draft, going on with it anywhere, and deleting it."""

from __future__ import annotations

from dataclasses import replace

from schemas.calendar import day_of

from .. import drafts, slips
from ..domain.numbers import grouped
from ..domain.refusal import Refusal
from ..drafts import KEPT, Draft
from . import words
from .access import draft_of
from .ask import Ask
from .reply import Reply, redirect
from .show import show
from .visitor import begun, write


def wanted(ask: Ask) -> bool:
    """Whether the button pressed was "save and continue later"."""
    return ask.posted.first("_go") == "later"


def slip_page(ask: Ask, draft: Draft) -> Reply:
    """What to write down so as to go on elsewhere; for a signed-in owner, where to find the draft."""
    house = ask.house
    slip = None if draft.applicant else slips.slip_for(house.store, house.keys, draft, now=ask.now)
    view = {
        "item_name": draft.item_name,
        "code": grouped(slip.code) if slip else None,
        "secret": slips.spaced(slip.secret) if slip else None,
        "until": words.day_text(day_of(draft.saved_at + KEPT), ask.lang),
        "resume_url": f"{house.settings.base_url}{ask.url('/resume/')}",
        "url": ask.url(_address(draft, "1")),
        "erase_url": ask.url(_address(draft, "erase")),
    }
    return show(ask, "later.html", d=view, alt_url=None)


def resume_page(ask: Ask) -> Reply:
    """GET: the form for code and secret."""
    return _asked(ask, code=ask.query.get("code", "")[:40])


def resume(ask: Ask) -> Reply | Refusal:
    """POST of code and secret: the draft moves to this browser; one with an owner asks them to sign in."""
    code, secret = ask.posted.first("code")[:40], ask.posted.first("secret")[:40]
    found = slips.opened(ask.house.store, ask.house.keys, code=code, secret=secret, now=ask.now)
    if isinstance(found, Refusal):
        return _asked(ask, code=code, refusal=found)
    to = ask.url(_address(found, "erase" if ask.posted.first("_go") == "erase" else "1"))
    if found.applicant:
        return redirect(to if found.applicant == ask.visitor.sub else f"/signin?next={to}")
    visitor = ask.visitor
    drafts.change(
        ask.house.store,
        found,
        lambda d: replace(d, session=visitor.session, applicant=visitor.sub),
        now=ask.now,
    )
    return redirect(to)


def erase_page(ask: Ask) -> Reply | Refusal:
    """GET: what deleting means."""
    draft = draft_of(ask)
    if isinstance(draft, Refusal):
        return draft
    return show(
        ask,
        "confirm.html",
        heading=words.say("later", "erase", ask.lang),
        text=f"{draft.item_name}{'：' if ask.lang == 'zh' else ': '}{words.say('later', 'erase_text', ask.lang)}",
        action=ask.url(_address(draft, "erase")),
        controls=[],
        errors=[],
        button=words.say("later", "erase_button", ask.lang),
        danger=True,
        back_url=ask.url(_address(draft, "1")),
    )


def erase(ask: Ask) -> Reply | Refusal:
    """POST: the draft is deleted. A second press finds nothing left and says the same."""
    draft = draft_of(ask)
    if isinstance(draft, Draft):
        drafts.erase(ask.house.store, draft, now=ask.now)
    title = words.say("later", "erased", ask.lang)
    home = (ask.url("/"), words.say("links", "home", ask.lang))
    said = [words.say("later", "erased_text", ask.lang)]
    return show(
        ask,
        "message.html",
        title=title,
        heading=title,
        paragraphs=said,
        links=[home],
        tone="ok",
        alt_url=None,
    )


def _asked(ask: Ask, *, code: str = "", refusal: Refusal | None = None) -> Reply:
    """The form, in a browser session of its own: a draft must have somewhere to go."""
    visitor = begun(ask.visitor)
    reply = show(
        replace(ask, visitor=visitor),
        "resume.html",
        status=words.status(refusal) if refusal else 200,
        code=code,
        errors=[("f-code", words.explain(refusal, ask.lang))] if refusal else [],
        action=ask.url("/resume/"),
    )
    if ask.visitor.session:
        return reply
    return reply.with_cookie(write(visitor, ask.house.keys, now=ask.now, secure=ask.house.settings.secure))


def _address(draft: Draft, page: str) -> str:
    return f"/apply/{draft.item_id}/{draft.id}/{page}"
