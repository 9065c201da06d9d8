"""The tools that are compared: how each is called, and which version that is."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path


def command(name: str) -> list[str]:
    """How a peer builds its project, called from there."""
    if name == "hugo":
        return [_hugo()]
    if name == "eleventy":
        return ["node", str(_eleventy() / "cmd.cjs"), "--quiet"]
    return [str(Path(sys.executable).with_name("pelican")), "-s", "pelicanconf.py", "-q", "-o", "output"]


def of(peers: Iterable[str]) -> str:
    """One line with the versions of ours and theirs."""
    return ", ".join(
        [f"{platform.python_implementation()} {platform.python_version()}", *map(_version, peers)]
    )


def _version(name: str) -> str:
    if name == "hugo":
        said = subprocess.run([_hugo(), "version"], capture_output=True, text=True, check=True).stdout
        found = re.search(r"v([0-9.]+)", said.rpartition("hugo ")[2])
        return f"Hugo {found[1] if found else said}"
    if name == "eleventy":
        return f"Eleventy {json.loads((_eleventy() / 'package.json').read_text('utf-8'))['version']}"
    return f"Pelican {version('pelican')}"


def _hugo() -> str:
    return os.environ.get("HUGO", "hugo")


def _eleventy() -> Path:
    return Path(os.environ.get("ELEVENTY", "node_modules")) / "@11ty" / "eleventy"
