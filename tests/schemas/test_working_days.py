"""Working days: the vendored years, counting, and what is said about holidays on the way."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import schemas.calendar
from schemas.calendar import Calendar, Due, WorkingDays, Year, day_of, days_hash

CALENDAR = Calendar.vendored()
FOLDER = Path(schemas.calendar.__file__).parent / "calendar"
YEARS = [json.loads(file.read_text("utf-8")) for file in sorted(FOLDER.glob("*.json"))]
DAYS = st.dates(date(2025, 1, 1), date(2027, 6, 30))


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


@pytest.mark.parametrize(
    ("day0", "days", "due"),
    [
        ("09-18", 5, "09-24"),  # Sunday the 20th counts
        ("09-18", 20, "10-22"),  # naive Monday to Friday says 10-16
        ("09-18", 30, "11-05"),
        ("02-10", 20, "03-16"),
        ("11-23", 20, "12-21"),
        ("10-22", 10, "11-05"),  # decided, to be delivered
        ("10-03", 1, "10-08"),  # day 0 in a holiday
        ("09-19", 1, "09-20"),  # day 0 on a Saturday before a working Sunday
        ("11-20", 0, "11-20"),
    ],
)
def test_a_limit_ends_on_the_last_of_its_working_days(day0: str, days: int, due: str) -> None:
    assert CALENDAR.add(day(day0), WorkingDays(days)) == Due(day(due), provisional=False)


def test_a_pause_moves_the_due_date_by_the_working_days_in_it() -> None:
    paused = CALENDAR.count(day("09-21"), day("09-30"))
    due = CALENDAR.add(day("09-18"), WorkingDays(20)).on
    assert (paused, CALENDAR.add(due, paused).on) == (WorkingDays(6), day("10-30"))


def test_silence_until_the_25th_is_longer_than_the_five_days_of_intake() -> None:
    due = CALENDAR.add(day("09-18"), WorkingDays(5)).on
    assert due < day("09-25")


def test_a_limit_that_ends_in_a_year_not_yet_announced_is_provisional() -> None:
    assert CALENDAR.add(day("12-01"), WorkingDays(30)) == Due(date(2027, 1, 13), provisional=True)


@pytest.mark.parametrize(
    ("text", "working"),
    [
        ("2026-09-20", True),  # Sunday, make-up day
        ("2026-10-10", True),  # Saturday, make-up day
        ("2026-02-14", True),
        ("2026-01-04", True),
        ("2026-09-25", False),  # Friday, 中秋节
        ("2026-10-07", False),
        ("2026-02-23", False),
        ("2026-11-21", False),  # an ordinary Saturday
        ("2026-11-23", True),
        ("2025-10-08", False),
        ("2025-10-11", True),
        ("2025-01-26", True),
        ("2027-02-05", False),  # 除夕 is statutory
        ("2027-02-09", True),  # days in lieu are not announced yet
    ],
)
def test_offices_work_on_the_days_the_notice_says(text: str, working: bool) -> None:
    assert CALENDAR.is_working(date.fromisoformat(text)) is working


@pytest.mark.parametrize(("year", "days"), [(2025, 248), (2026, 248)])
def test_an_official_year_has_as_many_working_days_as_its_notice_leaves(year: int, days: int) -> None:
    assert CALENDAR.count(date(year, 1, 1), date(year, 12, 31)) == WorkingDays(days)


@given(day0=DAYS, days=st.integers(0, 100))
def test_counting_undoes_adding(day0: date, days: int) -> None:
    assert CALENDAR.count(day0, CALENDAR.add(day0, WorkingDays(days)).on) == WorkingDays(days)


@given(day0=DAYS, days=st.integers(1, 100))
def test_a_due_date_is_a_working_day(day0: date, days: int) -> None:
    assert CALENDAR.is_working(CALENDAR.add(day0, WorkingDays(days)).on)


@given(st.tuples(DAYS, DAYS, DAYS).map(sorted))
def test_counts_of_neighbouring_spans_add_up(days: list[date]) -> None:
    first, second, third = days
    parts = CALENDAR.count(first, second).n + CALENDAR.count(second, third).n
    assert CALENDAR.count(first, third).n == parts


@given(DAYS, DAYS)
def test_a_span_that_runs_backwards_has_no_days(one: date, other: date) -> None:
    assert CALENDAR.count(max(one, other), min(one, other)) == WorkingDays(0)


@pytest.mark.parametrize(
    ("day0", "due", "lang", "names"),
    [
        ("09-18", "10-22", "zh", ("中秋节", "国庆节")),
        ("09-18", "10-22", "en", ("Mid-Autumn Festival", "National Day")),
        ("09-18", "09-24", "zh", ()),
        ("02-10", "03-16", "zh", ("春节",)),
        ("10-02", "10-04", "zh", ()),  # a weekend would have been free anyway
        ("10-08", "10-12", "zh", ()),
    ],
)
def test_the_holidays_that_put_off_a_due_date_are_named(
    day0: str, due: str, lang: str, names: tuple[str, ...]
) -> None:
    assert CALENDAR.skipped(day(day0), day(due), lang=lang) == names


@pytest.mark.parametrize("text", ["2024-12-31", "2028-01-01"])
def test_a_year_without_a_calendar_is_no_guess(text: str) -> None:
    with pytest.raises(LookupError):
        CALENDAR.is_working(date.fromisoformat(text))


def test_a_limit_that_runs_past_the_last_year_is_no_guess() -> None:
    with pytest.raises(LookupError):
        CALENDAR.add(date(2027, 12, 20), WorkingDays(20))


@pytest.mark.parametrize("year", YEARS, ids=lambda year: str(year["year"]))
def test_a_vendored_year_names_its_paper_and_keeps_its_hash(year: dict) -> None:
    assert year["paper"]["doc_no"]
    assert year["source"]["name"]
    assert year["sha256"] == days_hash(year)


def test_only_years_that_were_announced_are_official() -> None:
    assert [CALENDAR.is_provisional(year) for year in (2025, 2026, 2027)] == [False, False, True]


@pytest.mark.parametrize("year", YEARS[:2], ids=lambda year: str(year["year"]))
def test_make_up_days_are_weekends(year: dict) -> None:
    assert all(date.fromisoformat(one["date"]).weekday() >= 5 for one in year["workdays"])


def test_a_changed_day_breaks_the_hash() -> None:
    year = {**YEARS[1], "holidays": YEARS[1]["holidays"][1:]}
    with pytest.raises(ValueError, match="sha256"):
        Year.from_json(year)


def test_next_years_notice_may_set_days_of_this_december() -> None:
    new_year = {date(2026, 12, 31): ("元旦", "New Year’s Day")}
    later = Year(
        2027, official=True, holidays=new_year, workdays=frozenset({date(2026, 12, 26), day("10-05")})
    )
    calendar = Calendar([later, Year.from_json(YEARS[1])])
    assert [calendar.is_working(day(text)) for text in ("12-26", "12-30", "12-31", "10-05")] == [
        True,
        True,
        False,
        True,
    ]


def test_working_days_are_ordered_and_never_negative() -> None:
    assert WorkingDays(3) < WorkingDays(5)
    with pytest.raises(ValueError, match="-1"):
        WorkingDays(-1)


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        (datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC), "11-23"),
        (datetime(2026, 11, 23, 16, 0, tzinfo=UTC), "11-24"),
    ],
)
def test_the_day_is_the_day_in_china(instant: datetime, expected: str) -> None:
    assert day_of(instant) == day(expected)


def test_an_instant_without_a_zone_has_no_day() -> None:
    with pytest.raises(ValueError, match="zone"):
        day_of(datetime(2026, 11, 23, 12, 0))
