"""What the port promises, asked of both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from chalicelib.store.port import CASES, DRAFTS, NOTICES, TRIES, Record, Store
from chalicelib.store.walk import every

NOW = datetime(2026, 11, 23, 7, 40, tzinfo=UTC)
DAY = timedelta(days=1)
CASE = Record(
    key="8K3M7Q2X4P9A",
    head={"item": "huwai-zhaopai", "state": "submitted", "who": "张*三"},
    body={"form": {"name": "张三", "area": 12.5, "note": "“招牌”\n🏮"}, "materials": []},
    events=({"n": 0, "what": "submit"},),
    index={"queue": ("zhifaju", "2026-11-23"), "outbox": ("all", "2026-11-23T07:40")},
)


def test_a_record_comes_back_as_it_was_written(store: Store) -> None:
    assert store.create(CASES, CASE)
    assert store.find(CASES, CASE.key, now=NOW) == CASE


def test_a_key_is_taken_once_and_the_first_record_stays(store: Store) -> None:
    store.create(CASES, CASE)
    assert not store.create(CASES, replace(CASE, head={"state": "other"}, index={}))
    assert store.find(CASES, CASE.key, now=NOW) == CASE
    assert store.count(CASES, "queue", "zhifaju") == 1


def test_the_same_key_in_two_tables_is_two_records(store: Store) -> None:
    store.create(CASES, CASE)
    assert store.create(NOTICES, Record(CASE.key, {"text": "已收件"}))
    assert store.delete(NOTICES, CASE.key, expected=1)
    assert store.find(CASES, CASE.key, now=NOW) == CASE


@pytest.mark.parametrize("key", ["", "nobody", "x" * 3000, "'; DROP TABLE records; --", "\ud800", "a\x00b"])
def test_an_unknown_or_impossible_key_finds_nothing(store: Store, key: str) -> None:
    assert store.find(CASES, key, now=NOW) is None


def test_half_a_surrogate_pair_in_a_form_is_kept_as_sent(store: Store) -> None:
    store.create(CASES, replace(CASE, body={"name": "张\ud800"}))
    found = store.find(CASES, CASE.key, now=NOW)
    assert found is not None and found.body == {"name": "张\ud800"}


def test_an_update_writes_head_index_and_events_and_leaves_the_body(store: Store) -> None:
    store.create(CASES, CASE)
    accepted = replace(CASE, head={"state": "accepted"}, index={"sweep": ("due", "2026-12-01")}, body={})
    assert store.update(CASES, accepted, expected=1, appended=[{"n": 1}, {"n": 2}])
    expected = replace(accepted, version=2, body=CASE.body, events=(*CASE.events, {"n": 1}, {"n": 2}))
    assert store.find(CASES, CASE.key, now=NOW) == expected
    assert store.count(CASES, "queue", "zhifaju") == 0
    assert store.count(CASES, "sweep", "due") == 1


def test_an_update_replaces_the_body_when_told(store: Store) -> None:
    store.create(CASES, CASE)
    assert store.update(CASES, replace(CASE, body={"form": {}}), expected=1, with_body=True)
    found = store.find(CASES, CASE.key, now=NOW)
    assert found is not None and found.body == {"form": {}} and found.events == CASE.events


@pytest.mark.parametrize("expected", [0, 2])
def test_an_update_from_another_version_changes_nothing(store: Store, expected: int) -> None:
    store.create(CASES, CASE)
    changed = replace(CASE, head={}, body={}, index={})
    assert not store.update(CASES, changed, expected=expected, appended=[{}], with_body=True)
    assert store.find(CASES, CASE.key, now=NOW) == CASE


def test_a_record_that_is_gone_can_be_neither_updated_unmarked_nor_deleted(store: Store) -> None:
    assert not store.update(CASES, CASE, expected=1, appended=[{}], with_body=True)
    assert not store.unmark(CASES, CASE.key, index="outbox", sort="2026", version=1)
    assert not store.delete(CASES, CASE.key, expected=1)
    assert store.find(CASES, CASE.key, now=NOW) is None


@pytest.mark.parametrize("size", [90_000, 110_000, 1_500_000])
def test_a_body_of_any_size_survives_growing_and_shrinking(store: Store, size: int) -> None:
    large = {"text": "字" * (size // 3)}
    store.create(CASES, replace(CASE, body=large))
    store.update(CASES, CASE, expected=1, with_body=True)
    store.update(CASES, replace(CASE, body=large), expected=2, with_body=True)
    found = store.find(CASES, CASE.key, now=NOW)
    assert found is not None and found.body == large and found.version == 3


def test_unmark_takes_one_mark_and_keeps_the_version(store: Store) -> None:
    store.create(CASES, CASE)
    assert store.unmark(CASES, CASE.key, index="outbox", sort="2026-11-23T07:40", version=1)
    assert store.find(CASES, CASE.key, now=NOW) == replace(CASE, index={"queue": CASE.index["queue"]})
    assert store.count(CASES, "outbox", "all") == 0
    assert not store.unmark(CASES, CASE.key, index="outbox", sort="2026-11-23T07:40", version=1)


@pytest.mark.parametrize(("sort", "version"), [("2026-11-23T07:41", 1), ("2026-11-23T07:40", 2)])
def test_unmark_leaves_a_mark_that_was_set_anew(store: Store, sort: str, version: int) -> None:
    store.create(CASES, CASE)
    assert not store.unmark(CASES, CASE.key, index="outbox", sort=sort, version=version)
    assert store.count(CASES, "outbox", "all") == 1


def test_delete_asks_for_the_version_and_frees_the_key(store: Store) -> None:
    store.create(CASES, CASE)
    assert not store.delete(CASES, CASE.key, expected=2)
    assert store.delete(CASES, CASE.key, expected=1)
    assert store.count(CASES, "queue", "zhifaju") == 0
    assert store.create(CASES, CASE)
    assert store.find(CASES, CASE.key, now=NOW) == CASE


def test_a_draft_is_there_until_the_second_it_expires(store: Store) -> None:
    store.create(DRAFTS, Record("d", {}, expires_at=NOW))
    found = store.find(DRAFTS, "d", now=NOW - timedelta(seconds=1))
    assert found is not None and found.expires_at == NOW
    assert store.find(DRAFTS, "d", now=NOW) is None


def test_an_expired_draft_gives_up_its_key_to_a_create_that_knows_the_time(store: Store) -> None:
    old = Record("d", {"n": 1}, {"x": 1}, ({"e": 1},), {"owner": ("u", "1")}, 4, NOW)
    new = Record("d", {"n": 2}, expires_at=NOW + DAY)
    store.create(DRAFTS, old)
    assert not store.create(DRAFTS, new)
    assert not store.create(DRAFTS, new, now=NOW - DAY)
    assert store.create(DRAFTS, new, now=NOW)
    assert store.find(DRAFTS, "d", now=NOW) == new
    assert store.count(DRAFTS, "owner", "u") == 0


@pytest.mark.parametrize("later", [None, NOW + DAY])
def test_saving_a_draft_moves_its_expiry(store: Store, later: datetime | None) -> None:
    store.create(DRAFTS, Record("d", {}, expires_at=NOW))
    store.update(DRAFTS, Record("d", {}, expires_at=later), expected=1)
    found = store.find(DRAFTS, "d", now=NOW)
    assert found is not None and found.expires_at == later


def _lined_up(store: Store, sorts: str) -> None:
    for place, sort in enumerate(sorts):
        store.create(CASES, Record(f"k{place}", {"n": place}, index={"queue": ("q", sort)}))
    store.create(CASES, Record("elsewhere", {}, index={"queue": ("p", "c"), "owner": ("q", "c")}))


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (None, None, "abcdef"),
        ("b", None, "bcdef"),
        (None, "d", "abcd"),
        ("b", "d", "bcd"),
        ("c", "c", "c"),
        ("bb", "dd", "cd"),
        ("", "b", "ab"),
        ("d", "b", ""),
        (None, "", ""),
        ("g", None, ""),
    ],
)
@pytest.mark.parametrize(("newest_first", "limit"), [(False, 1), (True, 2), (False, 3), (True, 25)])
def test_a_list_is_walked_in_order_page_by_page(
    store: Store, low: str | None, high: str | None, expected: str, newest_first: bool, limit: int
) -> None:
    _lined_up(store, "fbdace")
    seen, after = "", None
    while True:
        page = store.query(
            CASES, "queue", "q", limit=limit, after=after, low=low, high=high, newest_first=newest_first
        )
        seen, after = seen + "".join(row.sort for row in page.rows), page.after
        assert len(page.rows) == limit or after is None
        if after is None:
            break
    assert seen == (expected[::-1] if newest_first else expected)
    assert store.count(CASES, "queue", "q", low=low, high=high) == len(expected)


def test_rows_with_one_sort_key_are_each_listed_once(store: Store) -> None:
    _lined_up(store, "aaabbbaa")
    seen: list[str] = []
    after = None
    while after is not None or not seen:
        page = store.query(CASES, "queue", "q", limit=3, after=after)
        seen, after = seen + [row.key for row in page.rows], page.after
    assert sorted(seen) == [f"k{place}" for place in range(8)]


def test_a_row_shows_key_version_head_and_sort(store: Store) -> None:
    store.create(CASES, CASE)
    store.update(CASES, CASE, expected=1)
    (row,) = store.query(CASES, "queue", "zhifaju").rows
    assert (row.key, row.version, row.head, row.sort) == (CASE.key, 2, CASE.head, "2026-11-23")


def test_counting_stops_at_the_cap(store: Store) -> None:
    _lined_up(store, "abcdef")
    assert store.count(CASES, "queue", "q", cap=4) == 4
    assert store.count(CASES, "queue", "nobody") == 0


@pytest.mark.parametrize(
    "after", ["", "x", "¤", "W10", "WyJhIiwgMV0", "WyIiLCAiIl0", "e30", "WyJ6IiwgIngiXQ"]
)
def test_a_cursor_of_someone_elses_making_starts_from_the_beginning(store: Store, after: str) -> None:
    _lined_up(store, "abc")
    page = store.query(CASES, "queue", "q", after=after, high="c")
    assert [row.sort for row in page.rows] == ["a", "b", "c"]


def test_a_cursor_from_a_wider_list_shows_nothing_outside_the_narrower(store: Store) -> None:
    _lined_up(store, "abcdef")
    low_end = store.query(CASES, "queue", "q", limit=1).after
    high_end = store.query(CASES, "queue", "q", limit=1, newest_first=True).after
    for after, newest_first in [(low_end, False), (low_end, True), (high_end, False), (high_end, True)]:
        page = store.query(CASES, "queue", "q", after=after, low="c", high="d", newest_first=newest_first)
        assert sorted(row.sort for row in page.rows) == ["c", "d"]


def test_a_cursor_names_no_partition_so_it_opens_no_other(store: Store) -> None:
    _lined_up(store, "abc")
    after = store.query(CASES, "queue", "q", limit=1).after
    page = store.query(CASES, "queue", "p", after=after)
    assert [row.key for row in page.rows] == ["elsewhere"]


@pytest.mark.parametrize(
    "wrong",
    [
        Record("", {}),
        Record("k", {}, index={"nowhere": ("a", "b")}),
        Record("k", {}, index={"queue": ("", "b")}),
        Record("k", {}, index={"queue": ("a", "")}),
        Record("k", {}, index={"queue": ("a", "b" * 1025)}),
        Record("k", {}, expires_at=NOW),
    ],
)
def test_what_dynamodb_would_refuse_is_refused_by_both(store: Store, wrong: Record) -> None:
    with pytest.raises(ValueError):
        store.create(CASES, wrong)
    with pytest.raises(ValueError):
        store.update(CASES, wrong, expected=1)


def test_an_index_nobody_declared_cannot_be_read(store: Store) -> None:
    with pytest.raises(ValueError):
        store.query(NOTICES, "queue", "q")
    with pytest.raises(ValueError):
        store.count(NOTICES, "queue", "q")


def test_a_moment_without_time_zone_is_refused(store: Store) -> None:
    with pytest.raises(ValueError):
        store.find(CASES, "k", now=NOW.replace(tzinfo=None))


def test_a_file_is_kept_under_its_hash_and_twice_is_harmless(store: Store) -> None:
    data = b"%PDF-1.7 \x00\xff"
    sha256 = store.put_file(data)
    assert sha256 == store.put_file(data)
    assert store.get_file(sha256) == data


@pytest.mark.parametrize("name", ["", "0" * 64, "../../etc/passwd", "A" * 64, "0" * 63 + "/"])
def test_a_name_without_a_file_gives_none(store: Store, name: str) -> None:
    assert store.get_file(name) is None


def test_an_empty_file_is_a_file(store: Store) -> None:
    assert store.get_file(store.put_file(b"")) == b""


@pytest.mark.parametrize("at_once", [1, 3, 100])
def test_a_walk_meets_every_record_of_the_table_once_and_whole(store: Store, at_once: int) -> None:
    made = {f"K{n}": replace(CASE, key=f"K{n}", head={"n": n}) for n in range(7)}
    for record in made.values():
        store.create(CASES, record)
    store.create(NOTICES, Record("K1", {"text": "别的表"}))
    met = list(every(store, CASES, at_once=at_once))
    assert len(met) == 7 and {record.key: record for record in met} == made


def test_a_walk_meets_expired_records_and_goes_on_after_a_key(store: Store) -> None:
    old = Record("A", {"n": 1}, expires_at=NOW - DAY)
    store.create(DRAFTS, old)
    assert list(every(store, DRAFTS)) == [old]
    assert list(every(store, DRAFTS, after="A")) == []
    assert list(every(store, CASES)) == []


def test_relist_moves_the_lists_it_names_and_nothing_else(store: Store) -> None:
    store.create(CASES, CASE)
    moved = {"queue": ("zhifaju", "2026-11-24"), "item": ("i", "1"), "who": None}
    assert store.relist(CASES, CASE.key, moved, version=1)
    expected = {**CASE.index, "queue": ("zhifaju", "2026-11-24"), "item": ("i", "1")}
    assert store.find(CASES, CASE.key, now=NOW) == replace(CASE, index=expected)
    assert [row.sort for row in store.query(CASES, "queue", "zhifaju").rows] == ["2026-11-24"]
    assert store.relist(CASES, CASE.key, {"item": None}, version=1)
    assert store.count(CASES, "item", "i") == 0


def test_relist_leaves_a_record_that_was_written_meanwhile_and_one_that_is_not_there(store: Store) -> None:
    store.create(CASES, CASE)
    assert store.update(CASES, CASE, expected=1)
    assert not store.relist(CASES, CASE.key, {"queue": ("elsewhere", "1")}, version=1)
    assert not store.relist(CASES, "nobody", {"queue": ("elsewhere", "1")}, version=1)
    assert store.count(CASES, "queue", "elsewhere") == 0
    with pytest.raises(ValueError):
        store.relist(CASES, CASE.key, {"no such list": ("a", "1")}, version=2)


def test_sort_keys_can_be_had_without_their_rows(store: Store) -> None:
    for sort in ("c", "a", "b"):
        store.create(CASES, Record(f"k{sort}", {}, index={"queue": ("q", sort)}))
    assert store.sorts(CASES, "queue", "q", cap=1000) == ("a", "b", "c")
    assert store.sorts(CASES, "queue", "q", cap=2) == ("a", "b")
    assert store.sorts(CASES, "queue", "nobody", cap=2) == ()


def test_several_records_are_found_at_once_in_the_order_asked_for(store: Store) -> None:
    for n in "abc":
        store.create(CASES, Record(f"k{n}", {"n": n}, events=({"e": n},)))
    for table in (DRAFTS, TRIES):
        store.create(table, Record(f"of {table.lasting}", {}, expires_at=NOW))
    store.create(TRIES, Record("kc", {"tries": 1}))
    wanted = [(CASES, "kc"), (TRIES, "kc"), (CASES, "nobody"), (CASES, "ka"), (CASES, ""), (CASES, "kc")]
    found = store.find_each([*wanted, (DRAFTS, "of True"), (TRIES, "of False")], now=NOW)
    assert [record and record.key for record in found] == ["kc", "kc", None, "ka", None, "kc", None, None]
    assert found[0] and found[0].events == ({"e": "c"},) and found[1] and found[1].head == {"tries": 1}
    assert store.find_each([], now=NOW) == ()
