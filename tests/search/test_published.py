"""The index as the publishing command leaves it, and after an editor's changes."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from chalicelib.search.engine import Engine, Wish
from chalicelib.search.index import in_folder

from publishing.build import build
from publishing.faults import serious
from publishing.search import entries
from publishing.sources import load
from tests.search.labelled_corpus import ROOT, TODAY

DAY = date(2026, 11, 23)


class Site:
    """The sample content, published."""

    def __init__(self, folder: Path) -> None:
        self.content, self.output = folder / "content", folder / "out" / "site"
        shutil.copytree(ROOT / "content", self.content)
        self.publish()

    def publish(self) -> None:
        assert not list(serious(build(self.content, self.output, today=DAY)))

    def names(self, text: str, **filters: str) -> list[str]:
        """The names of what is found."""
        found = Engine(in_folder(self.output / "search-index")).search(Wish(text, **filters), today=TODAY)
        return [group.hit.record["n"] for group in found.groups]

    def files(self) -> dict[str, bytes]:
        folder = self.output / "search-index"
        return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(tmp_path_factory.mktemp("search"))


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("sbk", "社会保障卡补领"),
        ("开饭店", "食品经营许可（新办）"),
        ("容缺受理", "望澜区政务服务事项容缺受理实施办法"),
        ("隐私", "隐私政策"),
        ("birth registration", "出生登记"),
        ("WL-RS-001", "社会保障卡补领"),
    ],
)
def test_the_sample_site_is_searchable_in_all_its_kinds(site: Site, asked: str, first: str) -> None:
    assert site.names(asked)[0] == first


@pytest.mark.parametrize("kind", entries.SEARCHED)
def test_every_public_document_is_found_by_its_exact_title(site: Site, kind: str) -> None:
    published = load(site.content).of(kind)
    documents = [one for one in published if one.front.get("expires_on", "9999") >= str(TODAY)]
    missed = [
        name
        for name in (one.front.get("name") or one.front["title"] for one in documents)
        if name not in site.names(name)[:2]  # a duty is called like its guide, which stands first
    ]
    assert documents and missed == []


@pytest.mark.parametrize(
    ("asked", "first"),
    [("托育 石门渡镇", "石门渡镇幼儿园"), ("打疫苗", "青栎街道社区卫生服务中心"), ("小学", "望澜区实验小学")],
)
def test_one_search_finds_schools_and_childcare(site: Site, asked: str, first: str) -> None:
    assert site.names(asked)[0] == first


def test_an_edited_guide_is_found_by_its_new_words_only(site: Site) -> None:
    path = site.content / "guides" / "shebaoka-buling.md"
    text = path.read_text("utf-8")
    path.write_text(text.replace("aliases: [补社保卡", "aliases: [翡翠卡遗失"), "utf-8")
    before = site.files()
    site.publish()
    assert site.names("翡翠卡遗失")[0] == "社会保障卡补领"
    path.write_text(text, "utf-8")
    site.publish()
    assert site.names("翡翠") == []
    assert site.files() == before


def test_a_new_synonym_is_taken_up_without_another_change(site: Site) -> None:
    path = site.content / "synonyms.yaml"
    text = path.read_text("utf-8")
    before = site.files()
    path.write_text(f"{text}- {{say: [摇摇车], mean: [出生登记]}}\n", "utf-8")
    site.publish()
    assert site.names("摇摇车")[0] == "出生登记"
    after = site.files()
    assert {name for name in after if after[name] != before.get(name)} == {"index.json"}


def test_a_synonym_that_is_no_word_stops_the_build(site: Site) -> None:
    path = site.content / "synonyms.yaml"
    text = path.read_text("utf-8")
    path.write_text(f"{text}- {{say: [户], mean: [出生登记]}}\n", "utf-8")
    (fault,) = serious(build(site.content, site.output, today=DAY))
    path.write_text(text, "utf-8")
    assert fault.path.endswith("synonyms.yaml")


def test_the_index_brought_up_to_date_is_the_index_built_anew(site: Site, tmp_path: Path) -> None:
    (site.content / "notices" / "xitong-weihu.md").unlink()
    guide = site.content / "guides" / "gaoling-jintie.md"
    guide.write_text(guide.read_text("utf-8").replace("80 周岁", "八十周岁", 1), "utf-8")
    site.publish()
    shutil.copytree(site.content, tmp_path / "content")
    build(tmp_path / "content", tmp_path / "site", today=DAY)
    folder = tmp_path / "site" / "search-index"
    assert site.files() == {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
