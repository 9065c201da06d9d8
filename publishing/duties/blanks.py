"""Blank forms to print and fill in by hand, made from the same JSON Schema as the online form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.forms import Form


@dataclass(frozen=True, slots=True)
class Blank:
    """One question on paper; `when` says which answer before it asks for this one."""

    title: str
    hint: str
    kind: str  # line | lines | choices | date | declare
    lines: int
    choices: tuple[tuple[str, str], ...]
    optional: bool
    when: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A part of the form."""

    title: str
    intro: str
    blanks: tuple[Blank, ...]


def sheets(schema: Mapping[str, Any]) -> list[Sheet]:
    """The whole form in its order; fields that an answer opens come right after their question."""
    form = Form(schema)
    return [
        Sheet(page.title, page.intro, tuple(_blanks(form.controls(form.names(number), instance={}))))
        for number, page in enumerate(form.pages)
    ]


def _blanks(controls: Iterable[Any], when: str = "") -> Iterator[Blank]:
    for control in controls:
        yield _blank(control, when)
        for inner, options in _opened(control):
            names = "或者".join(f"“{option}”" for option in options)
            yield from _blanks([inner], f"选{names}的填写")


def _opened(control: Mapping[str, Any]) -> Iterator[tuple[Any, list[str]]]:
    """Every control that options open, once, with the options that do."""
    inner: dict[str, Any] = {}
    options: dict[str, list[str]] = {}
    for option in control["options"] or ():
        for one in option.get("reveals") or ():
            inner.setdefault(one["title"], one)
            options.setdefault(one["title"], []).append(option["title"])
    return ((inner[title], options[title]) for title in inner)


def _blank(control: Mapping[str, Any], when: str) -> Blank:
    kind, lines = _room(control)
    return Blank(
        control["title"],
        control["hint"] or "",
        kind,
        lines,
        tuple((option["title"], option.get("hint") or "") for option in control["options"] or ()),
        not control["required"] and control["widget"] != "declare",
        when,
    )


def _room(control: Mapping[str, Any]) -> tuple[str, int]:
    widget = control["widget"]
    if control["options"]:
        return "choices", 0
    if widget in ("date", "declare"):
        return widget, 0
    if widget == "textarea":
        return "lines", control["rows"]
    return "line", 1
