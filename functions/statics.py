"""Published files: found, compressed, validated by ETag, and sent with headers that keep them safe."""

from __future__ import annotations

import gzip
import hashlib
import json
import mimetypes
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock

from chalicelib.http.reply import CONTENT_SECURITY, SAFE_HEADERS

from schemas.published_names import never_changes

Answer = tuple[int, list[tuple[str, str]], bytes]
TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
         ".js": "text/javascript; charset=utf-8", ".json": "application/json; charset=utf-8",
         ".xml": "application/xml; charset=utf-8", ".txt": "text/plain; charset=utf-8"}  # fmt: skip
COMPRESSED = frozenset({".html", ".css", ".svg", ".js", ".json", ".xml", ".txt"})
_KEPT_BYTES = 32 * 1024 * 1024
_SAFE_PART = re.compile(r"[A-Za-z0-9_.\u4e00-\u9fff-]+")


class Statics:
    """The files under a folder that may be replaced as a whole at any moment."""

    def __init__(self, folder: Callable[[], Path]) -> None:
        self._folder = folder
        self._packed: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0
        self._moved_to: dict[str, str] = {}
        self._moved_stamp = (0, 0)
        self._lock = Lock()

    def find(self, path: str, headers: Mapping[str, str]) -> Answer | None:
        """The file of an address, a folder's index.html included, or where it moved; None when there is none."""
        moved = self._moved().get(path if path.endswith("/") else f"{path}/")
        if moved:
            return 308, [("Location", moved), ("Cache-Control", "public, max-age=3600"), *SAFE_HEADERS], b""
        file = self._file(path)
        return self._send(file, headers, status=200) if file else None

    def _moved(self) -> dict[str, str]:
        """Old address -> new one, from the published redirects.json; read again when another one is published."""
        file = self._folder() / "redirects.json"
        try:
            found = file.stat()
            if (found.st_ino, found.st_mtime_ns) != self._moved_stamp:
                self._moved_to = json.loads(file.read_bytes())["redirects"]
                self._moved_stamp = found.st_ino, found.st_mtime_ns
        except OSError:  # a site without renamed pages, or one that is being replaced
            return {}
        return self._moved_to

    def not_found(self, headers: Mapping[str, str]) -> Answer | None:
        """The published 404 page."""
        file = self._file("/404.html")
        return self._send(file, {**headers, "if-none-match": ""}, status=404) if file else None

    def _file(self, path: str) -> Path | None:
        parts = [part for part in path.split("/") if part]
        if any(not _SAFE_PART.fullmatch(part) or part.startswith(".") for part in parts):
            return None
        target = self._folder().joinpath(*parts)
        for candidate in (
            (target / "index.html", target) if path.endswith("/") else (target, target / "index.html")
        ):
            if _is_file(candidate):
                return candidate
        return None

    def _send(self, file: Path, headers: Mapping[str, str], *, status: int) -> Answer | None:
        try:
            data = file.read_bytes()
        except OSError:  # replaced this very moment
            return None
        tag = hashlib.sha256(data).hexdigest()[:20]
        fields = [
            ("Content-Type", _type(file)),
            ("Cache-Control", _caching(file)),
            *_security(file),
            *SAFE_HEADERS,
        ]
        squeeze = file.suffix in COMPRESSED and "gzip" in headers.get("accept-encoding", "")
        etag = f'"{tag}-gz"' if squeeze else f'"{tag}"'
        fields += [("ETag", etag), ("Vary", "Accept-Encoding")]
        if status == 200 and etag in headers.get("if-none-match", ""):
            return 304, fields[1:], b""
        if squeeze:
            return status, [*fields, ("Content-Encoding", "gzip")], self._gzip(tag, data)
        return status, fields, data

    def _gzip(self, tag: str, data: bytes) -> bytes:
        with self._lock:
            if tag in self._packed:
                self._packed.move_to_end(tag)
                return self._packed[tag]
        packed = gzip.compress(data, 6, mtime=0)
        with self._lock:
            if tag not in self._packed:
                self._packed[tag] = packed
                self._size += len(packed)
            while self._size > _KEPT_BYTES:
                self._size -= len(self._packed.popitem(last=False)[1])
        return packed


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name longer than any file may have
        return False


def _type(file: Path) -> str:
    return TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"


def _caching(file: Path) -> str:
    return "public, max-age=31536000, immutable" if never_changes(file.name) else "public, max-age=60"


def _security(file: Path) -> list[tuple[str, str]]:
    if file.suffix == ".html":
        return [("Content-Security-Policy", f"{CONTENT_SECURITY}; form-action 'self'")]
    return (
        [("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")]
        if file.suffix == ".svg"
        else []
    )
