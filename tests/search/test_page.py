"""The search page and the suggestions, asked as the gateway asks them."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from chalicelib.http.door import answer
from chalicelib.http.routes import ROUTES
from chalicelib.keys import Keys
from chalicelib.published import Folder
from hypothesis import given, settings
from hypothesis import strategies as st

from publishing.search import entries
from tests.search.labelled_corpus import REGIONS, ROOT, document, extracted, guides, published

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
SITE = yaml.safe_load((ROOT / "content" / "site.yaml").read_text("utf-8"))
NASTY = "<script>alert(1)</script>不动产"
Ask = Any


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the handlers need of a house, over the labelled corpus and two hostile documents."""
    folder: Path = tmp_path_factory.mktemp("site")
    nasty = {
        "id": "nasty",
        "title": NASTY,
        "summary": f"{NASTY} & “公告”",
        "published": "2026-11-01",
        "body": "制卡车间搬家了",
    }
    over = {"id": "over", "title": "过期停水公告", "summary": "停水", "expires_on": "2026-11-01", "body": ""}
    made = extracted(guides())
    for front in (nasty, over):
        data = entries.extract(document(front, kind="notice"), None)
        assert data
        made["notice", front["id"]] = data
    facts = {
        "regions": REGIONS, "topics": {},
        "departments": {row["id"]: [row["short"], row["name_en"]] for row in SITE["departments"]},
        "synonyms": [[["上户口"], ["出生登记"]]],
    }  # fmt: skip
    (folder / "search-index").mkdir()
    for name, data in published(made, facts).items():
        (folder / "search-index" / name).write_bytes(data)
    catalogue = SimpleNamespace(site=lambda: SITE)
    return SimpleNamespace(
        settings=SimpleNamespace(base_url="http://localhost", behind_cdn=False, rate_factor=1, secure=False, idle=timedelta(minutes=30)), site=Folder(folder),
        keys=Keys("k" * 32), catalogue=catalogue, clock=lambda: NOW,
    )  # fmt: skip


def get(house: Any, path: str = "/search", lang: str = "zh", **query: str) -> tuple[int, str]:
    route = next(route for route in ROUTES if route.path == path)
    raw = {
        "method": "GET",
        "path": f"{path}/",
        "lang": lang,
        "params": {},
        "query": query,
        "headers": {},
        "body": b"",
    }
    reply = answer(route, house, raw)
    return reply.status, reply.body.decode()


def titles(html: str) -> list[str]:
    """The names in the list of results, without marks."""
    return [
        unescape(re.sub("<[^>]*>", "", title)) for title in re.findall(r"<h2><a[^>]*>(.*?)</a></h2>", html)
    ]


def test_a_question_is_answered_without_scripts(house: Any) -> None:
    status, html = get(house, q="高龄津贴")
    assert status == 200
    assert titles(html)[0] == "高龄津贴申领"
    assert "<mark>高龄津贴</mark>申领" in html


def test_the_same_item_of_several_regions_stands_once_with_links_to_the_others(house: Any) -> None:
    _, html = get(house, q="高龄津贴")
    assert titles(html).count("高龄津贴申领") == 1
    assert re.search(r"其他地区：<a href=\"[^\"]*990102100/\">石门渡镇</a>", html)


def test_what_was_typed_and_what_is_found_are_escaped(house: Any) -> None:
    for lang in ("zh", "en"):
        _, html = get(house, lang=lang, q=NASTY)
        assert "<script>alert" not in html
        assert NASTY in titles(html)


def test_an_empty_question_shows_where_else_to_look(house: Any) -> None:
    status, html = get(house)
    assert status == 200
    assert 'href="/topics/"' in html


def test_nothing_found_says_what_was_searched_and_what_to_do(house: Any) -> None:
    status, html = get(house, q="龘靐齉", dept="scjg")
    assert status == 200
    assert "没有找到“龘靐齉”" in html
    assert "12345" in html
    assert 'href="/search/?q=%E9%BE%98' in html


