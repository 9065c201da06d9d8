"""`publish.py new` and the command line around it."""

from __future__ import annotations

from pathlib import Path

import pytest

import publish
from publishing.faults import serious
from publishing.scaffold import scaffold
from tests.publishing.sample_site import KINDS, TODAY

NEW = {
    "guide": "xin-zheng",
    "package": "xin-shi",
    "notice": "xin-gao",
    "policy": "xin-ling",
    "page": "xin-ye",
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_new_makes_passes_check_and_builds(sample, kind):
    made = scaffold(kind, NEW[kind], content=sample.content, today=TODAY, forms=sample.forms)
    assert not isinstance(made, str)
    assert all(path.is_file() for path in made)
    assert sample.faults() == []
    assert not list(serious(sample.build()))


@pytest.mark.parametrize("slug", ["Bad", "x", "../up", "有字", "a" * 50])
def test_a_name_that_cannot_be_an_address_is_refused(sample, slug):
    said = scaffold("guide", slug, content=sample.content, today=TODAY, forms=sample.forms)
    assert "不能作名字" in said


def test_a_name_that_is_taken_is_refused_and_nothing_is_written(sample):
    before = sample.path("guide").read_text("utf-8")
    said = scaffold("guide", KINDS["guide"], content=sample.content, today=TODAY, forms=sample.forms)
    assert "已经有了" in said
    assert sample.path("guide").read_text("utf-8") == before


def test_check_prints_path_line_and_message_and_fails(sample, capsys, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795420800")
    sample.edit("page", ("请写正文。", "[坏](/nowhere/)"))
    path = sample.path("page")
    assert publish.main(["check", "--content", str(sample.content), str(path)]) == 1
    assert (
        capsys.readouterr().out
        == f"{path}:{sample.line('page', '[坏]')}: 链接 /nowhere/ 打不开，请改正或者删去\n"
    )


def test_check_says_when_there_is_no_such_file(sample, capsys):
    assert publish.main(["check", "--content", str(sample.content), str(Path("nowhere.md"))]) == 1
    assert "没有这个文件" in capsys.readouterr().out


def test_the_day_can_be_fixed_for_a_reproducible_build(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795420800")
    assert publish.today().isoformat() == "2026-11-23"
