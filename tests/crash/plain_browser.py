"""A browser without scripts: cookies, redirects, and forms filled by the names on the page."""

from __future__ import annotations

import http.client
import re
import secrets
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

TIMEOUT_SECONDS = 10


class PlainBrowser:
    """One browser with one page open: `text` and `url` are of the page it shows."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.url, self.text, self.status = "", "", 0
        self._before = ("", "")

    def back(self) -> PlainBrowser:
        """The page before, as the browser kept it; the server is not asked."""
        self.url, self.text = self._before
        return self

    def open(self, path: str) -> PlainBrowser:
        """Follows a link."""
        return self._show(urllib.request.Request(urllib.parse.urljoin(self._address, path)))

    def send(self, fields: dict[str, str], *, to: str = "") -> PlainBrowser:
        """Posts the form of this page, its hidden token with it."""
        body = urllib.parse.urlencode(self._token() | fields).encode()
        return self._show(urllib.request.Request(urllib.parse.urljoin(self.url, to), body))

    def upload(self, slot: str, name: str, data: bytes) -> PlainBrowser:
        """Chooses a file in its slot and presses 上传."""
        edge = secrets.token_hex(16)
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in (self._token() | {"_slot": slot, "_go": "upload"}).items()
        ]
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = b"".join(parts) + head.encode() + data + f"\r\n--{edge}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={edge}"}
        return self._show(urllib.request.Request(self.url, body, kind))

    def _token(self) -> dict[str, str]:
        found = re.search(r'name="_csrf" value="([^"]+)"', self.text)
        return {"_csrf": found[1]} if found else {}

    def _show(self, request: urllib.request.Request) -> PlainBrowser:
        """Goes there. When the server does not answer, the page stays and the status is 0."""
        self.status = 0
        shown = (self.url, self.text)
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                self.url, self.text, self.status = answer.url, answer.read().decode(), answer.status
        except urllib.error.HTTPError as error:
            self.url, self.text, self.status = error.url, error.read().decode(), error.code
        except (OSError, http.client.HTTPException):
            return self
        self._before = shown
        return self
