"""Who writes and who looks: posts go in without a browser, what comes of them is looked at in one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from chalicelib.domain.case import Case
from playwright.sync_api import Browser as Chromium

from tests.http.deeds import Deeds
from tests.http.front_door import Answer, Browser
from tests.http.stand_in import Town
from tests.security.watched_page import Watched


@dataclass
class Stage:
    """One town, one browser window and one signed-in writer for each person."""

    town: Town
    chromium: Chromium
    base: str
    _windows: dict[str, Watched] = field(default_factory=dict)
    _writers: dict[str, tuple[Browser, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.deeds = Deeds(self.town)

    def seen_by(self, sub: str) -> Watched:
        """Somebody's window; nobody's for ""."""
        if sub not in self._windows:
            self._windows[sub] = Watched(self.chromium, self.town, self.base, sub)
        return self._windows[sub]

    def read(self, sub: str, *paths: str) -> str:
        """The text of these pages, each looked over for anything strange."""
        return "\n".join(self.seen_by(sub).open(path) for path in paths)

    def post(self, sub: str, path: str, **fields: Any) -> Answer:
        """A form sent as a browser sends it; the answer, and never a broken one."""
        if sub not in self._writers:
            browser = self.town.browser(sub)
            self._writers[sub] = browser, browser.token
        browser, token = self._writers[sub]
        sent = browser.post(path, {"_csrf": token, **fields})
        assert sent.status in (200, 303, 404, 422), (path, fields, sent.status, sent.text[-500:])
        return sent

    def case(self) -> str:
        """The number of a new case."""
        return str(self.deeds.handed_in()["number"])

    def now(self, number: str) -> Case:
        found = self.town.house.desk.find(number, now=self.town.clock())
        assert found
        return found

    def close(self) -> None:
        for window in self._windows.values():
            window.context.close()
