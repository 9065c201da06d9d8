"""docs/operators.md: each command of the keeper is run as printed; of the others, what they name is there."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import botocore.session
import pytest
from chalicelib.store.port import CASES
from keeper.__main__ import main
from moto.server import ThreadedMotoServer

from infra.onpremise import serve
from tests.http.conftest import site as site
from tests.http.deeds import Deeds
from tests.http.stand_in import Town, town

PAGE = (serve.ROOT / "docs" / "operators.md").read_text("utf-8")
LINES = [line for block in re.findall(r"^```sh\n(.*?)^```", PAGE, re.M | re.S) for line in block.splitlines()]
PROGRAMS = {
    "adduser",
    "install",
    "ln",
    "keeper",
    "nginx",
    "systemctl",
    "chown",
    "cp",
    "df",
    "journalctl",
    "sh",
    "cd",
    "timedatectl",
}


def words(line: str) -> tuple[dict[str, str], list[str]]:
    """(settings before the command, the command)."""
    said = shlex.split(line)
    given = dict(word.split("=", 1) for word in said if re.match(r"[A-Z_]+=", word))
    return given, said[len(given) :]


@pytest.fixture
def here(site: Path, tmp_path: Path) -> Town:
    return town(site, tmp_path / "data")


@pytest.fixture
def cluster() -> Iterator[str]:
    """A DynamoDB and an S3 at an address, as moto plays them."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = ThreadedMotoServer("127.0.0.1", port)
    server.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.stop()


