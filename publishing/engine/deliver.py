"""Handing a build over: a fresh folder in one swap, or staged files one rename at a time with a journal.

Cold: the new store names the folder it belongs to by inode, so a kill between swap and rename of the store
only means another cold build. Incremental: committing the store (with the staging folder's name in it) is the
point of no return; the staged files are then moved over the old ones, and the next build finishes what a
killed one left.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from publishing.engine.store import Store

_AT_FDCWD = -100
_EXCHANGE = 2


def prefix(output: Path) -> str:
    """How the names of folders begin in which a build of `output` works."""
    return f".{output.name}.new-"


def clear(output: Path, *, but: str = "") -> None:
    """Throw away what builds left behind."""
    for left in output.parent.glob(f"{prefix(output)}*"):
        if left.name != but:
            shutil.rmtree(left) if left.is_dir() else left.unlink()


def tidy(output: Path) -> None:
    """The same, except for what a store has promised to move into place."""
    store = Store.readable(output.parent / f".{output.name}.cache")
    promised = store.get("staging") or "" if store else ""
    if store:
        store.close()
    clear(output, but=promised)


def workplace(output: Path) -> Path:
    """A new folder beside the output, readable for web servers."""
    made = Path(tempfile.mkdtemp(prefix=prefix(output), dir=output.parent))
    made.chmod(0o755)
    return made


def belongs(store: Store, output: Path) -> bool:
    """Whether the store describes this very folder."""
    return output.is_dir() and store.get("folder") == output.stat().st_ino


def swap(fresh: Path, output: Path) -> None:
    """Put `fresh` where `output` is. On Linux the two change places in one step: readers never see a gap."""
    if not output.exists():
        fresh.rename(output)
    elif not _exchange(fresh, output):
        aside = Path(tempfile.mkdtemp(prefix=prefix(output), dir=output.parent))
        output.rename(aside / "old")
        fresh.rename(output)


def _exchange(one: Path, other: Path) -> bool:
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "renameat2"):
        return False
    paths = os.fsencode(one), os.fsencode(other)
    return bool(libc.renameat2(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _EXCHANGE) == 0)


def promise(store: Store, staging: Path, deletions: Iterable[str]) -> None:
    """Write down what finish() has to do; it counts with the store's commit."""
    store.many("insert or replace into journal values (?, 'delete')", ((path,) for path in deletions))
    store.set("staging", staging.name)


def finish(store: Store, output: Path) -> None:
    """Do what was promised, from wherever it stopped."""
    name = store.get("staging")
    if not name:
        return
    staging = output.parent / name
    for folder, _, files in os.walk(staging, topdown=False):  # what a file names comes before it
        target = output / Path(folder).relative_to(staging)
        if files:
            target.mkdir(parents=True, exist_ok=True)
        for file in files:
            _move(Path(folder) / file, target / file)
    for (path,) in store.all("select path from journal"):
        _delete(output, path)
    store.db.execute("begin immediate")
    store.db.execute("delete from journal")
    store.set("staging", "")
    store.db.execute("commit")
    shutil.rmtree(staging, ignore_errors=True)


def _move(source: Path, target: Path) -> None:
    source.replace(target)
    source.unlink(missing_ok=True)  # two names of one file: renaming one over the other leaves both


def _delete(output: Path, path: str) -> None:
    """Delete a file and the folders that are empty without it."""
    (output / path).unlink(missing_ok=True)
    for folder in (output / path).parents:
        if folder == output or not _emptied(folder):
            return


def _emptied(folder: Path) -> bool:
    """Delete a folder if it is empty; asking the system to is quicker than listing a large one."""
    try:
        folder.rmdir()
    except OSError as reason:
        return reason.errno == errno.ENOENT
    return True
