"""Writing hundreds of thousands of small files: the system's own calls, folders made where they are missing."""

from __future__ import annotations

import os

_ANEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_CLOEXEC", 0)
_MODE = 0o666  # less the umask, as for any file


def write(path: str, data: bytes) -> None:
    """Put a file at an absolute path."""
    handle = _opened(path)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(handle, rest) :]
    finally:
        os.close(handle)


def _opened(path: str) -> int:
    try:
        return os.open(path, _ANEW, _MODE)
    except FileNotFoundError:
        _make(path.rpartition("/")[0])
        return os.open(path, _ANEW, _MODE)


def _make(folder: str) -> None:
    try:
        os.mkdir(folder)  # noqa: PTH102  (as above; most pages want one more folder)
    except FileExistsError:
        return
    except FileNotFoundError:
        os.makedirs(folder, exist_ok=True)  # noqa: PTH103
