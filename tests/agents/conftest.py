"""The fixtures of the pages' own tests, and two people: one who gives authority, one who acts."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.http.conftest import cloud, either, here, site, store  # noqa: F401
from tests.http.deeds import Deeds
from tests.http.front_door import Answer, Browser
from tests.http.stand_in import Town

PRINCIPAL, AGENT, HELPER = "lin-he", "zhou-man", "shen-lan"
TERMS = {
    "kind": "person", "agent_name": "周满", "items": "户外招牌设置备案", "powers": ["apply", "supply"],
    "ends-year": "2026", "ends-month": "12", "ends-day": "31", "agree": "true",
}  # fmt: skip


@dataclass
class Office:
    """One town with a principal and an agent at their browsers."""

    town: Town
    principal: Browser
    agent: Browser
    deeds: Deeds

    def give(self, *, case: str = "", **changes: object) -> Answer:
        """The form of an authority, filled in and sent."""
        page = self.principal.open(f"/me/agents/new/{f'?case={case}' if case else ''}")
        terms = {**TERMS, **changes}
        if case:
            del terms["items"]
        return self.principal.fill(page, terms, has="agent_name")

    def given(self, **changes: object) -> tuple[str, str]:
        """(number, code) of a new authority."""
        number, code = values(self.give(**changes))
        return number, code

    def take(self, number: str, code: str, *, by: Browser | None = None) -> Answer:
        browser = by or self.agent
        return browser.fill(browser.open("/me/agents/"), {"number": number, "code": code}, has="code")

    def running(self, **changes: object) -> str:
        """The number of an authority that the agent has accepted."""
        number, code = self.given(**changes)
        assert "有效" in self.take(number, code).text
        return number

    def handed_in(self, number: str) -> str:
        """An application by the agent for the principal; gives the number of the case."""
        check = self.deeds.to_check(self.agent)
        receipt = self.agent.fill(check, {"_for": number}, has="_for", go="submit")
        assert receipt.status == 200, receipt.text
        return str(values(receipt)[0])


def values(page: Answer) -> list[str]:
    """The values of the first list of numbers and codes on a page."""
    box = page.text.partition('<dl class="code2">')[2].partition("</dl>")[0]
    return [part.partition("</dd>")[0].replace("-", "") for part in box.split("<dd>")[1:]]


@pytest.fixture
def office(here: Town) -> Office:  # noqa: F811
    return Office(here, here.browser(PRINCIPAL), here.browser(AGENT), Deeds(here))
