"""The store as the rest of the house sees it; dynamo.py and embedded.py are its two engines.

A record is one case, draft or notice. Every write is conditional and touches one record,
so no engine needs transactions across records.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


class StoreUnavailable(Exception):
    """The engine did not answer, or did not say whether it wrote. Repeating the same call is safe."""


@dataclass(frozen=True, slots=True)
class Table:
    """A kind of record, the indexes it may stand in, whether its records expire, and whether losing the last of
    them in a power cut would matter."""

    name: str
    indexes: tuple[str, ...]
    expires: bool = False
    lasting: bool = True


CASES = Table("cases", ("queue", "item", "all", "who", "asked", "owner", "outbox", "sweep"))
DRAFTS = Table("drafts", ("owner", "over"), expires=True)
NOTICES = Table("notices", ("owner",))
PACKAGES = Table("packages", ("owner", "sweep"))
ENQUIRIES = Table("enquiries", ("owner", "queue", "public", "outbox"))
MESSAGES = Table("messages", ("due",))
ACCESS = Table("access", ("day",), expires=True)
LAMPS = Table("lamps", ("next", "board"))  # the lights of open cases (电子监察)
CARDS = Table("cards", ("case", "dept", "month", "outbox"))  # warnings and breaches
TALLIES = Table("tallies", ("all",))  # statistics by day
GRANTS = Table("grants", ("principal", "agent"))
SHEETS = Table("sheets", ("claims", "mine", "second"))
WORDS = Table("words", ("dept",))
TRIES = Table("drafts", (), expires=True, lasting=False)  # counters; in the cloud they stand among the drafts
TABLES = (
    CASES, DRAFTS, NOTICES, MESSAGES, PACKAGES, ENQUIRIES, ACCESS, LAMPS, CARDS, TALLIES, GRANTS, SHEETS, WORDS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Record:
    """One stored thing. `head`, `body` and `events` are JSON; `index` is {index name: (partition, sort)}.

    `head` is small and is all that lists show. `index` is sparse: a name left out is not listed there.
    `expires_at` is kept to the second.
    """

    key: str
    head: Mapping[str, Any]
    body: Mapping[str, Any] = field(default_factory=dict)
    events: tuple[Mapping[str, Any], ...] = ()
    index: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    version: int = 1
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of a list: what an index knows of a record."""

    key: str
    version: int
    head: Mapping[str, Any]
    sort: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows and the cursor of the next ones; `after` is None on the last page."""

    rows: tuple[Listed, ...]
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """A form that sends one file straight to where files are kept: its address and its hidden fields."""

    url: str
    fields: Mapping[str, str]


class Store(Protocol):
    """What both engines promise. Any method may raise StoreUnavailable."""

    def find(self, table: Table, key: str, *, now: datetime, fresh: bool = True) -> Record | None:
        """The record as last written (strongly consistent); one that expired by `now` is None.

        Without `fresh` it may be as it was a moment ago, which costs half.
        """

    def find_each(
        self, wanted: Sequence[tuple[Table, str]], *, now: datetime, fresh: bool = True
    ) -> tuple[Record | None, ...]:
        """At most 100 records of whatever tables in one request, each as `find` gives it, in the order asked for."""

    def create(self, table: Table, record: Record, *, now: datetime | None = None) -> bool:
        """Writes a record whose key is free; False: the key is taken and nothing changed.

        With `now`, a record that expired by then no longer holds its key and is replaced.
        """

    def update(
        self,
        table: Table,
        record: Record,
        *,
        expected: int,
        appended: Sequence[Mapping[str, Any]] = (),
        with_body: bool = False,
    ) -> bool:
        """One conditional write: head, index keys and expiry as in `record`, version `expected` + 1.

        `appended` goes after the stored events (`record.events` is not read); the body is replaced
        only if `with_body`. False: the version moved or the record is gone, and nothing changed.
        """

    def unmark(self, table: Table, key: str, *, index: str, sort: str, version: int) -> bool:
        """Takes the record out of one index if it still stands there so; its version stays."""

    def relist(
        self, table: Table, key: str, index: Mapping[str, tuple[str, str] | None], *, version: int
    ) -> bool:
        """Puts the record where `index` says, out of those that it gives as None, and leaves the others alone.

        Its version stays. False: the record is no longer at that version, and nothing changed.
        """

    def query(
        self,
        table: Table,
        index: str,
        partition: str,
        *,
        limit: int = 25,
        after: str | None = None,
        low: str | None = None,
        high: str | None = None,
        newest_first: bool = False,
    ) -> Page:
        """Rows of one partition by sort key, `low` and `high` included; may lag behind writes.

        `limit` is at least 1. A cursor that this list did not give starts from the beginning.
        Expired records may be listed until they are dropped: `find` is the judge.
        """

    def count(
        self,
        table: Table,
        index: str,
        partition: str,
        *,
        low: str | None = None,
        high: str | None = None,
        cap: int = 1000,
    ) -> int:
        """How many rows `query` would give; counting stops at `cap`."""

    def sorts(self, table: Table, index: str, partition: str, *, cap: int) -> tuple[str, ...]:
        """The first sort keys of a partition, `cap` of them at most: what can be counted without the rows."""

    def walk(self, table: Table, *, after: str | None = None, limit: int = 100) -> tuple[Record, ...]:
        """Some of all records, expired ones too, in the engine's own order; go on `after` the last key given.

        At least one while there are any. What is written while somebody walks may be met or not.
        """

    def delete(self, table: Table, key: str, *, expected: int) -> bool:
        """Removes a record that is still at that version; False: it moved or is gone."""

    def drop_expired(self, table: Table, *, now: datetime, limit: int = 1000) -> int:
        """Removes records that expired by `now` where the engine has no clock of its own; says how many."""

    def put_file(self, data: bytes) -> str:
        """Keeps the bytes, durable before it returns, under their SHA-256 in hex; twice is harmless.

        Each time gives the file a new stamp, so that nobody drops what was just put.
        """

    def hold_file(self, sha256: str) -> bool:
        """Whether the file is there; if it is, it gets a new stamp as if it had been put again."""

    def file_stamp(self, sha256: str) -> str | None:
        """What changes whenever the file is put or held; None when there is no such file."""

    def drop_file(self, sha256: str, *, stamp: str) -> bool:
        """Removes the file if it still has this stamp; False: it was put or held since, or is gone."""

    def upload_ticket(self, token: str, *, max_bytes: int, back: str) -> Ticket | None:
        """A form for one file of at most `max_bytes`; the browser comes `back` with the file's `key`.

        None where files come through us. `token` is 32 hex digits, new for each ticket.
        """

    def take_upload(self, token: str, key: str, *, max_bytes: int) -> bytes | None:
        """The bytes sent with a ticket; None when none came, the key is not of that ticket, or they are too many.

        They may be taken again: what was sent stays until the bucket's own rule drops it.
        """

    def get_file(self, sha256: str) -> bytes | None:
        """The bytes of that hash, checked against it; None when there are none."""
