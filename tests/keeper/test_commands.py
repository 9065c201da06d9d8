"""The keeper's commands as an operator types them."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from chalicelib import access_log
from chalicelib.domain.case import Actor
from chalicelib.store.port import CASES
from keeper.__main__ import COMMANDS, main

from tests.http.stand_in import MONDAY, Town

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(here: Town, capsys: pytest.CaptureFixture[str]) -> Run:
    """Types one command in the town's environment; gives its code and what it said."""
    settings = here.house.settings
    environ = {"DATA_DIR": str(settings.data_dir), "SITE_DIR": str(settings.site_dir)}

    def typed(line: str, **more: str) -> tuple[int, str, str]:
        code = main(line.split(), environ | more)
        return code, *capsys.readouterr()

    return typed


@pytest.fixture
def vault_with_one(run: Run, numbers: list[str], tmp_path: Path) -> Path:
    """A back-up made as the documentation says."""
    code, public, _ = run(f"new-key --to {tmp_path}/key")
    (tmp_path / "public").write_text(public)
    assert code == 0 and public.startswith("age1")
    code, said, _ = run(f"backup --to {tmp_path}/vault --recipients {tmp_path}/public --keep 7")
    assert code == 0 and "3 new files" in said
    return tmp_path / "vault"


def test_back_up_destroy_restore(run: Run, here: Town, vault_with_one: Path, tmp_path: Path) -> None:
    assert run(f"check --from {vault_with_one}")[0] == 0
    shutil.rmtree(here.house.settings.data_dir)
    code, said, _ = run(
        f"restore --from {vault_with_one} --key {tmp_path}/key --to {here.house.settings.data_dir}"
    )
    assert code == 0 and "3 cases, 5 events, 3 files: 0 faults" in said
    assert run("verify")[0] == 0


def test_the_drill_says_how_many_minutes_and_leaves_nothing(
    run: Run, vault_with_one: Path, tmp_path: Path
) -> None:
    (tmp_path / "room").mkdir()
    code, said, _ = run(f"drill --from {vault_with_one} --key {tmp_path}/key --within {tmp_path}/room")
    assert code == 0 and "minutes" in said and "0 faults" in said
    assert list((tmp_path / "room").iterdir()) == []


def test_one_case_is_put_back_by_its_number(
    run: Run, here: Town, numbers: list[str], vault_with_one: Path, tmp_path: Path
) -> None:
    assert here.store.delete(CASES, numbers[0], expected=1)
    put = f"restore-case --from {vault_with_one} --key {tmp_path}/key --number"
    assert run(f"{put} {numbers[0]}")[:2] == (0, f"{numbers[0]}: restored\n")
    assert run(f"{put} 8K3M7Q2X4P9A")[0] == 2


def test_export_and_import_into_another_folder(run: Run, numbers: list[str], tmp_path: Path) -> None:
    assert run(f"export --to {tmp_path}/out")[0] == 0
    code, said, _ = run(f"import --from {tmp_path}/out", DATA_DIR=str(tmp_path / "new"))
    assert code == 0 and "3 files written, 0 were there" in said
    assert run(f"import --from {tmp_path}/out", DATA_DIR=str(tmp_path / "new"))[1].startswith(
        "0 records and 0 files"
    )


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE records SET events = replace(events, '林禾', '别人') WHERE key = ?", "the chain of hashes breaks at event 1"),
        ("UPDATE records SET events = substr(events, instr(events, char(10)) + 1) WHERE key = ?", "its history does not lead to submitted"),
        ("UPDATE records SET head = replace(head, 'submitted', 'granted') WHERE key = ?", "its history does not lead to granted"),
        ("UPDATE records SET head = '{}' WHERE key = ?", "it cannot be read: KeyError"),
    ],
)  # fmt: skip
def test_verify_names_what_somebody_changed_behind_our_back(
    statement: str, fault: str, run: Run, here: Town, numbers: list[str]
) -> None:
    with sqlite3.connect(here.house.settings.data_dir / "banshi.sqlite3") as db:
        assert db.execute(statement, (numbers[0],)).rowcount == 1
    code, _, complaints = run("verify")
    assert code == 1 and f"cases {numbers[0]}: {fault}" in complaints
    assert here.store.find(CASES, numbers[1], now=MONDAY) and numbers[1] not in complaints


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("backup --to {tmp}/v --recipients {tmp}/none", "none"),
        ("drill --from {tmp}/none --key {tmp}/key", "no snapshot"),
        ("check --from {tmp}/none", "no snapshot"),
        ("import --from {tmp}", "no manifest.json"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    line: str, message: str, run: Run, numbers: list[str], tmp_path: Path
) -> None:
    run(f"new-key --to {tmp_path}/key")
    code, _, complaint = run(line.format(tmp=tmp_path))
    assert code in (1, 2) and message in complaint and complaint.count("\n") == 1


def test_a_secret_key_is_for_its_owner_only_and_never_written_over(run: Run, tmp_path: Path) -> None:
    run(f"new-key --to {tmp_path}/key")
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0
    before = (tmp_path / "key").read_text()
    assert run(f"new-key --to {tmp_path}/key")[0] == 2
    assert (tmp_path / "key").read_text() == before


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for name in COMMANDS:
        with pytest.raises(SystemExit, match="0"):
            main([name, "--help"], {})
        assert len(capsys.readouterr().out) > 100


def test_verify_names_what_is_wrong_in_the_access_log(run: Run, here: Town, numbers: list[str]) -> None:
    case = here.house.desk.find(numbers[0], now=MONDAY)
    assert case
    staff = Actor("shen-lan", "沈岚", frozenset({"window"}), "综合窗口", frozenset({case.dept}))
    for _ in range(2):
        access_log.note(here.store, access_log.Line(case, access_log.SEEN, ("phone",)), staff, now=MONDAY)
    assert run("verify")[0] == 0
    with sqlite3.connect(here.house.settings.data_dir / "banshi.sqlite3") as db:
        key = f"{numbers[0]}#2026-11-23"
        assert db.execute(
            "UPDATE records SET events = replace(events, '沈岚', '别人') WHERE key = ?", (key,)
        ).rowcount
    code, _, complaints = run("verify")
    assert code == 1 and f"access {key}: the chain of hashes breaks at line 1" in complaints
