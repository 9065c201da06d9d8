"""Checks of packages, notices, policies, forms, site.yaml and of the whole, each broken once."""

from __future__ import annotations

import pytest

from publishing import check, sources
from publishing.faults import serious, shown
from tests.publishing.sample_site import TODAY

CASES = [
    # what breaks, kind, edits, the line it points to, what the message says
    ("an unknown lead", "package", [("lead: zwfw", "lead: nobody")], "lead", "没有部门 nobody"),
    ("an unknown topic", "package", [("topic: shebao", "topic: nothing")], "topic", "没有主题 nothing"),
    ("an order that cannot be", "package", [("after: [first]", "after: [third]")], "after", "排在前面"),
    ("one key for two items", "package", [("key: second", "key: first")], "- key: first", "重复"),
    (
        "an unknown guide",
        "package",
        [("key: first", "key: first\n    guide: nothing")],
        "guide",
        "没有办事指南",
    ),
    (
        "published in the future",
        "notice",
        [("published: 2026-11-23", "published: 2026-12-01")],
        "published",
        "还没有到",
    ),
    (
        "over before it began",
        "notice",
        [("source:", "expires_on: 2026-11-01\nsource:")],
        "expires_on",
        "早于发布日期",
    ),
    ("an empty notice", "notice", [("请写公告正文。", "")], None, "没有正文"),
    (
        "issued after it was published",
        "policy",
        [("issued_on: 2026-11-23", "issued_on: 2026-11-24")],
        "issued_on",
        "晚于发布日期",
    ),
    (
        "in force though expired",
        "policy",
        [
            ("2026-11-23\neffective", "2026-01-02\neffective"),
            ("issued_on: 2026-11-23", "issued_on: 2026-01-01"),
            ("status:", "expires_on: 2026-06-30\nstatus:"),
        ],
        "expires_on",
        "废止",
    ),
    (
        "an unknown related item",
        "policy",
        [("updated:", "related: [nothing]\nupdated:")],
        "related",
        "没有办事指南",
    ),
    ("a wrong check digit", "site", [("000001J", "000001K")], "- {id: zwfw", "校验位"),
    (
        "a long label",
        "site",
        [("short: 政务服务局", "short: 名字很长很长很长很长的政务服务局")],
        "- {id: zwfw",
        "超过 12 个字",
    ),
    ("a menu entry that leads nowhere", "site", [("/notices/", "/nowhere/")], "- {url: /nowhere/", "打不开"),
    (
        "two topics of one id",
        "site",
        [("  corp: []", "    - {id: shebao, glyph: 保, name: 保障, name_en: More}\n  corp: []")],
        "- {id: shebao, glyph: 保",
        "重复",
    ),
    (
        "a topic without items",
        "site",
        [("  corp: []", "  corp:\n    - {id: shipin, glyph: 食, name: 食品, name_en: Food}")],
        "- {id: shipin",
        "没有事项",
    ),
    ("broken front matter", "page", [("title: 新", "title: [新")], None, "字段写法有误"),
    ("no front matter", "page", [("---\nid", "id")], "id", "用 --- 起止"),
    ("a form that is not JSON", "form", [('"type": "object",', '"type": "object"')], None, "JSON"),
]


@pytest.mark.parametrize(
    ("kind", "edits", "start", "said"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_a_broken_document_is_told_where_and_what(sample, kind, edits, start, said):
    sample.edit(kind, *edits)
    place = shown(sample.path(kind))
    found = [fault for fault in serious(sample.faults()) if fault.path == place and said in fault.message]
    assert found, sample.faults()
    if start:
        lines = sample.path(kind).read_text("utf-8").split("\n")
        assert any(lines[fault.line - 1].strip().startswith(start) for fault in found), found


def test_an_expired_notice_is_only_a_warning(sample):
    sample.edit("notice", ("published: 2026-11-23", "published: 2026-11-01\nexpires_on: 2026-11-10"))
    assert [(fault.warning, "已经失效" in fault.message) for fault in sample.faults()] == [(True, True)]


def test_two_guides_may_not_share_a_code(sample):
    twin = sample.content / "guides" / "another.md"
    text = sample.path("guide").read_text("utf-8")
    twin.write_text(text.replace("id: laonian-zheng", "id: another\nform: laonian-zheng"), "utf-8")
    said = {fault.message.split()[0] for fault in serious(sample.faults())}
    assert {"task_code", "catalog_code", "name"} <= said


@pytest.mark.parametrize("kind", ["guide", "package", "notice", "policy"])
def test_a_column_without_a_document_is_a_fault(sample, kind):
    sample.path(kind).unlink()
    assert any("栏目没有内容" in fault.message for fault in serious(sample.faults()))


def test_a_form_problem_is_placed_in_the_form(sample):
    sample.edit("form", ('"reason", "declare"]}', '"reason", "nothing", "declare"]}'))
    assert {fault.path for fault in serious(sample.faults())} == {shown(sample.path("form"))}


def test_a_missing_translation_is_placed_in_the_overlay(sample):
    sample.edit("overlay", ('  "/properties/name/title": "Full name",\n', ""))
    assert list(serious(sample.faults()))


def test_checking_one_file_reports_only_what_is_in_it(sample):
    sample.edit("guide", ("visits: 0", "visits: 1"))
    sample.edit("notice", ("请写公告正文。", "[坏](/nowhere/)"))
    content = sources.load(sample.content, forms=sample.forms)
    for kind in ("guide", "notice"):
        only = frozenset({sample.path(kind).resolve()})
        assert {f.path for f in check.faults(content, today=TODAY, only=only)} == {shown(sample.path(kind))}


def test_dates_are_read_as_written(sample):
    guide = sources.load(sample.content, forms=sample.forms).of("guide")[0]
    assert guide.front["effective_on"] == "2026-11-23"
