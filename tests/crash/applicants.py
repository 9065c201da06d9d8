"""Applicants who never give up: the same key again until the server has said what became of it."""

from __future__ import annotations

import itertools
import json
import secrets
import struct
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.crash.live_callers import Said, call

ITEM = "huwai-zhaopai"
FORM = json.loads(
    (Path(__file__).parents[2] / "schemas" / "forms" / f"{ITEM}.schema.json").read_text("utf-8")
)["examples"][0]
PAUSE_SECONDS = 0.05


@dataclass
class Sent:
    """One application: its key, and every receipt that came back for it."""

    sub: str
    key: str
    files: tuple[str, ...] = ()
    receipts: list[dict[str, Any]] = field(default_factory=list)
    withdrawn: bool = False


@dataclass
class Applicant:
    """One client. `unknown` and `retried` count what it met; `strange` keeps answers nobody should get."""

    address: str
    sub: str
    token: str
    stop: threading.Event
    sent: list[Sent] = field(default_factory=list)
    unknown: int = 0
    retried: int = 0
    strange: list[Said] = field(default_factory=list)

    def work(self) -> None:
        """Applies until told to stop; what was begun is brought to an end."""
        for turn in itertools.count():
            if self.stop.is_set() or self.strange:
                return
            self.apply(twice=turn % 5 == 0, withdraw=turn % 4 == 0)

    def apply(self, *, twice: bool = False, withdraw: bool = False) -> None:
        """One application with two files of its own, perhaps sent twice, perhaps withdrawn again."""
        sent = Sent(self.sub, secrets.token_hex(16))
        self.sent.append(sent)
        files = [self._uploaded(name) for name in ("picture", "consent")]
        if not all(files):
            return
        sent.files = tuple(file["sha256"] for file in files)
        body = {"item": ITEM, "form": FORM, "materials": {"picture": files[:1], "consent": files[1:]}}
        for _ in range(2 if twice else 1):
            receipt = self._until(lambda: self._post("applications", body=body, key=sent.key), wanted=201)
            if receipt:
                sent.receipts.append(receipt)
        if withdraw and sent.receipts:
            sent.withdrawn = bool(self._withdrawn(sent.receipts[0]["number"]))

    def _uploaded(self, name: str) -> dict[str, Any]:
        picture = png()
        return self._until(
            lambda: self._post(f"files?name={name}.png", data=picture, kind="image/png"), wanted=201
        )

    def _withdrawn(self, number: str) -> dict[str, Any]:
        move = {"action": "withdraw", "version": 1}
        return self._until(lambda: self._post(f"applications/{number}/actions", body=move), wanted=200)

    def _post(self, path: str, **options: Any) -> Said:
        return call(f"{self.address}/api/v1/{path}", token=self.token, **options)

    def _until(self, request: Callable[[], Said], *, wanted: int) -> dict[str, Any]:
        """The answer, however often the request must be sent; nothing when the answer is a strange one."""
        for attempt in itertools.count():
            said = request()
            self.retried += attempt > 0
            self.unknown += said.unknown
            if said.status == wanted:
                answer: dict[str, Any] = said.body
                return answer
            if said.status and not said.unknown:
                self.strange.append(said)
                return {}
            time.sleep(PAUSE_SECONDS)
        raise AssertionError


def png() -> bytes:
    """A small picture unlike every other."""
    body = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in ((b"IHDR", body), (b"tEXt", b"n\0" + secrets.token_hex(24).encode()),
                           (b"IDAT", zlib.compress(b"\0\x10\x20\x30")), (b"IEND", b""))
    )  # fmt: skip
