"""The upper platform's catalogue as a real HTTP server, made from the sample guides and changed as a test wishes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from werkzeug.wrappers import Request, Response

from publishing.sources import Content
from publishing.upstream.compare import owned
from schemas.interfaces import signature
from tests.interfaces.other_systems import System

PAGE = 4


@dataclass
class UpperCatalogue(System):
    """Items by code, in pages of four; `revision` names the snapshot."""

    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    twice: list[str] = field(default_factory=list)
    revision: int = 1
    asked: list[str] = field(default_factory=list)

    def believes(self, request: Request) -> bool:
        headers = {name.lower(): value for name, value in request.headers.items()}
        query = request.query_string.decode()
        content = signature.request("GET", f"/catalogue{'?' if query else ''}{query}", b"")
        return signature.holds(self.keys, headers, content, now=self.clock())

    def well(self, request: Request, mood: str) -> Response:
        """A page, or in a mood: another page, half a page, another snapshot, one more after the last for ever."""
        after = request.args.get("after")
        self.asked.append(after or "first")
        etag = f'"r{self.revision}"'
        if request.headers.get("If-None-Match") == etag:
            return Response("", 304, {"ETag": etag})
        if mood == "changes":
            self.revision += 1
        page = self._page(after, endless=mood == "endless")
        if mood == "another page":
            page |= {"after": "somewhere else"}
        if mood == "nonsense":
            page |= {"items": [{"task_code": "?", "name": ""}]}
        answer = self.signed(page, wrong=mood == "wrong signature", ETag=f'"r{self.revision}"')
        if mood == "half":
            answer.set_data(answer.get_data()[:40])
        return answer

    def _page(self, after: str | None, *, endless: bool) -> dict[str, Any]:
        rows = [*self.items.values(), *(self.items[code] for code in self.twice)]
        start = int(after or 0)
        more = start + PAGE < len(rows) or endless
        return {
            "snapshot": f"r{self.revision}",
            "after": after,
            "items": rows[start : start + PAGE],
            "next": str(start + PAGE) if more else None,
        }


def items_of(content: Content) -> dict[str, dict[str, Any]]:
    """What an upper platform that agrees with every guide would say."""
    names = ("task_code", *owned())
    fronts = (guide.front for guide in content.of("guide"))
    found = [{name: front[name] for name in names if name in front} for front in fronts]
    return {item["task_code"]: json.loads(json.dumps(item)) for item in found}
