"""What only the SQLite engine has to show: its settings, its files on disk, its own clock for expiry."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from chalicelib.store.database import CACHED_KIB
from chalicelib.store.embedded import EmbeddedStore
from chalicelib.store.port import CASES, DRAFTS, TRIES, Record, StoreUnavailable

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def test_every_commit_is_synced_to_the_disk(embedded: EmbeddedStore) -> None:
    db = embedded.lasting.connection()
    assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert db.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL


def test_records_and_files_outlive_the_store_object(tmp_path: Path) -> None:
    first = EmbeddedStore(tmp_path)
    first.create(CASES, Record("k", {"n": 1}))
    sha256 = first.put_file(b"scan")
    first.close()
    second = EmbeddedStore(tmp_path)
    assert second.find(CASES, "k", now=NOW) == Record("k", {"n": 1})
    assert second.get_file(sha256) == b"scan"


def test_a_closed_store_opens_again_when_asked(embedded: EmbeddedStore) -> None:
    embedded.close()
    embedded.close()
    assert embedded.create(CASES, Record("k", {}))


def test_a_file_lies_under_its_hash_with_nothing_beside_it(embedded: EmbeddedStore) -> None:
    sha256 = embedded.put_file(b"scan")
    embedded.put_file(b"scan")
    lying = [path for path in embedded.folder.rglob("*") if path.is_file()]
    assert lying == [embedded.folder / sha256[:2] / sha256]


def test_a_file_whose_bytes_rotted_is_not_handed_out(embedded: EmbeddedStore) -> None:
    sha256 = embedded.put_file(b"scan")
    (embedded.folder / sha256[:2] / sha256).write_bytes(b"scam")
    with pytest.raises(StoreUnavailable):
        embedded.get_file(sha256)


def test_a_disk_that_takes_no_file_is_said(embedded: EmbeddedStore) -> None:
    embedded.folder.rmdir()
    embedded.folder.write_bytes(b"")
    with pytest.raises(StoreUnavailable):
        embedded.put_file(b"scan")
    with pytest.raises(StoreUnavailable):
        embedded.get_file("0" * 64)


def test_a_database_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "banshi.sqlite3").write_bytes(b"not a database, but long enough to look like one" * 40)
    with pytest.raises(StoreUnavailable):
        EmbeddedStore(tmp_path)


def test_a_folder_of_a_newer_release_is_refused(tmp_path: Path) -> None:
    EmbeddedStore(tmp_path).lasting.connection().execute("PRAGMA user_version = 99")
    with pytest.raises(RuntimeError, match="layout 99"):
        EmbeddedStore(tmp_path)


def test_a_write_that_fails_halfway_leaves_nothing(embedded: EmbeddedStore) -> None:
    embedded.create(CASES, Record("k", {"n": 1}))
    with pytest.raises(ValueError):
        embedded.update(CASES, Record("k", {"n": 2}), expected=1, appended=[{"bad": float("nan")}])
    assert embedded.find(CASES, "k", now=NOW) == Record("k", {"n": 1})
    assert embedded.create(CASES, Record("other", {}))


@contextmanager
def another_writes(embedded: EmbeddedStore, folder: Path) -> Iterator[None]:
    """While another process holds the cases, for longer than we wait."""
    embedded.lasting.connection().execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(folder / "banshi.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")


def test_a_writer_that_waits_too_long_for_another_process_says_so(
    embedded: EmbeddedStore, tmp_path: Path
) -> None:
    with another_writes(embedded, tmp_path):
        with pytest.raises(StoreUnavailable):
            embedded.create(CASES, Record("k", {}))
        assert embedded.find(CASES, "k", now=NOW) is None
    assert embedded.create(CASES, Record("k", {}))


def test_counting_tries_waits_for_no_application_and_holds_none_up(
    embedded: EmbeddedStore, tmp_path: Path
) -> None:
    with another_writes(embedded, tmp_path):
        assert embedded.create(TRIES, Record("tries-1", {"tries": 1}, expires_at=NOW + timedelta(hours=1)))
    assert embedded.find(TRIES, "tries-1", now=NOW)
    assert embedded.find(DRAFTS, "tries-1", now=NOW) is None
    assert embedded.drop_expired(TRIES, now=NOW + timedelta(hours=2)) == 1


def test_each_thread_and_each_process_has_its_own_connection(embedded: EmbeddedStore) -> None:
    seen: list[sqlite3.Connection] = []
    thread = threading.Thread(target=lambda: seen.append(embedded.lasting.connection()))
    thread.start()
    thread.join()
    mine = embedded.lasting.connection()
    assert mine is embedded.lasting.connection() and mine is not seen[0]
    embedded.lasting._mine.process = os.getpid() + 1  # as a forked child would find it
    assert embedded.lasting.connection() is not mine


def test_expired_drafts_are_dropped_with_all_their_parts(embedded: EmbeddedStore) -> None:
    for n in range(5):
        expires = NOW + timedelta(days=n)
        embedded.create(DRAFTS, Record(f"d{n}", {}, {"x": n}, ({},), {"owner": ("u", "1")}, 1, expires))
    embedded.create(DRAFTS, Record("kept", {}, index={"owner": ("u", "1")}))
    assert embedded.drop_expired(DRAFTS, now=NOW + timedelta(days=2), limit=2) == 2
    assert embedded.drop_expired(DRAFTS, now=NOW + timedelta(days=2)) == 1
    assert embedded.count(DRAFTS, "owner", "u") == 3
    for part in ("records", "marks"):
        assert embedded.lasting.connection().execute(f"SELECT count(*) FROM {part}").fetchone() == (3,)


@pytest.mark.parametrize("newest_first", [False, True])
def test_a_list_far_down_costs_no_more_than_its_own_rows(embedded: EmbeddedStore, newest_first: bool) -> None:
    """Counted in SQLite's own steps, so that no range is walked from its far end."""
    for n in range(400):
        embedded.create(CASES, Record(f"{n}", {}, index={"sweep": ("due", f"{n:04}")}))
    steps = [0]
    embedded.lasting.connection().set_progress_handler(lambda: steps.__setitem__(0, steps[0] + 1), 10)
    page = embedded.query(CASES, "sweep", "due", low="0190", high="0200", limit=5, newest_first=newest_first)
    embedded.query(CASES, "sweep", "due", after=page.after, limit=5, newest_first=newest_first)
    embedded.count(CASES, "sweep", "due", high="0010")
    assert steps[0] * 10 < 1500


def test_a_page_of_the_file_is_looked_at_where_it_lies_and_not_read_again(tmp_path: Path) -> None:
    """A million cases do not fit into a connection's memory: without the map every look would copy pages by calls."""
    store = EmbeddedStore(tmp_path)
    (mapped,) = store.lasting.connection().execute("PRAGMA mmap_size").fetchone()
    (cached,) = store.lasting.connection().execute("PRAGMA cache_size").fetchone()
    assert mapped >= 2**30 and cached == -CACHED_KIB
