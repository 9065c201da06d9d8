"""Dropping files: never one that was put or held meanwhile, on both engines."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from chalicelib.discards import GRACE, discard, due
from chalicelib.jobs.forget import forget
from chalicelib.store.dynamo import DynamoStore
from chalicelib.store.embedded import EmbeddedStore
from chalicelib.store.port import CASES, DRAFTS, GRANTS, PACKAGES, Record, Store, Table

from tests.store.cloud import BUCKET, aws

NOW = datetime(2026, 11, 23, 7, 40, tzinfo=UTC)
LATER = NOW + GRACE
DATA = b"%PDF-1.7\nsomething"
SHA = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(autouse=True)
def versioned(store: Store) -> None:
    """The bucket as the template makes it, and empty of this file."""
    if isinstance(store, DynamoStore):
        aws("s3").put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        stamp = store.file_stamp(SHA)
        assert stamp is None or store.drop_file(SHA, stamp=stamp)


def test_a_file_with_its_stamp_goes_and_twice_is_harmless(store: Store) -> None:
    store.put_file(DATA)
    store.put_file(DATA)
    stamp = store.file_stamp(SHA)
    assert stamp and store.drop_file(SHA, stamp=stamp)
    assert store.get_file(SHA) is None and store.file_stamp(SHA) is None
    assert not store.drop_file(SHA, stamp=stamp) and not store.hold_file(SHA)
    store.put_file(DATA)
    assert store.get_file(SHA) == DATA


@pytest.mark.parametrize("again", ["put", "hold"])
def test_a_file_put_or_held_since_stays(store: Store, again: str) -> None:
    store.put_file(DATA)
    stamp = store.file_stamp(SHA)
    assert stamp
    assert store.put_file(DATA) if again == "put" else store.hold_file(SHA)
    assert not store.drop_file(SHA, stamp=stamp)
    assert store.get_file(SHA) == DATA


@pytest.mark.parametrize("name", ["0" * 64, "../../etc/passwd", ""])
def test_what_is_no_file_has_no_stamp(store: Store, name: str) -> None:
    assert store.file_stamp(name) is None and not store.hold_file(name)
    assert not store.drop_file(name, stamp="1")


def test_a_put_between_looking_and_deleting_keeps_the_file(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The narrowest gap there is: the stamp was compared, the file is not gone yet."""
    store.put_file(DATA)
    stamp = store.file_stamp(SHA)
    assert stamp
    slip_in_between(store, monkeypatch, lambda: store.put_file(DATA))
    store.drop_file(SHA, stamp=stamp)
    assert store.get_file(SHA) == DATA


def slip_in_between(store: Store, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Does something right after the stamp was read once more."""
    look = store.file_stamp

    def then_act(sha256: str) -> str | None:
        found = look(sha256)
        monkeypatch.undo()
        act()
        return found

    monkeypatch.setattr(store, "file_stamp", then_act)


def test_a_crash_while_dropping_leaves_the_file_to_be_found(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    store.put_file(DATA)
    path = store.folder / SHA[:2] / SHA
    path.rename(path.with_name(f".drop-{SHA}"))
    assert store.file_stamp(SHA) and store.get_file(SHA) == DATA


# --- the job ----------------------------------------------------------------------------------------


USES: list[tuple[Table, Record]] = [
    (DRAFTS, Record("other", {"item": "x"}, {"materials": {"photo": [{"sha256": SHA}]}})),
    (CASES, Record("case", {"item": "x"}, {"materials": {"photo": [{"sha256": SHA}]}})),
    (CASES, Record("case", {}, {}, ({"data": {"files": {"photo": [["a", 1, "pdf", SHA]]}}},))),
    (PACKAGES, Record("package", {}, {"payload": {"a": {"materials": {"photo": [{"sha256": SHA}]}}}})),
    (GRANTS, Record("grant", {"evidence": {"sha256": SHA}})),
]


def test_a_discarded_file_goes_after_the_grace_and_its_note_with_it(store: Store) -> None:
    store.put_file(DATA)
    discard(store, "draft", {SHA}, now=NOW)
    assert forget(store, now=LATER - timedelta(seconds=1)) == 0 and store.get_file(SHA) == DATA
    assert forget(store, now=LATER) == 1 and store.get_file(SHA) is None
    assert due(store, now=LATER) == () and forget(store, now=LATER) == 0


@pytest.mark.parametrize(("table", "record"), USES, ids=["draft", "case", "history", "package", "grant"])
def test_what_something_else_uses_stays(store: Store, table: Table, record: Record) -> None:
    store.put_file(DATA)
    store.create(table, record)
    discard(store, "draft", {SHA}, now=NOW)
    assert forget(store, now=LATER) == 0
    assert store.get_file(SHA) == DATA and due(store, now=LATER) == ()


def test_what_was_uploaded_again_after_the_note_stays(store: Store) -> None:
    store.put_file(DATA)
    discard(store, "draft", {SHA}, now=NOW)
    store.put_file(DATA)
    assert forget(store, now=LATER) == 0 and store.get_file(SHA) == DATA


def test_a_draft_that_becomes_a_case_during_the_walk_keeps_its_file(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drafts are read first, so a draft emptied by handing in left its case where the walk still comes by."""
    store.put_file(DATA)
    draft = Record("a-draft", {}, {"materials": {"photo": [{"sha256": SHA}]}})
    store.create(DRAFTS, draft)
    discard(store, "another", {SHA}, now=NOW)
    walk = store.walk
    handed_in: list[bool] = []

    def meanwhile(table: Table, **more: object) -> tuple[Record, ...]:
        if not handed_in:
            handed_in.append(store.create(CASES, USES[1][1]))
            store.delete(DRAFTS, draft.key, expected=1)
        return walk(table, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "walk", meanwhile)
    assert forget(store, now=LATER) == 0 and store.get_file(SHA) == DATA
