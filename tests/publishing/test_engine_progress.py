"""Whoever waits for a long build sees how far it has come."""

from __future__ import annotations

import io
import sys
from typing import Any

import pytest

from publishing.engine.progress import Progress
from publishing.engine.run import Batch


class Screen(io.StringIO):
    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


@pytest.mark.parametrize(
    ("terminal", "drawn"),
    [(True, ["░" * 4 + " 0 / 4", "██░░ 2 / 4", "████ 4 / 4\n"]), (False, [])],
    ids=["a terminal", "a file"],
)
def test_a_bar_moves_with_every_answer_on_a_terminal_and_nowhere_else(monkeypatch, terminal, drawn):
    screen = Screen(terminal=terminal)
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr("publishing.engine.progress.WIDTH", 4)
    compiled: list[Any] = [None, None]
    steps = [Batch(), Batch(compiled), Batch(compiled)]
    assert list(Progress().over(steps, "读取", 4)) == steps
    assert screen.getvalue().split("\r")[1:] == [f"读取 {bar}" for bar in drawn]
