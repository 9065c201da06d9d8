"""The real site as a whole: classes, labels, languages, feeds, forms, weight; and what time leaves behind."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from datetime import date
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statics import Statics

from publishing import sitemaps
from publishing.build import build
from publishing.duties import changes, classes, columns, history, letters, redirects, regions
from publishing.faults import serious
from publishing.sources import ROOT

ATOM = "{http://www.w3.org/2005/Atom}"
KILOBYTE = 1024
BASE = "https://zwfw.wanglan.example"
COLD = 15 * KILOBYTE


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("real") / "site"
    assert not list(serious(build(ROOT / "content", output, today=date(2026, 11, 23))))
    return output


def pages(site: Path) -> dict[str, str]:
    """Address -> HTML of every page with the site's frame."""
    found = {
        f"/{path.relative_to(site)}".removesuffix("index.html"): path.read_text("utf-8")
        for path in site.rglob("*.html")
    }
    return {url: text for url, text in found.items() if '<footer class="foot">' in text}


def test_every_page_is_in_exactly_one_main_class(site):
    assert {classes.main_class(url) for url in pages(site)} == set(classes._CLASSES)
    firsts = [first for names in classes._CLASSES.values() for first in names]
    assert len(firsts) == len(set(firsts))


def test_every_page_says_where_it_is(site):
    top = {"/", "/en/", "/404.html"}
    framed = {
        url: text
        for url, text in pages(site).items()
        if url not in top and "/apply/" not in url and "/status/" not in url
    }
    lost = [
        url
        for url, text in framed.items()
        if not re.search(r'<li aria-current="page">[^<]+</li></ol></nav>', text)
    ]
    assert lost == []


def test_a_column_has_one_label_wherever_a_page_names_it(site):
    wrong = [
        (url, address, name)
        for url, text in pages(site).items()
        if not url.startswith("/en/")
        for chrome in re.findall(
            r'<nav class="(?:nav|crumbs)[^>]*>.*?</nav>|<footer.*?</footer>', text, re.DOTALL
        )
        for address, name in re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', chrome)
        if classes.LABELS.get(address, name) != name
    ]
    assert wrong == []


def test_labels_are_short():
    assert all(len(label) <= classes.LABEL_LENGTH for label in classes.LABELS.values())


def test_every_page_with_a_twin_in_the_other_language_says_so_and_the_twin_answers(site):
    found = pages(site)
    twins = {
        url: dict(re.findall(r'<link rel="alternate" hreflang="([\w-]+)" href="([^"]+)"', text))
        for url, text in found.items()
    }
    twins = {url: names for url, names in twins.items() if names}
    assert {"/", "/guides/shebaoka-buling/", "/en/guides/shebaoka-buling/", "/departments/scjg/"} <= set(
        twins
    )
    for url, names in twins.items():
        other = names["zh-CN" if url.startswith("/en/") else "en"].removeprefix(BASE)
        assert names["x-default"] == names["zh-CN"]
        assert twins[other] == names, url


def test_every_public_page_has_one_canonical_address(site):
    indexed = set(re.findall("<loc>([^<]+)</loc>", (site / "sitemap.xml").read_text("utf-8")))
    for url, text in pages(site).items():
        if BASE + url in indexed and "/status/" not in url:
            assert re.findall('<link rel="canonical" href="([^"]+)">', text) == [BASE + url]


def test_an_english_guide_says_what_is_not_translated(site):
    found = pages(site)
    assert "Not translated yet: conditions and procedure, steps." in found["/en/guides/gaoling-jintie/"]
    assert "Not translated yet" not in found["/en/guides/shebaoka-buling/"]
    assert "16 yuan a card" in found["/en/guides/shebaoka-buling/"]


@pytest.mark.parametrize("url", [*columns.COLUMNS.values(), columns.GUIDES])
def test_every_column_has_both_feeds_with_the_same_entries(site, url):
    atom = ElementTree.fromstring((site / url[1:] / "feed.xml").read_bytes())
    data = json.loads((site / url[1:] / "feed.json").read_bytes())
    entries = [
        (entry.findtext(f"{ATOM}id", ""), entry.findtext(f"{ATOM}updated", ""))
        for entry in atom.findall(f"{ATOM}entry")
    ]
    assert entries == [(item["id"], item["date_modified"]) for item in data["items"]]
    assert entries and [day for _, day in entries] == sorted((day for _, day in entries), reverse=True)
    assert data["version"] == "https://jsonfeed.org/version/1.1"
    assert f'href="{url}feed.xml"' in pages(site)[url]
    assert f'href="{url}feed.json"' in pages(site)[url]


