"""The upper platform's catalogue is fetched whole or not at all, compared, and never written over an editor's words."""

from __future__ import annotations

import difflib
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from chalicelib import clock

import publish
from publishing import check, sources
from publishing.faults import serious
from publishing.upstream import commands, compare, edit
from publishing.upstream.compare import CONFLICT, DOUBLED, GONE, NEW, UPDATE
from publishing.upstream.pull import NotPulled, Source, pull, read
from schemas.interfaces.wire import Allowed
from tests.http.conftest import CONTENT, TODAY
from tests.http.stand_in import Clock
from tests.interfaces.other_systems import KEY, QUICK, running
from tests.interfaces.upper_catalogue import UpperCatalogue, items_of

GUIDE = "zhanyong-daolu"
SPOILS_A_PAGE = ["slow", "broken", "wrong signature", "another page", "nonsense", "half", "huge", "redirect"]


@pytest.fixture
def content(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CONTENT, tmp_path / "content"))


@pytest.fixture
def upper(content: Path) -> Iterator[UpperCatalogue]:
    platform = UpperCatalogue(Clock(), items=items_of(sources.load(content)))
    with running(platform):
        yield platform


@pytest.fixture
def source(upper: UpperCatalogue, tmp_path: Path) -> Source:
    url, folder = f"{upper.url}/catalogue", tmp_path / "upstream"
    return Source(url, (KEY,), Allowed(anywhere=True), folder, seconds=QUICK)


def fetched(source: Source, upper: UpperCatalogue) -> dict[str, Any]:
    pull(source, now=upper.clock(), again=True)
    return read(source.whole)


def code_of(content: Path, guide: str = GUIDE) -> str:
    found = sources.load(content).guide(guide)
    assert found
    return str(found.front["task_code"])


def kinds(content: Path, source: Source) -> list[tuple[str, str, str]]:
    found = compare.differences(sources.load(content), read(source.whole))
    return [(one.kind, one.guide, one.field) for one in found]


def theirs(upper: UpperCatalogue, content: Path, **changes: Any) -> None:
    upper.items[code_of(content)].update(changes)
    upper.revision += 1


def test_a_catalogue_comes_in_pages_and_agrees(content: Path, source: Source, upper: UpperCatalogue) -> None:
    assert pull(source, now=upper.clock()) == "new"
    assert len(read(source.whole)["items"]) == 10 and upper.asked == ["first", "4", "8"]
    assert kinds(content, source) == []


def test_it_is_fetched_once_a_day_and_asked_for_changes_only(source: Source, upper: UpperCatalogue) -> None:
    pull(source, now=upper.clock())
    assert pull(source, now=upper.clock()) == "today" and upper.calls == 3
    assert pull(source, now=upper.clock(), again=True) == "same" and upper.calls == 4
    tomorrow = upper.clock() + timedelta(days=1)
    upper.clock = lambda: tomorrow
    assert pull(source, now=tomorrow) == "same" and upper.calls == 5
    assert pull(source, now=tomorrow) == "today" and upper.calls == 5


@pytest.mark.parametrize("mood", SPOILS_A_PAGE)
def test_a_page_that_is_not_right_changes_nothing_and_the_next_try_goes_on_from_there(
    source: Source, upper: UpperCatalogue, mood: str
) -> None:
    before = fetched(source, upper)
    upper.revision, upper.calls, upper.asked = 2, 0, []
    upper.moods = ["well", mood]
    with pytest.raises(NotPulled):
        pull(source, now=upper.clock(), again=True)
    assert read(source.whole) == before
    upper.asked = []
    assert pull(source, now=upper.clock(), again=True) == "new"
    assert upper.asked == ["4", "8"] and read(source.whole)["snapshot"] == "r2"


def test_a_catalogue_that_changes_while_it_is_fetched_is_fetched_anew(
    source: Source, upper: UpperCatalogue
) -> None:
    upper.moods = ["well", "changes"]
    assert pull(source, now=upper.clock()) == "new"
    assert upper.asked == ["first", "4", "first", "4", "8"] and read(source.whole)["snapshot"] == "r2"


def test_a_catalogue_that_never_stands_still_is_left_for_the_next_time(
    source: Source, upper: UpperCatalogue
) -> None:
    upper.moods = ["changes"] * 9
    with pytest.raises(NotPulled, match="不断变化"):
        pull(source, now=upper.clock())


def test_a_catalogue_without_end_is_given_up(source: Source, upper: UpperCatalogue) -> None:
    upper.moods = ["endless"] * 10
    with pytest.raises(NotPulled, match="5 页"):
        pull(replace(source, most_pages=5), now=upper.clock())


def test_a_difference_that_was_never_decided_is_a_conflict_whoever_made_it(
    content: Path, source: Source, upper: UpperCatalogue
) -> None:
    theirs(upper, content, name="占用城市道路审批")
    fetched(source, upper)
    assert kinds(content, source) == [(CONFLICT, GUIDE, "name")]


