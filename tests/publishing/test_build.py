"""Building: whole or not at all, the same twice, every version kept, no dead link."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path

import pytest

from publishing import catalogue
from publishing.build import build
from publishing.faults import serious
from publishing.sources import ROOT
from publishing.spelling import canonical
from schemas.items import Catalogue
from tests.publishing.sample_site import tree

ADDRESS = re.compile(r'<(\w+)[^>]*?\s(?:href|src|action)="([^"]*)"')
DYNAMIC = (
    "/me/",
    "/en/me/",
    "/signin",
    "/review/",
    "/resume/",
    "/en/resume/",
    "/ask/",
    "/en/ask/",
    "/search/",
    "/en/search/",
)
SCHEMES = ("https://", "http://", "mailto:", "tel:")


def test_two_builds_are_the_same_byte_for_byte(sample):
    sample.build()
    first = tree(sample.output)
    sample.build()
    assert tree(sample.output) == first


def test_a_failing_build_leaves_the_old_site_whole(sample):
    sample.build()
    before = tree(sample.output)
    sample.edit("guide", ("visits: 0", "visits: 1"))
    assert list(serious(sample.build()))
    assert tree(sample.output) == before


def test_a_crash_while_rendering_leaves_the_old_site_whole(sample, monkeypatch):
    sample.build()
    before = tree(sample.output)
    sample.edit("guide", ("请用一两句话回答。", "答案。"))
    monkeypatch.setattr(catalogue, "contents", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        sample.build()
    assert tree(sample.output) == before
    assert sorted(path.name for path in sample.output.parent.iterdir()) == [
        ".site.cache",
        ".site.lock",
        ".templates",
        "site",
    ]


def test_what_a_killed_build_left_is_cleared_away(sample):
    left = sample.output.parent / ".site.new-left" / "half"
    left.mkdir(parents=True)
    sample.build()
    assert not left.exists()


def test_a_page_taken_from_the_content_leaves_the_site(sample):
    sample.build()
    sample.path("page").rename(sample.path("page").with_name("renamed.md"))
    renamed = sample.content / "pages" / "renamed.md"
    renamed.write_text(renamed.read_text("utf-8").replace("id: about", "id: renamed"), "utf-8")
    sample.build()
    assert not (sample.output / "pages" / "about").exists()
    assert (sample.output / "pages" / "renamed" / "index.html").exists()


def test_a_changed_guide_is_a_new_version_beside_the_old_one(sample):
    sample.build()
    folder = sample.output / "catalogue"
    old = json.loads((folder / "laonian-zheng.json").read_text("utf-8"))
    sample.edit("guide", ("请用一两句话回答。", "答案。"))
    sample.build()
    new = json.loads((folder / "laonian-zheng.json").read_text("utf-8"))
    assert new["version"] != old["version"]
    kept = {path.stem: json.loads(path.read_text("utf-8")) for path in (folder / "laonian-zheng").iterdir()}
    assert kept == {old["version"]: old, new["version"]: new}


def test_a_removed_guide_keeps_its_versions_for_running_cases(sample):
    twin = sample.content / "guides" / "another.md"
    text = (
        sample.path("guide")
        .read_text("utf-8")
        .replace("laonian-zheng", "another")
        .replace("001000", "002000")
    )
    twin.write_text(
        text.replace("retention:", "form: laonian-zheng\nretention:").replace(
            "files/another", "files/laonian-zheng"
        ),
        "utf-8",
    )
    sample.build()
    assert (sample.output / "catalogue" / "another.json").exists()
    twin.unlink()
    sample.build()
    assert not (sample.output / "catalogue" / "another.json").exists()
    assert len(list((sample.output / "catalogue" / "another").iterdir())) == 1


def test_the_catalogue_says_what_the_functions_read(sample):
    sample.build()
    folder = sample.output / "catalogue"
    item = json.loads((folder / "laonian-zheng.json").read_text("utf-8"))
    assert set(item) == {"id", "version", "guide", "body", "form"}
    assert item["guide"]["dept_name"] == "望澜区政务服务局"
    assert item["guide"]["dept_code"] == "11990102000000001J"
    assert set(item["body"]) == {"html", "conditions", "sections", "faq"}
    assert [section["title"] for section in item["body"]["sections"]] == ["办理说明"]
    assert item["body"]["faq"][0]["q"].endswith("？")
    [part] = json.loads((folder / "index.json").read_text("utf-8"))["parts"]
    assert part == {"dept": "zwfw", "path": "index/zwfw.json"}
    entry = json.loads((folder / part["path"]).read_text("utf-8"))["items"][0]
    assert (entry["id"], entry["version"], entry["online"]) == ("laonian-zheng", item["version"], True)
    assert json.loads((folder / "site.json").read_text("utf-8"))["region"]["code"] == "990102"


def test_items_that_share_a_form_name_one_file_by_its_hash(sample):
    sample.build()
    folder = sample.output / "catalogue"
    item = json.loads((folder / "laonian-zheng.json").read_text("utf-8"))
    [kept] = (folder / "forms").iterdir()
    assert item["form"] == f"/catalogue/forms/{kept.name}"
    assert set(json.loads(kept.read_text("utf-8"))) == {"form", "form_en"}
    found = Catalogue.in_folder(folder).current("laonian-zheng")
    assert found and found.form().pages and found.form("en").pages
    form = sample.forms / "laonian-zheng.schema.json"
    form.write_text(form.read_text("utf-8").replace('"title": "', '"title": "新', 1), "utf-8")
    sample.build()
    assert json.loads((folder / "laonian-zheng.json").read_text("utf-8"))["version"] != item["version"]
    assert kept.exists() and len(list((folder / "forms").iterdir())) == 2
    assert (
        Catalogue.in_folder(folder).version("laonian-zheng", item["version"]).form_schema == found.form_schema
    )


def test_a_version_is_the_hash_of_what_it_holds(sample):
    sample.build()
    text = (sample.output / "catalogue" / "laonian-zheng.json").read_text("utf-8")
    item = json.loads(text)
    assert text == canonical(item)
    assert (sample.output / "catalogue" / "laonian-zheng" / f"{item['version']}.json").read_text(
        "utf-8"
    ) == text
    assert re.fullmatch("[0-9a-f]{16}", item["version"])


@pytest.mark.parametrize(
    ("change", "pages"),
    [
        (('state: "1"', 'state: "2"'), False),
        (('channels: ["1", "2"]\n', 'channels: ["1", "3"]\n'), False),
        (("express: false", "express: true"), True),
    ],
    ids=["paused", "not online", "online"],
)
def test_only_an_item_in_use_and_online_has_a_form_page(sample, change, pages):
    sample.edit("guide", ('channels: ["1", "2"] # 1 窗口 2 网上 3 快递', 'channels: ["1", "2"]'), change)
    assert not list(serious(sample.build()))
    for start in ("apply", "en/apply"):
        assert (sample.output / start / "laonian-zheng" / "index.html").exists() == pages
    assert ("在线办理" in (sample.output / "guides/laonian-zheng/index.html").read_text("utf-8")) == pages


def test_a_hostile_title_is_escaped_everywhere(sample):
    sample.edit("guide", ("name: 新事项（laonian-zheng）", "name: 新</script><script>alert(1)</script>事项"))
    sample.build()
    pages = (path.read_text("utf-8") for path in sample.output.rglob("*.html"))
    assert not any("<script>alert" in page for page in pages)


def test_structured_data_is_valid_json_about_the_item(sample):
    sample.build()
    page = (sample.output / "guides/laonian-zheng/index.html").read_text("utf-8")
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert found
    data = json.loads(found[1])
    assert data["@type"] == "GovernmentService"
    assert data["availableChannel"]["serviceUrl"].endswith("/apply/laonian-zheng/")


@pytest.mark.parametrize(
    ("page", "tags"),
    [
        (
            "index.html",
            {"SiteName": "望澜政务服务网", "SiteDomain": "zwfw.wanglan.example", "SiteIDCode": "0000000000"},
        ),
        ("notices/index.html", {"ColumnName": "通知公告", "ColumnType": "通知公告"}),
        (
            "notices/tongzhi/index.html",
            {
                "ArticleTitle": "新公告（tongzhi）",
                "PubDate": "2026-11-23 00:00",
                "ContentSource": "望澜区政务服务局",
            },
        ),
        ("guides/laonian-zheng/index.html", {"ColumnName": "办事指南", "PubDate": "2026-11-23 00:00"}),
    ],
)
def test_pages_carry_the_tags_that_site_inspections_read(sample, page, tags):
    sample.build()
    text = (sample.output / page).read_text("utf-8")
    assert dict(re.findall(r'<meta name="(\w+)" content="([^"]*)">', text)).items() >= tags.items()


def test_a_feed_lists_what_was_published(sample):
    sample.build()
    feed = (sample.output / "notices" / "feed.xml").read_text("utf-8")
    assert "<title>新公告（tongzhi）</title>" in feed
    assert "<updated>2026-11-23T00:00:00+08:00</updated>" in feed


def test_an_expired_notice_leaves_the_home_page_but_keeps_its_own(sample):
    sample.edit("notice", ("source:", "expires_on: 2026-11-30\nsource:"))
    sample.build(today=date(2026, 11, 30))
    assert "tongzhi" in (sample.output / "index.html").read_text("utf-8")
    sample.build(today=date(2026, 12, 1))
    assert "tongzhi" not in (sample.output / "index.html").read_text("utf-8")
    assert "已过有效期" in (sample.output / "notices/tongzhi/index.html").read_text("utf-8")


@pytest.fixture(scope="module")
def real_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("real") / "site"
    assert not list(serious(build(ROOT / "content", output, today=date(2026, 11, 23))))
    return output


def test_the_real_content_has_no_dead_link(real_site):
    dead = [
        f"{page.relative_to(real_site)}: {address}"
        for page in real_site.rglob("*.html")
        for tag, address in addresses(page)
        if not leads_somewhere(real_site, page, tag, address)
    ]
    assert dead == []


def test_every_page_is_reached_from_the_home_page(real_site):
    seen, queue = set(), ["index.html"]
    while queue:
        page = queue.pop()
        if page not in seen:
            seen.add(page)
            found = (address.partition("#")[0] for _, address in addresses(real_site / page))
            queue += [
                f"{a[1:]}index.html"
                for a in found
                if a.startswith("/") and a.endswith("/") and not dynamic(a)
            ]
    built = {str(page.relative_to(real_site)) for page in real_site.rglob("index.html")}
    assert built - seen == set()


def addresses(page: Path) -> Iterator[tuple[str, str]]:
    return ((tag, unescape(address)) for tag, address in ADDRESS.findall(page.read_text("utf-8")))


def dynamic(address: str) -> bool:
    """Whether the functions answer it rather than a file."""
    return address.startswith(DYNAMIC) or address.endswith("/mine/")


def leads_somewhere(site: Path, page: Path, tag: str, address: str) -> bool:
    if address.startswith(SCHEMES) or dynamic(address):
        return True
    path, _, anchor = address.partition("#")
    target = site / path[1:] if path else page
    target = target / "index.html" if path.endswith("/") else target
    return target.is_file() and (not anchor or f'id="{anchor}"' in target.read_text("utf-8"))
