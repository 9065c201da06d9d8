"""The editors' server builds again what it must, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from publishing.live import News, server
from publishing.serve import Ways, changes, react
from publishing.sources import FORMS, ROOT


class Builder:
    """Notes how it was asked to build."""

    def __init__(self) -> None:
        self.asked: list[object] = []

    def afresh(self) -> None:
        self.asked.append("afresh")

    def again(self, folders: frozenset[str] | None) -> None:
        self.asked.append(folders)

    def restart(self) -> None:
        self.asked.append("restart")

    @property
    def ways(self) -> Ways:
        return Ways(self.afresh, self.again, self.restart)


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
    react(sample.content, [sample.content / path], ways=builder.ways)
    assert builder.asked == [frozenset({str(sample.content / how)}) if how in ("guides", "files") else how]


@pytest.mark.parametrize(
    ("path", "how"),
    [
        (ROOT / "theme" / "templates" / "base.html", "restart"),
        (ROOT / "publishing" / "plan.py", "restart"),
        (FORMS / "shipin-jingying.schema.json", None),
    ],
)
def test_a_changed_template_begins_all_over_and_a_changed_form_does_not(sample, path, how):
    builder = Builder()
    react(sample.content, [path], ways=builder.ways)
    assert builder.asked == [how]


@pytest.fixture
def preview(sample) -> Iterator[tuple[str, News]]:
    """The address of a preview, and what tells its pages of a new building."""
    sample.build()
    news = News(start=1)
    http = server(sample.output, port=0, news=news)
    Thread(target=http.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{http.server_port}", news
    http.shutdown()
    http.server_close()


def test_an_open_page_loads_again_when_the_site_was_built_again(sample, preview, browser):
    address, news = preview
    page = browser.new_page()
    page.goto(f"{address}/notices/tongzhi/")
    sample.edit("notice", ("请写公告正文。", "改过的正文。"))
    sample.build()
    news.tell()
    page.get_by_text("改过的正文。").wait_for()
    page.close()


def test_the_preview_shows_the_sites_own_page_for_what_is_not_there(preview):
    address, _ = preview
    with pytest.raises(HTTPError) as missing:
        urlopen(f"{address}/nowhere/")
    assert missing.value.code == 404
    assert "找不到这个页面" in missing.value.read().decode()


def test_files_of_a_preview_are_sent_as_they_are(sample, preview):
    address, _ = preview
    with urlopen(f"{address}/catalogue/index.json") as answer:
        assert answer.read() == (sample.output / "catalogue" / "index.json").read_bytes()
        assert answer.headers["Cache-Control"] == "no-cache"


def test_whoever_saw_another_building_is_answered_at_once():
    news = News(start=7)
    assert news.after("") == news.after("6-0") == "7-0"
    news.tell()
    assert news.after("7-0") == "7-1"


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