def test_listing_writes_no_guide(content: Path, source: Source, upper: UpperCatalogue) -> None:
    theirs(upper, content, name="占用城市道路审批")
    fetched(source, upper)
    before = {file: file.read_bytes() for file in content.rglob("*") if file.is_file()}
    said = list(commands.listed(content, source.folder))
    assert any(GUIDE in line and "占用城市道路审批" in line for line in said)
    assert before == {file: file.read_bytes() for file in content.rglob("*") if file.is_file()}
    page = (source.folder / "report.html").read_text("utf-8")
    assert "占用城市道路审批" in page and f"sync accept {GUIDE} name" in page


def test_an_editor_reads_plain_words_and_only_what_differs(
    content: Path, source: Source, upper: UpperCatalogue
) -> None:
    laws = [dict(law) for law in upper.items[code_of(content)]["legal_basis"]]
    laws[0]["text"] = "只有这一条改了。"
    theirs(upper, content, legal_basis=laws, legal_limit={"n": 15, "unit": "workday"})
    fetched(source, upper)
    said = "\n".join(commands.listed(content, source.folder))
    page = (source.folder / "report.html").read_text("utf-8")
    assert "20 个工作日 上级：15 个工作日" in said and "只有这一条改了" in page
    assert page.count(f"另有 {len(laws) - 1} 条两边相同") == 2 and laws[-1]["text"] not in page


def test_accepting_changes_one_line_and_is_asked_no_more(
    content: Path, source: Source, upper: UpperCatalogue
) -> None:
    theirs(upper, content, name="占用城市道路审批")
    fetched(source, upper)
    file = content / "guides" / f"{GUIDE}.md"
    before = file.read_text("utf-8")
    list(commands.accept(content, source.folder, guide=GUIDE, fields=["name"]))
    assert changed_lines(before, file.read_text("utf-8")) == [
        "-name: 临时占用城市道路许可",
        "+name: 占用城市道路审批",
    ]
    assert kinds(content, source) == []


def test_keeping_leaves_the_guide_alone_until_the_upper_level_changes_again(
    content: Path, source: Source, upper: UpperCatalogue
) -> None:
    theirs(upper, content, name="占用城市道路审批")
    fetched(source, upper)
    before = (content / "guides" / f"{GUIDE}.md").read_bytes()
    list(commands.keep(content, source.folder, guide=GUIDE, fields=["name"]))
    assert kinds(content, source) == [] and (content / "guides" / f"{GUIDE}.md").read_bytes() == before
    theirs(upper, content, name="城市道路占用许可")
    fetched(source, upper)
    assert kinds(content, source) == [(CONFLICT, GUIDE, "name")]


def test_what_only_the_upper_level_changed_is_taken_over_together_and_conflicts_are_left(
    content: Path, source: Source, upper: UpperCatalogue
) -> None:
    theirs(upper, content, name="占用城市道路审批", power_source="2")
    fetched(source, upper)
    list(commands.accept(content, source.folder, guide=GUIDE, fields=["name", "power_source"]))
    theirs(upper, content, name="占用城市道路核准", power_source="3")
    fetched(source, upper)
    guide = content / "guides" / f"{GUIDE}.md"
    guide.write_text(
        guide.read_text("utf-8").replace("name: 占用城市道路审批", "name: 编辑自己的名称"), "utf-8"
    )
    assert kinds(content, source) == [(CONFLICT, GUIDE, "name"), (UPDATE, GUIDE, "power_source")]
    assert list(commands.accept_updates(content, source.folder))[-1] == "采用了 1 处上级更新"
    assert kinds(content, source) == [(CONFLICT, GUIDE, "name")] and "编辑自己的名称" in guide.read_text(
        "utf-8"
    )


def test_what_is_ours_is_never_compared(content: Path, source: Source, upper: UpperCatalogue) -> None:
    theirs(upper, content, promise_limit={"n": 1, "unit": "workday"}, places=[], summary="上级写的摘要")
    fetched(source, upper)
    assert kinds(content, source) == []


def test_of_a_limit_the_upper_level_owns_days_and_unit_and_our_note_stays(
    content: Path, source: Source, upper: UpperCatalogue
) -> None:
    code = code_of(content, "chusheng-dengji")
    upper.items[code]["legal_limit"] = {"n": 5, "unit": "workday"}
    fetched(source, upper)
    file = content / "guides" / "chusheng-dengji.md"
    before = file.read_text("utf-8")
    list(commands.accept(content, source.folder, guide="chusheng-dengji", fields=["legal_limit"]))
    old, new = changed_lines(before, file.read_text("utf-8"))
    assert new[1:] == old[1:].replace("n: 3", "n: 5")


def test_items_only_one_side_has_and_items_that_come_twice_are_listed(
    content: Path, source: Source, upper: UpperCatalogue
) -> None:
    item = upper.items.pop(code_of(content))
    upper.items["9" * 31] = {**item, "task_code": "9" * 31, "name": "新的事项"}
    upper.twice = ["9" * 31]
    fetched(source, upper)
    assert sorted(kind for kind, *_ in kinds(content, source)) == sorted([DOUBLED, GONE, NEW])


