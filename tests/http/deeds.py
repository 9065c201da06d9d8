"""What people do with the product, as single steps: by page for a citizen, by program for speed."""

from __future__ import annotations

import struct
import zlib
from typing import Any

from tests.http.front_door import Answer, Browser
from tests.http.stand_in import Town, token

ITEM = "huwai-zhaopai"
PAGES: tuple[dict[str, str], ...] = (
    {"firm": "望澜区听潮小面馆", "uscc": "91990101MA0000001Y", "contact": "林禾", "phone": "13800001234"},
    {
        "text": "听潮小面馆",
        "address": "望澜区澜湾街道听潮路 12 号",
        "width_m": "4.5",
        "height_m": "1.1",
        "lit": "static",
    },
    {"building": "shop", "declare": "true"},
)
ANSWERS: dict[str, Any] = {
    **PAGES[0], **PAGES[1], "width_m": 4.5, "height_m": 1.1, "building": "shop", "declare": True,
}  # fmt: skip
KEY = "a-random-value-of-this-application"


def png(shade: int = 0) -> bytes:
    """A picture of one dot, different for each shade."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    dot = zlib.compress(bytes([0, shade % 256])) + shade.to_bytes(4)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", dot) + chunk(b"IEND", b"")


class Deeds:
    """Steps in one town."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self._made = 0

    def fill_in(self, browser: Browser, *, en: bool = False, item: str = ITEM) -> Answer:
        """The three pages of answers; gives the materials page."""
        prefix = "/en" if en else ""
        page = browser.follow(browser.post(f"{prefix}/apply/{item}/", PAGES[0]))
        for answers in PAGES[1:]:
            page = browser.fill(page, answers, has=next(iter(answers)))
        return page

    def to_check(self, browser: Browser, *, en: bool = False) -> Answer:
        """Answers and picture; gives the check page."""
        page = browser.choose_file(self.fill_in(browser, en=en), "picture", "门头 效果图.png", png())
        return self.next(browser, page)

    def next(self, browser: Browser, page: Answer) -> Answer:
        form = next(form for form in page.forms if "next" in form.offered.get("_go", ()))
        return browser.follow(browser.post(form.action, {**form.values, "_go": "next"}))

    def reference(self, sub: str = "lin-he", shade: int = 0, name: str = "a.png") -> dict[str, Any]:
        """A file sent in by program."""
        answer = self.town.program.send(
            "POST", f"/api/v1/files?name={name}", body=png(shade), kind="application/octet-stream",
            headers={"Authorization": f"Bearer {token(sub)}"},
        )  # fmt: skip
        assert answer.status == 201, answer.text
        found: dict[str, Any] = answer.json
        return found

    def application(self, sub: str = "lin-he", **changes: Any) -> dict[str, Any]:
        """A whole application as JSON."""
        return {"item": ITEM, "form": {**ANSWERS, **changes}, "materials": {"picture": [self.reference(sub)]}}

    def apply(self, sub: str = "lin-he", *, key: str = "", body: Any = None) -> Answer:
        self._made += 1
        sent = self.application(sub) if body is None else body
        return self.town.program.call(
            "/api/v1/applications",
            sent,
            token=token(sub),
            **{"Idempotency-Key": key or f"{KEY}-{self._made}"},
        )

    def handed_in(self, sub: str = "lin-he") -> dict[str, Any]:
        """The receipt of a new case."""
        answer = self.apply(sub)
        assert answer.status == 201, answer.text
        receipt: dict[str, Any] = answer.json
        return receipt

    def act(self, sub: str, number: str, action: str, *, version: int, **more: Any) -> Answer:
        """One step by program: the applicant's or the desk's."""
        desk = "applications" if sub in ("lin-he", "zhou-man") else "review/cases"
        return self.town.program.call(
            f"/api/v1/{desk}/{number}/actions",
            {"action": action, "version": version, **more},
            token=token(sub),
        )

    def corrected(self, number: str) -> Answer:
        """A correction notice on a new case."""
        answer = self.act(
            "shen-lan",
            number,
            "correct",
            version=1,
            fields=["address"],
            materials=["picture"],
            reason="请写到门牌号",
        )
        assert answer.status == 200, answer.text
        return answer

    def decide(self, browser: Browser, number: str, action: str, **fields: Any) -> Answer:
        """What a member of staff does on the case page."""
        page = browser.open(f"/review/{number}/")
        named = {f"{action}-{name}": value for name, value in fields.items()}
        return browser.fill(page, {"action": action, **named}, has="_version")
