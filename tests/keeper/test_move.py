"""Moving between engines: everything arrives, is compared by hash, and an interrupted move goes on."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from chalicelib.store.dynamo import DynamoStore
from chalicelib.store.embedded import EmbeddedStore
from chalicelib.store.port import CASES, DRAFTS, NOTICES, TALLIES, Record, Store
from chalicelib.watch import tallies
from hypothesis import given
from hypothesis import strategies as st
from keeper import lines, move
from keeper.reindex import Order
from keeper.verify import verify

from tests.http.stand_in import MONDAY, Town, town
from tests.keeper.conftest import three_cases
from tests.store.cloud import emptied

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
objects = st.dictionaries(st.text(max_size=6), json_values, max_size=3)


@given(head=objects, body=objects, events=st.lists(objects, max_size=2).map(tuple), version=st.integers(1, 9))
def test_a_line_says_everything_of_a_record(head, body, events, version) -> None:
    record = Record("K", head, body, events, {"owner": ("p", "s\u2028")}, version, MONDAY)
    line = lines.write(record)
    assert lines.read(line) == record and "\n" not in line
    line.encode()


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"sha256": "a" * 64}, 1),
        ([{"deep": [{"sha256": "b" * 64}]}], 1),
        ({"files": {"photo": [["旧.png", 9, "png", "c" * 64]]}}, 1),
        ({"digest": "d" * 64, "receipt": "e" * 64}, 0),
        ({"sha256": "short"}, 0),
        (["x", 1, "png", 5], 0),
    ],
)
def test_the_files_that_a_record_names_are_found_wherever_they_stand(value: object, found: int) -> None:
    assert len(lines.files_of(Record("K", {"x": value}))) == found


def test_a_sum_does_not_depend_on_the_order() -> None:
    one, other = lines.Sum(), lines.Sum()
    for line in ("a", "b", "c"):
        one.add(line)
    for line in ("c", "a", "b"):
        other.add(line)
    assert one == other
    other.add("c")
    assert one != other


@pytest.fixture(params=["to the cloud", "to one machine"])
def engines(
    request: pytest.FixtureRequest, cloud: DynamoStore, site: Path, tmp_path: Path
) -> tuple[Town, Store]:
    """A town on one engine, and the other one, empty."""
    dynamo, embedded = emptied(cloud), EmbeddedStore(tmp_path / "machine")
    source, target = (embedded, dynamo) if request.param == "to the cloud" else (dynamo, embedded)
    return town(site, tmp_path / "here", store=source), target


def test_everything_arrives_on_the_other_engine(engines: tuple[Town, Store], tmp_path: Path) -> None:
    here, target = engines
    numbers = three_cases(here)
    here.store.create(DRAFTS, Record("old", {"n": 1}, expires_at=MONDAY - timedelta(days=900)))
    here.store.create(CASES, Record("big", {"n": 1}, {"text": "长" * 80_000}, ({"action": "x"},)))
    assert move.export(here.store, tmp_path / "out").lacking == []
    done = move.import_(target, tmp_path / "out")
    assert (done.conflicts, done.lacking, done.known, done.files) == ([], [], 0, 3)
    assert move.compare(target, done.sums) == []
    for number in numbers:
        assert target.find(CASES, number, now=MONDAY) == here.store.find(CASES, number, now=MONDAY)
    assert target.query(CASES, "owner", "lin-he").rows == here.store.query(CASES, "owner", "lin-he").rows
    again = move.import_(target, tmp_path / "out")
    assert (again.written, again.files, again.conflicts) == (0, 0, [])


def test_a_moved_store_verifies(site: Path, tmp_path: Path) -> None:
    here = town(site, tmp_path / "here")
    three_cases(here)
    move.export(here.store, tmp_path / "out")
    target = EmbeddedStore(tmp_path / "there")
    move.import_(target, tmp_path / "out")
    found = verify(target)
    assert (found.cases, found.files, found.faults) == (3, 3, [])


def filled(folder: Path, count: int = 20) -> EmbeddedStore:
    store = EmbeddedStore(folder)
    for n in range(count):
        sha256 = store.put_file(f"file {n}".encode())
        store.create(CASES, Record(f"K{n:03}", {"n": n}, {"file": {"sha256": sha256}}))
    store.create(NOTICES, Record("N", {"text": "已受理"}))
    return store


@pytest.mark.parametrize("at", [0, 1, 30, 200, 900])
def test_an_export_that_was_cut_off_anywhere_goes_on_and_is_the_same(at: int, tmp_path: Path) -> None:
    store = filled(tmp_path / "here")
    move.export(store, tmp_path / "whole")
    (tmp_path / "cut").mkdir()
    kept = (tmp_path / "whole/cases.jsonl").read_bytes()[:at]
    (tmp_path / "cut/cases.jsonl").write_bytes(kept)
    done = move.export(store, tmp_path / "cut")
    assert done.known == kept.count(b"\n")
    for name in ("cases.jsonl", "manifest.json"):
        assert (tmp_path / "cut" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert len(list((tmp_path / "cut/files").glob("*/*"))) == 20


class Dies(Exception):
    """The machine was switched off."""


class Dying:
    """A store that dies at one write."""

    def __init__(self, store: Store, *, at: int) -> None:
        self._store, self._left = store, at

    def __getattr__(self, name: str):
        if name in ("create", "put_file"):
            self._left -= 1
            if self._left < 0:
                raise Dies
        return getattr(self._store, name)


def test_an_import_that_died_at_any_write_goes_on_and_is_whole(tmp_path: Path) -> None:
    move.export(filled(tmp_path / "here", 4), tmp_path / "out")
    for at in range(9):
        target = EmbeddedStore(tmp_path / f"there{at}")
        with pytest.raises(Dies):
            move.import_(Dying(target, at=at), tmp_path / "out")
        done = move.import_(target, tmp_path / "out")
        assert move.compare(target, done.sums) == []


def test_a_record_that_differs_is_left_alone_and_named(tmp_path: Path) -> None:
    store = filled(tmp_path / "here")
    move.export(store, tmp_path / "out")
    changed = Record("K003", {"n": "changed"})
    store.update(CASES, changed, expected=1)
    done = move.import_(store, tmp_path / "out")
    assert done.conflicts == ["cases/K003"]
    assert store.find(CASES, "K003", now=MONDAY).head == {"n": "changed"}
    assert move.compare(store, done.sums) == ["cases"]


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (lambda out: (out / "manifest.json").unlink(), "did not come to its end"),
        (lambda out: (out / "cases.jsonl").write_text(""), "not what the manifest says"),
        (
            lambda out: (out / "cases.jsonl").write_bytes(
                (out / "cases.jsonl").read_bytes().replace(b'"n":7', b'"n":8')
            ),
            "not what",
        ),
        (lambda out: (out / "manifest.json").write_text(json.dumps({"format": 9})), "format 9"),
        (
            lambda out: (out / "manifest.json").write_text(json.dumps({"format": 1, "tables": {"new": {}}})),
            "no table of this release",
        ),
    ],
)
def test_a_folder_that_is_not_what_it_says_is_refused_before_anything_is_written(
    harm, message: str, tmp_path: Path
) -> None:
    move.export(filled(tmp_path / "here"), tmp_path / "out")
    harm(tmp_path / "out")
    target = EmbeddedStore(tmp_path / "there")
    with pytest.raises(move.CannotMove, match=message):
        move.import_(target, tmp_path / "out")
    assert target.walk(CASES) == ()


def test_a_file_that_the_store_has_lost_is_named(tmp_path: Path) -> None:
    store = filled(tmp_path / "here")
    gone = store._path(next(store.names()))
    gone.unlink()
    assert move.export(store, tmp_path / "out").lacking == [gone.name]
    assert [fault.partition(": ")[2] for fault in verify(store).faults if gone.name in fault] == [
        f"file {gone.name} is gone or damaged"
    ]


def as_an_earlier_release_wrote_it(folder: Path) -> None:
    """The export as before queues went by turns and tallies by month: other places, and lists that are no more."""
    manifest = json.loads((folder / "manifest.json").read_text())
    for table, places in (("cases", _case_before), ("tallies", _tally_before)):
        held = [lines.read(line) for line in (folder / f"{table}.jsonl").read_text("utf-8").splitlines()]
        total, out = lines.Sum(), []
        for record in held:
            out.append(lines.write(replace(record, index=places(record))))
            total.add(out[-1])
        (folder / f"{table}.jsonl").write_text("".join(f"{line}\n" for line in out), "utf-8")
        manifest["tables"][table] = total.facts()
    (folder / "manifest.json").write_text(json.dumps(manifest))


def _case_before(record: Record) -> dict[str, tuple[str, str]]:
    old = {"queue": ("csgl:submitted", f"1#{record.key}"), "state": ("submitted", record.key)}
    return old | {"outbox": record.index["outbox"]}


def _tally_before(record: Record) -> dict[str, tuple[str, str]]:
    return {"dept": ("csgl", record.key), "all": ("all", record.key)}


def test_an_export_of_an_earlier_release_comes_in_where_this_one_looks_for_it(
    engines: tuple[Town, Store], tmp_path: Path
) -> None:
    here, target = engines
    numbers = three_cases(here)
    tally = tallies.bucket_record(f"{MONDAY.date()}.csgl.0", ())
    assert here.store.create(TALLIES, tally)
    move.export(here.store, tmp_path / "out")
    as_an_earlier_release_wrote_it(tmp_path / "out")
    today = Order(here.house.calendar, here.house.desk.policy, here.clock())
    done = move.import_(target, tmp_path / "out", placed=today.placed)
    assert (done.written, done.conflicts, move.compare(target, done.sums)) == (
        done.known + done.written,
        [],
        [],
    )
    for number in numbers:
        assert target.find(CASES, number, now=MONDAY) == here.store.find(CASES, number, now=MONDAY)
    assert target.find(TALLIES, tally.key, now=MONDAY) == tally and verify(target).faults == []
    later = Order(here.house.calendar, here.house.desk.policy, here.clock() + timedelta(days=30))
    again = move.import_(target, tmp_path / "out", placed=later.placed)
    assert (again.written, again.conflicts, move.compare(target, again.sums)) == (0, [], [])
