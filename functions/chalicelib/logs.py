"""Logs as JSON lines: time, level, what, trace id, case number; never what people wrote about themselves.

Messages are ours and constant. What comes from outside goes into logs as a name of ours only: a route's template
instead of an address, the type of an error and the lines of code it passed instead of its text. What might still carry
a number of a person is masked by its shape.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import trace
from .store.port import StoreUnavailable

_TELLING = (StoreUnavailable, OSError)  # their texts speak of engines, disks and networks
_SHAPES = (
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "«mail»"),
    (re.compile(r"(?<![0-9A-Za-z])[1-9]\d{16}[\dXx](?![0-9A-Za-z])"), "«id»"),
    (
        re.compile(r"(?<![0-9A-Za-z])[0-9A-HJ-NP-RT-UW-Y]{2}\d{6}[0-9A-HJ-NP-RT-UW-Y]{10}(?![0-9A-Za-z])"),
        "«uscc»",
    ),
    (re.compile(r"(?<!\d)\d{16,19}(?!\d)"), "«number»"),
    (re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?!\d)"), "«phone»"),
)
_FRAMES = 8
_ROOT = Path(__file__).parents[2]


class JsonLines(logging.Formatter):
    """One record, one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line. A log call hands facts over as `extra={"facts": {...}}`."""
        span = trace.current()
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "log": record.name,
            "says": masked(record.getMessage()),
        }
        line |= {name: value for name, value in (("trace", span.trace), ("case", span.case)) if value}
        line |= getattr(record, "facts", {})
        if record.exc_info and record.exc_info[1]:
            line["error"] = told(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def begin(level: int = logging.INFO) -> None:
    """From now on this process logs JSON lines to its standard error; what hosts or libraries set up is replaced."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)


def told(error: BaseException) -> dict[str, Any]:
    """An error without what it may quote: its type, where it passed, and the same of its cause."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    facts: dict[str, Any] = {
        "type": type(error).__qualname__,
        "where": [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames],
    }
    if isinstance(error, _TELLING):
        facts["text"] = masked(str(error))[:300]
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return facts | ({"cause": told(cause)} if cause else {})


def masked(text: str) -> str:
    """The text without anything shaped like a person's number or address."""
    for shape, mask in _SHAPES:
        text = shape.sub(mask, text)
    return text


def _short(file: str) -> str:
    path = Path(file)
    return str(path.relative_to(_ROOT)) if path.is_relative_to(_ROOT) else "/".join(path.parts[-2:])
