"""What the queue shows: which list is asked for, its rows, the ways to other lists, and who works on what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from schemas.calendar import SHANGHAI
from schemas.forms import mask

from .. import ledger, sheets
from ..domain.case import Actor
from ..domain.lifecycle import FINAL
from ..domain.numbers import grouped, normalise
from ..domain.sheet import Hold
from ..domain.turns import states_of
from ..listing import ASKED, OFFICE_LANE
from ..store.port import CASES, Listed
from . import words
from .ask import Ask
from .desk_lists import LIGHTS, Wanted, is_work_of
from .views import due_tag_of

VIEWS = ("", "all", "mine", "asked")
OWN_LIST = 50
_ASKED_SCAN = 1000


def wanted_of(ask: Ask, staff: Actor) -> Wanted:
    """The list that an address asks for; what it does not know is left out."""
    query = ask.query
    view = query.get("view", "")
    light = query.get("light", "")
    return Wanted(
        item=query.get("item", "")[:40],
        state=query.get("state", "")[:20],
        search=query.get("search", "").strip()[:40],
        after=query.get("after", "")[:400],
        light=light if light in LIGHTS else "",
        post=() if view == "all" else states_of(staff.roles),
        view=view if view in VIEWS else "",
    )


def row_view(ask: Ask, row: Listed, wanted: Wanted, held: Mapping[str, Hold]) -> dict[str, Any]:
    """One row of a list."""
    head = row.head
    clock = ledger.clock_in(head["pressing"], head["clocks"][head["pressing"]]) if head["pressing"] else None
    state = head["state"]
    return {
        "number": grouped(head["number"]),
        "key": head["number"],
        "version": row.version,
        "url": f"/review/{head['number']}/{wanted.query()}",
        "item_name": head["item_name"],
        "who": mask("name", head["applicant_name"]),
        "state_text": words.say(
            "staff_states" if words.has("staff_states", state) else "states", state, "zh"
        ),
        "received": head["received_at"],
        "green": bool(head["green"]),
        "held": held_text(held.get(head["number"]), ask),
        **due_tag_of(clock, state, ask.today, calendar=ask.house.calendar, policy=ask.house.desk.policy),
    }


def held_text(hold: Hold | None, ask: Ask) -> str:
    """Who is working on a case and until when; nothing when nobody is."""
    if hold is None:
        return ""
    mine = hold.actor == ask.visitor.sub
    return words.say(
        "desk", "held_by_me" if mine else "held_by", "zh", name=hold.name, time=clock_text(hold.until)
    )


def clock_text(moment: datetime) -> str:
    """15:40, in Shanghai."""
    return f"{moment.astimezone(SHANGHAI):%H:%M}"


def own_rows(ask: Ask, staff: Actor, held: Mapping[str, Hold]) -> list[Listed]:
    """The cases that somebody has claimed, was given and nobody else works on, or is asked about; the most pressing
    first, 50 at most."""
    store = ask.house.store
    numbers = dict.fromkeys(
        [
            *sheets.asked_of(store, staff.sub, limit=OWN_LIST),
            *(number for number, hold in held.items() if hold.actor == staff.sub),
            *(number for number in sheets.given_to(store, staff.sub, limit=OWN_LIST) if number not in held),
        ]
    )
    found = store.find_each(
        [(CASES, number) for number in list(numbers)[:OWN_LIST]], now=ask.now, fresh=False
    )
    open_ones = [
        Listed(record.key, record.version, record.head, record.index["queue"][1])
        for record in found
        if record and record.head["state"] not in FINAL and is_work_of(staff, record.head)
    ]
    return sorted(open_ones, key=lambda row: row.sort)


def asked_rows(ask: Ask, staff: Actor) -> list[Listed]:
    """Cases of other departments that wait for an opinion of one's own (征求意见), the first due first."""
    page = ask.house.store.query(CASES, "asked", ASKED, limit=_ASKED_SCAN)
    return [row for row in page.rows if staff.depts.intersection(row.head.get("asked", ()))][:OWN_LIST]


def tabs(ask: Ask, wanted: Wanted, counted: Mapping[str, int]) -> list[dict[str, Any]]:
    """The lists of the desk as links; `counted` has the numbers of those that are counted."""
    here = wanted.view or (wanted.state if wanted.lane != OFFICE_LANE else "")
    listed = (
        ("", "/review/"), ("mine", "/review/?view=mine"), ("asked", "/review/?view=asked"),
        ("all", "/review/?view=all"), ("correcting", "/review/?state=correcting"),
        ("closed", "/review/?state=closed"),
    )  # fmt: skip
    return [
        {
            "url": url,
            "name": words.say("desk_lists", name or "post", "zh"),
            "here": name == here,
            "count": counted.get(name, 0),
        }
        for name, url in listed
    ]


def state_links(wanted: Wanted, states: Iterable[str]) -> list[dict[str, Any]]:
    """The states on the list as links, and one for all of them."""
    plain = Wanted(item=wanted.item, search=wanted.search, light=wanted.light, view=wanted.view)
    links = [
        {
            "url": f"/review/{plain.query()}",
            "name": words.say("desk", "all_states", "zh"),
            "here": not wanted.state,
        }
    ]
    return links + [
        {
            "url": f"/review/{plain.query(state=state)}",
            "name": words.say("queue_states", state, "zh"),
            "here": wanted.state == state,
        }
        for state in states
        if words.has("queue_states", state)
    ]


def filters(ask: Ask, staff: Actor, wanted: Wanted) -> dict[str, Any]:
    """The item and name filters as they stand, and the links of the lights."""
    known = [*ask.house.catalogue.index(staff.depts), *ask.house.packages.index()["items"]]
    plain = Wanted(item=wanted.item, state=wanted.state, search=wanted.search, view=wanted.view)
    return {
        "item_options": [(entry["id"], entry["name"]) for entry in known if _theirs(staff, entry)],
        "item": wanted.item,
        "search": wanted.search,
        "kept": {name: getattr(wanted, name) for name in ("view", "state", "light") if getattr(wanted, name)},
        "light": wanted.light,
        "over_url": f"/review/{plain.query(light='over')}",
        "soon_url": f"/review/{plain.query(light='today')}",
        "clear_url": f"/review/{Wanted(view=wanted.view).query()}",
    }


def done_text(ask: Ask) -> dict[str, str] | None:
    """What was just done, and on which case if it is not the one shown; None for nothing."""
    done, of = ask.query.get("done", ""), normalise(ask.query.get("of", ""))
    if done == "none":
        return {"text": words.say("desk", "none_free", "zh"), "number": "", "url": ""}
    if not words.has("events", done):
        return None
    text = words.say("desk", "done", "zh", event=words.say("events", done, "zh"))
    return {"text": text, "number": grouped(of) if of else "", "url": f"/review/{of}/" if of else ""}


def _theirs(staff: Actor, entry: Mapping[str, Any]) -> bool:
    return staff.works_on(entry["dept"]) and (not staff.items or entry["id"] in staff.items)
