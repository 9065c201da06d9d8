"""The editors' server builds again what it must, and no more."""

from __future__ import annotations

import pytest

from publishing.serve import changes, react
from publishing.sources import ROOT


class Builder:
    """Notes how it was asked to build."""

    def __init__(self) -> None:
        self.asked: list[object] = []

    def afresh(self) -> None:
        self.asked.append("afresh")

    def again(self, folders: frozenset[str] | None) -> None:
        self.asked.append(folders)


@pytest.mark.parametrize(
    ("path", "how"),
    [
        ("guides/laonian-zheng.md", "guides"),
        ("files/laonian-zheng-result.svg", "files"),
        ("guides", None),
        ("site.yaml", "afresh"),
    ],
)
def test_a_changed_document_is_built_here_and_a_changed_site_in_a_new_process(sample, path, how):
    builder = Builder()
    react(sample.content, [sample.content / path], afresh=builder.afresh, again=builder.again)
    assert builder.asked == [frozenset({str(sample.content / how)}) if how in ("guides", "files") else how]


def test_a_changed_template_is_built_in_a_new_process(sample):
    builder = Builder()
    react(
        sample.content,
        [ROOT / "theme" / "templates" / "base.html"],
        afresh=builder.afresh,
        again=builder.again,
    )
    assert builder.asked == ["afresh"]


def test_a_change_is_told(sample):
    news = changes((sample.content,))
    from threading import Timer

    Timer(0.5, sample.edit, ("notice", ("请写公告正文。", "正文。"))).start()
    assert sample.path("notice") in next(news)


def test_a_build_told_where_to_look_finds_the_edit(sample):
    from publishing.build import build
    from tests.publishing.sample_site import TODAY

    sample.build()
    sample.edit("notice", ("请写公告正文。", "新的正文。"))
    folder = frozenset({str(sample.path("notice").parent)})
    build(sample.content, sample.output, today=TODAY, forms=sample.forms, only=folder)
    assert "新的正文" in (sample.output / "notices/tongzhi/index.html").read_text("utf-8")
