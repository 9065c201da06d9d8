"""A house in this process and somebody with a browser at its door; no scripts, no network."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from app import portal
from chalicelib import settings
from chalicelib.house import House, build
from chalicelib.http.visitor import Visitor, seal, write
from chalicelib.store.port import Store
from gateway import Gateway

ROOT = Path(__file__).parents[2]
MONDAY = datetime(2026, 11, 23, 2, tzinfo=UTC)  # ten in the morning in Shanghai
PNG = b"\x89PNG\r\n\x1a\n" + b"picture"
NAMES = {"lin-he": "林禾", "zhou-man": "周满", "shen-lan": "沈岚", "lu-zhiyuan": "陆知远"}


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = MONDAY

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Town:
    """A house, its clock, and its door."""

    house: House
    clock: Clock
    door: Gateway

    def citizen(self, sub: str = "", **known: str) -> Citizen:
        """Somebody with a browser of their own; signed in if `sub` is given."""
        jar: dict[str, str] = {}
        if sub:
            visitor = Visitor(f"session-{sub}", "", sub, NAMES[sub], 3, sealed=seal(known, self.house.keys))
            line = write(visitor, self.house.keys, now=self.clock.now, secure=True)
            jar["banshi"] = line.partition(";")[0].partition("=")[2]
        return Citizen(self.door, jar)


def town(site: Path, data: Path, *, store: Store | None = None) -> Town:
    """A house over a published site, with an empty store."""
    clock = Clock()
    told = settings.read(
        {
            "BASE_URL": "https://zwfw.wanglan.example", "SECRET_KEY": "s" * 40, "DATA_DIR": str(data),
            "SITE_DIR": str(site), "STAFF_FILE": str(ROOT / "infra" / "sample" / "staff.json"),
            "OIDC_ISSUER": "https://id.wanglan.example", "RATE_FACTOR": "1000",
        }
    )  # fmt: skip
    house = build(told, clock=clock)
    if store is not None:
        house.desk.store = store
        house = replace(house, store=store)
    return Town(house, clock, Gateway(portal(lambda: house), house=lambda: house))


@dataclass(frozen=True)
class Page:
    """What came back."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    path: str

    @property
    def text(self) -> str:
        return unescape(self.body.decode())

    @property
    def to(self) -> str:
        return dict(self.headers).get("Location", "")

    def hidden(self, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]*)"', self.body.decode())
        assert found, f"no {name} on {self.path}"
        return unescape(found[1])

    def value(self, name: str) -> str | None:
        """What the text field of that name holds; None when the page has no such field."""
        tag = re.search(rf'<input [^>]*name="{re.escape(name)}"[^>]*>', self.body.decode())
        held = re.search(r'value="([^"]*)"', tag[0]) if tag else None
        return unescape(held[1]) if held else None

    @property
    def codes(self) -> list[str]:
        """The numbers printed large: code and secret."""
        return re.findall(
            r"<dd>([^<]*)</dd>", re.search(r'<dl class="code2">.*?</dl>', self.body.decode(), re.S)[0]
        )  # type: ignore[index]


@dataclass
class Citizen:
    """Keeps cookies and follows redirects within the site."""

    door: Gateway
    jar: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, *, follow: bool = True) -> Page:
        return self._follow(self._send("GET", path)) if follow else self._send("GET", path)

    def post(self, path: str, fields: dict[str, Any], *, follow: bool = True) -> Page:
        body = urlencode(fields, doseq=True).encode()
        page = self._send("POST", path, body=body, kind="application/x-www-form-urlencoded")
        return self._follow(page) if follow else page

    def press(self, page: Page, fields: dict[str, Any], *, follow: bool = True, path: str = "") -> Page:
        """Posts back to the page one is on, with its token."""
        return self.post(path or page.path, {"_csrf": page.hidden("_csrf"), **fields}, follow=follow)

    def attach(self, page: Page, slot: str, name: str, data: bytes) -> Page:
        fields = {"_csrf": page.hidden("_csrf"), "_slot": slot, "_go": "upload"}
        parts = [
            f'--cut\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()
        ]
        head = f'--cut\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: image/png\r\n\r\n'
        body = "".join(parts).encode() + head.encode() + data + b"\r\n--cut--\r\n"
        return self._follow(
            self._send("POST", page.path, body=body, kind="multipart/form-data; boundary=cut")
        )

    def _follow(self, page: Page) -> Page:
        while page.status == 303 and page.to.startswith("/") and not page.to.startswith("/signin"):
            page = self._send("GET", page.to)
        return page

    def _send(self, method: str, path: str, *, body: bytes = b"", kind: str = "") -> Page:
        path, _, query = path.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "CONTENT_LENGTH": str(len(body)),
            "HTTP_HOST": "zwfw.wanglan.example", "wsgi.input": io.BytesIO(body), "REMOTE_ADDR": "192.0.2.7",
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in self.jar.items()),
        }  # fmt: skip
        if kind:
            environ["CONTENT_TYPE"] = kind
        told: list[Any] = []
        out = b"".join(self.door(environ, lambda status, fields: told.extend((status, fields))))
        for name, value in told[1]:
            if name == "Set-Cookie":
                key, _, rest = value.partition(";")[0].partition("=")
                self.jar[key] = rest
        return Page(int(told[0].split()[0]), tuple(told[1]), out, path)
