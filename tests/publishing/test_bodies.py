"""Markdown bodies and what becomes of them."""

from __future__ import annotations

import pytest

from publishing.bodies import Reader, split
from publishing.guide_view import script_json
from publishing.serve import snapshot


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**重要**", "<p><strong>重要</strong></p>"),
        ("<b>粗</b>", "<p>&lt;b&gt;粗&lt;/b&gt;</p>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("| 甲 |\n| --- |\n| 乙 |", '<div class="tw"><table>'),
    ],
)
def test_markdown_is_obeyed_and_html_is_shown(text, html):
    assert Reader().html(text).startswith(html)


def test_sections_are_cut_at_headings_but_not_inside_code():
    text = "前言\n\n## 一\n\n甲\n\n```\n## 不是标题\n```\n\n## 二\n\n乙"
    assert [(s.title, s.line) for s in split(text, level=2)] == [("", 0), ("一", 2), ("二", 10)]


def test_one_reader_reads_many_bodies_alike():
    reader = Reader()
    assert reader.html("[a]: /x/\n\n[甲][a]") == reader.html("[a]: /x/\n\n[甲][a]")


@pytest.mark.parametrize("text", ["</script>", "<!--", "a & b", "\u2028"])
def test_structured_data_cannot_leave_its_element(text):
    assert not set(script_json({"name": text})) & set("<>&\u2028\u2029")


def test_a_snapshot_notices_a_changed_file(sample):
    before = snapshot([sample.content])
    sample.edit("notice", ("请写公告正文。", "正文。"))
    assert snapshot([sample.content]) != before
