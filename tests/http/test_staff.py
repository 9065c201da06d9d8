"""The staff directory: read strictly, shown to the administrator, and narrowing what a post reaches."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from chalicelib.settings import BadSettings
from chalicelib.staff import Directory, Known, known_in

from tests.http.deeds import ITEM, Deeds
from tests.http.stand_in import STAFF, Town, town

KNOWN = Known("990102", frozenset({"csgl"}), frozenset({"990102", "990102001"}), frozenset({"xiao-jian"}))
GOOD = {"sub": "a", "name": "甲", "post": "岗", "roles": ["window"], "depts": ["csgl"]}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"roles": ["boss"]}, "entry 1 (a), roles: 'boss' is not one of"),
        ({"roles": []}, "entry 1 (a), roles: [] should be non-empty"),
        ({"roles": ["admin", "chief"]}, "entry 1 (a), roles: one person cannot be both admin and chief"),
        ({"depts": ["nowhere"]}, "entry 1 (a), depts: not in the published site: nowhere"),
        ({"regions": ["990102999"]}, "entry 1 (a), regions: not in the published site: 990102999"),
        ({"regions": ["here"]}, "entry 1 (a), regions: 'here' does not match"),
        ({"items": ["da-jian"]}, "entry 1 (a), items: not in the published site: da-jian"),
        ({"depts": None}, "entry 1 (a), depts: None is not of type 'array'"),
        ({"rank": 3}, "entry 1 (a): Additional properties are not allowed ('rank' was unexpected)"),
    ],
)
def test_a_wrong_entry_keeps_the_house_shut_and_is_named(
    change: dict[str, Any], says: str, tmp_path: Path
) -> None:
    with pytest.raises(BadSettings) as raised:
        Directory.in_file(written(tmp_path, [{**GOOD, **change}]), KNOWN)
    assert says in str(raised.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [("[", "cannot be read as JSON"), ("{}", "the file: {} is not of type 'array'"), ("[]", "the file:"),
     ("[1]", "entry 1 (?): 1 is not of type 'object'")],
)  # fmt: skip
def test_what_is_no_directory_is_told_so(text: str, says: str, tmp_path: Path) -> None:
    file = tmp_path / "staff.json"
    file.write_text(text, "utf-8")
    with pytest.raises(BadSettings) as raised:
        Directory.in_file(file, KNOWN)
    assert says in str(raised.value)


def test_one_person_stands_in_the_directory_once(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"entry 2 \(a\), sub: stands twice"):
        Directory.in_file(written(tmp_path, [GOOD, GOOD]), KNOWN)


def test_whoever_has_the_whole_area_has_no_limit_and_a_part_is_a_limit() -> None:
    entries = [{**GOOD, "regions": ["990102"]}, {**GOOD, "sub": "b", "regions": ["990102001"]}]
    found = Directory(entries, top="990102")
    assert [sorted(one.regions) for one in found.everybody()] == [[], ["990102001"]]


def test_the_sample_directory_is_sound(here: Town) -> None:
    assert len(Directory.in_file(STAFF, known_in(here.house.catalogue)).everybody()) == 7


def written(folder: Path, entries: list[dict[str, Any]]) -> Path:
    file = folder / "staff.json"
    file.write_text(json.dumps(entries), "utf-8")
    return file


# --- at the desk ----------------------------------------------------------------------------------


@pytest.fixture
def narrow(site: Path, tmp_path: Path) -> Town:
    """A house where one clerk has another item only, and one another region only."""
    entries = json.loads(STAFF.read_text("utf-8"))
    limits = {
        "shen-lan": {"items": ["shipin-jingying"]},
        "lu-zhiyuan": {"depts": ["csgl"], "regions": ["990102001"]},
    }
    changed = [{**entry, **limits.get(entry["sub"], {})} for entry in entries]
    return town(site, tmp_path, staff=Directory(changed, top="990102"))


@pytest.mark.parametrize("who", ["shen-lan", "lu-zhiyuan"])
def test_a_post_with_limits_neither_lists_nor_opens_nor_handles_what_is_outside(
    narrow: Town, who: str
) -> None:
    deeds = Deeds(narrow)
    number = deeds.handed_in()["number"]
    desk = narrow.browser(who)
    assert number not in desk.open("/review/").text.replace("-", "").replace(" ", "")
    assert desk.open(f"/review/{number}/").status == 403
    refused = deeds.act(who, number, "accept", version=1)
    assert (refused.status, refused.json["code"]) == (403, "not_yours")
    assert narrow.browser("jiang-ying").open(f"/review/{number}/").status == 200


def test_the_filter_offers_only_items_of_the_post(narrow: Town) -> None:
    page = narrow.browser("shen-lan").open("/review/").text
    assert "shipin-jingying" in page and f'"{ITEM}"' not in page


def test_the_administrator_sees_the_directory_and_finds_a_person_in_it(here: Town) -> None:
    admin = here.browser("qiao-songnian")
    whole, one = admin.open("/review/staff/"), admin.open("/review/staff/?search=%E6%B1%9F%E6%98%A0")
    assert "共 7 人" in whole.text and "沈岚" in whole.text
    assert "共 1 人" in one.text and "首席代表" in one.text and "沈岚" not in one.text


@pytest.mark.parametrize(
    ("who", "offered", "missing"),
    [
        ("shen-lan", "/review/enquiries/", "/review/staff/"),
        ("gu-mingzhu", "/review/", "/review/enquiries/"),
        ("qiao-songnian", "/review/staff/", "/review/enquiries/"),
    ],
)
def test_the_menu_shows_nobody_a_closed_door(here: Town, who: str, offered: str, missing: str) -> None:
    page = here.browser(who).open("/review/rights/").text
    assert f'href="{offered}"' in page and f'href="{missing}"' not in page


def test_signing_in_leads_to_the_first_page_of_ones_post(here: Town) -> None:
    for who, home in {"shen-lan": "/review/", "qiao-songnian": "/review/staff/"}.items():
        assert here.browser().sign_in(who).status == 200
        assert f'href="{home}" aria-current="page"' in here.browser().sign_in(who).text
