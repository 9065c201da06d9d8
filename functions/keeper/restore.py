"""Restoring: a snapshot into an empty folder, or one case out of a snapshot into the running store."""

from __future__ import annotations

import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyrage
from chalicelib.store.embedded import EmbeddedStore
from chalicelib.store.folder import FolderFiles
from chalicelib.store.port import CASES, Record, Store
from pyrage import x25519

from . import lines
from .backup import DATABASE
from .vault import STATE, Snapshot, Vault, VaultFault, sha256_of

_ASIDE = ".restoring"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back."""

    snapshot: str
    files: int


def restore(vault: Vault, keys: list[x25519.Identity], to: Path, *, name: str = "") -> Restored:
    """The newest snapshot, or the one of that name, in a folder without a database.

    The database is put in place last: a restore that was cut off left none, and goes on when it is run again.
    """
    if (to / DATABASE).exists():
        raise VaultFault(f"{to} holds a database already; restore into another folder and swap them")
    snapshot = vault.snapshot(name)
    state = to / _ASIDE
    state.mkdir(parents=True, exist_ok=True)
    _unpack(snapshot, keys, state)
    files, put = FolderFiles(to / "files"), 0
    for sha256 in snapshot.files():
        if not files.holds(sha256):
            files.put_file(vault.open_file(sha256, keys))
            put += 1
    for part in sorted(state.iterdir(), key=lambda path: path.name == DATABASE):
        _into(part, to / part.name)
    state.rmdir()
    return Restored(snapshot.name, put)


def put_back(
    store: Store, vault: Vault, keys: list[x25519.Identity], number: str, *, now: datetime, name: str = "",
    replace: bool = False,
) -> str:  # fmt: skip
    """One case as the snapshot knows it, with its files: "restored", "same" or "differs" (then only with `replace`)."""
    with opened(vault, keys, name=name) as old:
        record = old.find(CASES, number, now=now)
    if record is None:
        raise VaultFault(f"the snapshot knows no case {number}")
    for sha256 in sorted(lines.files_of(record)):
        if store.get_file(sha256) is None:
            store.put_file(vault.open_file(sha256, keys))
    return _placed(store, record, now=now, replace=replace)


@contextmanager
def opened(vault: Vault, keys: list[x25519.Identity], *, name: str = "") -> Iterator[Store]:
    """The database of a snapshot, opened in a folder that goes away again."""
    with tempfile.TemporaryDirectory(prefix="snapshot-") as aside:
        _unpack(vault.snapshot(name), keys, Path(aside))
        store = EmbeddedStore(aside)
        try:
            yield store
        finally:
            store.close()


def _placed(store: Store, record: Record, *, now: datetime, replace: bool) -> str:
    if store.create(CASES, record):
        return "restored"
    held = store.find(CASES, record.key, now=now)
    if held and lines.write(held) == lines.write(record):
        return "same"
    if not (held and replace):
        return "differs"
    gone = store.delete(CASES, record.key, expected=held.version)
    return "restored" if gone and store.create(CASES, record) else "differs"


def _unpack(snapshot: Snapshot, keys: list[x25519.Identity], to: Path) -> None:
    """Decrypts beside and unpacks; names that lead out of the folder are refused by tarfile's own filter."""
    if sha256_of(snapshot.folder / STATE) != snapshot.facts["sha256"][STATE]:
        raise VaultFault(f"{snapshot.name}: {STATE} is damaged")
    with tempfile.TemporaryFile(dir=to) as plain:
        try:
            with (snapshot.folder / STATE).open("rb") as sealed:
                pyrage.decrypt_io(sealed, plain, keys)
        except (pyrage.DecryptError, OSError) as error:
            raise VaultFault(f"{snapshot.name} cannot be opened: {error}") from error
        plain.seek(0)
        with tarfile.open(fileobj=plain) as archive:
            archive.extractall(to, filter="data")


def _into(part: Path, target: Path) -> None:
    """Moves a file or folder to its place; what an earlier, cut-off run has put there is replaced."""
    if target.is_dir():
        for inner in part.iterdir():
            _into(inner, target / inner.name)
        part.rmdir()
    else:
        part.replace(target)
