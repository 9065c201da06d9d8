"""Writes docs/lifecycle.md from the table that the product runs on: `python docs/lifecycle_page.py`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "functions")]

from chalicelib.domain.lifecycle import DRAFT, FINAL, ROLE_NAMES, RULES, STATES, STAY, Rule  # noqa: E402
from chalicelib.domain.policy import Policy  # noqa: E402

PAGE = Path(__file__).with_name("lifecycle.md")
WORDS = json.loads((ROOT / "functions/chalicelib/http/words.json").read_text("utf-8"))
HEAD = """# The lifecycle of a case (办件)

Generated from `functions/chalicelib/domain/lifecycle.py` by `python docs/lifecycle_page.py`; a test keeps them equal.
Articles are of 行政许可法 (2019) unless another text is named. `=` keeps the state.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, _states(), _diagram(), _table(), _policy()])


def _states() -> str:
    names = {state: WORDS["states"][state] for state in STATES}
    rows = [f"| `{s}` | {zh} | {en} | {'yes' if s in FINAL else ''} |" for s, (zh, en, _) in names.items()]
    return "\n".join(
        ["## States\n", "| State | 中文 | Shown as | Ends the case |", "| --- | --- | --- | --- |", *rows, ""]
    )


def _diagram() -> str:
    """Mermaid: one arrow for each pair of states, labelled with the actions that lead from one to the other."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for rule in RULES:
        for state in rule.source if rule.target != STAY else ():
            arrows.setdefault((state, rule.target), []).append(rule.action)
    lines = [
        f"    {source} --> {target}: {', '.join(actions)}" for (source, target), actions in arrows.items()
    ]
    return "\n".join(
        ["## Diagram\n", "```mermaid", "stateDiagram-v2", f"    [*] --> {DRAFT}", *lines, "```", ""]
    )


def _table() -> str:
    head = [
        "## Table\n",
        "| From | Action | To | Who | Guards | Clocks | Then | Paper | Article |",
        "| --- " * 9 + "|",
    ]
    return "\n".join([*head, *(_row(rule) for rule in RULES), ""])


def _row(rule: Rule) -> str:
    who = "、".join(ROLE_NAMES[role] for role in rule.by)
    marks = (("■", rule.stops), ("▶", rule.starts), ("⏸", rule.pauses), ("⏵", rule.resumes))
    clocks = " ".join(f"{mark} {', '.join(names)}" for mark, names in marks if names)
    backdated = f" (day 0 of {rule.backdated_to})" if rule.backdated_to else ""
    cells = [
        ", ".join(rule.source), f"`{rule.action}` {rule.cn}", rule.target, who, ", ".join(rule.guards),
        clocks + backdated, ", ".join(rule.then), rule.document, rule.article,
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _policy() -> str:
    text = (Policy.__doc__ or "").replace("\n    ", "\n").strip()
    values = [f"| `{name}` | {getattr(Policy(), name)} |" for name in Policy.__slots__]
    return "\n".join(
        ["## Readings kept as settings\n", text, "", "| Setting | Default |", "| --- | --- |", *values, ""]
    )


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
