"""Where pages are written: a fresh folder, or a staging folder for what differs from the live site."""

from __future__ import annotations

from pathlib import Path

from publishing import whole_files


class Sink:
    """Writes below `root`. With `live`, a file that is already there with the same bytes is left out."""

    def __init__(self, root: Path, live: Path | None) -> None:
        self.root = root
        self._base = f"{root}/"
        self._live = live

    def put(self, path: str, data: bytes) -> None:
        if self._live and self._stands(path, data):
            return
        whole_files.write(self._base + path, data)

    def _stands(self, path: str, data: bytes) -> bool:
        try:
            return (self._live / path).read_bytes() == data  # type: ignore[operator]
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return False
