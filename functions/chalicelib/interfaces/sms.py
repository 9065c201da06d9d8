"""SMS through an agreed gateway (短信平台): one signed call a message, under the same id until it is taken."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from schemas.interfaces import signature, wire
from schemas.interfaces.wire import Allowed

from ..notify.message import Message
from ..notify.ways import Never, NotNow

_NEVER = (400, 410, 422)


class SmsGateway:
    """The way that the agreement `facts` describes; `clock` dates the signatures."""

    def __init__(self, facts: Mapping[str, Any], *, allowed: Allowed, clock: Callable[[], datetime]) -> None:
        self._facts, self._allowed, self._clock = facts, allowed, clock

    def send(self, message: Message) -> None:
        """Hands the message over. 400, 410 and 422 are for ever, any other refusal and silence for now."""
        status = self._asked(message)
        if status in _NEVER:
            raise Never(f"HTTP {status}")
        if not 200 <= status < 300:
            raise NotNow(f"HTTP {status}")

    def _asked(self, message: Message) -> int:
        value = {"id": message.key, "to": message.to, "text": message.text}
        body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        headers = signature.signed(self._facts["keys"], body, name=message.key, now=self._clock())
        headers |= {"Content-Type": "application/json", "User-Agent": "Banshi"}
        try:
            return wire.send(
                "POST", self._facts["url"], allowed=self._allowed, body=body, headers=headers
            ).status
        except wire.Blocked as error:
            raise Never(f"blocked: {error}") from error
        except wire.Silent as error:
            raise NotNow(str(error)) from error
