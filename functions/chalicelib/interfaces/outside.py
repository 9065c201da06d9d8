"""The other systems of this installation: subscribers to what happens, and systems that may call us."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from schemas.interfaces import agreed
from schemas.interfaces.agreed import BadAgreement as BadAgreement
from schemas.interfaces.wire import Allowed

from ..domain.lifecycle import INTERNAL, LINK
from ..domain.links import LINKS, SEAL
from ..store.port import Record, Store
from . import handoff, streams

REPORT, WEBHOOK, DEPARTMENT = "report", "webhook", "department"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """One system that hears of cases. `facts` is its entry in the interfaces file, keys included."""

    id: str
    kind: str
    facts: Mapping[str, Any] = field(repr=False)

    @property
    def keys(self) -> tuple[bytes, ...]:
        """The keys both sides hold."""
        return tuple(self.facts["keys"])

    def concerned(self, record: Record) -> bool:
        """Whether the case is one that it hears of at all."""
        asked = self.kind == DEPARTMENT and self._asked(record)
        return asked or self.serves(record.head["dept"], record.head["item_id"])

    def wants(self, event: Mapping[str, Any]) -> bool:
        """Whether one event is sent; webhooks without a list get what the applicant sees too."""
        if self.kind == LINK:
            return event["action"] in LINKS[self.facts["kind"]].asks
        if self.kind != WEBHOOK:
            return True
        actions = self.facts.get("actions")
        return event["action"] in actions if actions else event["action"] not in INTERNAL

    def serves(self, dept: str, item: str) -> bool:
        """Whether a case of this department and item is one that it may speak about."""
        depts, items = self.facts.get("depts"), self.facts.get("items")
        return (not depts or dept in depts) and (not items or item in items)

    def _asked(self, record: Record) -> bool:
        asked = (e["data"]["departments"] for e in record.events if e["action"] == "ask_opinion")
        return any(set(self.facts["depts"]).intersection(names) for names in asked)


@dataclass(frozen=True, slots=True)
class Outside:
    """Everything agreed with others; nothing of it in an installation that stands alone."""

    allowed: Allowed = field(default_factory=Allowed)
    subscribers: tuple[Subscriber, ...] = ()
    handoffs: tuple[Mapping[str, Any], ...] = ()  # with their public keys
    sms: Mapping[str, Any] | None = None  # the gateway that sends short messages

    def find(self, subscriber: str, *kinds: str) -> Subscriber | None:
        """The subscriber of that name and one of those kinds."""
        return next((one for one in self.subscribers if one.id == subscriber and one.kind in kinds), None)

    def offers(self, kind: str, dept: str, item: str) -> bool:
        """Whether a service of that kind was agreed for cases of this department and item."""
        services = (one for one in self.subscribers if one.kind == LINK and one.facts["kind"] == kind)
        return any(one.serves(dept, item) for one in services)

    def tell(self, store: Store, record: Record, *, now: datetime) -> None:
        """Wakes the stream of everybody whom the case concerns; what is sent is read from the case then."""
        for one in self.subscribers:
            if one.concerned(record):
                streams.wake(store, record.key, one.id, wanted=len(record.events), now=now)


def read(
    path: Path | None, environ: Mapping[str, str], *, production: bool, known_good: bool = False
) -> Outside:
    """The interfaces file as subscribers; BadAgreement when it cannot be used."""
    if path is None:
        return Outside()
    facts, allowed = agreed.read(
        path, environ, production=production, parts=agreed.CASES, known_good=known_good
    )
    found = tuple(_subscribers(facts, path.parent))
    issuers = tuple(handoff.with_keys(one, path.parent) for one in facts.get("handoffs", ()))
    return Outside(allowed, found, issuers, facts.get("sms"))


def _subscribers(facts: Mapping[str, Any], folder: Path) -> list[Subscriber]:
    found = [
        Subscriber(one.get("id", "report"), REPORT, one) for one in agreed.listed(facts.get("reporting"))
    ]
    found += [Subscriber(one["id"], WEBHOOK, one) for one in facts.get("webhooks", ())]
    found += [Subscriber(one["id"], DEPARTMENT, one) for one in facts.get("departments", ())]
    return found + [Subscriber(one["id"], LINK, _verifying(one, folder)) for one in facts.get("links", ())]


def _verifying(facts: Mapping[str, Any], folder: Path) -> Mapping[str, Any]:
    """A seal's agreement with the authority's public keys read."""
    return handoff.with_keys({"issuer": facts["name"], **facts}, folder) if facts["kind"] == SEAL else facts