def test_sitemaps_are_split_before_they_are_too_long(monkeypatch):
    monkeypatch.setattr(sitemaps, "LENGTH", 7)
    urls = [f"/guides/{number:03}/" for number in range(100)]
    made = dict(sitemaps.all_files(BASE, urls))
    named = re.findall("<loc>([^<]+)</loc>", made["sitemap.xml"])
    parts = [re.findall("<loc>([^<]+)</loc>", made[name.removeprefix(f"{BASE}/")]) for name in named]
    assert {len(part) for part in parts} == {7, 2} and len(made) == len(named) + 1
    assert [url for part in parts for url in part] == [BASE + url for url in urls]
    assert list(dict(sitemaps.all_files(BASE, urls[:7]))) == ["sitemap.xml"]


def test_one_address_more_or_less_touches_one_part_of_the_sitemap():
    urls = [f"/guides/{number:05}/" for number in range(30_000)]
    before = dict(sitemaps.all_files(BASE, urls))
    assert 6 < len(before) < 30
    for changed in ([*urls[:20_000], "/guides/19999a/", *urls[20_000:]], urls[:9_000] + urls[9_001:]):
        after = dict(sitemaps.all_files(BASE, changed))
        touched = {name for name in before | after if before.get(name) != after.get(name)}
        assert len(touched) <= 2 and "sitemap.xml" not in touched


@settings(max_examples=60, deadline=None)
@given(
    st.sets(st.integers(0, 120), max_size=70),
    st.lists(st.lists(st.integers(0, 120), max_size=4), min_size=1, max_size=4),
)
def test_a_sitemap_brought_up_to_date_is_the_sitemap_made_anew(start, changes):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sitemaps, "LENGTH", 9)
        patch.setattr(sitemaps, "SELDOM", 4)
        urls = {f"/a&b/{number:03}/" for number in start}
        files = dict(sitemaps.all_files(BASE, sorted(urls)))
        for numbers in changes:
            before, urls = urls, urls ^ {f"/a&b/{number:03}/" for number in numbers}
            read = {name: text.encode() for name, text in files.items()}.get
            came, went = urls - before, before - urls
            found = sitemaps.brought_up_to_date(BASE, came=came, went=went, read=read)
            anew = dict(sitemaps.all_files(BASE, sorted(urls)))
            if found is not None:
                assert {name: files[name] if text is None else text for name, text in found} == anew
            files = anew


def test_checksums_of_the_form_library_are_those_of_the_files(site):
    lines = (site / "forms" / "SHA256SUMS.txt").read_text("utf-8").splitlines()
    sums = dict(reversed(line.split("  ")) for line in lines)
    assert len(sums) == 20
    for name, digest in sums.items():
        assert hashlib.sha256((site / "forms" / name).read_bytes()).hexdigest() == digest
        page = (site / "forms" / name.partition("/")[0] / "index.html").read_text("utf-8")
        assert digest in page


def test_a_blank_form_asks_every_question_of_its_schema(site):
    for path in sorted((site / "forms").glob("*/*.schema.json")):
        schema = json.loads(path.read_bytes())
        blank = (path.parent / f"{path.parent.name}.html").read_text("utf-8")
        branches = [branch["then"]["properties"] for branch in schema.get("allOf", ())]
        asked = [field["title"] for fields in [schema["properties"], *branches] for field in fields.values()]
        assert [title for title in asked if title not in unescape(blank)] == []
        assert "<style" not in blank
        assert "<script" not in blank


def test_no_page_weighs_more_than_fifteen_kilobytes_cold(site):
    heavy = {url: size for url, text in pages(site).items() if (size := weight(site, text)) > COLD}
    assert heavy == {}


def weight(site: Path, text: str) -> int:
    parts = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', text))
    return sum(
        len(gzip.compress(data, 6))
        for data in [text.encode(), *((site / part[1:]).read_bytes() for part in parts)]
    )


def test_items_stand_where_they_are_looked_for(site):
    found = pages(site)
    wanted = {
        "/groups/laonian/": "gaoling-jintie",
        "/events/kaidian/": "shipin-jingying",
        "/regions/990102/": "zhanyong-daolu",
        "/regions/990102101/": "shebaoka-buling",
        "/az/s/": "chusheng-dengji",  # 上户口
        "/departments/scjg/duties/": "食品经营许可",
        "/duties/shebaoka-buling/": "/guides/shebaoka-buling/",
    }
    assert [url for url, name in wanted.items() if name not in found[url]] == []
    assert "zhanyong-daolu" not in found["/regions/990102101/"]


