"""Services of others that a case uses (物流、视频、电子印章、数据共享、预约叫号): what each is asked and may tell.

A request is an event of the case: `asks` names the actions that make one, `sends` what of its data the service gets.
What it tells is an event too (`hear`), about that request by its number: one row here for each kind, nothing elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .case import Case, Event


@dataclass(frozen=True, slots=True)
class Link:
    """One kind of service. `repeats` must be told as it was asked; the step `ends` closes the case (送达)."""

    asks: tuple[str, ...]
    sends: tuple[str, ...]
    steps: tuple[str, ...]
    repeats: str = ""
    ends: str = ""
    inside: bool = False  # for the desk alone
    needed: bool = (
        False  # nobody asks where no such service was agreed: without its answer asking is of no use
    )
    notified: bool = False  # the applicant is written to with each step


LOGISTICS, VIDEO, SEAL, SHARING, HALL = "logistics", "video", "seal", "sharing", "hall"
LINKS: Mapping[str, Link] = {
    LOGISTICS: Link(
        ("dispatch",), ("carrier", "tracking"), ("collected", "moving", "arriving", "returned", "delivered"),
        repeats="tracking", ends="delivered",
    ),
    VIDEO: Link(("plan_video",), ("day", "time"), ("ready", "held", "missed"), needed=True),
    SEAL: Link(("grant", "deny"), ("digest",), ("sealed",), repeats="digest"),
    SHARING: Link(("query_shared",), ("resource", "fields"), ("matches", "differs", "unknown"), inside=True,
        needed=True),
    HALL: Link(("submit",), (), ("booked", "called"), notified=True),
}  # fmt: skip


def request(case: Case, kind: str, ref: object) -> Event | None:
    """The event by which this case asked a service of that kind for something; only the newest may still be told of."""
    link = LINKS.get(kind)
    asked = [event for event in case.events if link and event.action in link.asks]
    return asked[-1] if asked and asked[-1].seq == ref else None


def needed_for(action: str) -> str:
    """The kind of service without which nobody takes this step; "" where none is needed."""
    return next((kind for kind, link in LINKS.items() if link.needed and action in link.asks), "")


def notified(event: Mapping[str, Any]) -> bool:
    """Whether the applicant is written to about an event, as stored, that a service told."""
    link = LINKS.get(str(event["data"].get("kind"))) if event["action"] == "hear" else None
    return link is not None and link.notified


def fact(event: Event, name: str) -> object:
    """What a request said; the digest is the event's own."""
    return event.digest if name == "digest" else event.data.get(name)


def told(case: Case, kind: str) -> tuple[Event, ...]:
    """Everything that services of that kind have told of the case."""
    return tuple(event for event in case.events if event.action == "hear" and event.data["kind"] == kind)


def sealed(case: Case, seq: int) -> Event | None:
    """The electronic seal on the decision of an event."""
    return next((event for event in told(case, SEAL) if event.data["ref"] == seq), None)
