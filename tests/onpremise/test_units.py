"""The files that a server is set up with: checked by the tools that read them."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from chalicelib import settings

from infra.onpremise import serve

HERE = serve.ROOT / "infra" / "onpremise"
UNITS = sorted((HERE / "systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze here")


@needs_systemd
def test_systemd_takes_every_unit(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text("utf-8").replace("/opt/banshi/current/.venv/bin/python", "/bin/true")
        (tmp_path / unit.name).write_text(re.sub(r"^Documentation=.*\n", "", text, flags=re.M))
    done = subprocess.run(
        ["systemd-analyze", "verify", *map(str, tmp_path.iterdir())],
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    complaints = [line for line in done.stderr.splitlines() if "banshi" in line]
    assert complaints == []


@needs_systemd
@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_every_service_is_shut_in(unit: Path) -> None:
    """Exposure as systemd itself scores it: 10 is an ordinary service, below 2 is what it calls OK and better."""
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(unit)],
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    score = re.search(r"Overall exposure level for .*: ([\d.]+)", done.stdout)
    assert score and float(score[1]) <= 2.0, done.stdout[-300:]


def test_each_service_starts_what_there_is() -> None:
    for unit in SERVICES:
        module = re.search(r"python -m ([\w.]+)", unit.read_text("utf-8"))
        assert module and module[1] in ("granian", "chalicelib.jobs.loop", "keeper"), unit.name


def test_the_web_service_starts_granian_as_the_tests_do() -> None:
    unit = " ".join((HERE / "systemd" / "banshi-web.service").read_text("utf-8").replace("\\\n", " ").split())
    ours = serve.commands(8000, 8001)["web"][3:]
    wanted = [word for word in ours if word != "30"]
    assert [word for word in wanted if word not in unit.split()] == []


def test_the_sample_settings_name_only_settings_there_are() -> None:
    source = (
        Path(settings.__file__).read_text("utf-8")
        + (HERE / "wsgi.py").read_text("utf-8")
        + "AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY"
    )
    names = re.findall(r"^(?:# )?([A-Z][A-Z_]+)=", (HERE / "banshi.env.example").read_text("utf-8"), re.M)
    assert len(names) > 10 and [name for name in names if name not in source] == []


def test_the_sample_settings_stop_the_start_until_the_secret_is_filled_in() -> None:
    lines = (HERE / "banshi.env.example").read_text("utf-8").splitlines()
    environ = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    with pytest.raises(settings.BadSettings, match="SECRET_KEY"):
        settings.read(environ)


def test_the_timer_is_hourly_and_catches_up() -> None:
    timer = configparser.ConfigParser()
    timer.read(HERE / "systemd" / "banshi-backup.timer")
    assert (timer["Timer"]["OnCalendar"], timer["Timer"]["Persistent"]) == ("hourly", "true")


def test_the_container_starts_granian_as_the_unit_does_and_not_as_root() -> None:
    text = (HERE / "Containerfile").read_text("utf-8")
    start = re.findall(r'"([^"]+)"', text[text.rindex("\nCMD") :])
    ours = serve.commands(8000, 8001)["web"][3:]
    assert [word for word in ours if word not in start] in ([], ["127.0.0.1"], ["127.0.0.1", "30"])
    assert text.index("\nUSER banshi") < text.rindex("\nCMD")
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.M)
    assert all((serve.ROOT / name).exists() for line in copied for name in line.split())


@pytest.mark.parametrize("script", sorted(HERE.glob("*.sh")), ids=lambda script: script.name)
def test_scripts_are_sound_shell(script: Path) -> None:
    assert subprocess.run(["sh", "-n", str(script)], capture_output=True, check=False).returncode == 0
