"""A disk that is full: tried on one. Nothing that was acknowledged is lost, and work goes on when there is room again."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from chalicelib.store.embedded import EmbeddedStore
from chalicelib.store.port import CASES, StoreUnavailable
from keeper.backup import Source, back_up
from keeper.vault import Vault, VaultFault
from keeper.verify import verify
from pyrage import x25519

from tests.http.deeds import Deeds
from tests.http.stand_in import MONDAY, Town, town
from tests.operations.conftest import Log, caller_of


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of four megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], check=False, capture_output=True
    )
    if made.returncode:
        pytest.skip("no right to mount a small disk here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def test_a_full_disk_refuses_new_work_and_loses_none(disk: Path, site: Path, log: Log) -> None:
    here = town(site, disk)
    deeds = Deeds(here)
    body = deeds.application()
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(1 << 20))
    acknowledged, refused = [], None
    for n in range(2000):
        answer = deeds.apply(body=body, key=f"a-key-that-is-long-enough-{n}")
        if answer.status != 201:
            refused = answer
            break
        acknowledged.append(answer.json)
    assert (
        refused is not None
        and refused.status == 503
        and refused.json["code"] == "unavailable"
        and len(acknowledged) > 10
    )
    assert any(
        "full" in line["error"]["text"] or "I/O" in line["error"]["text"]
        for line in log.lines
        if "error" in line
    )
    with pytest.raises(StoreUnavailable):
        here.store.put_file(bytes(2 << 20))

    first = acknowledged[0]
    assert (
        here.program.read(f"/api/v1/applications/{first['number']}?code={first['query_code']}").status == 200
    )
    assert here.program.get("/healthz").status == 200
    assert (here.program.get("/readyz").status, here.program.get("/readyz").json["checks"]["room"]) == (
        503,
        "failed",
    )

    ballast.unlink()
    again = deeds.apply(body=body, key=f"a-key-that-is-long-enough-{len(acknowledged)}")
    assert again.status == 201
    found = verify(EmbeddedStore(disk))
    assert found.faults == [] and found.cases == len(acknowledged) + 1
    assert {receipt["number"] for receipt in [*acknowledged, again.json]} == {
        record.key for record in here.store.walk(CASES, limit=10_000)
    }


def test_a_back_up_without_room_for_its_copy_says_so_and_leaves_the_disk_as_it_was(
    disk: Path, site: Path, tmp_path: Path
) -> None:
    here = town(site, disk)
    Deeds(here).handed_in()
    (disk / "ballast").write_bytes(bytes(shutil.disk_usage(disk).free - 40_000))
    source, key = Source(disk, site), x25519.Identity.generate()
    with pytest.raises(VaultFault, match="no room"):
        back_up(source, Vault(tmp_path / "vault"), [key.to_public()], now=MONDAY)
    assert not list(disk.glob(".backup-*"))


def test_a_database_at_its_limit_refuses_and_goes_on(here: Town, log: Log) -> None:
    """The same where no disk can be mounted: SQLite itself reports that it is full."""
    deeds, store = Deeds(here), EmbeddedStore(here.house.settings.data_dir)
    desk = type(here.house.desk)(store=store, catalogue=here.house.catalogue, calendar=here.house.calendar)
    house = replace(here.house, store=store, desk=desk)
    body = deeds.application()
    limited = Deeds(Town(house, caller_of(house)._gateway, here.clock))
    (pages,) = store.lasting.connection().execute("PRAGMA page_count").fetchone()
    store.lasting.connection().execute(f"PRAGMA max_page_count = {pages}")
    statuses = [limited.apply(body=body).status for _ in range(60)]
    assert 503 in statuses
    store.lasting.connection().execute("PRAGMA max_page_count = 1000000")
    assert limited.apply(body=body).status == 201
    assert verify(store).faults == [] and any("full" in str(line.get("error")) for line in log.lines)
