"""Strings, filters, assets and navigation."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from theme_contexts import SITE

import theme

TEMPLATES = sorted((theme.FOLDER / "templates").rglob("*.html"))
DYNAMIC = [path for path in TEMPLATES if "site" not in path.relative_to(theme.FOLDER / "templates").parts]
FULL_WIDTH = re.compile(r"[\u4e00-\u9fff]")


def written(template: str, lang: str, **context: object) -> str:
    return theme.environment().from_string(template).render(lang=lang, L=theme.strings(lang), **context)


def test_both_languages_have_the_same_texts() -> None:
    zh, en = theme.strings("zh"), theme.strings("en")
    assert list(zh) == list(en)
    assert [key for key in zh if not zh[key]] == ["gap"]
    assert all(en.values())


@pytest.mark.parametrize("key", sorted(theme.strings("zh")))
def test_both_languages_leave_the_same_places_open(key: str) -> None:
    places = [sorted(re.findall(r"{\w*}", theme.strings(lang)[key])) for lang in theme.LANGUAGES]
    assert places[0] == places[1]


def test_english_texts_hold_no_chinese_but_the_name_of_the_other_language() -> None:
    chinese = {key for key, text in theme.strings("en").items() if FULL_WIDTH.search(text)}
    assert chinese == {"alt_name"}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_template_compiles(path: Path) -> None:
    name = path.relative_to(theme.FOLDER / "templates").as_posix()
    assert theme.environment().get_template(name)


@pytest.mark.parametrize("path", DYNAMIC, ids=lambda path: path.name)
def test_templates_shared_by_both_languages_hold_no_text_of_one(path: Path) -> None:
    assert not FULL_WIDTH.search(path.read_text("utf-8"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_text_a_template_names_exists(path: Path) -> None:
    assert set(re.findall(r"\bL\.(\w+)", path.read_text("utf-8"))) <= set(theme.strings("zh"))


@pytest.mark.parametrize(
    ("template", "lang", "expected"),
    [
        ("{{ at|dt }}", "zh", "2026年11月23日 15:40"),
        ("{{ at|dt }}", "en", "23 Nov 2026, 15:40"),
        ("{{ at|dt(before) }}", "zh", "15:40"),
        ("{{ at|dt('2026-11-22T15:59:00+00:00') }}", "zh", "2026年11月23日 15:40"),
        ("{{ at|day }}", "zh", "2026年11月23日"),
        ("{{ '2026-11-22T16:30:00Z'|day }}", "en", "23 Nov 2026"),
        ("{{ '2026-03-05'|day }}", "zh", "2026年3月5日"),
        ("{{ plain|day }}", "zh", "2026年3月5日"),
        ("{{ 'WL8K3M7Q2XTA'|num }}", "zh", "WL8K 3M7Q 2XTA"),
        ("{{ 'WL8K-3M7Q-2X'|num }}", "en", "WL8K 3M7Q 2X"),
    ],
)
def test_moments_days_and_numbers_are_written_for_people(template: str, lang: str, expected: str) -> None:
    at = datetime(2026, 11, 23, 7, 40, tzinfo=UTC)
    before = "2026-11-22T16:00:00+00:00"
    assert written(template, lang, at=at, before=before, plain=date(2026, 3, 5)) == expected


def test_a_moment_without_its_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        written("{{ '2026-11-23T07:40:00'|dt }}", "zh")


def test_assets_carry_a_hash_of_what_is_written(tmp_path: Path) -> None:
    theme.write_assets(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(theme.assets().values())
    assert all(re.fullmatch(r"\w+\.[0-9a-f]{10}\.\w+", name) for name in theme.assets().values())
    asset: Any = theme.environment(asset_base="/s").globals["asset"]
    assert asset("mark.svg").startswith("/s/mark.")


@pytest.mark.parametrize(("name", "kilobytes"), [("portal.css", 6), ("portal.js", 3)])
def test_assets_stay_within_their_weight(name: str, kilobytes: int, tmp_path: Path) -> None:
    theme.write_assets(tmp_path)
    assert len(gzip.compress((tmp_path / theme.assets()[name]).read_bytes())) <= kilobytes * 1024


def test_style_sheets_ask_for_nothing_from_elsewhere() -> None:
    css = (theme.FOLDER / "static" / "portal.css").read_text("utf-8")
    assert not re.search(r"url\(|@import|@font-face|var\(--", css)


DESK = [{"url": "/review/", "key": "queue"}, {"url": "/review/rights/", "key": "my_rights"}]


@pytest.mark.parametrize(
    ("lang", "desk", "urls"),
    [
        ("zh", None, [entry["url"] for entry in SITE["nav"]]),
        ("en", None, ["/en/", "/en/status/"]),
        ("zh", DESK, ["/review/", "/review/rights/", "/"]),
    ],
)
def test_the_menu_offers_only_pages_in_the_readers_language(
    lang: str, desk: list[dict[str, str]] | None, urls: list[str]
) -> None:
    assert [entry["url"] for entry in theme.navigation(SITE, lang, desk)] == urls


def test_the_footer_takes_its_links_from_the_site_file() -> None:
    site = {**SITE, "footer": [{"url": "/pages/privacy/", "name": "隐私", "name_en": "Privacy"}]}
    assert [entry["name"] for entry in theme.footer_links(site, "zh")] == ["站点地图", "隐私"]
    assert theme.footer_links(site, "en")[1]["name"] == "Privacy"