def test_a_place_has_its_own_search_and_its_counter_or_the_one_above(site):
    town, village = (pages(site)[f"/regions/{code}/"] for code in ("990102100", "990102100201"))
    assert 'name="region" value="990102100"' in town and 'name="region" value="990102100201"' in village
    assert "石门渡镇便民服务中心</h2>" in town and "没有单独的办事窗口" not in town
    assert "石门渡镇便民服务中心</h2>" in village and "上堰村没有单独的办事窗口，请到石门渡镇" in village


def test_few_names_stand_on_the_front_page_of_the_alphabet(site):
    front = pages(site)["/az/"]
    assert "上户口，见 <a" in front and front.count("<h2") == len(set(re.findall(r'id="l-(.)"', front)))


def test_a_page_that_is_not_there_offers_the_search(site):
    assert 'action="/search/"' in pages(site)["/404.html"]


def test_places_stand_below_their_kind_and_town(site):
    found = pages(site)
    assert "中小学" in found["/facilities/"] and "/facilities/kinds/xuexiao/" in found["/sitemap/"]
    towns = re.findall(r"<h2>(.+?)</h2>|/facilities/([a-z-]+)/\"", found["/facilities/kinds/jinglao/"])
    assert ("石门渡镇", "") in towns and (
        "",
        "shimendu-jinglaoyuan",
    ) in towns  # it lies in a village of the town


@pytest.mark.parametrize(
    ("name", "letter"),
    [
        ("社会保障卡补领", "s"), ("重新申领", "c"), ("重要产品备案", "z"), ("长期护理", "c"), ("行政许可", "x"),
        ("“一件事”", "y"), ("12345 热线", "0"), ("ETC 办理", "e"), ("🙂", "0"), ("", "0"),
    ],
)  # fmt: skip
def test_a_name_stands_under_the_letter_people_say(name, letter):
    assert letters.letter(name) == letter


def test_towns_of_one_name_are_told_apart_by_what_lies_above():
    town = {"name": "城关镇", "level": "5"}
    counties = [
        {"code": f"99010{n}", "name": f"{n}县", "level": "4", "children": [{**town, "code": f"99010{n}100"}]}
        for n in (1, 2)
    ]
    tree = regions.Regions(
        {"region": {"code": "990100", "name": "栖宁市", "level": "3", "children": counties}}
    )
    places = [{"name": "城关镇便民服务中心"}]
    assert tree.codes({"region": "990102", "places": places}) == ["990102", "990102100"]
    assert tree.codes({"places": places}) == ["990100", "990101100", "990102100"]
    assert tree.trail("990102100") == [("/regions/990100/", "栖宁市"), ("/regions/990102/", "2县")]


def test_a_renamed_page_leads_on_from_its_old_address(sample):
    sample.edit("page", ("order:", "formerly: [guanyu]\norder:"))
    sample.edit("guide", ("updated:", "formerly: [jiu-zheng]\nupdated:"))
    assert not list(serious(sample.build()))
    table = json.loads((sample.output / redirects.FILE).read_bytes())["redirects"]
    assert table == {
        "/pages/guanyu/": "/pages/about/",
        "/guides/jiu-zheng/": "/guides/laonian-zheng/",
        "/en/guides/jiu-zheng/": "/en/guides/laonian-zheng/",
        "/apply/jiu-zheng/": "/apply/laonian-zheng/",
        "/en/apply/jiu-zheng/": "/en/apply/laonian-zheng/",
    }
    old = (sample.output / "pages" / "guanyu" / "index.html").read_text("utf-8")
    assert '<meta http-equiv="refresh" content="0; url=/pages/about/">' in old
    assert "guanyu" not in (sample.output / "sitemap.xml").read_text("utf-8")
    statics = Statics(lambda: sample.output)
    for path in ("/pages/guanyu/", "/pages/guanyu"):
        answer = statics.find(path, {})
        assert answer
        status, fields, _ = answer
        assert (status, dict(fields)["Location"]) == (308, "/pages/about/")
    assert statics.find("/pages/about/", {})[0] == 200


