"""When a document is public: drafts, a first day (`publish_on`) and a last day (`expires_on`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

Front = Mapping[str, Any]
DRAFT, WAITING, OPEN, OVER = "draft", "waiting", "open", "over"
CANCELLED = "3"
_NEVER = "9999-12-31"


def status(front: Front, today: date) -> str:
    """draft, waiting (its first day has not come), open, or over (its last day has passed)."""
    now = today.isoformat()
    if front.get("draft"):
        return DRAFT
    if str(front.get("publish_on", "")) > now:
        return WAITING
    return OVER if str(front.get("expires_on", _NEVER)) < now else OPEN


def public(front: Front, today: date) -> bool:
    """Whether readers may see it at all; what is over keeps its page and says so."""
    return status(front, today) in (OPEN, OVER)


def listed(front: Front, today: date) -> bool:
    """Whether it belongs into lists, feeds and search."""
    return status(front, today) == OPEN


def closed(front: Front) -> dict[str, Any]:
    """A guide past its last day, as if an editor had cancelled it: a page, but no applications."""
    return {**front, "state": CANCELLED, "cancelled_on": front.get("cancelled_on", front["expires_on"])}


def effective(front: Front, today: date) -> Front:
    """The front matter that counts today (only a guide has a state that time can change)."""
    return closed(front) if "state" in front and status(front, today) == OVER else front


def next_change(front: Front, today: date) -> date | None:
    """The first day after `today` on which the status is another one."""
    if front.get("draft"):
        return None
    first = front.get("publish_on")
    last = front.get("expires_on")
    days = [date.fromisoformat(first)] if first else []
    days += [date.fromisoformat(last) + timedelta(days=1)] if last else []
    return min((day for day in days if day > today), default=None)
