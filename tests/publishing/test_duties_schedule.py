"""Drafts, first days and last days; previews nobody can guess."""

from __future__ import annotations

import re
import shutil
from datetime import date, timedelta

import pytest

from publishing.duties import drafts, previews, schedule
from publishing.faults import serious
from tests.publishing.sample_site import TODAY, tree

KEY = bytes(range(32))


@pytest.mark.parametrize(
    ("front", "status", "next_change"),
    [
        ({}, "open", None),
        ({"draft": True}, "draft", None),
        ({"draft": True, "publish_on": "2026-11-24"}, "draft", None),
        ({"draft": False}, "open", None),
        ({"publish_on": "2026-11-23"}, "open", None),
        ({"publish_on": "2026-11-24"}, "waiting", date(2026, 11, 24)),
        ({"expires_on": "2026-11-23"}, "open", date(2026, 11, 24)),
        ({"expires_on": "2026-11-22"}, "over", None),
        ({"publish_on": "2026-11-24", "expires_on": "2026-11-30"}, "waiting", date(2026, 11, 24)),
        ({"publish_on": "2026-11-20", "expires_on": "2026-11-30"}, "open", date(2026, 12, 1)),
    ],
)
def test_a_day_decides_what_is_public(front, status, next_change):
    assert schedule.status(front, TODAY) == status
    assert schedule.public(front, TODAY) == (status in ("open", "over"))
    assert schedule.listed(front, TODAY) == (status == "open")
    assert schedule.next_change(front, TODAY) == next_change


def test_a_guide_past_its_last_day_counts_as_cancelled():
    front = {"state": "1", "expires_on": "2026-11-22"}
    assert schedule.effective(front, TODAY) == {**front, "state": "3", "cancelled_on": "2026-11-22"}
    assert schedule.effective(front, TODAY - timedelta(days=1)) is front


def test_a_preview_address_depends_on_the_key_the_kind_and_the_name():
    one = previews.address(KEY, "notice", "tongzhi")
    assert one == previews.address(KEY, "notice", "tongzhi")
    others = [("policy", "tongzhi"), ("notice", "tongzhi-2")]
    assert len({one, *(previews.address(KEY, *other) for other in others)}) == 3
    assert previews.address(bytes(32), "notice", "tongzhi") != one
    assert re.fullmatch("/preview/[a-z2-7]{32}/", one)


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path, monkeypatch):
    monkeypatch.delenv("BANSHI_PREVIEW_KEY", raising=False)
    path = tmp_path / "var" / "key"
    key = previews.key_of(path)
    assert len(key) == 32
    assert previews.key_of(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    monkeypatch.setenv("BANSHI_PREVIEW_KEY", "ab" * 32)
    assert previews.key_of(path) == b"\xab" * 32


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("notice", "source:"),
        ("policy", "status:"),
        ("page", "order:"),
        ("package", "lead:"),
    ],
)
def test_a_draft_stands_at_its_preview_address_and_nowhere_else(sample, kind, line):
    second(sample, kind, (line, f"draft: true\n{line}"))
    assert not list(serious(sample.build()))
    (found,) = [page for page in sample.output.rglob("*.html") if page.parent.parent.name == "preview"]
    text = found.read_text("utf-8")
    assert "这是预览" in text
    assert 'name="robots" content="noindex"' in text
    token = found.parent.name
    others = [p for p in sample.output.rglob("*") if p.is_file() and p != found]
    assert not [p for p in others if token.encode() in p.read_bytes() or b"di-er" in p.read_bytes()]
    assert [line.rsplit("：", 1)[1] for line in drafts.links(sample.output)] == [f"/preview/{token}/"]


def test_a_draft_guide_takes_no_applications_and_is_not_in_the_catalogue(sample):
    sample.build()
    sample.edit("guide", ("updated:", "draft: true\nupdated:"))
    twin = second(
        sample, "guide", ("001000", "002000"), ("name: 新", "name: 另一个新"), ("draft: true\n", "")
    )
    twin.write_text(twin.read_text("utf-8").replace("retention:", "form: laonian-zheng\nretention:"), "utf-8")
    found = list(serious(sample.build()))
    assert found == []
    assert not (sample.output / "apply" / "laonian-zheng").exists()
    assert not (sample.output / "catalogue" / "laonian-zheng.json").exists()
    assert (sample.output / "guides" / "di-er" / "index.html").exists()
    assert len(list((sample.output / "preview").iterdir())) == 1
    before = tree(sample.output)
    shutil.rmtree(sample.output)
    sample.build()
    assert tree(sample.output).keys() == {
        path for path in before if not path.startswith("catalogue/laonian-zheng/")
    }


def test_a_page_with_a_first_day_appears_on_that_day(sample):
    second(
        sample,
        "notice",
        ("published: 2026-11-23", "published: 2026-11-25\npublish_on: 2026-11-25"),
        ("updated: 2026-11-23\n", ""),
    )
    page = sample.output / "notices" / "di-er" / "index.html"
    assert not list(serious(sample.build()))
    assert not page.exists()
    assert "di-er" not in (sample.output / "notices" / "feed.xml").read_text("utf-8")
    sample.build(today=date(2026, 11, 25))
    assert page.exists()
    assert "di-er" in (sample.output / "notices" / "feed.xml").read_text("utf-8")
    assert not (sample.output / "preview").exists() or not list((sample.output / "preview").iterdir())


def test_a_guide_past_its_last_day_leaves_the_lists_by_itself(sample):
    second(
        sample,
        "guide",
        ("001000", "002000"),
        ("name: 新", "name: 另一个新"),
        ("updated:", "form: laonian-zheng\nexpires_on: 2026-11-30\nupdated:"),
    )
    sample.build(today=date(2026, 11, 30))
    assert (sample.output / "apply" / "di-er" / "index.html").exists()
    sample.build(today=date(2026, 12, 1))
    assert not (sample.output / "apply" / "di-er").is_dir() or not list(
        (sample.output / "apply" / "di-er").iterdir()
    )
    assert "di-er" not in (sample.output / "departments" / "zwfw" / "index.html").read_text("utf-8")
    assert "已取消" in (sample.output / "guides" / "di-er" / "index.html").read_text("utf-8")


def test_a_package_past_its_last_day_leaves_the_lists_but_keeps_its_page(sample):
    second(sample, "package", ("lead:", "expires_on: 2026-11-30\nlead:"))
    lists = [
        sample.output / path / "index.html" for path in ("", "packages", "topics/person/shebao", "sitemap")
    ]
    sample.build(today=date(2026, 11, 30))
    assert all("di-er" in page.read_text("utf-8") for page in lists)
    sample.build(today=date(2026, 12, 1))
    assert not any("di-er" in page.read_text("utf-8") for page in lists)
    assert "已过有效期" in (sample.output / "packages" / "di-er" / "index.html").read_text("utf-8")


def test_a_link_to_what_is_not_public_is_a_fault(sample):
    second(sample, "notice", ("source:", "draft: true\nsource:"))
    sample.edit("page", ("请写正文。", "[将来](/notices/di-er/)"))
    assert "打不开" in "".join(fault.message for fault in serious(sample.build()))


def second(sample, kind, *changes):
    """A copy of the one document of a kind, named di-er."""
    path = sample.path(kind)
    text = (
        path.read_text("utf-8")
        .replace(f"id: {path.stem}", "id: di-er")
        .replace(f"（{path.stem}）", "（di-er）")
    )
    for old, new in changes:
        text = text.replace(old, new)
    copy = path.with_name("di-er.md")
    copy.write_text(text, "utf-8")
    return copy
