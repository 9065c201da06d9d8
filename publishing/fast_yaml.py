"""The plain part of YAML that front matter is written in, read about ten times faster than by PyYAML.

`parse` answers what PyYAML would, or None: whatever is not certain (comments, anchors, tags, block and folded
text, escapes, keys written twice, odd indentation) stands aside for the real loader and its messages.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import yaml

_STRANGE = re.compile(
    r"[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]| #|^#",
    re.MULTILINE,
)
_KEY = re.compile(r"([a-z][a-z0-9_]*):(?: +|$)")
_DASHES = re.compile(r"-( +)(?=[^ ])")
_QUOTED = re.compile(r"\"([^\"\\]*)\"|'([^']*)'")
_PLAIN_START = re.compile(r"[A-Za-z0-9/\xa0-\U0010ffff]")
_FLOW_PLAIN = re.compile(r"[A-Za-z0-9/\xa0-\U0010ffff](?:[^,\[\]{}:?#\"'&*!|>%@`]|:(?=[^ ,\[\]{}:?#\"']))*")
_RESOLVED_START = frozenset("0123456789yYnNtTfFoO")
_RULES = {
    first: [(tag, rule) for tag, rule in rules if not tag.endswith(":timestamp")]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    if first
}
_TRUTH = yaml.SafeLoader.bool_values
_INTEGER = re.compile(r"0|[1-9][0-9]*")
_DECIMAL = re.compile(r"[0-9]+\.[0-9]+")
_NOT_KEYS = frozenset(("yes", "no", "on", "off", "true", "false", "null"))

Line = tuple[int, str]  # indentation, text


class _OutsideError(Exception):
    """This text is for the real loader."""


def parse(text: str) -> dict[str, Any] | None:
    """A mapping, or None where only the real loader knows. Parts may be shared: change nothing."""
    if _STRANGE.search(text):
        return None
    lines = [(len(line) - len(bare), bare) for line in text.split("\n") if (bare := line.lstrip(" "))]
    if not lines or lines[0][0]:
        return None
    try:
        value, end = _mapping(lines, 0, 0)
    except _OutsideError:
        return None
    return value if end == len(lines) else None


def _mapping(lines: list[Line], at: int, indent: int) -> tuple[dict[str, Any], int]:
    made: dict[str, Any] = {}
    count = len(lines)
    while at < count and lines[at][0] == indent:
        key, alone, value = _pair(lines[at][1])
        if key in made:
            raise _OutsideError
        at += 1
        if alone:
            value, at = _nested(lines, at, indent)
        made[key] = value
    if at < len(lines) and lines[at][0] > indent:
        raise _OutsideError
    return made, at


@lru_cache(maxsize=16384)
def _pair(text: str) -> tuple[str, bool, Any]:
    """`key: value` on one line, or a key alone; guides of one office have many lines in common."""
    found = _KEY.match(text)
    if not found or found[1] in _NOT_KEYS:
        raise _OutsideError
    rest = text[found.end() :].rstrip(" ")
    return (found[1], False, _value(rest)) if rest else (found[1], True, None)


def _nested(lines: list[Line], at: int, indent: int) -> tuple[Any, int]:
    """What stands below `key:`; a list may stand as far left as its key."""
    if at == len(lines):
        raise _OutsideError
    inner, text = lines[at]
    if text[0] == "-" and inner >= indent:
        return _sequence(lines, at, inner)
    if inner <= indent:
        raise _OutsideError
    return _mapping(lines, at, inner)


def _sequence(lines: list[Line], at: int, indent: int) -> tuple[list[Any], int]:
    made: list[Any] = []
    while at < len(lines) and lines[at][0] == indent and lines[at][1][0] == "-":
        text = lines[at][1]
        dashes = _DASHES.match(text)
        if not dashes:
            raise _OutsideError
        rest = text[dashes.end() :]
        if _KEY.match(rest):
            lines[at] = (indent + dashes.end(), rest)
            value, at = _mapping(lines, at, indent + dashes.end())
        else:
            value, at = _value(rest.rstrip(" ")), at + 1
        made.append(value)
    if at < len(lines) and lines[at][0] > indent:
        raise _OutsideError
    return made, at


def _value(text: str) -> Any:
    first = text[0]
    if first in "[{":
        return _flow(text)
    if first in "\"'":
        found = _QUOTED.fullmatch(text)
        if not found:
            raise _OutsideError
        return found[1] if found[1] is not None else found[2]
    if ": " in text or text[-1] == ":" or not _PLAIN_START.match(text):
        raise _OutsideError
    return _resolved(text) if first in _RESOLVED_START else text


def _resolved(text: str) -> Any:
    """A plain word as PyYAML takes it: text, truth, nothing, or a number in its simplest spelling."""
    tag = next((tag for tag, rule in _RULES.get(text[0], ()) if rule.match(text)), "")
    if not tag:
        return text
    if tag.endswith(":bool"):
        return _TRUTH[text.lower()]
    if tag.endswith(":int") and _INTEGER.fullmatch(text):
        return int(text)
    if tag.endswith(":float") and _DECIMAL.fullmatch(text):
        return float(text)
    if tag.endswith(":null"):
        return None
    raise _OutsideError


@lru_cache(maxsize=8192)
def _flow(text: str) -> Any:
    """A whole [list] or {mapping} on one line; guides of one office repeat them word for word."""
    value, end = _flow_value(text, 0)
    if end != len(text):
        raise _OutsideError
    return value


def _flow_value(text: str, at: int) -> tuple[Any, int]:
    first = text[at : at + 1]
    if first == "[":
        return _flow_list(text, at + 1)
    if first == "{":
        return _flow_mapping(text, at + 1)
    if first in ('"', "'"):
        found = _QUOTED.match(text, at)
        if not found:
            raise _OutsideError
        return (found[1] if found[1] is not None else found[2]), found.end()
    found = _FLOW_PLAIN.match(text, at)
    if not found:
        raise _OutsideError
    plain = found[0].rstrip(" ")
    return (_resolved(plain) if plain[0] in _RESOLVED_START else plain), found.end()


def _flow_list(text: str, at: int) -> tuple[list[Any], int]:
    made: list[Any] = []
    if text.startswith("]", at):
        return made, at + 1
    while True:
        value, at = _flow_value(text, at)
        made.append(value)
        at, done = _separated(text, at, "]")
        if done:
            return made, at


def _flow_mapping(text: str, at: int) -> tuple[dict[str, Any], int]:
    made: dict[str, Any] = {}
    if text.startswith("}", at):
        return made, at + 1
    while True:
        found = _KEY.match(text, at)
        if not found or found[1] in made or found[1] in _NOT_KEYS:
            raise _OutsideError
        made[found[1]], at = _flow_value(text, found.end())
        at, done = _separated(text, at, "}")
        if done:
            return made, at


def _separated(text: str, at: int, close: str) -> tuple[int, bool]:
    """After one entry: past the comma and its spaces, or past the closing bracket."""
    while text.startswith(" ", at):
        at += 1
    if text.startswith(close, at):
        return at + 1, True
    if not text.startswith(",", at):
        raise _OutsideError
    at += 1
    while text.startswith(" ", at):
        at += 1
    return at, False
