"""Items of several tables in one request: what DynamoDB leaves for later is asked for again, but not for ever."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from chalicelib.store.dynamo import DynamoStore
from chalicelib.store.port import CASES, TRIES, Record, StoreUnavailable
from chalicelib.store.together import together

NAMES = [(CASES.name, "k"), (TRIES.name, "t")]


class Busy:
    """A connection that leaves everything for later, so many times, and counts how often it was asked."""

    def __init__(self, inner: Any, times: int) -> None:
        self.inner, self.left, self.asked = inner, times, 0

    def dispatch(self, operation: str, given: dict[str, Any]) -> Any:
        self.asked, self.left = self.asked + 1, self.left - 1
        if self.left >= 0:
            return {"Responses": {}, "UnprocessedKeys": given["RequestItems"]}
        return self.inner.dispatch(operation, given)


@pytest.fixture
def busy(dynamo: DynamoStore) -> Callable[[int], tuple[Any, Busy]]:
    """Tells how often to be busy; gives what `together` wants and the connection that counts."""
    dynamo.create(CASES, Record("k", {"n": 1}))
    dynamo.create(TRIES, Record("t", {"n": 2}))

    def made(times: int) -> tuple[Any, Busy]:
        real = dynamo._models
        connection = Busy(real["cases"]._get_connection().connection, times)
        spoken = {
            name: SimpleNamespace(
                Meta=model.Meta, from_raw_data=model.from_raw_data,
                _get_connection=lambda: SimpleNamespace(connection=connection),
            )
            for name, model in real.items()
        }  # fmt: skip
        return spoken, connection

    return made


def test_two_tables_are_one_request(busy: Any) -> None:
    spoken, connection = busy(0)
    assert set(together(spoken, NAMES)) == set(NAMES) and connection.asked == 1


def test_what_was_left_is_asked_for_again(busy: Any) -> None:
    spoken, connection = busy(2)
    assert set(together(spoken, NAMES)) == set(NAMES) and connection.asked == 3


def test_what_is_left_again_and_again_is_an_engine_that_does_not_answer(busy: Any) -> None:
    spoken, _ = busy(99)
    with pytest.raises(StoreUnavailable):
        together(spoken, NAMES)
