"""A department's own system, as its contract says, or worse: it forgets, repeats, lies about its key and its clock."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from schemas.interfaces import signature
from tests.http.front_door import Answer, Caller
from tests.interfaces.other_systems import KEY

BASE = "/api/v1/exchange"
OPERATOR = {"name": "孟岚", "post": "市容科审核岗"}


@dataclass
class Department:
    """One system with its key; `cases` is what it has taken over."""

    caller: Caller
    clock: Callable[[], datetime]
    name: str = "csgl-system"
    key: bytes = KEY
    clock_off: timedelta = timedelta()
    cases: dict[str, Any] = field(default_factory=dict)
    calls: int = 0

    def send(self, method: str, path: str, value: Any = None, **more: str) -> Answer:
        """One signed request."""
        self.calls += 1
        body = b"" if value is None else json.dumps(value, ensure_ascii=False).encode()
        content = signature.request(method, f"{BASE}{path}", body)
        at = self.clock() + self.clock_off
        headers = signature.signed([self.key], content, name=f"{self.name}-{self.calls}", now=at)
        return self.caller.send(
            method,
            f"{BASE}{path}",
            body=body,
            kind="application/json" if body else "",
            headers={"banshi-system": self.name, **headers, **more},
        )

    def get(self, path: str, **query: str) -> Answer:
        return self.send("GET", f"{path}?{urlencode(sorted(query.items()))}" if query else path)

    def take(self, **wanted: int) -> list[dict[str, Any]]:
        answer = self.send("POST", "/take", wanted)
        assert answer.status == 200, answer.text
        found: list[dict[str, Any]] = answer.json["deliveries"]
        return found

    def confirm(self, *deliveries: dict[str, Any]) -> dict[str, list[str]]:
        taken = [{name: one[name] for name in ("number", "lease", "upto")} for one in deliveries]
        answer = self.send("POST", "/confirm", {"taken": taken})
        assert answer.status == 200, answer.text
        told: dict[str, list[str]] = answer.json
        return told

    def act(self, number: str, action: str, *, version: int, key: str = "", **fields: Any) -> Answer:
        body = {"action": action, "version": version, "operator": OPERATOR, **fields}
        name = key or f"result-of-{number}-{action}"
        return self.send("POST", f"/cases/{number}/actions", body, **{"Idempotency-Key": name})
