"""What an action may cost: at most three writes; looking at the status is one read."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from chalicelib import ledger
from chalicelib.store.embedded import EmbeddedStore

from benchmarks.cases.sizes import bytes_of, read, write_units, written
from tests.http.conftest import site  # noqa: F401
from tests.http.deeds import Deeds
from tests.http.stand_in import Town, town

WRITES = ("create", "update", "unmark", "relist", "delete")
MOST = 3


class Counted:
    """A store that counts what is asked of it."""

    def __init__(self, store: EmbeddedStore) -> None:
        self._store, self.asked = store, Counter[str]()

    def __getattr__(self, name: str) -> Any:
        act = getattr(self._store, name)
        if not callable(act):
            return act

        def counted(*given: Any, **named: Any) -> Any:
            self.asked[name] += 1
            return act(*given, **named)

        return counted

    def writes(self) -> int:
        """Writes since the last look."""
        found = sum(self.asked.pop(name, 0) for name in WRITES)
        self.asked.clear()
        return found


@pytest.fixture
def counted(site: Path, tmp_path: Path) -> tuple[Town, Counted]:  # noqa: F811
    store = Counted(EmbeddedStore(tmp_path))
    return town(site, tmp_path, store=store), store  # type: ignore[arg-type]


def test_every_action_on_a_case_takes_at_most_three_writes(counted: tuple[Town, Counted]) -> None:
    here, store = counted
    deeds = Deeds(here)
    spent: dict[str, int] = {}
    body = deeds.application()
    store.writes()
    number = deeds.apply(body=body).json["number"]
    spent["submit"] = store.writes()
    late = {"picture": [deeds.reference("lin-he", 7)]}
    store.writes()
    steps: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("shen-lan", "correct", {"fields": [], "materials": ["picture"], "reason": "看不清"}),
        ("lin-he", "supplement", {"materials": late}),
        ("shen-lan", "accept", {}),
        ("jiang-ying", "grant", {}),
        ("shen-lan", "prepare", {}),
        ("shen-lan", "deliver", {"method": "window", "proof": "本人签收"}),
        ("lin-he", "rate", {"score": "5"}),
    )
    for sub, action, fields in steps:
        found = ledger.find(here.store, number, now=here.clock())
        assert found
        store.writes()
        answer = deeds.act(sub, number, action, version=found[0].version, **fields)
        assert answer.status == 200, (action, answer.text)
        spent[action] = store.writes()
    assert len(spent) == 8 and all(1 <= n <= MOST for n in spent.values()), spent
    print(spent)


def test_pressing_hand_in_takes_at_most_three_writes(counted: tuple[Town, Counted]) -> None:
    here, store = counted
    browser = here.browser("lin-he")
    check = Deeds(here).to_check(browser)
    store.writes()
    receipt = browser.fill(check, {}, has="_go", go="submit")
    assert receipt.status == 200 and 1 <= store.writes() <= MOST


def test_looking_at_a_case_is_one_read_and_no_write(counted: tuple[Town, Counted]) -> None:
    """Beside it stands the one small read of every signed-in request: whether the session was ended."""
    here, store = counted
    number = Deeds(here).handed_in()["number"]
    browser = here.browser("lin-he")
    store.asked.clear()
    assert browser.get(f"/me/{number}/").status == 200 and dict(store.asked) == {"find": 2}


@pytest.mark.parametrize("way", ["page", "program"])
def test_a_guests_look_with_the_right_code_is_one_read_and_no_write(
    counted: tuple[Town, Counted], way: str
) -> None:
    """The counters of wrong codes come with the case in the one request."""
    here, store = counted
    receipt = Deeds(here).handed_in()
    browser = here.browser()
    store.asked.clear()
    if way == "page":
        answer = browser.post("/status/", {"number": receipt["number"], "code": receipt["query_code"]})
    else:
        answer = here.program.get(f"/api/v1/applications/{receipt['number']}?code={receipt['query_code']}")
    assert answer.status == 200 and dict(store.asked) == {"find_each": 1}


# --- the charges that the benchmark reckons with ----------------------------------------------------

ROW = {
    "key": {"S": "k"},
    "version": {"N": "1"},
    "head": {"S": "h" * 500},
    "queue_pk": {"S": "a"},
    "queue_sk": {"S": "b"},
}


@pytest.mark.parametrize(
    ("item", "size"),
    [
        ({"a": {"S": "x"}}, 2),
        ({"a": {"S": "受理"}}, 7),
        ({"a": {"N": "12"}}, 3),
        ({"a": {"N": "-12345"}}, 6),
        ({"a": {"B": b"xyz"}}, 4),
        ({"a": {"L": [{"S": "x"}, {"S": "yz"}]}}, 1 + 3 + 2 + 3),
    ],
)
def test_sizes_are_counted_as_dynamodb_counts_them(item: Any, size: int) -> None:
    assert bytes_of(item) == size


def test_units_are_rounded_up_each_for_itself() -> None:
    assert [written(n) for n in (0, 1, 1024, 1025)] == [1, 1, 1, 2]
    assert [read(n) for n in (0, 4096, 4097)] == [1.0, 1.0, 2.0] and read(1, consistent=False) == 0.5


def test_an_index_costs_a_write_for_each_row_that_comes_or_goes() -> None:
    moved = {**ROW, "queue_sk": {"S": "c"}}
    plain = {name: value for name, value in ROW.items() if not name.startswith("queue")}
    changed = {**ROW, "head": {"S": "other"}}
    body = {**ROW, "body": {"S": "not projected"}}
    units = [write_units(ROW, after, ["queue"]) for after in (moved, plain, changed, body, None)]
    assert units == [1 + 2, 1 + 1, 1 + 1, 1, 1 + 1]
    assert write_units(None, ROW, ["queue"]) == 2
