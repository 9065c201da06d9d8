"""A request as the handlers see it: parsed, bounded, with the time and the house attached."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from math import isfinite
from typing import TYPE_CHECKING, Any

from multipart import MultipartError, parse_form_data

from schemas.calendar import day_of

from ..domain.refusal import Refusal

if TYPE_CHECKING:
    from ..house import House
    from .visitor import Visitor

FIELDS_LIMIT = 200
FIELD_BYTES = 256 * 1024
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent; the name is the sender's own and not to be trusted."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Posted:
    """A posted HTML form: every value of every field, and the files chosen."""

    fields: Mapping[str, list[str]]
    files: Mapping[str, Upload]

    def first(self, name: str) -> str:
        """The first value of a field, or nothing."""
        return next(iter(self.fields.get(name, ())), "")


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. Header names are lower case; `path` carries no language prefix."""

    method: str
    path: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    lang: str
    now: datetime
    house: House
    visitor: Visitor
    peer: str = "unknown"
    posted: Posted = field(default_factory=lambda: Posted({}, {}))

    @property
    def today(self) -> date:
        """The day in Asia/Shanghai."""
        return day_of(self.now)

    def url(self, path: str) -> str:
        """A path of this site in the request's language."""
        return f"/en{path}" if self.lang == "en" else path


def read_form(body: bytes, content_type: str) -> Posted | Refusal:
    """The posted form; bad_form when it did not arrive whole or is too rich in fields."""
    environ = {"wsgi.input": io.BytesIO(body), "CONTENT_TYPE": content_type, "CONTENT_LENGTH": str(len(body))}
    try:
        texts, files = parse_form_data(
            environ, strict=True, ignore_errors=False, part_limit=FIELDS_LIMIT, spool_limit=len(body) + 1,
            memory_limit=len(body) + FIELD_BYTES, disk_limit=0,
        )  # fmt: skip
    except (MultipartError, UnicodeDecodeError, LookupError):
        return Refusal("bad_form")
    fields: dict[str, list[str]] = {}
    for name, value in texts.iterallitems():
        fields.setdefault(name, []).append(value)
    uploads = {name: Upload(part.filename, part.raw) for name, part in files.iterallitems() if part.filename}
    return Posted(fields, uploads)


def read_json(body: bytes) -> dict[str, Any] | Refusal:
    """The JSON object of an API request.

    bad_request for anything else, and for what two readers could understand differently: names given twice,
    numbers that are none, halves of characters, values nested deeper than 20.
    """
    try:
        value = json.loads(body, parse_constant=_finite, parse_float=_finite, object_pairs_hook=_named_once)
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return Refusal("bad_request")
    return value if isinstance(value, dict) and not _deeper(value, _DEEPEST) else Refusal("bad_request")


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"{text} is no JSON number")
    return number


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a name is given twice")
    return value


def _deeper(value: object, levels: int) -> bool:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels < 0 or any(_deeper(part, levels - 1) for part in inside)
