"""The words of the dynamic pages and refusals: data in two languages beside this module."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from schemas.calendar import SHANGHAI

from ..domain.refusal import Refusal

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


@cache
def _table(name: str) -> dict[str, Any]:
    table: dict[str, Any] = json.loads((Path(__file__).parent / f"{name}.json").read_text("utf-8"))
    return table


def say(group: str, code: str, lang: str, **values: object) -> str:
    """One text of a group in one language, its places filled in."""
    text: str = _table("words")[group][code][0 if lang == "zh" else 1]
    return text.format(**values) if values else text


def has(group: str, code: str) -> bool:
    """Whether the group has such a text."""
    return code in _table("words")[group]


def pairs(group: str, lang: str) -> list[tuple[str, str]]:
    """All texts of a group as (code, text), in table order."""
    return [(code, texts[0 if lang == "zh" else 1]) for code, texts in _table("words")[group].items()]


def tone(group: str, code: str) -> str:
    """The colour that goes with a text: ok, warn, bad or info."""
    return str(_table("words")[group][code][2])


def lead(state: str, lang: str) -> str:
    """The sentence under a state's headline."""
    return str(_table("words")["headlines"][state][2 if lang == "zh" else 3])


def steps_after(state: str) -> list[str]:
    """What usually follows a state, for the part of the timeline that has not happened yet."""
    return list(_table("words")["next"].get(state, ()))


def status(refusal: Refusal) -> int:
    """The HTTP status of a refusal."""
    return int(_table("refusals")[refusal.code][0])


def explain(refusal: Refusal, lang: str, *, names: Mapping[str, str] | None = None) -> str:
    """What went wrong and what to do. `names` turns identifiers in the detail into labels."""
    text: str = _table("refusals")[refusal.code][1 if lang == "zh" else 2]
    detail = {key: _named(value, names or {}, lang) for key, value in refusal.detail.items()}
    return text.format_map(_Gaps(detail))


def codes() -> tuple[str, ...]:
    """Every refusal that has words."""
    return tuple(_table("refusals"))


def day_text(day: date, lang: str) -> str:
    """9月18日 / 18 Sep, with the year: limits cross it."""
    return (
        f"{day.year}年{day.month}月{day.day}日"
        if lang == "zh"
        else f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    )


def moment_text(instant: datetime, lang: str) -> str:
    """2026年9月18日 15:40, in Shanghai."""
    local = instant.astimezone(SHANGHAI)
    return f"{day_text(local.date(), lang)}{' ' if lang == 'zh' else ', '}{local:%H:%M}"


class _Gaps(dict[str, str]):
    """A missing value leaves no brace behind."""

    def __missing__(self, key: str) -> str:
        return ""


def _named(value: str, names: Mapping[str, str], lang: str) -> str:
    joint = "、" if lang == "zh" else ", "
    return joint.join(names.get(part, part) for part in value.split("、"))
