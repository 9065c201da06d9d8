"""Back-ups: whole while people go on applying, readable by nobody without the key, and back when needed."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tarfile
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyrage
import pytest
from chalicelib.store.embedded import EmbeddedStore
from chalicelib.store.folder import FolderFiles
from chalicelib.store.port import CASES, Record
from keeper.backup import Source, back_up
from keeper.restore import put_back, restore
from keeper.vault import STATE, Vault, VaultFault, identities_in, recipients_in
from keeper.verify import verify
from pyrage import x25519

from tests.http.deeds import Deeds
from tests.http.stand_in import MONDAY, Town
from tests.keeper.conftest import Keys

ROOT = Path(__file__).parents[2]


def source_of(here: Town) -> Source:
    return Source(
        here.house.settings.data_dir, here.house.settings.site_dir, (here.house.settings.staff_file,)
    )


def backed_up(here: Town, vault: Vault, keys: Keys, **later: float) -> Any:
    return back_up(source_of(here), vault, keys.public, now=MONDAY + timedelta(**later))


def test_what_was_backed_up_comes_back_whole(
    here: Town, numbers: list[str], vault: Vault, keys: Keys, tmp_path: Path
) -> None:
    before = [here.store.find(CASES, number, now=MONDAY) for number in numbers]
    snapshot = backed_up(here, vault, keys)
    shutil.rmtree(here.house.settings.data_dir)
    done = restore(vault, keys.secrets, tmp_path / "new")
    store = EmbeddedStore(tmp_path / "new")
    assert [store.find(CASES, number, now=MONDAY) for number in numbers] == before
    assert (done.snapshot, done.files) == (snapshot.name, 3)
    found = verify(store)
    assert (found.cases, found.files, found.faults) == (3, 3, [])
    assert (tmp_path / "new/site/catalogue/index.json").read_bytes() == (
        here.house.settings.site_dir / "catalogue/index.json"
    ).read_bytes()
    assert list((tmp_path / "new/also").rglob("staff.json"))


@pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("setpriv"), reason="root reads everything")
def test_what_may_not_be_read_beside_the_data_is_left_out_and_named(
    here: Town, numbers: list[str], vault: Vault, keys: Keys, tmp_path: Path
) -> None:
    """The TLS key below /etc/banshi, for example: it must not keep the cases from being backed up."""
    beside, hidden = tmp_path / "etc", tmp_path / "etc" / "tls"
    hidden.mkdir(parents=True)
    (beside / "staff.json").write_text("[]")
    for name in ("privkey.pem", "fullchain.pem"):
        (hidden / name).write_text("pem")
    (hidden / "privkey.pem").chmod(0)
    (tmp_path / "public").write_text(str(keys.public[0]))
    less = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    command = [*less, sys.executable, "-m", "keeper", "backup", "--to", str(vault.folder), "--recipients",
               str(tmp_path / "public"), "--also", str(beside)]  # fmt: skip
    paths = [str(ROOT / "functions"), str(ROOT)]
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(paths), "SITE_DIR": str(here.house.settings.site_dir),
               "DATA_DIR": str(here.house.settings.data_dir)}  # fmt: skip
    done = subprocess.run(command, env=environ, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == f"left out, since this user may not read it: {hidden}/privkey.pem\n"
    restore(vault, keys.secrets, tmp_path / "new")
    came = {path.name for path in (tmp_path / "new" / "also").rglob("*") if path.is_file()}
    assert came == {"staff.json", "fullchain.pem"}
    assert verify(EmbeddedStore(tmp_path / "new")).cases == 3


def test_a_back_up_shows_nothing_of_what_is_in_it(
    here: Town, numbers: list[str], vault: Vault, keys: Keys
) -> None:
    backed_up(here, vault, keys)
    written = b"".join(path.read_bytes() for path in vault.folder.rglob("*") if path.is_file())
    for secret in ("听潮小面馆", "13800001234", numbers[0], "SQLite format 3"):
        assert secret.encode() not in written
    assert not list(here.house.settings.data_dir.glob(".backup-*"))


def test_any_age_tool_can_read_a_back_up(here: Town, numbers: list[str], vault: Vault, keys: Keys) -> None:
    snapshot = backed_up(here, vault, keys)
    plain = pyrage.decrypt((snapshot.folder / STATE).read_bytes(), keys.secrets)
    with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
        assert "banshi.sqlite3" in archive.getnames() and "site/catalogue/index.json" in archive.getnames()


def test_only_new_files_are_written_the_next_time(
    here: Town, numbers: list[str], vault: Vault, keys: Keys
) -> None:
    assert backed_up(here, vault, keys).facts["new_files"] == 3
    Deeds(here).reference(shade=77)
    assert backed_up(here, vault, keys, hours=1).facts["new_files"] == 1
    assert backed_up(here, vault, keys, hours=2).facts["new_files"] == 0


def test_old_snapshots_are_dropped_with_the_files_only_they_name(
    here: Town, numbers: list[str], vault: Vault, keys: Keys
) -> None:
    gone = Deeds(here).reference(shade=78)["sha256"]
    backed_up(here, vault, keys)
    FolderFiles(here.house.settings.data_dir / "files")._path(gone).unlink()
    backed_up(here, vault, keys, hours=1)
    newest = backed_up(here, vault, keys, hours=2)
    assert vault.forget(keep=2) == 1 and not vault.path(gone).exists()
    assert len(vault.snapshots()) == 2 and vault.check(newest) == []


def test_a_copy_made_while_people_apply_is_whole(
    here: Town, vault: Vault, keys: Keys, tmp_path: Path
) -> None:
    """Writers go on in other threads; whatever moment the copy shows, every chain in it holds and every file is there."""
    stop, store = threading.Event(), EmbeddedStore(here.house.settings.data_dir)

    def write(worker: int) -> None:
        n = 0
        while not stop.is_set():
            sha256 = store.put_file(f"{worker} {n}".encode())
            store.create(CASES, Record(f"W{worker}N{n}", {"state": "x"}, {"file": {"sha256": sha256}}))
            n += 1

    writers = [threading.Thread(target=write, args=(worker,)) for worker in range(3)]
    for writer in writers:
        writer.start()
    try:
        while not store.walk(CASES, limit=1):
            stop.wait(0.01)
        for hour in range(3):
            backed_up(here, vault, keys, hours=hour)
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    for number, snapshot in enumerate(vault.snapshots()):
        to = tmp_path / f"back{number}"
        restore(vault, keys.secrets, to, name=snapshot.name)
        back = EmbeddedStore(to)
        records = back.walk(CASES, limit=100_000)
        assert records and all(back.get_file(record.body["file"]["sha256"]) for record in records)


@pytest.mark.parametrize("harm", ["state", "file", "missing"])
def test_a_damaged_back_up_says_so(
    harm: str, here: Town, numbers: list[str], vault: Vault, keys: Keys, tmp_path: Path
) -> None:
    snapshot = backed_up(here, vault, keys)
    sha256 = next(snapshot.files())
    if harm == "missing":
        vault.path(sha256).unlink()
    else:
        target = snapshot.folder / STATE if harm == "state" else vault.path(sha256)
        data = bytearray(target.read_bytes())
        data[-5] ^= 1
        target.write_bytes(data)
    if harm != "file":
        assert len(vault.check(snapshot)) == 1
    with pytest.raises(VaultFault, match=r"damaged|cannot be opened|not in the back-up"):
        restore(vault, keys.secrets, tmp_path / "new")
    assert not (tmp_path / "new/banshi.sqlite3").exists()


def test_the_wrong_key_opens_nothing(
    here: Town, numbers: list[str], vault: Vault, keys: Keys, tmp_path: Path
) -> None:
    backed_up(here, vault, keys)
    with pytest.raises(VaultFault, match="No matching keys"):
        restore(vault, [x25519.Identity.generate()], tmp_path / "new")


def test_either_of_two_keys_opens_a_back_up(
    here: Town, numbers: list[str], vault: Vault, keys: Keys, tmp_path: Path
) -> None:
    """The one in the safe of another office, when the first is lost."""
    second = x25519.Identity.generate()
    back_up(source_of(here), vault, [*keys.public, second.to_public()], now=MONDAY)
    restore(vault, [second], tmp_path / "new")
    assert verify(EmbeddedStore(tmp_path / "new")).cases == 3


def test_a_restore_never_writes_over_a_database(
    here: Town, numbers: list[str], vault: Vault, keys: Keys
) -> None:
    backed_up(here, vault, keys)
    with pytest.raises(VaultFault, match="holds a database already"):
        restore(vault, keys.secrets, here.house.settings.data_dir)


def test_a_restore_that_was_cut_off_goes_on(
    here: Town, numbers: list[str], vault: Vault, keys: Keys, tmp_path: Path
) -> None:
    snapshot = backed_up(here, vault, keys)
    last = sorted(snapshot.files())[-1]
    kept = vault.path(last).read_bytes()
    vault.path(last).unlink()
    with pytest.raises(VaultFault):
        restore(vault, keys.secrets, tmp_path / "new")
    vault.path(last).write_bytes(kept)
    assert restore(vault, keys.secrets, tmp_path / "new").files == 1
    assert verify(EmbeddedStore(tmp_path / "new")).faults == []


def test_a_back_up_that_was_killed_leaves_nothing_behind(
    here: Town, numbers: list[str], vault: Vault, keys: Keys
) -> None:
    stale = here.house.settings.data_dir / ".backup-killed"
    stale.mkdir()
    (stale / "banshi.sqlite3").write_text("in the clear")
    half = vault.folder / "snapshots/2026-11-22T000000Z"
    half.mkdir(parents=True)
    (half / STATE).write_text("half")
    backed_up(here, vault, keys)
    assert not stale.exists() and not half.exists() and len(vault.snapshots()) == 1


def test_two_back_ups_at_once_are_one_and_a_refusal(
    here: Town, numbers: list[str], vault: Vault, keys: Keys
) -> None:
    with vault.alone(), pytest.raises(VaultFault, match="another back-up"):
        backed_up(here, vault, keys)


def test_a_file_damaged_on_the_server_is_not_backed_up_as_if_it_were_sound(
    here: Town, numbers: list[str], vault: Vault, keys: Keys
) -> None:
    files = FolderFiles(here.house.settings.data_dir / "files")
    files._path(next(files.names())).write_bytes(b"other bytes")
    with pytest.raises(VaultFault, match="damaged"):
        backed_up(here, vault, keys)
    assert vault.snapshots() == []


@pytest.mark.parametrize("text", ["", "# only a remark\n", "age1nonsense", "AGE-SECRET-KEY-1"])
def test_a_file_that_holds_no_key_is_refused(text: str) -> None:
    for read in (recipients_in, identities_in):
        with pytest.raises(VaultFault):
            read(text)


def test_one_case_comes_back_from_a_back_up(here: Town, numbers: list[str], vault: Vault, keys: Keys) -> None:
    before = here.store.find(CASES, numbers[1], now=MONDAY)
    backed_up(here, vault, keys)
    assert before and here.store.delete(CASES, numbers[1], expected=before.version)
    assert put_back(here.store, vault, keys.secrets, numbers[1], now=MONDAY) == "restored"
    assert here.store.find(CASES, numbers[1], now=MONDAY) == before
    assert put_back(here.store, vault, keys.secrets, numbers[1], now=MONDAY) == "same"


def test_a_case_that_went_on_since_is_replaced_only_on_request(
    here: Town, numbers: list[str], vault: Vault, keys: Keys
) -> None:
    backed_up(here, vault, keys)
    before = here.store.find(CASES, numbers[0], now=MONDAY)
    assert Deeds(here).act("lin-he", numbers[0], "withdraw", version=1).status == 200
    assert put_back(here.store, vault, keys.secrets, numbers[0], now=MONDAY) == "differs"
    assert put_back(here.store, vault, keys.secrets, numbers[0], now=MONDAY, replace=True) == "restored"
    assert here.store.find(CASES, numbers[0], now=MONDAY) == before


def test_a_case_that_the_snapshot_does_not_know_is_refused(
    here: Town, numbers: list[str], vault: Vault, keys: Keys
) -> None:
    backed_up(here, vault, keys)
    with pytest.raises(VaultFault, match="knows no case"):
        put_back(here.store, vault, keys.secrets, "8K3M7Q2X4P9A", now=MONDAY)