def test_a_synonym_used_is_named(house: Any) -> None:
    _, html = get(house, q="给孩子上户口")
    assert titles(html)[0] == "出生登记"
    assert "“上户口”也按“孩子 出生登记”查找" in html


def test_words_in_the_text_are_shown_in_an_excerpt(house: Any) -> None:
    _, html = get(house, q="车间搬家")
    assert "<mark>车间搬家</mark>了" in html


def test_what_is_past_its_last_day_is_not_found(house: Any) -> None:
    assert "过期停水公告" not in titles(get(house, q="停水公告")[1])


@pytest.mark.parametrize(("audience", "found"), [("person", True), ("corp", False), ("nonsense", True)])
def test_filters_narrow_and_unknown_values_do_nothing(house: Any, audience: str, found: bool) -> None:
    _, html = get(house, q="结婚登记", audience=audience, dept="nobody", region="1")
    assert ("结婚登记" in titles(html)) is found


def test_a_region_keeps_what_the_district_does_for_it(house: Any) -> None:
    _, html = get(house, q="高龄津贴申领", region="990102101")
    assert 'href="/guides/item-057-990102101/"' in html or "990102101/" in html
    assert "990102100/" not in html
    assert "居住证申领" in titles(get(house, q="居住证", region="990102101")[1])


def test_pages_follow_each_other_without_repeats(house: Any) -> None:
    seen = [title for number in range(1, 6) for title in titles(get(house, q="登记", page=str(number))[1])]
    assert len(seen) == len(set(seen)) == 50


@pytest.mark.parametrize("number", ["0", "-1", "9999", "٣", "x" * 1000, "1e9", ""])
def test_any_page_number_is_answered(house: Any, number: str) -> None:
    status, html = get(house, q="登记", page=number)
    assert status == 200
    assert titles(html)


HOSTILE = [
    "(a+)+$" * 1000, "证" * 10_000, "\x00\x1b[31m\u202e", "\ud800许可", "' OR 1=1 --",
    "%00../../etc/passwd", "[[[(((*?+",
    "a" * 64, "aoeiaoeiaoeiaoeiaoeiaoeiaoeiaoei", "，。！？", "𠮷野家", "İstanbul",
    "ﬀ①Ⅷ㎡", "{{7*7}}{% raw %}", " ", "的",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_questions_are_answered_quickly_and_never_break(house: Any, text: str) -> None:
    for path in ("/search", "/search/suggest"):
        start = datetime.now(UTC)  # noqa: TID251
        status, _ = get(house, path, q=text)
        assert status == 200
        assert (datetime.now(UTC) - start).total_seconds() < 2  # noqa: TID251


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.text(max_size=5), st.text(max_size=5))
def test_whatever_is_typed_gets_an_answer(house: Any, text: str, dept: str, region: str) -> None:
    assert get(house, q=text, dept=dept, region=region)[0] == 200


def test_suggestions_are_names_with_addresses(house: Any) -> None:
    _, body = get(house, "/search/suggest", q="gaoling")
    items = json.loads(body)["items"]
    assert items[0]["name"] == "高龄津贴申领"
    assert items[0]["url"].startswith("/guides/")
    assert len(items) <= 8


def test_a_newly_published_index_is_taken_up(house: Any, tmp_path: Path) -> None:
    other = SimpleNamespace(**vars(house))
    other.site = Folder(tmp_path)
    (tmp_path / "search-index").mkdir()
    assert not titles(get(other, q="新事项")[1])
    for name in ("新事项甲", "新事项乙"):
        for old in (tmp_path / "search-index").iterdir():
            old.unlink()
        for file, data in published(extracted(iter([{"id": "new", "name": name}])), {}).items():
            (tmp_path / "search-index" / file).write_bytes(data)
        assert titles(get(other, q="新事项")[1]) == [name]
