"""granian with TLS and no nginx, started as the units and the drop-in say: on other ports, with a certificate of the test."""

from __future__ import annotations

import io
import os
import re
import shlex
import signal
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from gateway import HSTS

from infra.onpremise import plain, serve
from tests.crash.live_callers import NoRedirect
from tests.crash.live_house import LiveHouse
from tests.onpremise.fronted import HOST, certificate, until_open
from tests.onpremise.test_nginx import Answered

HERE = serve.ROOT / "infra" / "onpremise"
HTTPS, HTTP = 8284, 8285
TOKEN = "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA"


def told(*files: Path) -> tuple[dict[str, str], list[str]]:
    """(environment, command) of a unit with its drop-ins; later lines win, as systemd has it."""
    text = "\n".join(file.read_text("utf-8") for file in files).replace("\\\n", " ")
    environ = dict(
        word.split("=", 1)
        for line in re.findall(r"^Environment=(.+)$", text, re.M)
        for word in shlex.split(line)
    )
    (command,) = re.findall(r"^ExecStart=(.+)$", text, re.M)
    return environ, shlex.split(command)[1:]


def started(
    unit: str, folder: Path, known: dict[str, str], port: int, *drop_ins: Path
) -> subprocess.Popen[bytes]:
    """The unit's command with its own environment, on another port and below another /etc."""
    environ, command = told(HERE / "systemd" / f"{unit}.service", *drop_ins)
    moved = {name: value.replace("/etc/banshi/tls", str(folder)) for name, value in environ.items()}
    moved |= {
        "GRANIAN_PORT": str(port),
        "PYTHONPATH": known["PYTHONPATH"],
        "PROMETHEUS_MULTIPROC_DIR": str(folder),
    }
    with (folder / f"{unit}.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, *command], env={**known, **moved}, stdout=log, stderr=log, start_new_session=True
        )


@pytest.fixture
def alone(live: LiveHouse, tmp_path: Path) -> Iterator[ssl.SSLContext]:
    """Both units, over the data of a house whose own web server is gone."""
    folder = tmp_path / "tls"
    folder.mkdir()
    certificate(folder)
    live.kill("web")
    known = {**os.environ, **live.environment, "BASE_URL": f"https://{HOST}"}
    with ExitStack() as stack:
        for unit, port, drop_ins in (
            ("banshi-web", HTTPS, (HERE / "alone.conf",)),
            ("banshi-plain", HTTP, ()),
        ):
            process = started(unit, folder, known, port, *drop_ins)
            stack.callback(process.wait)
            stack.callback(os.killpg, process.pid, signal.SIGKILL)
        until_open(HTTPS)
        until_open(HTTP)
        yield ssl.create_default_context(cafile=str(folder / "fullchain.pem"))


def ask(url: str, trusting: ssl.SSLContext | None = None, **headers: str) -> Answered:
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=trusting), NoRedirect)
    try:
        with opener.open(urllib.request.Request(url, headers=headers), timeout=20) as found:
            return Answered(found)
    except urllib.error.HTTPError as error:
        return Answered(error)


@pytest.mark.crash
def test_granian_alone_speaks_tls_and_port_80_leads_there(alone: ssl.SSLContext) -> None:
    for path in ("/", "/status/"):
        page = ask(f"https://localhost:{HTTPS}{path}", alone)
        assert page.status == 200 and "<main" in page.text
        assert page.headers["Strict-Transport-Security"] == HSTS
    assert alone.minimum_version <= ssl.TLSVersion.TLSv1_2
    alone.maximum_version = ssl.TLSVersion.TLSv1_2
    assert ask(f"https://localhost:{HTTPS}/healthz", alone).status == 200, "browsers of some years ago"
    with pytest.raises(urllib.error.URLError):
        ask(f"https://localhost:{HTTPS}/", ssl.create_default_context())
    away = ask(f"http://localhost:{HTTP}/guides/?page=2", Host="evil.example")
    assert (away.status, away.headers["Location"]) == (308, f"https://{HOST}/guides/?page=2")
    assert "Strict-Transport-Security" not in away.headers


def port_80(folder: Path, path: str, query: str = "") -> tuple[str, dict[str, str], bytes]:
    answers: list[Any] = []
    environ = {
        "PATH_INFO": path.encode().decode("latin-1"),
        "QUERY_STRING": query,
        "wsgi.input": io.BytesIO(),
    }
    out = plain.Plain(f"https://{HOST}/", folder)(
        environ, lambda status, fields: answers.append((status, dict(fields)))
    )
    return answers[0][0], answers[0][1], b"".join(out)


@pytest.mark.parametrize(
    ("path", "query", "where"),
    [
        ("/", "", "/"),
        ("/guides/", "q=%E6%8B%9B%E7%89%8C&page=2", "/guides/?q=%E6%8B%9B%E7%89%8C&page=2"),
        ("/指南/", "", "/%E6%8C%87%E5%8D%97/"),
        ("//evil.example/", "", "//evil.example/"),
        ("/a\r\nSet-Cookie: x", "b\r\nc", "/a%0D%0ASet-Cookie:%20x?b%0D%0Ac"),
    ],
)
def test_every_address_leads_to_the_same_one_over_tls(
    tmp_path: Path, path: str, query: str, where: str
) -> None:
    status, fields, _ = port_80(tmp_path, path, query)
    assert (status[:3], fields["Location"]) == ("308", f"https://{HOST}{where}")


def test_an_acme_client_can_show_its_answers_and_nothing_else_is_shown(tmp_path: Path) -> None:
    (tmp_path / TOKEN).write_text("proof")
    (tmp_path.parent / "outside").write_text("secret")
    assert port_80(tmp_path, f"/.well-known/acme-challenge/{TOKEN}")[::2] == ("200 OK", b"proof")
    assert port_80(tmp_path, "/.well-known/acme-challenge/absent")[0] == "404 Not Found"
    for path in ("../outside", "..%2Foutside", f"{TOKEN}/../../outside", "x" * 200):
        assert port_80(tmp_path, f"/.well-known/acme-challenge/{path}")[0][:3] == "308"