def test_the_keepers_commands_do_what_the_page_says(
    here: Town,
    cluster: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """In the order of the page, in one town: a case is lost in between, and the machine before the restore."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "cluster")
    number = Deeds(here).handed_in()["number"]
    data = here.house.settings.data_dir
    places = {
        "backup.key": f"{tmp_path}/key", "/mnt/banshi-backup": f"{tmp_path}/vault", "/etc/banshi/backup.pub": f"{tmp_path}/public",
        "/etc/banshi": f"{tmp_path}/etc", "/var/lib/banshi": str(data), "/srv/move": f"{tmp_path}/move", "/var/lib/banshi/content": f"{tmp_path}/content", "NUMBER": number,
        "/var/log/banshi-probes.log": f"{tmp_path}/probes", "https://zwfw.wanglan.example/readyz": f"{cluster}/moto-api/",
        "http://cluster.inside:8000": cluster, "http://files.inside:9000": cluster,
    }  # fmt: skip
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "banshi.env").write_text("SECRET_KEY=x\n")
    files = botocore.session.get_session().create_client("s3", "cn-north-1", endpoint_url=cluster)
    files.create_bucket(Bucket="banshi", CreateBucketConfiguration={"LocationConstraint": "cn-north-1"})
    done = []
    for line in LINES:
        given, command = words(line)
        if command[0] != "keeper":
            continue
        if command[1] == "restore":
            shutil.rmtree(data)
        if command[1] == "restore-case":
            assert here.store.delete(CASES, number, expected=1)
        environ = {"DATA_DIR": str(data), "SITE_DIR": str(here.house.settings.site_dir)}
        environ |= {name: places.get(value, value) for name, value in given.items()}
        code = main([places.get(word, word) for word in command[1:]], environ)
        said = capsys.readouterr()
        assert code == (1 if command[1] == "availability" else 0), (line, said)  # one probe is no observation
        if command[1] == "new-key":
            (tmp_path / "public").write_text(said.out)
        if command[1] in ("verify", "drill", "restore"):
            assert "1 cases" in said.out and "0 faults" in said.out
        done.append(command[1])
    assert {
        "new-secret",
        "backup",
        "check",
        "drill",
        "restore",
        "restore-case",
        "verify",
        "queues",
        "export",
        "import",
        "probe",
    } <= set(done)


def test_every_other_command_is_a_program_and_names_what_there_is() -> None:
    units = {unit.name for unit in (serve.ROOT / "infra/onpremise/systemd").iterdir()} | {
        "nginx.service",
        "chrony.service",
    }
    for line in LINES:
        _, command = words(line)
        assert command[0] in PROGRAMS, line
        for word in command:
            if word.startswith("/opt/banshi/current/"):
                assert [*serve.ROOT.glob(word.removeprefix("/opt/banshi/current/"))], word
            if word.endswith((".service", ".timer")) and "/" not in word:
                assert word in units, word


def test_the_hash_of_a_calendar_is_printed_by_the_command_of_the_page() -> None:
    (line,) = [line for line in LINES if "days_hash" in line]
    code = shlex.split(line)[-1]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=serve.ROOT, capture_output=True, encoding="utf-8", check=True
    )
    assert f'"sha256": "{done.stdout.strip()}"' in (serve.ROOT / "schemas/calendar/2027.json").read_text(
        "utf-8"
    )


def test_the_metrics_that_alarms_are_set_on_exist() -> None:
    named = set(re.findall(r"banshi_\w+", PAGE))
    source = (serve.ROOT / "functions" / "metrics.py").read_text("utf-8")
    assert len(named) >= 6 and [name for name in named if name.removesuffix("_total") not in source] == []


def test_the_wrapper_runs_the_keeper_with_the_servers_settings(tmp_path: Path) -> None:
    (tmp_path / "banshi.env").write_text(f"DATA_DIR={tmp_path}/data\nSTORE=embedded\n")
    current = tmp_path / "current"
    current.mkdir()
    for part in ("functions", "schemas", "theme"):
        (current / part).symlink_to(serve.ROOT / part)
    (current / ".venv").symlink_to(sys.prefix)
    environ = {
        "PATH": os.environ["PATH"],
        "BANSHI_CURRENT": str(current),
        "BANSHI_SETTINGS": str(tmp_path / "banshi.env"),
    }
    wrapper = str(serve.ROOT / "infra/onpremise/keeper.sh")
    done = subprocess.run(
        ["sh", wrapper, "verify"], env=environ, capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr) == (0, "") and "0 cases" in done.stdout
    assert (tmp_path / "data" / "banshi.sqlite3").exists()


@pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("setpriv"), reason="only root becomes somebody else"
)
def test_roots_key_reaches_the_keeper_that_runs_as_another_user(tmp_path: Path) -> None:
    """`id` and `setpriv` stand in: the user banshi is missing here. What arrives is looked at."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name, does in (
        ("id", 'case "$*" in -u) echo ${AS:-0};; esac'),
        ("setpriv", 'shift 5; AS=9 exec "$@"'),
    ):
        (tools / name).write_text(f"#!/bin/sh\n{does}\n")
        (tools / name).chmod(0o755)
    shown = tmp_path / "current" / ".venv" / "bin" / "python"
    shown.parent.mkdir(parents=True)
    shown.write_text('#!/bin/sh\necho "$@"; cat\n')
    shown.chmod(0o755)
    (tmp_path / "banshi.env").write_text("STORE=embedded\n")
    (tmp_path / "key").write_text("AGE-SECRET-KEY-1\n")
    environ = {
        "PATH": f"{tools}:{os.environ['PATH']}",
        "BANSHI_CURRENT": str(tmp_path / "current"),
        "BANSHI_SETTINGS": str(tmp_path / "banshi.env"),
    }
    wrapper = serve.ROOT / "infra/onpremise/keeper.sh"
    wrapper_here = Path(shutil.copy(wrapper, tmp_path / "keeper"))
    wrapper_here.chmod(0o755)
    command = [str(wrapper_here), "drill", "--from", "a b", "--key", str(tmp_path / "key"), "--snapshot", "x"]
    done = subprocess.run(command, env=environ, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == "-m keeper drill --from a b --key - --snapshot x\nAGE-SECRET-KEY-1\n"
