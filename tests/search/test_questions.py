"""The labelled questions of citizens: how often the right item comes first, and among the first five."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from statistics import mean

import pytest
from chalicelib.search.engine import Engine, Wish
from chalicelib.search.question import plain, typed
from chalicelib.search.rank import Hit

from tests.search.labelled_corpus import HERE, TODAY, rows

FIRST_FIVE = {"all": 0.95, "held": 0.95, "fresh": 0.95, "last": 0.85}  # least success@5
Question = tuple[str, str, str, frozenset[str]]


def questions() -> list[Question]:
    """Half, kind, text, and the names (or name@region) that answer it."""
    lines = (HERE / "queries.tsv").read_text("utf-8").splitlines()
    parts = [line.split("\t") for line in lines if not line.startswith("#")]
    return [(half, kind, text, frozenset(names.split("|"))) for half, kind, text, names in parts]


def place(engine: Engine, text: str, wanted: frozenset[str]) -> int:
    """The place of the first right answer, from 1; 0 when there is none."""
    groups = engine.search(Wish(text), today=TODAY).groups
    return next((number for number, group in enumerate(groups, 1) if _right(group.hit, wanted)), 0)


def _right(hit: Hit, wanted: frozenset[str]) -> bool:
    name = hit.record["n"]
    return not wanted.isdisjoint({name, f"{name}@{hit.record.get('r', '')}"})


def test_every_label_names_an_item_of_the_corpus() -> None:
    names = {name for _, _, name, _ in rows()}
    assert len(names) >= 300
    assert {label.split("@")[0] for *_, wanted in questions() for label in wanted} <= names


def test_citizens_find_the_right_item_among_the_first_five(
    engine: Engine, record_property: Callable[[str, object], None], capsys: pytest.CaptureFixture[str]
) -> None:
    places: dict[str, list[int]] = defaultdict(list)
    for half, kind, text, wanted in questions():
        found = place(engine, text, wanted)
        for group in (half, kind, "all"):
            places[group].append(found)
    with capsys.disabled():
        print()
        for group, ranks in places.items():
            print(_line(group, ranks))
    for half, least in FIRST_FIVE.items():
        record_property(half, _line(half, places[half]))
        assert _share(places[half], 5) >= least, half


def _share(found: list[int], most: int) -> float:
    return mean(0 < one <= most for one in found)


def _line(name: str, found: list[int]) -> str:
    rank = mean(1 / one if one else 0 for one in found)
    shares = f"success@1 {_share(found, 1):.3f}  success@5 {_share(found, 5):.3f}  MRR {rank:.3f}"
    return f"{name:12} {len(found):3} questions  {shares}"


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ("请问怎么办理居住证？", ["居住证"]),
        ("我想申请低保", ["申请低保"]),
        ("怎么办", ["怎么办"]),
        ("民政局 养老院", ["民政局", "养老院"]),
        ("ＷＬ－ＲＳ－００１", ["wl", "rs", "001"]),
    ],
)
def test_words_that_only_ask_are_left_out_unless_nothing_else_is_there(asked: str, left: list[str]) -> None:
    assert plain(typed(asked)) == left
