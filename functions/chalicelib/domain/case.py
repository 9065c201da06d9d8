"""A case (办件) and its history, as frozen data."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from .clocks import Clock


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an applicant, a member of staff with posts in departments, or the system itself.

    `regions` (codes, each with everything below it) and `items` narrow a post; empty means no limit.
    `principal` is set of somebody who acts for another person (代办), under the grant of that number.
    """

    sub: str
    name: str
    roles: frozenset[str]
    post: str = ""
    depts: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    items: frozenset[str] = frozenset()
    principal: str = ""
    principal_name: str = ""
    grant: str = ""

    @property
    def applicant(self) -> tuple[str, str]:
        """(id, name) of whom an application of theirs belongs to: the principal, or themselves."""
        return (self.principal, self.principal_name) if self.grant else (self.sub, self.name)

    def works_on(self, dept: str) -> bool:
        """Whether things of `dept` are theirs at all; the system works on everything."""
        return dept in self.depts or self.roles == {"system"}

    def reaches(self, *, dept: str, item: str, region: str) -> bool:
        """Whether a case of this department, item and region is theirs.

        `region` is "" for items of the whole area: they are not a sub-region's.
        """
        here = not self.regions or any(within(region, one) for one in self.regions)
        return self.works_on(dept) and here and (not self.items or item in self.items)


def within(region: str, above: str) -> bool:
    """Whether a region code (行政区划代码) is that of `above` or of a place below it: 990102001 is within 990102."""
    root = re.sub(r"(?:00){1,2}$", "", above) if len(above) == 6 else above
    return bool(region) and region.startswith(root)


SYSTEM_ACTOR = Actor("system", "系统", frozenset({"system"}))


@dataclass(frozen=True, slots=True)
class File:
    """One uploaded file: content by SHA-256, the rest as the applicant named it. Size in bytes."""

    sha256: str
    name: str
    size: int
    kind: str


@dataclass(frozen=True, slots=True)
class Correction:
    """The one-time correction notice (一次性补正告知) that is open: what may be changed, and why."""

    reason: str
    fields: tuple[str, ...]
    materials: tuple[str, ...]
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the history. `digest` covers the line and the digest before it."""

    seq: int
    at: datetime
    action: str
    source: str
    target: str
    role: str
    actor: str
    actor_name: str
    post: str
    note: str
    data: Mapping[str, Any]
    previous: str
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A case at one version. `form` holds the answers, `materials` the files by material id."""

    number: str
    item_id: str
    item_version: str
    item_name: str
    item_name_en: str
    dept: str
    state: str
    version: int
    received_at: datetime
    applicant: str
    applicant_name: str
    query_code: str
    request_key: str
    fingerprint: str
    form: Mapping[str, Any]
    materials: Mapping[str, tuple[File, ...]]
    clocks: Mapping[str, Clock] = field(default_factory=dict)
    correction: Correction | None = None
    events: tuple[Event, ...] = ()
    package: str = ""  # the number of the package (一件事) it was handed in with
    region: str = ""  # the code of the region that carries it out; "" for the whole area
    grant: str = ""  # the number of the grant (代办) it was handed in under

    def with_event(self, event: Event) -> Case:
        """The case one line of history later; the event is chained to the one before."""
        previous = self.events[-1].digest if self.events else ""
        sealed = seal(replace(event, seq=len(self.events) + 1, previous=previous))
        return replace(self, state=event.target, events=(*self.events, sealed))

    def concerns(self, actor: Actor) -> bool:
        """Whether the case is the actor's: their own, their department's, or one their department was asked about."""
        if "applicant" in actor.roles:
            return actor.applicant[0] == self.applicant
        asked = (event.data["departments"] for event in self.events if event.action == "ask_opinion")
        return self.belongs_to(actor) or any(actor.depts.intersection(depts) for depts in asked)

    def belongs_to(self, staff: Actor) -> bool:
        """Whether it is work of this member of staff: their department, region and item."""
        return staff.reaches(dept=self.dept, item=self.item_id, region=self.region)

    def last(self, action: str) -> Event | None:
        """The newest event of that action."""
        return next((event for event in reversed(self.events) if event.action == action), None)


def seal(event: Event) -> Event:
    """The event with its digest: SHA-256 over the canonical JSON of everything else in it."""
    return replace(event, digest=digest_of(event))


def digest_of(event: Event) -> str:
    """The digest an event must carry."""
    facts = [
        event.seq, event.at.isoformat(), event.action, event.source, event.target, event.role, event.actor,
        event.actor_name, event.post, event.note, event.data, event.previous,
    ]  # fmt: skip
    return hashlib.sha256(canonical(facts)).hexdigest()


def first_broken(events: Iterable[Event]) -> int | None:
    """The sequence number at which the chain no longer holds, or None when history is whole."""
    previous, expected = "", 1
    for event in events:
        if event.seq != expected or event.previous != previous or event.digest != digest_of(event):
            return expected
        previous, expected = event.digest, expected + 1
    return None


def canonical(value: object) -> bytes:
    """JSON with one spelling for one value: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def content_digest(form: Mapping[str, Any], materials: Mapping[str, tuple[File, ...]]) -> str:
    """SHA-256 over what was handed in: the answers and the hashes of every file (收件凭证)."""
    files = {name: [file.sha256 for file in kept] for name, kept in materials.items()}
    return hashlib.sha256(canonical({"form": form, "materials": files})).hexdigest()
