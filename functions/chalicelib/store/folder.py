"""Files in a folder, each under the SHA-256 of its bytes: folder/ab/ab12…"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from .port import StoreUnavailable, Ticket
from .wire import check_file, is_sha256

_ASIDE = ".drop-"


class FolderFiles:
    """Content-addressed files that survive a power cut once `put_file` has returned."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put_file(self, data: bytes) -> str:
        """Writes aside, syncs, renames, syncs the folder: a reader sees the whole file or none."""
        sha256 = hashlib.sha256(data).hexdigest()
        try:
            self._put(self._path(sha256), data)
        except OSError as error:
            raise StoreUnavailable(f"file {sha256} was not kept: {error}") from error
        return sha256

    def upload_ticket(self, token: str, *, max_bytes: int, back: str) -> Ticket | None:
        """None: on one machine files come through the server."""
        return None

    def take_upload(self, token: str, key: str, *, max_bytes: int) -> bytes | None:
        """None: there are no tickets."""
        return None

    def get_file(self, sha256: str) -> bytes | None:
        """The bytes of that hash, or None."""
        if not is_sha256(sha256):
            return None
        try:
            return check_file(sha256, self._path(sha256).read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreUnavailable(f"file {sha256} cannot be read: {error}") from error

    def holds(self, sha256: str) -> bool:
        """Whether there is such a file; what is in it `get_file` checks."""
        return is_sha256(sha256) and self._path(sha256).exists()

    def names(self) -> Iterator[str]:
        """The SHA-256 of every file kept, as the folder lists them; files being written are left out."""
        for part in sorted(self.folder.glob("[0-9a-f][0-9a-f]")):
            yield from (path.name for path in sorted(part.iterdir()) if is_sha256(path.name))

    def hold_file(self, sha256: str) -> bool:
        """A new time of change is a new stamp."""
        try:
            return is_sha256(sha256) and _touched(self._path(sha256))
        except OSError as error:
            raise StoreUnavailable(f"file {sha256} cannot be held: {error}") from error

    def file_stamp(self, sha256: str) -> str | None:
        """The time of change in nanoseconds."""
        if not is_sha256(sha256):
            return None
        self._put_back(self._path(sha256))
        try:
            return str(self._path(sha256).stat().st_mtime_ns)
        except FileNotFoundError:
            return None

    def drop_file(self, sha256: str, *, stamp: str) -> bool:
        """Set aside first, looked at there, and put back if it was touched just before: no put falls in between."""
        if self.file_stamp(sha256) != stamp:
            return False
        path = self._path(sha256)
        aside = path.with_name(f"{_ASIDE}{sha256}")
        try:
            path.rename(aside)
            if str(aside.stat().st_mtime_ns) != stamp:
                self._put_back(path)
                return False
            aside.unlink()
            _sync(path.parent)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise StoreUnavailable(f"file {sha256} cannot be dropped: {error}") from error
        return True

    def _put_back(self, path: Path) -> None:
        """What a crash or a touch left set aside is a file again; the same bytes put meanwhile are as good."""
        aside = path.with_name(f"{_ASIDE}{path.name}")
        if aside.exists():
            aside.replace(path)

    def _path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256

    def _put(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not _touched(path):
            _write_aside(path, data)
        _sync(path.parent)
        _sync(self.folder)


def _touched(path: Path) -> bool:
    """Gives a file that is there a new time of change; False when there is none."""
    try:
        before = path.stat().st_mtime_ns
        now = max(time.time_ns(), before + 1)
        os.utime(path, ns=(now, now))
    except FileNotFoundError:
        return False
    return True


def _write_aside(path: Path, data: bytes) -> None:
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(aside).replace(path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise


def _sync(folder: Path) -> None:
    """A rename or a new folder lasts only when the folder holding it is synced (fsync(2))."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
