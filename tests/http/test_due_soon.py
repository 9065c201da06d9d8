"""Reminders before a limit of the applicant's ends, on both engines."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from chalicelib.jobs.deliver import Outward
from chalicelib.jobs.due_soon import remind_applicants
from chalicelib.store.port import CASES, MESSAGES, NOTICES, TRIES

from tests.http.deeds import Deeds
from tests.http.stand_in import Town

OUT = Outward(
    frozenset({"sms"}),
    {"name": "望澜政务服务网", "url": "https://zwfw.wanglan.example"},
    lambda record: {"sms": record.body["form"]["phone"]},
)


@pytest.fixture
def deeds(either: Town) -> Deeds:
    return Deeds(either)


def remind(here: Town) -> int:
    return remind_applicants(here.house.desk, now=here.clock(), outward=OUT)


def reminders(here: Town) -> list[str]:
    found = [row.head["action"] for row in here.store.query(NOTICES, "owner", "lin-he", limit=100).rows]
    return [action for action in found if action == "due_soon"]


def messages(here: Town) -> list[str]:
    rows = here.store.query(MESSAGES, "due", "queued", limit=100).rows
    found = (here.store.find(MESSAGES, row.key, now=here.clock()) for row in rows)
    return [record.body["text"] for record in found if record]


def until(here: Town, deeds: Deeds) -> tuple[str, date]:
    """A case that waits for its applicant's corrections: its number and their last day."""
    number = deeds.handed_in()["number"]
    deeds.corrected(number)
    record = here.store.find(CASES, number, now=here.clock())
    assert record is not None
    return number, date.fromisoformat(record.head["clocks"]["correction"][3])


def to(here: Town, day: date) -> None:
    here.clock.move(days=(day - here.clock().date()).days)


def test_an_applicant_is_reminded_once_three_working_days_before_the_end(either: Town, deeds: Deeds) -> None:
    _, last = until(either, deeds)  # a Monday
    to(either, last - timedelta(days=6))
    assert (remind(either), reminders(either)) == (0, [])
    to(either, last - timedelta(days=5))
    assert [remind(either) for _ in range(2)] == [1, 0]
    for ahead in (4, 3, 0):
        to(either, last - timedelta(days=ahead))
        remind(either)
    assert reminders(either) == ["due_soon"]
    (text,) = messages(either)
    assert f"{last.month}月{last.day}日" in text.replace(" ", "") and "请尽快补齐" in text


def test_nobody_is_woken_at_night(either: Town, deeds: Deeds) -> None:
    _, last = until(either, deeds)
    to(either, last - timedelta(days=3))
    either.clock.move(hours=-2)  # eight in the morning in China
    assert (remind(either), reminders(either)) == (0, [])
    either.clock.move(hours=1)
    assert (remind(either), reminders(either)) == (1, ["due_soon"])


def test_who_has_taken_the_application_back_is_left_in_peace(either: Town, deeds: Deeds) -> None:
    number, last = until(either, deeds)
    assert deeds.act("lin-he", number, "withdraw", version=2).status == 200
    to(either, last - timedelta(days=1))
    assert (remind(either), reminders(either)) == (0, [])


def test_a_round_that_was_cut_short_is_repeated_and_tells_nothing_twice(either: Town, deeds: Deeds) -> None:
    _, last = until(either, deeds)
    to(either, last - timedelta(days=1))
    remind(either)
    key = f"reminded-{either.clock().date().isoformat()}"
    mark = either.store.find(TRIES, key, now=either.clock())
    assert mark is not None and either.store.delete(TRIES, key, expected=mark.version)
    assert remind(either) == 1
    assert reminders(either) == ["due_soon"] and len(messages(either)) == 1


def test_the_inbox_shows_the_reminder_in_both_languages(either: Town, deeds: Deeds) -> None:
    _, last = until(either, deeds)
    to(either, last - timedelta(days=1))
    remind(either)
    citizen = either.browser("lin-he")
    assert "期限快到了" in citizen.get("/me/").text
    assert "The time limit ends soon" in citizen.get("/en/me/").text
