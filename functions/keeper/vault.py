"""The back-up's folder: each uploaded file once, encrypted, and a folder for each snapshot of everything else.

    files/ab/ab12….age          an uploaded file, by the SHA-256 of its plain bytes
    snapshots/2026-11-23T020000Z/
        state.tar.age           database, catalogue, staff directory …
        files.txt.gz            the files that belong to it, a SHA-256 a line
        manifest.json           when, how much, and the SHA-256 of the two others

Everything is encrypted with age to public keys: the server that writes a back-up cannot read it, and any `age`
tool can (age -d -i KEY state.tar.age | tar x).
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyrage
from chalicelib.store.wire import is_sha256
from pyrage import x25519

STATE, FILES, MANIFEST = "state.tar.age", "files.txt.gz", "manifest.json"
FORMAT = 1
_CHUNK = 1 << 20


class VaultFault(Exception):
    """The back-up is not as it should be, or cannot be opened; the message says why."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One complete snapshot."""

    folder: Path
    facts: dict[str, Any]

    @property
    def name(self) -> str:
        """Its moment, which is its name."""
        return self.folder.name

    def files(self) -> Iterator[str]:
        """The SHA-256 of every uploaded file that belongs to it."""
        with gzip.open(self.folder / FILES, "rt") as listed:
            yield from (line.strip() for line in listed)


class Vault:
    """A back-up folder, on a disk that the server may lose without losing it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One back-up at a time; VaultFault when another is at work."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise VaultFault(f"another back-up to {self.folder} is at work") from error
            yield

    def snapshots(self) -> list[Snapshot]:
        """Complete snapshots, oldest first."""
        found = sorted((self.folder / "snapshots").glob(f"*/{MANIFEST}"))
        return [Snapshot(file.parent, json.loads(file.read_bytes())) for file in found]

    def snapshot(self, name: str = "") -> Snapshot:
        """The one of that name, or the newest."""
        found = [one for one in self.snapshots() if name in ("", one.name)]
        if not found:
            raise VaultFault(f"{self.folder} holds no snapshot {name}".rstrip())
        if found[-1].facts.get("format") != FORMAT:
            raise VaultFault(f"the snapshot has another format than {FORMAT}, which this release reads")
        return found[-1]

    def path(self, sha256: str) -> Path:
        """Where an uploaded file stands, encrypted."""
        return self.folder / "files" / sha256[:2] / f"{sha256}.age"

    def keep_file(self, source: Path, recipients: list[x25519.Recipient]) -> bool:
        """Encrypts a file into the vault unless it is there; False: it was, or it has gone meanwhile."""
        target = self.path(source.name)
        if target.exists():
            return False
        try:
            data = source.read_bytes()
        except FileNotFoundError:
            return False
        if hashlib.sha256(data).hexdigest() != source.name:
            raise VaultFault(f"{source} is damaged: put it back from an earlier back-up first")
        _write(target, pyrage.encrypt(data, recipients))
        return True

    def open_file(self, sha256: str, keys: list[x25519.Identity]) -> bytes:
        """The plain bytes of an uploaded file, checked against their name."""
        try:
            data = bytes(pyrage.decrypt(self.path(sha256).read_bytes(), keys))
        except FileNotFoundError as error:
            raise VaultFault(f"file {sha256} is not in the back-up") from error
        except (pyrage.DecryptError, OSError) as error:
            raise VaultFault(f"file {sha256} cannot be opened: {error}") from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise VaultFault(f"file {sha256} in the back-up is another one")
        return data

    def check(self, snapshot: Snapshot) -> list[str]:
        """What is wrong with a snapshot, as far as one sees without the secret key."""
        wrong = [
            f"{snapshot.name}: {name} is damaged"
            for name in (STATE, FILES)
            if sha256_of(snapshot.folder / name) != snapshot.facts["sha256"][name]
        ]
        if wrong:
            return wrong
        return [
            f"{snapshot.name}: file {one} is gone" for one in snapshot.files() if not self.path(one).exists()
        ]

    def forget(self, *, keep: int) -> int:
        """Drops all but the newest `keep` snapshots, then the files that none of those names; says how many files."""
        snapshots = self.snapshots()
        for old in snapshots[:-keep]:
            (old.folder / MANIFEST).unlink()  # without it the rest counts for nothing
            shutil.rmtree(old.folder)
        named = {sha256 for kept in snapshots[-keep:] for sha256 in kept.files()}
        stored = [path for path in (self.folder / "files").glob("*/*.age") if is_sha256(path.stem)]
        gone = [path for path in stored if path.stem not in named]
        for path in gone:
            path.unlink()
        return len(gone)


def recipients_in(text: str) -> list[x25519.Recipient]:
    """The public keys (age1…), one a line; VaultFault when there is none or one is wrong."""
    return _keys(text, x25519.Recipient.from_str, "public key (age1…)")


def identities_in(text: str) -> list[x25519.Identity]:
    """The secret keys (AGE-SECRET-KEY-1…), one a line."""
    return _keys(text, x25519.Identity.from_str, "secret key (AGE-SECRET-KEY-1…)")


def _keys(text: str, read: Any, what: str) -> list[Any]:
    said = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    try:
        keys = [read(line) for line in said]
    except (pyrage.IdentityError, pyrage.RecipientError) as error:
        raise VaultFault(f"a line is no {what}") from error
    if not keys:
        raise VaultFault(f"there is no {what}")
    return keys


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, read in pieces; of none at all when it is gone."""
    if not path.exists():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(target: Path, data: bytes) -> None:
    """Aside, synced, renamed: a back-up cut off in the middle leaves no half file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_suffix(".new")
    with aside.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    aside.replace(target)
