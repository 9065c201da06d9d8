"""The clocks, by the dates that a lawyer would check."""

from __future__ import annotations

from datetime import date

import pytest
from chalicelib.domain.act import settle
from chalicelib.domain.clocks import Clock, left, pause, resume, start, used
from schemas.items import Limit
from world import CALENDAR, WINDOW, done, handed_in, item, world


def clock(day0: str, n: int, unit: str = "workday") -> Clock:
    return start("legal", date.fromisoformat(day0), limit=Limit(n, unit), calendar=CALENDAR)


@pytest.mark.parametrize(
    ("day0", "n", "due"),
    [
        ("2026-09-18", 5, "2026-09-24"),  # Sunday 20 September is worked
        ("2026-09-18", 20, "2026-10-22"),
        ("2026-09-18", 30, "2026-11-05"),
        ("2026-02-10", 20, "2026-03-16"),
        ("2026-11-23", 20, "2026-12-21"),
        ("2026-10-22", 10, "2026-11-05"),
    ],
)
def test_day_zero_does_not_count_and_rest_days_are_left_out(day0, n, due):
    assert clock(day0, n).due == date.fromisoformat(due)


def test_a_pause_moves_the_due_date_by_the_working_days_it_took():
    running = clock("2026-09-18", 20)
    tested = resume(pause(running, date(2026, 9, 21), reason="检测"), date(2026, 9, 30), calendar=CALENDAR)
    assert tested.due == date(2026, 10, 30)


def test_paused_days_are_not_used_days():
    running = pause(clock("2026-09-18", 20), date(2026, 9, 21), reason="检测")
    assert used(running, date(2026, 9, 30), calendar=CALENDAR).n == 2  # 20 and 21 September
    again = resume(running, date(2026, 9, 30), calendar=CALENDAR)
    assert used(again, date(2026, 10, 8), calendar=CALENDAR).n == 3


def test_a_limit_that_reaches_a_year_without_official_holidays_is_provisional():
    assert clock("2026-12-01", 30).provisional
    assert not clock("2026-11-23", 20).provisional


@pytest.mark.parametrize(
    ("day0", "unit", "n", "due"),
    [
        ("2026-09-18", "immediate", 0, "2026-09-18"),
        ("2026-10-03", "immediate", 0, "2026-10-08"),  # asked in the holidays, done on the first working day
        ("2026-09-18", "calendar_day", 3, "2026-09-21"),
        ("2026-09-28", "calendar_day", 5, "2026-10-08"),
    ],
)
def test_other_units_end_on_the_next_working_day(day0, unit, n, due):
    assert clock(day0, n, unit).due == date.fromisoformat(due)


def test_days_left_go_below_zero_once_the_due_date_has_passed():
    running = clock("2026-09-18", 5)
    assert left(running, date(2026, 9, 23), calendar=CALENDAR) == 1
    assert left(running, date(2026, 9, 24), calendar=CALENDAR) == 0
    assert left(running, date(2026, 9, 28), calendar=CALENDAR) == -1


def test_silence_accepts_on_the_day_after_the_intake_limit_and_counts_from_receipt():
    case = handed_in("2026-09-18")
    assert settle(case, world("2026-09-24", hour=23)) is case
    accepted = settle(case, world("2026-09-25", hour=0))
    assert accepted.state == "reviewing"
    assert [event.action for event in accepted.events] == ["submit", "deem_accepted", "assign"]
    assert accepted.clocks["legal"].day0 == date(2026, 9, 18)
    assert accepted.clocks["legal"].due == date(2026, 10, 22)


def test_silence_never_accepts_on_a_provisional_calendar():
    case = handed_in("2026-12-29")
    assert case.clocks["intake"].provisional
    assert settle(case, world("2027-01-20")) is case


def test_acceptance_starts_both_clocks_and_a_decision_stops_them():
    case = done(handed_in("2026-09-17"), "accept", WINDOW, "2026-09-18")
    assert (case.clocks["legal"].due, case.clocks["promise"].due) == (date(2026, 10, 22), date(2026, 9, 30))
    assert case.clocks["intake"].stopped == date(2026, 9, 18)


def test_an_application_at_three_on_sunday_morning_is_received_then_and_counts_from_monday():
    case = handed_in("2026-11-22", hour=3)
    assert case.clocks["intake"].day0 == date(2026, 11, 22)
    assert case.clocks["intake"].due == date(2026, 11, 27)


def test_a_correction_nobody_makes_lapses_after_its_limit():
    short = item(correction_days=5)
    asked = done(
        handed_in("2026-09-18", of=short),
        "correct",
        WINDOW,
        "2026-09-18",
        of=short,
        fields=["name"],
        reason="x",
    )
    assert settle(asked, world("2026-09-24", of=short)) is asked
    assert settle(asked, world("2026-09-25", of=short)).state == "lapsed"
