"""Services that a case uses, as real HTTP servers: a carrier, video meetings, an electronic seal, shared data.

Each takes what it is asked, once by its id, and tells on its own time, signed; moods spoil its answers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey
from jsonschema import Draft202012Validator
from werkzeug.wrappers import Request, Response

from schemas.interfaces import signature
from schemas.interfaces.agreed import contract
from tests.http.front_door import Answer, Caller
from tests.interfaces.other_systems import System

HEARD = "/api/v1/links/heard"
SEALER = ECKey.generate_key("P-256", {"kid": "seal-2026"})
STRANGER = ECKey.generate_key("P-256", {"kid": "seal-2026"})


@dataclass
class Service(System):
    """A service of one kind; `asked` is what cases asked it for, by number and event."""

    name: str = ""
    kind: str = ""
    asked: dict[str, dict[str, Any]] = field(default_factory=dict)
    door: Caller | None = None
    told: int = 0

    def well(self, request: Request, mood: str) -> Response:
        if mood == "gone":
            return Response("", 410)
        sent = request.get_json()
        Draft202012Validator(contract("links.openapi")["components"]["schemas"]["Asked"]).validate(sent)
        assert sent["type"] == f"link.{self.kind}"
        self.asked[request.headers[signature.ID]] = sent["data"]
        return Response("", 502 if mood == "forgets" else 204)

    def last(self) -> dict[str, Any]:
        """What it was asked for last."""
        return list(self.asked.values())[-1]

    def tell(self, step: str, *, name: str = "", key: bytes = b"", **facts: Any) -> Answer:
        """One telling about the last request, under a fresh id unless one is named."""
        self.told += 1
        request = self.last()
        value = {
            "number": request["number"],
            "ref": request["ref"],
            "step": step,
            **self.proof(step),
            **facts,
        }
        body = json.dumps(value, ensure_ascii=False).encode()
        content = signature.request("POST", HEARD, body)
        headers = signature.signed(
            [key or self.keys[0]], content, name=name or f"{self.name}-{self.told:08}", now=self.clock()
        )
        assert self.door
        own = {"banshi-system": self.name, **headers}
        return self.door.send("POST", HEARD, body=body, kind="application/json", headers=own)

    def proof(self, step: str) -> dict[str, Any]:
        """What a service of this kind says with every step."""
        return {}


class Carrier(Service):
    """物流: knows parcels by their number."""

    def proof(self, step: str) -> dict[str, Any]:
        return {"tracking": self.last()["ask"]["tracking"]}


class Meetings(Service):
    """视频: a room for each appointment."""

    def proof(self, step: str) -> dict[str, Any]:
        return {"url": f"https://video.qining.example/r/{self.last()['number']}"} if step == "ready" else {}


class Sealer(Service):
    """电子印章 (CA): signs the digest of a decision."""

    def proof(self, step: str, key: ECKey = SEALER, **spoilt: Any) -> dict[str, Any]:
        said = self.last()
        claims = {
            "number": said["number"],
            "ref": said["ref"],
            "digest": said["ask"]["digest"],
            "serial": "4A:0F:26",
        }
        token = jwt.encode({"alg": "ES256", "kid": key.kid}, claims | spoilt, key)
        return {"serial": claims["serial"], "token": token}


class Sharing(Service):
    """数据共享: compares what it was sent with what it holds."""

    register: dict[str, Any]

    def compare(self) -> Answer:
        """Tells how the chosen answers compare."""
        fields = self.last()["ask"]["fields"]
        other = [name for name, value in fields.items() if self.register.get(name, value) != value]
        return self.tell("differs", differs=other) if other else self.tell("matches")


SERVICES: dict[str, type[Service]] = {
    "logistics": Carrier, "video": Meetings, "seal": Sealer, "sharing": Sharing, "hall": Service,
}  # fmt: skip
