"""The product's own nginx.conf on ports and certificates of a test, and what stands behind it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.onpremise import serve

CONF = serve.ROOT / "infra" / "onpremise" / "nginx.conf"
HTTPS, HTTP = 8280, 8281
HOST = "zwfw.wanglan.example"


def nginx() -> str:
    """The program; without it the test is skipped and says so."""
    found = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin")
    if not found:
        pytest.skip("no nginx here: apt-get install nginx-light")
    return found


def certificate(folder: Path) -> None:
    """A certificate that signs itself, and its key."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST},DNS:localhost", "-keyout", f"{folder}/privkey.pem", "-out", f"{folder}/fullchain.pem"],
        check=True, capture_output=True,
    )  # fmt: skip


def written(folder: Path, *, behind: int) -> Path:
    """The configuration, its own text with ports and paths of this test."""
    certificate(folder)
    text = CONF.read_text("utf-8")
    for old, new in (
        ("127.0.0.1:8000 max_fails", f"127.0.0.1:{behind} max_fails"),
        ("listen 443 ssl http2", f"listen 127.0.0.1:{HTTPS} ssl http2"),
        ("listen 80;", f"listen 127.0.0.1:{HTTP};"),
        ("/etc/banshi/tls", str(folder)),
        ("/var/log/nginx", str(folder)),
        ("/opt/banshi/current", str(serve.ROOT)),
        ("rate=50r/s", "rate=9000r/s"),  # all visitors of a test share one address
        ("rate=5r/s", "rate=9000r/s"),
    ):
        assert old in text, old
        text = text.replace(old, new)
    text = re.sub(r"^ *listen \[::\].*\n", "", text, flags=re.M)
    paths = "".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""  # the test's folders are its owner's alone
    whole = f"{user} pid {folder}/pid; error_log {folder}/start.log; daemon off; worker_processes 1;\nevents {{}}\nhttp {{ {paths}\n{text}\n}}\n"
    (folder / "nginx.conf").write_text(whole, "utf-8")
    return folder / "nginx.conf"


@contextmanager
def in_front(folder: Path, *, behind: int) -> Iterator[ssl.SSLContext]:
    """nginx before a port of this machine; gives what trusts its certificate."""
    program, conf = nginx(), written(folder, behind=behind)
    process = subprocess.Popen([program, "-p", str(folder), "-c", str(conf)])
    try:
        until_open(HTTPS)
        yield ssl.create_default_context(cafile=str(folder / "fullchain.pem"))
    finally:
        process.terminate()
        process.wait(10)


def until_open(port: int) -> None:
    """Waits until something listens at a port of this machine."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens at {port}")
