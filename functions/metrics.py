"""What one machine tells Prometheus: requests as they come, and the state of the data when it asks. Not for Lambda.

Several worker processes count into files of one folder (PROMETHEUS_MULTIPROC_DIR), and whichever is asked answers
for all. The state is read at most once a minute.
"""

from __future__ import annotations

import hmac
import json
import os
import shutil
from collections import Counter as Tally
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from chalicelib.domain.turns import CLOSED, TURNS
from chalicelib.house import House
from chalicelib.listing import OUTBOX_SHARDS, lane_of
from chalicelib.notify.post import DEAD, QUEUED
from chalicelib.peers import Networks, within
from chalicelib.store.port import CASES, MESSAGES, Store, Table
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)  # seconds
MOST_CASES = 20_000  # of one department's list; more are not read one by one
_CAP = 1_000_000
_FRESH = timedelta(minutes=1)
RELEASE = Path(__file__).parents[1].resolve().name  # releases lie in folders of their names
KIND = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Access:
    """Who may read the metrics: callers from these networks, or with this token."""

    networks: Networks
    token: str = ""

    def allows(self, address: str, authorization: str) -> bool:
        """Whether this caller may; the token is compared in constant time."""
        given = authorization.removeprefix("Bearer ").strip()
        known = bool(self.token) and hmac.compare_digest(given.encode(), self.token.encode())
        return known or within(address, self.networks)


class Requests:
    """Counts and times of requests, by the route's template and never by the address asked for."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        labels = ("method", "route")
        self._count = Counter(
            "banshi_requests", "Requests answered.", (*labels, "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "banshi_request_seconds", "Time to answer.", labels, buckets=BUCKETS, registry=self._registry
        )

    def answered(self, method: str, route: str, status: int, *, seconds: float) -> None:
        """One more request."""
        self._count.labels(method, route, status).inc()
        self._seconds.labels(method, route).observe(seconds)

    def text(self) -> bytes:
        """The counts of all worker processes, or of this one where there is only one."""
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return generate_latest(self._registry)
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)


@dataclass(slots=True)
class State:
    """The state of the data as gauges, kept for a minute."""

    _made_at: datetime | None = None
    _text: bytes = field(default=b"")

    def text(self, house: House, *, now: datetime) -> bytes:
        """The gauges."""
        if self._made_at is None or not timedelta() <= now - self._made_at < _FRESH:
            registry = CollectorRegistry()
            for name, help_, rows in _gauges(house, now):
                labels = tuple(sorted({label for labels, _ in rows for label in labels}))
                gauge = Gauge(name, help_, labels, registry=registry)
                for values, value in rows:
                    (gauge.labels(**values) if labels else gauge).set(value)
            self._text, self._made_at = generate_latest(registry), now
        return self._text


Rows = list[tuple[dict[str, str], float]]


def _gauges(house: House, now: datetime) -> Iterator[tuple[str, str, Rows]]:
    store, cases = house.store, _cases(house)
    yield "banshi_cases", "Cases by department and list.", cases.lanes
    yield "banshi_open_cases", "Open cases by state.", cases.states
    yield (
        "banshi_outbox_cases",
        "Cases with events nobody was told of yet.",
        [({}, _sum(store, CASES, "outbox"))],
    )
    yield "banshi_outbox_lag_seconds", "Age of the oldest of those events.", [({}, _lag(store, now))]
    yield "banshi_messages", "Messages by state.", [
        ({"state": state}, store.count(MESSAGES, "due", state, cap=_CAP)) for state in (QUEUED, DEAD)
    ]  # fmt: skip
    yield "banshi_release_info", "The release that answers.", [({"release": RELEASE}, 1)]
    if house.settings.store == "embedded":
        data = house.settings.data_dir
        yield "banshi_data_free_bytes", "Room on the disk of the data.", [({}, shutil.disk_usage(data).free)]
        yield (
            "banshi_backup_age_seconds",
            "Age of the last back-up; -1: none.",
            [({}, _backup_age(data, now))],
        )


@dataclass(frozen=True, slots=True)
class _Cases:
    lanes: Rows
    states: Rows


def _cases(house: House) -> _Cases:
    """How many cases stand in each list; of those still open, in which state."""
    departments = [row["id"] for row in house.catalogue.site().get("departments", ())]
    lanes: Rows = []
    states: Tally[str] = Tally()
    for dept in departments:
        counts: Tally[str] = Tally()
        for turn in TURNS:
            partition = f"{dept}:{turn}"
            count = house.store.count(CASES, "queue", partition, cap=_CAP)
            counts[lane_of(turn)] += count
            if turn != CLOSED and count:
                states.update(_states(house.store, partition))
        lanes += [
            ({"department": dept, "lane": lane}, counts[lane]) for lane in dict.fromkeys(map(lane_of, TURNS))
        ]
    return _Cases(lanes, [({"state": state}, count) for state, count in sorted(states.items())])


def _states(store: Store, partition: str) -> Iterator[str]:
    after, read = None, 0
    while read < MOST_CASES:
        page = store.query(CASES, "queue", partition, limit=500, after=after)
        yield from (row.head["state"] for row in page.rows)
        after, read = page.after, read + len(page.rows)
        if after is None:
            return


def _sum(store: Store, table: Table, index: str) -> int:
    return sum(store.count(table, index, shard, cap=_CAP) for shard in OUTBOX_SHARDS)


def _lag(store: Store, now: datetime) -> float:
    """Seconds since the oldest event in the outbox; 0 when it is empty."""
    firsts = [store.query(CASES, "outbox", shard, limit=1).rows for shard in OUTBOX_SHARDS]
    moments = [datetime.fromisoformat(rows[0].sort.partition("#")[0]) for rows in firsts if rows]
    return max((now - moment).total_seconds() for moment in moments) if moments else 0.0


def _backup_age(data: Path, now: datetime) -> float:
    try:
        facts: Mapping[str, str] = json.loads((data / "last-backup.json").read_bytes())
    except (OSError, ValueError):
        return -1.0
    return (now - datetime.fromisoformat(facts["made_at"])).total_seconds()
