"""Both engines do what a dict does, whatever is asked of them and in whatever order."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.store.dynamo import DynamoStore
from chalicelib.store.embedded import EmbeddedStore
from chalicelib.store.port import DRAFTS, Listed, Record, Store
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.store.cloud import emptied
from tests.store.dictstore import DictStore

START = datetime(2026, 11, 23, tzinfo=UTC)
moments = st.integers(0, 3).map(lambda hours: START + timedelta(hours=hours))
keys = st.sampled_from(["甲", "乙", "k", "K"])
sorts = st.sampled_from(["1", "10", "2", "中", "🏮", "a\x00"])
bounds = st.none() | sorts
versions = st.integers(1, 4)
scalars = st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=5)
documents = st.dictionaries(st.text(max_size=3), scalars | st.lists(scalars, max_size=2), max_size=3)
records = st.builds(
    Record,
    key=keys,
    head=documents,
    body=documents,
    events=st.lists(documents, max_size=2).map(tuple),
    index=st.dictionaries(st.just("owner"), st.tuples(st.sampled_from(["u", "v"]), sorts)),
    version=versions,
    expires_at=st.none() | moments,
)


class Engines(RuleBasedStateMachine):
    """Says everything to the dict and to both engines, and wants one answer."""

    cloud: DynamoStore

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.mkdtemp()
        self.embedded = EmbeddedStore(self.folder)
        self.engines: tuple[Store, ...] = (self.embedded, emptied(self.cloud))
        self.dict = DictStore()

    def teardown(self) -> None:
        self.embedded.close()
        shutil.rmtree(self.folder)

    def say(self, verb: str, *args: Any, **named: Any) -> None:
        expected = getattr(self.dict, verb)(DRAFTS, *args, **named)
        for engine in self.engines:
            assert getattr(engine, verb)(DRAFTS, *args, **named) == expected, type(engine).__name__

    @rule(record=records, now=st.none() | moments)
    def create(self, record: Record, now: datetime | None) -> None:
        self.say("create", record, now=now)

    @rule(
        record=records, expected=versions, appended=st.lists(documents, max_size=2), with_body=st.booleans()
    )
    def update(self, record: Record, expected: int, appended: list[dict[str, Any]], with_body: bool) -> None:
        self.say("update", record, expected=expected, appended=appended, with_body=with_body)

    @rule(key=keys, sort=sorts, version=versions)
    def unmark(self, key: str, sort: str, version: int) -> None:
        self.say("unmark", key, index="owner", sort=sort, version=version)

    @rule(key=keys, expected=versions)
    def delete(self, key: str, expected: int) -> None:
        self.say("delete", key, expected=expected)

    @rule(key=keys, now=moments)
    def find(self, key: str, now: datetime) -> None:
        self.say("find", key, now=now)

    @rule(low=bounds, high=bounds, down=st.booleans(), limit=st.integers(1, 3))
    def walk(self, low: str | None, high: str | None, down: bool, limit: int) -> None:
        expected = self.dict.rows(DRAFTS, "owner", "u", low=low, high=high)
        for engine in self.engines:
            rows = list(_walk(engine, low=low, high=high, newest_first=down, limit=limit))
            assert [row.sort for row in rows] == sorted((row.sort for row in expected), reverse=down)
            assert sorted(rows, key=lambda row: (row.sort, row.key)) == expected
            assert engine.count(DRAFTS, "owner", "u", low=low, high=high, cap=3) == min(3, len(expected))

    @invariant()
    def nothing_is_lost(self) -> None:
        for key in ("甲", "乙", "k", "K"):
            self.say("find", key, now=START - timedelta(days=1))


def _walk(store: Store, **asked: Any) -> Iterator[Listed]:
    after = None
    while True:
        page = store.query(DRAFTS, "owner", "u", after=after, **asked)
        yield from page.rows
        after = page.after
        if after is None:
            return


def test_both_engines_answer_as_a_dict_would(cloud: DynamoStore) -> None:
    machine = type("WithCloud", (Engines,), {"cloud": cloud})
    quietly = settings(
        max_examples=15, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(machine, settings=quietly)
