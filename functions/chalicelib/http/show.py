"""Pages from templates, and refusals as pages a person can act on."""

from __future__ import annotations

from typing import Any

from theme import render

from .. import trace
from ..domain.refusal import Refusal
from . import words
from .ask import Ask
from .desk_menu import home_of, menu_of
from .reply import Reply, page
from .visitor import csrf


def show(
    ask: Ask, template: str, *, status: int = 200, staff: bool = False, leads_to: str = "", **context: Any
) -> Reply:
    """One page in the request's language, with the frame every dynamic page shares.

    `leads_to` is another origin that a form on the page may end up at, such as the identity provider.
    """
    other = ask.path if ask.lang == "en" else f"/en{ask.path}"
    frame: dict[str, Any] = {
        "site": ask.house.catalogue.site(),
        "path": ask.url(ask.path),
        "alt_url": None if staff or ask.method != "GET" else other,
        "nav_current": None,
        "user": {"name": ask.visitor.name, "staff": ask.visitor.staff is not None}
        if ask.visitor.sub
        else None,
        "csrf": csrf(ask.visitor, ask.house.keys),
        "staff": staff,
        "desk_menu": menu_of(ask.visitor.staff) if staff else None,
    }
    html = render(template, lang=ask.lang, **{**frame, **context})
    return page(html, status=status, form_targets=f"'self' {leads_to}".strip())


def refuse(ask: Ask, refusal: Refusal) -> Reply:
    """A refusal as a page: what happened, what to do, where to go."""
    at_desk = ask.path.startswith("/review")
    links = [(ask.url("/"), words.say("links", "home", ask.lang))]
    if refusal.code in ("changed_meanwhile", "not_in_state", "intake_passed", "second_correction", "forged"):
        links.insert(0, (_last_page(ask), words.say("links", "latest", ask.lang)))
    if at_desk:
        links += [_to_desk(ask)]
    if words.status(refusal) == 401:
        to = "/me/" if ask.path.startswith("/handoff") else ask.path  # a ticket is not taken along
        links.insert(0, (f"/signin?next={ask.url(to)}", words.say("links", "sign_in", ask.lang)))
    title = words.say("refused", "title", ask.lang)
    return show(
        ask,
        "message.html",
        status=words.status(refusal),
        staff=at_desk and ask.visitor.staff is not None,
        title=title,
        heading=title,
        paragraphs=[words.explain(refusal, ask.lang), *_traced(ask, refusal)],
        links=links,
        tone="bad" if words.status(refusal) >= 500 else "warn",
    )


def _to_desk(ask: Ask) -> tuple[str, str]:
    """A page of the desk that this person may open; the queue for somebody who is not staff."""
    staff = ask.visitor.staff
    url = home_of(staff) if staff else "/review/"
    return url, words.say("links", "queue" if url == "/review/" else "desk", ask.lang)


def _traced(ask: Ask, refusal: Refusal) -> list[str]:
    """What to tell us when the fault is ours: by it the operator finds everything that this request did."""
    mark = trace.current().trace if words.status(refusal) >= 500 else ""
    return [words.say("refused", "trace", ask.lang, trace=mark)] if mark else []


def _last_page(ask: Ask) -> str:
    """The page the refused action was done from."""
    path = ask.path
    for ending in ("/withdraw/", "/supplement/", "/withdraw", "/supplement"):
        path = path.removesuffix(ending)
    return ask.url(path)
