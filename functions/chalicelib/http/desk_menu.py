"""The menu of the desk as data: each page with the right it needs, so that nobody is shown a closed door."""

from __future__ import annotations

from ..domain.case import Actor
from ..domain.rights import ACCESS_LOG, CASE, DESK, DIRECTORY, ENQUIRIES, POINTS, QUEUE, SUPERVISE, may

MENU: tuple[tuple[str, str, str], ...] = (
    (QUEUE, "/review/", "queue"),
    (ENQUIRIES, "/review/enquiries/", "enquiries"),
    (CASE, "/review/reminders/", "reminders"),
    (SUPERVISE, "/review/board/", "board"),
    (ACCESS_LOG, "/review/access/", "access_log"),
    (POINTS, "/review/points/", "points_tasks"),
    (DIRECTORY, "/review/staff/", "staff_directory"),
    (DESK, "/review/rights/", "my_rights"),
)


def menu_of(staff: Actor | None) -> list[dict[str, str]]:
    """The entries this person may open, as {url, key}; the public site is added by the theme."""
    return [{"url": url, "key": key} for right, url, key in MENU if may(staff, right)]


def home_of(staff: Actor) -> str:
    """The first page of the desk this person may open: where sign-in leads."""
    return next(url for right, url, _ in MENU if may(staff, right))
