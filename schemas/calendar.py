"""Working days (工作日) as the State Council sets them: weekends that count, weekdays that do not (调休).

Years are vendored, each with its paper, source and a hash. A provisional year knows weekends and statutory
days only; what falls due in it is marked, and nobody is blamed by it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
_FOLDER = Path(__file__).parent / "calendar"
_SATURDAY = 5


@dataclass(frozen=True, order=True, slots=True)
class WorkingDays:
    """A number of working days, never to be mixed with days of the calendar."""

    n: int

    def __post_init__(self) -> None:
        if self.n < 0:
            raise ValueError(f"{self.n} working days: there is no going back")


@dataclass(frozen=True, slots=True)
class Due:
    """The last day of a limit; provisional (暂定) while a year on the way is."""

    on: date
    provisional: bool


@dataclass(frozen=True, slots=True)
class Year:
    """One year's notice: its holidays and make-up working days, by date, with (Chinese, English) names.

    A notice may also set days at the end of the year before.
    """

    year: int
    official: bool
    holidays: Mapping[date, tuple[str, str]]
    workdays: frozenset[date]

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Year:
        """A year as vendored; ValueError if its days are not those that were hashed."""
        if data["sha256"] != days_hash(data):
            raise ValueError(f"calendar {data['year']}: the days do not match their sha256")
        return cls(
            year=int(data["year"]),
            official=data["status"] == "official",
            holidays={date.fromisoformat(d["date"]): (d["name"], d["name_en"]) for d in data["holidays"]},
            workdays=frozenset(date.fromisoformat(d["date"]) for d in data["workdays"]),
        )


def days_hash(data: Mapping[str, Any]) -> str:
    """SHA-256 of a year's days, in canonical JSON."""
    days = {"holidays": data["holidays"], "workdays": data["workdays"]}
    text = json.dumps(days, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


class Calendar:
    """Which days are working days. LookupError for days in years it was not given."""

    def __init__(self, years: Iterable[Year]) -> None:
        self._years = {year.year: year for year in sorted(years, key=lambda one: one.year)}
        self._holidays: dict[date, tuple[str, str]] = {}
        self._workdays: set[date] = set()
        for year in self._years.values():
            self._lay_over(year)

    @classmethod
    @cache
    def vendored(cls) -> Calendar:
        """The years in schemas/calendar/."""
        files = sorted(_FOLDER.glob("[0-9]*.json"))
        return cls(Year.from_json(json.loads(file.read_text("utf-8"))) for file in files)

    def is_working(self, day: date) -> bool:
        """Whether offices work that day."""
        self._year(day.year)
        return day in self._workdays or (day.weekday() < _SATURDAY and day not in self._holidays)

    def is_provisional(self, year: int) -> bool:
        """Whether the notice for that year is not out yet."""
        return not self._year(year).official

    def add(self, day0: date, days: WorkingDays) -> Due:
        """The last of so many working days; day 0 is not counted, whether it is a working day or not."""
        day, left = day0, days.n
        while left:
            day += timedelta(days=1)
            left -= self.is_working(day)
        return Due(day, any(self.is_provisional(year) for year in range(day0.year, day.year + 1)))

    def count(self, after: date, through: date) -> WorkingDays:
        """The working days d with after < d <= through."""
        return WorkingDays(sum(self.is_working(day) for day in _days(after, through)))

    def skipped(self, day0: date, due: date, *, lang: str = "zh") -> tuple[str, ...]:
        """The holidays that put off a due date, in order: those that took a weekday after day 0."""
        weekdays = [day for day in _days(day0, due) if day.weekday() < _SATURDAY and not self.is_working(day)]
        names = (self._holidays[day][1 if lang == "en" else 0] for day in weekdays)
        return tuple(dict.fromkeys(names))

    def _year(self, year: int) -> Year:
        if year not in self._years:
            raise LookupError(f"no calendar for {year}: add schemas/calendar/{year}.json")
        return self._years[year]

    def _lay_over(self, year: Year) -> None:
        """A later notice wins over an earlier one about the same day."""
        self._workdays.difference_update(year.holidays)
        self._holidays.update(year.holidays)
        self._workdays.update(year.workdays)


def _days(after: date, through: date) -> Iterator[date]:
    return (after + timedelta(days=n) for n in range(1, (through - after).days + 1))


def day_of(instant: datetime) -> date:
    """The day in China on which this instant falls; ValueError for a naive datetime."""
    if instant.utcoffset() is None:
        raise ValueError("an instant needs its time zone")
    return instant.astimezone(SHANGHAI).date()
