"""Readings of the law that are unsure, as settings with a default and the reason for it.

An office changes them in a JSON file (setting POLICY_FILE) with the same names; nothing else reads them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Policy:
    """The defaults are common practice; each line says what is unsure.

    day0_counts: whether the day of receipt or acceptance is the first counted day (期间开始之日不算, by analogy).
    new_intake_after_supplement: whether a supplement starts five new working days or resumes what was left.
    tolerance_pauses_legal: whether the legal clock waits for materials that may follow later (容缺); policy
        tools are not listed in Art 45, so it does not.
    green_factor: what the promise is multiplied by in the green channel (绿色通道); never the legal limit.
    opinion_days: working days a department has to answer a request for its opinion; silence is no objection.
    mend_days: working days to mend what a bad rating complains of (差评整改).
    extension_days, joint_extension_days: the most that one extension adds (行政许可法 42).
    joint_days: working days for licences that are handled jointly, from the first acceptance to the last decision;
        the longest extension of one of them moves it, by the joint extension at most (行政许可法 42(2)).
    enquiry_days: working days to answer a question, complaint or suggestion (咨询、投诉、建议).
    enquiry_dept: the department that answers general questions and every complaint (监督).
    claim_minutes: minutes a claim on a case lasts without being renewed, before colleagues may work on it.
    draw_reviewers: whether an accepted case is given to one of the entitled reviewers by lot (背靠背审查).
    owed_days: working days for materials that may follow later, where the guide names none.
    remind_days: working days before the end of a correction or of what may follow later at which its applicant is
        reminded (临期提醒).
    yellow_share, yellow_days: a limit is near once this share of it is used, or so few working days are left
        (电子监察预警); sources differ.
    """

    day0_counts: bool = False
    new_intake_after_supplement: bool = True
    tolerance_pauses_legal: bool = False
    green_factor: float = 0.5
    opinion_days: int = 3
    mend_days: int = 15
    extension_days: int = 10
    joint_extension_days: int = 15
    joint_days: int = 45
    owed_days: int = 10
    claim_minutes: int = 30
    draw_reviewers: bool = True
    enquiry_days: int = 5
    enquiry_dept: str = "zwfw"
    remind_days: int = 3
    yellow_share: float = 0.9
    yellow_days: int = 1


DEFAULT = Policy()


def in_file(path: Path | None) -> Policy:
    """The policy kept in a file; the defaults without one. ValueError names a setting that does not exist."""
    return Policy() if path is None else of(json.loads(path.read_text("utf-8")))


def of(values: Mapping[str, Any]) -> Policy:
    """The defaults with these changes."""
    unknown = set(values) - {field.name for field in fields(Policy)}
    if unknown:
        raise ValueError(f"policy: unknown settings {sorted(unknown)}")
    return Policy(**values)
