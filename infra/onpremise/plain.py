"""Port 80 where no nginx stands before granian: everything leads to https; an ACME client's answers are shown."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

_CHALLENGE = re.compile(r"/\.well-known/acme-challenge/([A-Za-z0-9_-]{1,128})")
Start = Callable[[str, list[tuple[str, str]]], Any]


class Plain:
    """Sends visitors on to `base_url`, whatever host they asked for; `challenges` is where the ACME client writes."""

    def __init__(self, base_url: str, challenges: Path) -> None:
        self._base_url, self._challenges = base_url.rstrip("/"), challenges

    def __call__(self, environ: Mapping[str, Any], start_response: Start) -> Iterable[bytes]:
        path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
        asked = _CHALLENGE.fullmatch(path)
        if asked:
            return self._challenge(asked[1], start_response)
        query = environ.get("QUERY_STRING", "")
        where = quote(path, safe="/%:@!$&'()*+,;=~") + (
            f"?{quote(query, safe='/?%:@!$&=+,;~')}" if query else ""
        )
        start_response(
            "308 Permanent Redirect", [("Location", self._base_url + where), ("Content-Length", "0")]
        )
        return [b""]

    def _challenge(self, name: str, start_response: Start) -> Iterable[bytes]:
        file = self._challenges / name
        found = file.is_file() and file.stat().st_size < 1024
        body = file.read_bytes() if found else b""
        fields = [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))]
        start_response("200 OK" if found else "404 Not Found", fields)
        return [body]


application = Plain(
    os.environ.get("BASE_URL", "https://localhost"), Path("/var/www/acme/.well-known/acme-challenge")
)
