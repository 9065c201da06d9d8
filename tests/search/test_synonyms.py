"""The editors' list of synonyms: read, folded, and checked line by line."""

from __future__ import annotations

from pathlib import Path

import pytest

from publishing.search import synonyms
from tests.search.labelled_corpus import ROOT


def test_synonyms_are_folded(tmp_path: Path) -> None:
    (tmp_path / "synonyms.yaml").write_text("- {say: [上戶口, ＫＴＶ], mean: [出生登记]}\n", "utf-8")
    assert synonyms.load(tmp_path) == [(["上户口", "ktv"], ["出生登记"])]
    assert not list(synonyms.faults(tmp_path))


def test_a_site_without_synonyms_is_in_order(tmp_path: Path) -> None:
    assert synonyms.load(tmp_path) == []
    assert not list(synonyms.faults(tmp_path))


@pytest.mark.parametrize(
    "bad",
    [
        "- 上户口",
        "- {say: [上户口]}",
        "- {say: 上户口, mean: [出生登记]}",
        "- {say: [户], mean: [出生登记]}",
        "- {say: [1], mean: []}",
    ],
)
def test_a_wrong_line_is_named_and_left_out(tmp_path: Path, bad: str) -> None:
    text = f"# 说法\n- {{say: [过户], mean: [转移登记]}}\n{bad}\n"
    (tmp_path / "synonyms.yaml").write_text(text, "utf-8")
    assert {fault.line for fault in synonyms.faults(tmp_path)} == {3}
    assert synonyms.load(tmp_path) == [(["过户"], ["转移登记"])]


@pytest.mark.parametrize("bad", ["say: [", "say: [x]", "text"])
def test_a_file_that_is_no_list_is_a_fault(tmp_path: Path, bad: str) -> None:
    (tmp_path / "synonyms.yaml").write_text(bad, "utf-8")
    assert list(synonyms.faults(tmp_path))
    assert synonyms.load(tmp_path) == []


def test_the_sample_list_is_in_order_and_says_nothing_twice() -> None:
    assert not list(synonyms.faults(ROOT / "content"))
    says = [say for row, _ in synonyms.load(ROOT / "content") for say in row]
    assert sorted({say for say in says if says.count(say) > 1}) == []
