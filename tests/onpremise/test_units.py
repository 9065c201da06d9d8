"""The files that a server is set up with: checked by the tools that read them."""

from __future__ import annotations

import configparser
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from chalicelib import clock, settings
from chalicelib.house import build

from infra.onpremise import serve
from tests.http.conftest import site as site

HERE = serve.ROOT / "infra" / "onpremise"
UNITS = sorted((HERE / "systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze here")


@needs_systemd
def test_systemd_takes_every_unit(tmp_path: Path) -> None:
    shutil.copy(HERE / "alone.conf", _folder(tmp_path / "banshi-web.service.d"))
    for unit in UNITS:
        text = unit.read_text("utf-8").replace("/opt/banshi/current/.venv/bin/python", "/bin/true")
        (tmp_path / unit.name).write_text(re.sub(r"^Documentation=.*\n", "", text, flags=re.M))
    done = subprocess.run(
        ["systemd-analyze", "verify", *(str(tmp_path / unit.name) for unit in UNITS)],
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    complaints = [line for line in done.stderr.splitlines() if "banshi" in line]
    assert complaints == []


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


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
        program = re.search(r"python (?:-m )?([\w./]+)", unit.read_text("utf-8"))
        known = ("granian", "chalicelib.jobs.loop", "keeper", "/opt/banshi/current/publish.py")
        assert program and program[1] in known, unit.name


def test_the_web_service_starts_granian_as_the_tests_do() -> None:
    unit = " ".join((HERE / "systemd" / "banshi-web.service").read_text("utf-8").replace("\\\n", " ").split())
    ours = serve.commands(8000, 8001)["web"][3:]
    elsewhere = (
        "30",
        "--host",
        "127.0.0.1",
        "--port",
        "8000",
    )  # in the environment, so that a drop-in can change it
    assert [word for word in ours if word not in (*unit.split(), *elsewhere)] == []
    assert "GRANIAN_HOST=127.0.0.1 GRANIAN_PORT=8000" in unit


def test_the_sample_settings_name_only_settings_there_are() -> None:
    source = (
        Path(settings.__file__).read_text("utf-8")
        + (HERE / "wsgi.py").read_text("utf-8")
        + "".join(unit.read_text("utf-8") for unit in SERVICES)
        + (serve.SAMPLE / "interfaces.json").read_text("utf-8")
        + "AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY"
    )
    names = re.findall(r"^(?:# )?([A-Z][A-Z_]+)=", (HERE / "banshi.env.example").read_text("utf-8"), re.M)
    assert len(names) > 10 and [name for name in names if name not in source] == []


def test_the_sample_settings_stop_the_start_until_the_secret_is_filled_in() -> None:
    lines = (HERE / "banshi.env.example").read_text("utf-8").splitlines()
    environ = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    with pytest.raises(settings.BadSettings, match="SECRET_KEY"):
        settings.read(environ)


@pytest.mark.parametrize(
    ("name", "when"), [("backup", "hourly"), ("publish", "*-*-* 02:10"), ("catalogue", "*-*-* 05:30")]
)
def test_a_timer_starts_its_service_and_catches_up_what_was_missed(name: str, when: str) -> None:
    timer = configparser.ConfigParser()
    timer.read(HERE / "systemd" / f"banshi-{name}.timer")
    assert (timer["Timer"]["OnCalendar"], timer["Timer"]["Persistent"]) == (when, "true")
    assert (HERE / "systemd" / f"banshi-{name}.service").is_file()


def test_the_sample_settings_with_agreements_open_a_house_that_speaks_with_others(
    site: Path, tmp_path: Path
) -> None:
    """Each line that is commented out is filled in, as an operator would."""
    text = (HERE / "banshi.env.example").read_text("utf-8")
    wanted = re.findall(r"^(?:# )?((?:BASE|SECRET|OIDC|INTERFACES|REPORTING)[A-Z_]*)=(\S*)$", text, re.M)
    environ = {name: value or "k" * 40 for name, value in wanted}
    facts = json.loads((serve.SAMPLE / "interfaces.json").read_text("utf-8"))
    kept = {name: facts[name] for name in ("hosts", "reporting", "catalogue")}
    kept["reporting"] = kept["reporting"][0]
    (tmp_path / "interfaces.json").write_text(json.dumps(kept), "utf-8")
    environ |= {
        "INTERFACES_FILE": str(tmp_path / "interfaces.json"), "STAFF_FILE": str(serve.SAMPLE / "staff.json"),
        "DATA_DIR": str(tmp_path), "SITE_DIR": str(site),
    }  # fmt: skip
    opened = build(settings.read(environ), clock=clock.now)
    assert [one.keys for one in opened.outside.subscribers] == [(b"k" * 40,)]
    with pytest.raises(settings.BadSettings, match="INTERFACES_FILE: REPORTING_KEY must be a key"):
        build(settings.read({**environ, "REPORTING_KEY": ""}), clock=clock.now)


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