def test_a_former_name_is_free_again_once_nobody_claims_it(sample):
    sample.edit("page", ("order:", "formerly: [guanyu]\norder:"))
    sample.build()
    old = sample.output / "pages" / "guanyu" / "index.html"
    text = sample.path("page").read_text("utf-8").replace("formerly: [guanyu]\n", "")
    sample.path("page").with_name("guanyu.md").write_text(text.replace("id: about", "id: guanyu"), "utf-8")
    for found in (sample.build(), sample.faults()):
        assert any("冲突" in fault.message for fault in serious(found))
    assert "http-equiv" in old.read_text("utf-8")
    sample.edit("page", ("formerly: [guanyu]\n", ""))
    assert not list(serious(sample.build()))
    assert "请写正文" in old.read_text("utf-8")
    assert json.loads((sample.output / redirects.FILE).read_bytes())["redirects"] == {}


def test_a_new_standing_page_is_in_the_footer_of_every_page(sample):
    sample.build()
    text = sample.path("page").read_text("utf-8").replace("id: about", "id: bangzhu")
    sample.path("page").with_name("bangzhu.md").write_text(text, "utf-8")
    sample.build()
    assert [url for url, html in pages(sample.output).items() if 'href="/pages/bangzhu/"' not in html] == []


def test_a_guide_that_changed_tells_what_changed(sample):
    sample.build()
    page = sample.output / "guides" / "laonian-zheng" / "history" / "index.html"
    guide = sample.output / "guides" / "laonian-zheng" / "index.html"
    assert not page.exists()
    assert "修改记录" not in guide.read_text("utf-8")
    sample.edit(
        "guide",
        ("promise_limit: {n: 5", "promise_limit: {n: 3"),
        ("days: 4", "days: 2"),
        ("updated: 2026-11-23", "updated: 2026-11-24"),
    )
    assert not list(serious(sample.build(today=date(2026, 11, 24))))
    text = page.read_text("utf-8")
    assert "<del>5</del> 个工作日" in text
    assert "<ins>3</ins> 个工作日" in text
    assert "首次发布" in text
    assert "/guides/laonian-zheng/history/" in guide.read_text("utf-8")


def item(**changed):
    guide = {
        "name": "新证",
        "summary": "说明", "promise_limit": {"n": 5, "unit": "workday"}, "legal_limit": {"n": 20, "unit": "workday"},
        "special": [], "fee": {"charged": False}, "fees": [], "materials": [], "steps": [], "places": [], "channels": ["1"],
        "visits": 1, "audience": ["1"], "state": "1", "consult": {"phone": "1"}, "complain": {"phone": "2"},
        "result": {"name": "证"}, "legal_basis": [], "updated": "2026-11-01", "reviewed_by": "办公室",
    }  # fmt: skip
    return {
        "id": "x",
        "version": changed.pop("version", "a"),
        "guide": guide | changed,
        "form": {},
        "body": {"html": "<p>字</p>"},
    }


PHOTO = {"name": "照片", "need": "1", "medium": "2", "kind": "1"}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({}, {}, []),
        ({}, {"promise_limit": {"n": 0, "unit": "immediate"}}, [("办理时限", "承诺时限", "调整")]),
        ({}, {"materials": [PHOTO]}, [("申请材料", "照片", "新增")]),
        ({"materials": [PHOTO]}, {}, [("申请材料", "照片", "取消")]),
        ({"materials": [PHOTO]}, {"materials": [PHOTO | {"need": "2"}]}, [("申请材料", "照片", "调整")]),
        (
            {},
            {"fee": {"charged": True}, "fees": [{"name": "工本费", "rule": "16 元"}]},
            [("收费", "收费", "取消"), ("收费", "工本费", "新增")],
        ),
        ({}, {"visits": 0}, [("办理方式", "到现场", "调整")]),
        ({}, {"state": "2"}, [("办理方式", "事项状态", "调整")]),
        ({}, {"updated": "2026-11-02"}, []),
    ],
)
def test_changes_are_told_in_the_words_of_the_guide(before, after, told):
    assert [(one.part, one.name, one.how) for one in changes.between(item(**before), item(**after))] == told


def test_versions_are_told_from_the_newest_and_the_current_one_is_last_in_order():
    old, mid, new = (
        item(version="c", updated="2026-01-01"),
        item(version="b", updated="2026-02-01"),
        item(version="a", updated="2026-01-15"),
    )
    assert [one["version"] for one in history.ordered([mid, old, new], new)] == ["c", "b", "a"]
    (page,) = history.pages(new, [old, mid])
    assert [step["version"] for step in page.context["steps"]] == ["a", "b"]
    assert list(history.pages(new, [new])) == []
