"""What a decision may look at besides the case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from schemas.calendar import Calendar, day_of
from schemas.items import Item

from .policy import DEFAULT, Policy


@dataclass(frozen=True, slots=True)
class World:
    """The pinned item, the calendar, the instant, and the office's readings of the law."""

    item: Item
    calendar: Calendar
    now: datetime
    policy: Policy = DEFAULT

    @property
    def today(self) -> date:
        """The day in Asia/Shanghai."""
        return day_of(self.now)
