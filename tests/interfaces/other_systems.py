"""Other systems as real HTTP servers on this machine: an upper platform and a webhook's receiver.

A simulator does as its contract says until it is told to misbehave: each mood spoils one answer.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from typing import Any

from jsonschema import Draft202012Validator
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from schemas.interfaces import signature
from schemas.interfaces.agreed import contract

KEY, NEXT_KEY = b"the key that both of us keep, thirty-two", b"another key for the time after, longer"
SLOW_SECONDS = 0.8
QUICK = 0.4  # what the tests wait for an answer


@dataclass
class System:
    """What every simulator has: keys it believes, moods for its next answers, and what it was sent."""

    clock: Callable[[], datetime]
    keys: tuple[bytes, ...] = (KEY,)
    moods: list[str] = field(default_factory=list)
    forged: int = 0
    calls: int = 0
    url: str = ""

    def __call__(self, environ: Any, start: Any) -> Any:
        request = Request(environ)
        self.calls += 1
        mood = self.moods.pop(0) if self.moods else "well"
        return self.answer(request, mood)(environ, start)

    def answer(self, request: Request, mood: str) -> Response:
        """The answer in a mood; what moods have in common is done here."""
        if mood == "slow":
            time.sleep(SLOW_SECONDS)
        if mood == "broken":
            return Response("oops", 500)
        if mood == "redirect":
            return Response("", 302, {"Location": "http://169.254.169.254/latest/meta-data/"})
        if mood == "huge":
            return Response(b"x" * 5_000_000, 200)
        if not self.believes(request):
            self.forged += 1
            return Response("bad signature", 401)
        return self.well(request, mood)

    def believes(self, request: Request) -> bool:
        """Whether the sender holds one of our keys."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        return signature.holds(self.keys, headers, request.get_data(), now=self.clock())

    def well(self, request: Request, mood: str) -> Response:
        raise NotImplementedError

    def signed(self, value: Any, *, status: int = 200, wrong: bool = False, **headers: str) -> Response:
        """A JSON answer under our signature, or under one that is not."""
        body = json.dumps(value, ensure_ascii=False).encode()
        keys = (b"a key that nobody ever agreed on, at all",) if wrong else self.keys
        own = signature.signed(keys, body, name=f"answer-{self.calls}", now=self.clock())
        return Response(body, status, {**own, "Content-Type": "application/json", **headers})


@dataclass
class Platform(System):
    """The upper platform that case reports go to: keeps each record once, by its id."""

    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    doubled: int = 0
    refuse: dict[str, str] = field(default_factory=dict)

    def well(self, request: Request, mood: str) -> Response:
        """Takes what it has not got. `half`: only the first; `forgets`: takes all and says 500."""
        sent = request.get_json()
        Draft202012Validator(contract("reporting.openapi")["components"]["schemas"]["Batch"] | {
            "components": contract("reporting.openapi")["components"]
        }).validate(sent)  # fmt: skip
        sent = sent["records"][: 1 if mood == "half" else None]
        good = list(takewhile(lambda one: one["id"] not in self.refuse, sent))
        taken = [self._keep(one) for one in good]
        refused = [{"id": one["id"], "why": self.refuse[one["id"]]} for one in sent[len(good) :][:1]]
        if mood == "forgets":
            return Response("taken, but the answer is lost", 502)
        if mood == "nonsense":
            return self.signed(["what?"])
        return self.signed({"accepted": taken, "refused": refused}, wrong=mood == "wrong signature")

    def _keep(self, one: dict[str, Any]) -> str:
        if one["id"] in self.records:
            self.doubled += 1
        else:
            self.order.append(one["id"])
        self.records[one["id"]] = one
        return one["id"]


@dataclass
class Receiver(System):
    """A webhook's receiver: drops what it has seen by its id."""

    events: list[dict[str, Any]] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def well(self, request: Request, mood: str) -> Response:
        if mood == "gone":
            return Response("", 410)
        if request.headers[signature.ID] not in self.seen:
            self.seen.add(request.headers[signature.ID])
            self.events.append(request.get_json())
        return Response("", 502 if mood == "forgets" else 204)


@dataclass
class SmsCentre(System):
    """A gateway that sends each message once, by its id; `barred` numbers it refuses for ever."""

    sent: dict[str, dict[str, str]] = field(default_factory=dict)
    barred: frozenset[str] = frozenset()

    def well(self, request: Request, mood: str) -> Response:
        message = request.get_json()
        Draft202012Validator(contract("sms.openapi")["components"]["schemas"]["Message"]).validate(message)
        assert message["id"] == request.headers[signature.ID]
        if message["to"] in self.barred:
            return Response("", 422)
        self.sent[message["id"]] = message
        return Response("", 502 if mood == "forgets" else 204)


@contextmanager
def running(system: System, *, port: int = 0) -> Iterator[System]:
    """The simulator on a port of this machine."""
    server = make_server("127.0.0.1", port, system, threaded=True)
    system.url = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield system
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()
