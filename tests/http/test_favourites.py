"""Services kept at hand: by one press, among one's own pages, and nobody else's."""

from __future__ import annotations

import pytest
from chalicelib import phrases

from tests.http.stand_in import Town

KEPT = ("huwai-zhaopai", "package-kaiban-qiye")


def press(town: Town, item: str, who: str = "lin-he") -> str:
    browser = town.browser(who)
    return browser.follow(browser.fill(browser.open(f"/me/favourites/{item}/"), {}, has="do")).text


@pytest.mark.parametrize("item", KEPT)
def test_a_service_is_kept_shown_with_its_ways_and_let_go_again(either: Town, item: str) -> None:
    url = f"/packages/{item.removeprefix('package-')}/" if item.startswith("package-") else f"/guides/{item}/"
    page = press(either, item)
    assert "我的收藏" in page and f'href="{url}"' in page and f'href="/apply/{item}/"' in page
    assert "我的收藏" not in either.browser("zhou-man").open("/me/").text
    assert "取消收藏" in either.browser("lin-he").open(f"/me/favourites/{item}/").text
    assert "我的收藏" not in press(either, item)


def test_who_is_not_signed_in_signs_in_first_and_comes_back(here: Town) -> None:
    away = here.browser("").get("/me/favourites/huwai-zhaopai/")
    assert (away.status, away.header("Location")) == (303, "/signin?next=/me/favourites/huwai-zhaopai/")


def test_pressed_twice_is_kept_once_and_what_is_not_published_cannot_be_kept(here: Town) -> None:
    browser = here.browser("lin-he")
    fields = {"_csrf": browser.token, "do": "keep"}
    assert [browser.post("/me/favourites/huwai-zhaopai/", fields).status for _ in range(2)] == [303, 303]
    assert browser.open("/me/").text.count('href="/guides/huwai-zhaopai/"') == 1
    for name in ("no-such-thing", "package-nothing", "X" * 500):
        assert browser.post(f"/me/favourites/{name}/", fields).status == 404
        assert browser.get(f"/me/favourites/{name}/").status == 404


def test_the_list_has_an_end_and_says_so(here: Town) -> None:
    owner = phrases.Owner("favourites", "lin-he", full="favourites_full")
    for n in range(phrases.MOST):
        assert phrases.add(here.store, owner, f"gone-{n}", now=here.clock()) is None
    browser = here.browser("lin-he")
    full = browser.post("/me/favourites/huwai-zhaopai/", {"_csrf": browser.token, "do": "keep"})
    assert full.status == 409 and "最多收藏 40 个事项" in full.text
    assert browser.open("/me/").status == 200, "what is no longer published is left out"
    let_go = browser.post("/me/favourites/gone-1/", {"_csrf": browser.token, "do": "drop"})
    assert let_go.status == 303 and len(phrases.of(here.store, owner, now=here.clock())) == phrases.MOST - 1


def test_a_copy_of_ones_data_has_them_and_erasing_lets_them_go(here: Town) -> None:
    press(here, "huwai-zhaopai")
    browser = here.browser("lin-he")
    assert browser.get("/me/data/copy/").json["favourites"] == ["huwai-zhaopai"]
    assert browser.post("/me/data/", {"_csrf": browser.token, "sure": "yes"}).status == 200
    assert "我的收藏" not in here.browser("lin-he").open("/me/").text
