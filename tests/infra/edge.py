"""A program that asks through CloudFront and API Gateway: one resource, the stage before the path, bodies in base64."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from gateway import Context

from tests.http.front_door import Answer

EDGE = "203.0.113.40"  # of the CDN: all that API Gateway sees
VISITOR = "192.0.2.7"


class Edge:
    """Sends what `front_door.Caller` sends, as Lambda gets it."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def send(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        kind: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        plain, _, query = path.partition("?")
        told = {
            "Accept": "*/*",
            "X-Forwarded-For": f"{VISITOR}, {EDGE}",
            **({"Content-Type": kind} if kind else {}),
        }
        event = {
            "resource": "/{proxy+}", "path": plain, "httpMethod": method, "headers": {**told, **(headers or {})},
            "multiValueQueryStringParameters": parse_qs(query) or None, "stageVariables": None,
            "pathParameters": {"proxy": plain.strip("/")},
            "requestContext": {"path": f"/api{plain}", "stage": "api", "resourcePath": "/{proxy+}",
                               "httpMethod": method, "identity": {"sourceIp": EDGE}},
            "body": base64.b64encode(body).decode() if body else None, "isBase64Encoded": bool(body),
        }  # fmt: skip
        return _answer(self._app(event, Context()))


def _answer(out: Mapping[str, Any]) -> Answer:
    raw = base64.b64decode(out["body"]) if out.get("isBase64Encoded") else out["body"].encode()
    fields = [*out["headers"].items()]
    fields += [(name, one) for name, several in out["multiValueHeaders"].items() for one in several]
    return Answer(out["statusCode"], tuple(fields), raw)
