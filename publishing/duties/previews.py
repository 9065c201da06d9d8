"""Links to what is not public yet: unguessable, the same after every build, listed nowhere."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

FOLDER = "/preview/"
_KEY_BYTES = 32
_TOKEN_BYTES = 20  # 160 bits: nobody finds it by trying


def token(key: bytes, kind: str, name: str) -> str:
    """The secret part of a preview's address; it survives edits, so a link can be passed on."""
    digest = hmac.new(key, f"{kind}/{name}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:_TOKEN_BYTES]).decode().lower().rstrip("=")


def address(key: bytes, kind: str, name: str) -> str:
    """Where the preview of one document stands."""
    return f"{FOLDER}{token(key, kind, name)}/"


def key_of(path: Path) -> bytes:
    """The key from BANSHI_PREVIEW_KEY (hex), else from a file only its owner reads, made on first use."""
    given = os.environ.get("BANSHI_PREVIEW_KEY")
    if given:
        return bytes.fromhex(given)
    if not path.exists():
        _make(path)
    return bytes.fromhex(path.read_text("ascii").strip())


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(_KEY_BYTES) + "\n")
