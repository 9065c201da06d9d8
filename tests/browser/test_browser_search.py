"""Search as people use it: with scripts and without, by mouse and by keys, found and not found."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.visitor_steps import DESK, PHONE, Visit

SEARCH, FOOD = "/search/", "食品经营许可"


@pytest.mark.parametrize("js", [True, False])
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_an_everyday_word_leads_from_the_home_page_to_the_guide(visit: Visit, js: bool, width: int) -> None:
    page = visit(js=js, width=width)
    page.goto("/")
    page.get_by_role("search").locator("input[name=q]").fill("开饭店")
    page.get_by_role("search").get_by_role("button").click()
    page.wait_for_url("**/search/?q=*")
    found = page.locator("main h2 a")
    expect(found.filter(has_text=FOOD).first).to_be_visible()
    found.filter(has_text=FOOD).first.click()
    page.wait_for_url("**/guides/**")
    expect(page.locator("h1")).to_contain_text(FOOD)


def test_suggestions_are_chosen_by_keys_and_leave_on_escape(visit: Visit) -> None:
    page = visit()
    page.goto(SEARCH)
    box = page.locator("input[role=combobox]")
    box.press_sequentially("食品")
    options = page.locator(".suggest [role=option]")
    expect(options.first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("Escape")
    expect(page.locator(".suggest")).to_be_hidden()
    box.press_sequentially("经营")
    expect(options.filter(has_text=FOOD).first).to_be_visible()
    box.press("ArrowDown")
    chosen = page.locator(".suggest [aria-selected=true]")
    expect(chosen).to_have_count(1)
    expect(box).to_have_attribute("aria-activedescendant", str(chosen.get_attribute("id")))
    where = str(chosen.get_attribute("data-url"))
    box.press("Enter")
    page.wait_for_url(f"**{where}")
    assert urlsplit(page.url).path == where


@pytest.mark.parametrize("js", [True, False])
def test_nothing_found_is_explained_and_leads_on(visit: Visit, js: bool) -> None:
    page = visit(js=js)
    page.goto(f"{SEARCH}?q=龘靐齉")
    expect(page.locator("main")).to_contain_text("没有找到“龘靐齉”")
    expect(page.locator("main").get_by_role("link").first).to_be_visible()
