"""Backing up a running server: a consistent copy of the database first, then the files it names.

A file is durable before any record names it, and the database is copied before the files are listed, so every file
that the copy names is among those listed; people go on applying meanwhile.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import pyrage
from chalicelib.store.folder import FolderFiles
from pyrage import x25519

from .vault import FILES, FORMAT, MANIFEST, STATE, Snapshot, Vault, VaultFault, sha256_of

DATABASE = "banshi.sqlite3"
DONE = "last-backup.json"
_ASIDE = ".backup-"


@dataclass(frozen=True, slots=True)
class Source:
    """What is backed up: the data folder, the published site, and other files and folders (`also`)."""

    data: Path
    site: Path
    also: tuple[Path, ...] = ()


def back_up(
    source: Source, vault: Vault, recipients: Sequence[x25519.Recipient], *, now: datetime
) -> Snapshot:
    """One more complete snapshot. VaultFault when the disk has no room for the copy or a back-up is at work."""
    began = time.monotonic()
    with vault.alone():
        _sweep(source, vault)
        folder = vault.folder / "snapshots" / f"{now:%Y-%m-%dT%H%M%SZ}"
        with tempfile.TemporaryDirectory(prefix=_ASIDE, dir=source.data) as aside:
            copy = _copied(source.data / DATABASE, Path(aside) / DATABASE)
            folder.mkdir(parents=True)
            left_out = _pack(folder / STATE, _members(source, copy), recipients)
        added = _keep_files(source, vault, folder, recipients)
        facts = {
            "format": FORMAT,
            "made_at": now.isoformat(),
            "sha256": {name: sha256_of(folder / name) for name in (STATE, FILES)},
            "state_bytes": (folder / STATE).stat().st_size,
            "new_files": added,
            "left_out": left_out,
            "seconds": round(time.monotonic() - began, 3),
        }
        _write_json(folder / MANIFEST, facts)
    _write_json(source.data / DONE, facts)
    return Snapshot(folder, facts)


def _sweep(source: Source, vault: Vault) -> None:
    """What a back-up that was killed has left: a plain copy of the database, a snapshot without manifest."""
    for left in source.data.glob(f"{_ASIDE}*"):
        shutil.rmtree(left)
    for folder in (vault.folder / "snapshots").glob("*"):
        if not (folder / MANIFEST).exists():
            shutil.rmtree(folder)


def _copied(database: Path, copy: Path) -> Path:
    """The database as it is at one moment, by SQLite's own online back-up; writers are not held up."""
    log = database.with_name(f"{database.name}-wal")
    need = database.stat().st_size + (log.stat().st_size if log.exists() else 0)
    free = shutil.disk_usage(copy.parent).free
    if free < need * 1.1:
        raise VaultFault(f"no room for a copy of the database: {need} bytes and some, {free} free")
    with closing(sqlite3.connect(database)) as live, closing(sqlite3.connect(copy)) as made:
        live.backup(made, pages=-1)
        made.execute("PRAGMA journal_mode = DELETE")
    return copy


def _members(source: Source, copy: Path) -> list[tuple[Path, str]]:
    """(what, its name in the archive): the database first, then what makes sense of it."""
    found = [(copy, DATABASE), (source.site / "catalogue", "site/catalogue")]
    found += [(path, f"also/{path.resolve().relative_to('/')}") for path in source.also]
    return [(path, name) for path, name in found if path.exists()]


def _pack(target: Path, members: list[tuple[Path, str]], recipients: Sequence[x25519.Recipient]) -> list[str]:
    """An archive that is encrypted while it is made, so that it never lies on a disk in the clear.

    What of `also` may not be read, a server's TLS key for example, is left out and named.
    """
    left_out: list[str] = []
    with _archive(members, left_out) as packed, target.open("wb") as out:
        pyrage.encrypt_io(packed, out, list(recipients))
        out.flush()
        os.fsync(out.fileno())
    return left_out


@contextmanager
def _archive(members: list[tuple[Path, str]], left_out: list[str]) -> Iterator[IO[bytes]]:
    """A pipe that a tar archive comes out of; what went wrong in making it is raised at the end."""
    read, write = os.pipe()
    failed: list[BaseException] = []
    maker = threading.Thread(target=_fill, args=(write, members, left_out, failed))
    maker.start()
    with os.fdopen(read, "rb") as packed:
        yield packed
    maker.join()
    if failed:
        raise failed[0]


def _fill(
    pipe: int, members: list[tuple[Path, str]], left_out: list[str], failed: list[BaseException]
) -> None:
    def readable(info: tarfile.TarInfo) -> tarfile.TarInfo | None:
        also = info.name.removeprefix("also/")
        if also == info.name or info.issym() or os.access(f"/{also}", os.R_OK):
            return info
        left_out.append(f"/{also}")
        return None

    try:
        with os.fdopen(pipe, "wb") as out, tarfile.open(fileobj=out, mode="w|") as archive:
            for path, name in members:
                archive.add(path, name, filter=readable)
    except Exception as error:
        failed.append(error)


def _keep_files(source: Source, vault: Vault, folder: Path, recipients: Sequence[x25519.Recipient]) -> int:
    """Every uploaded file that is there now; says how many were new to the vault."""
    files, added = FolderFiles(source.data / "files"), 0
    with gzip.open(folder / FILES, "wt") as listed:
        for sha256 in files.names():
            added += vault.keep_file(files.folder / sha256[:2] / sha256, list(recipients))
            if vault.path(sha256).exists():
                listed.write(f"{sha256}\n")
    return added


def _write_json(file: Path, value: dict[str, Any]) -> None:
    aside = file.with_suffix(".new")
    with aside.open("w") as out:
        out.write(json.dumps(value, indent=1))
        out.flush()
        os.fsync(out.fileno())
    aside.replace(file)