def test_an_item_that_the_upper_level_ends_is_shown_and_not_ended_by_itself(
    content: Path, source: Source, upper: UpperCatalogue
) -> None:
    theirs(upper, content, state="3", cancelled_on="2026-12-01")
    fetched(source, upper)
    assert [field for *_, field in kinds(content, source)] == ["state", "cancelled_on"]
    found = sources.load(content).guide(GUIDE)
    assert found and found.front["state"] == "1"


def test_an_accepted_law_is_written_as_the_guides_write_laws_and_passes_the_check(
    content: Path, source: Source, upper: UpperCatalogue
) -> None:
    laws = [dict(law) for law in upper.items[code_of(content)]["legal_basis"]]
    laws[0]["text"] = "任何单位和个人: 未经同意，不得占用或者挖掘城市道路 #1。"
    theirs(upper, content, legal_basis=laws)
    fetched(source, upper)
    file = content / "guides" / f"{GUIDE}.md"
    before = file.read_text("utf-8")
    list(commands.accept(content, source.folder, guide=GUIDE, fields=["legal_basis"]))
    assert len(changed_lines(before, file.read_text("utf-8"))) == 2
    assert not list(
        serious(check.faults(sources.load(content), today=TODAY, only=frozenset({file.resolve()})))
    )


TRICKY = """---
# 开头的说明
name: 旧名称  # 名称后面的说明
power_source: "1"   # 引号
audience: ["1", '2'] # 对象
folded: >
  折叠的
  文字
list:
  - law: 甲
    text: 乙
  # 属于下一项的说明

state: "1"
---
正文
name: 不是字段
"""


@pytest.mark.parametrize(
    ("field", "value", "old", "new"),
    [
        ("name", "新名称", "name: 旧名称  #", "name: 新名称  #"),
        ("name", "含: 冒号 #号", "name: 旧名称  #", 'name: "含: 冒号 #号"  #'),
        ("name", "on", "name: 旧名称  #", 'name: "on"  #'),
        ("power_source", "2", '"1"   # 引号', '"2"   # 引号'),
        ("audience", ["3", "甲,乙"], """["1", '2'] #""", '["3", "甲,乙"] #'),
        ("folded", "一行", "folded: >\n  折叠的\n  文字\n", "folded: 一行\n"),
        ("list", [{"law": "丙", "text": "丁"}], "  - law: 甲\n    text: 乙\n", "  - law: 丙\n    text: 丁\n"),
        ("list", [], "list:\n  - law: 甲\n    text: 乙\n", "list: []\n"),
        ("added", "x", 'state: "1"\n---', 'state: "1"\nadded: x\n---'),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["unix", "windows"])
def test_an_edit_touches_nothing_but_its_field(
    tmp_path: Path, field: str, value: Any, old: str, new: str, newline: str
) -> None:
    file = tmp_path / "guide.md"
    file.write_bytes(TRICKY.replace("\n", newline).encode())
    edit.set_field(file, field, value)
    assert file.read_bytes() == TRICKY.replace(old, new, 1).replace("\n", newline).encode()


def test_a_file_that_cannot_be_read_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "guide.md"
    file.write_text("---\nname: [\n---\n", "utf-8")
    with pytest.raises(edit.NotEdited):
        edit.set_field(file, "name", "x")
    assert file.read_text("utf-8") == "---\nname: [\n---\n"


def test_the_command_fetches_lists_and_decides(
    content: Path, upper: UpperCatalogue, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    agreement = tmp_path / "interfaces.json"
    agreement.write_text(
        json.dumps({"catalogue": {"url": f"{upper.url}/catalogue", "keys": ["UPPER_KEY"]}}), "utf-8"
    )
    for name, value in (
        ("INTERFACES_FILE", str(agreement)),
        ("UPPER_KEY", KEY.decode()),
        ("BANSHI_ENV", "development"),
    ):
        monkeypatch.setenv(name, value)
    upper.clock = clock.now
    theirs(upper, content, name="占用城市道路审批")
    places = ["--content", str(content), "--folder", str(tmp_path / "upstream")]
    assert publish.main(["sync", *places]) == 0
    assert "需要您决定" in capsys.readouterr().out
    assert publish.main(["sync", "accept", GUIDE, "name", *places]) == 0
    assert publish.main(["sync", *places]) == 0
    assert "没有需要处理" in capsys.readouterr().out
    assert publish.main(["sync", "keep", *places]) == 1
    monkeypatch.delenv("INTERFACES_FILE")
    assert publish.main(["sync", *places]) == 1 and "INTERFACES_FILE" in capsys.readouterr().out


def changed_lines(before: str, after: str) -> list[str]:
    found = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in found if line[:1] in "+-" and line[:3] not in ("+++", "---")]
