"""The lifecycle of a case (办件) as data: one row per permitted transition, nothing outside it.

Articles are of 行政许可法 (2019) unless another text is named. Final states, the buttons shown, the
documentation and the diagram are derived from these rows.
"""

from __future__ import annotations

from dataclasses import dataclass

APPLICANT, WINDOW, REVIEWER, CHIEF, SYSTEM = "applicant", "window", "reviewer", "chief", "system"
STAFF_ROLES = (WINDOW, REVIEWER, CHIEF)


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: from `source` to `target` by `action`, for the roles in `by`, when every guard agrees.

    `stops` and `starts` name clocks; started clocks count from today, or from the day 0 of the clock
    named in `backdated_to`. `then` is a system action done in the same write. `document` names the
    paper handed to the applicant.
    """

    source: tuple[str, ...]
    action: str
    target: str
    by: tuple[str, ...]
    article: str
    guards: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    backdated_to: str = ""
    then: str = ""
    document: str = ""


_BEFORE_DECISION = ("submitted", "correcting", "accepted", "reviewing")
_ALL_CLOCKS = ("intake", "legal", "promise", "correction", "delivery")

RULES: tuple[Rule, ...] = (
    Rule(("",), "submit", "submitted", (APPLICANT,), "29, 31; 电子签名法 11", starts=("intake",), document="receipt"),
    Rule(
        ("submitted",), "accept", "accepted", (WINDOW,), "32(1)5, 42",
        guards=("within_intake",), stops=("intake",), starts=("legal", "promise"), then="assign", document="acceptance",
    ),
    Rule(
        ("submitted",), "correct", "correcting", (WINDOW,), "32(1)4",
        guards=("within_intake", "points_listed", "first_correction"),
        stops=("intake",), starts=("correction",), document="correction",
    ),
    Rule(
        ("submitted",), "not_required", "not_required", (WINDOW,), "32(1)1",
        guards=("within_intake", "reason_given"), stops=("intake",), document="not_required",
    ),
    Rule(
        ("submitted",), "refuse", "refused", (WINDOW,), "32(1)2, 32(2)",
        guards=("within_intake", "reason_given", "right_body_named"), stops=("intake",), document="refusal",
    ),
    Rule(
        ("correcting",), "supplement", "submitted", (APPLICANT,), "32(1)5",
        guards=("within_correction", "only_listed_points", "every_listed_point"),
        stops=("correction",), starts=("intake",), document="receipt",
    ),
    Rule(
        ("correcting",), "lapse", "lapsed", (SYSTEM,), "按事项规定",
        guards=("correction_over",), stops=("correction",),
    ),
    Rule(
        ("submitted",), "deem_accepted", "accepted", (SYSTEM,), "32(1)4",
        guards=("intake_over",), stops=("intake",), starts=("legal", "promise"), backdated_to="intake",
        then="assign", document="acceptance",
    ),
    Rule(("accepted",), "assign", "reviewing", (SYSTEM,), "34"),
    Rule(
        ("reviewing",), "grant", "granted", (CHIEF,), "38(1), 42",
        stops=("legal", "promise"), starts=("delivery",), document="grant",
    ),
    Rule(
        ("reviewing",), "deny", "denied", (CHIEF,), "38(2)",
        guards=("reason_given",), stops=("legal", "promise"), document="denial",
    ),
    Rule(("granted",), "prepare", "delivering", (WINDOW,), "39"),
    Rule(
        ("delivering",), "deliver", "closed", (WINDOW,), "44",
        guards=("proof_of_delivery",), stops=("delivery",),
    ),
    Rule(("denied",), "deliver", "closed", (WINDOW, SYSTEM), "38", guards=("proof_of_delivery",)),
    Rule(_BEFORE_DECISION, "withdraw", "withdrawn", (APPLICANT,), "practice", stops=_ALL_CLOCKS, document="withdrawal"),
)  # fmt: skip

STATES: tuple[str, ...] = tuple(dict.fromkeys(rule.target for rule in RULES))
FINAL: frozenset[str] = frozenset(STATES) - {state for rule in RULES for state in rule.source}
ACTIONS: tuple[str, ...] = tuple(dict.fromkeys(rule.action for rule in RULES))
WAITS_FOR_APPLICANT = frozenset({"correcting"})


def rule_for(state: str, action: str) -> Rule | None:
    """The row that permits `action` in `state`, if there is one."""
    return next((rule for rule in RULES if action == rule.action and state in rule.source), None)


def open_to(state: str, roles: frozenset[str]) -> tuple[Rule, ...]:
    """What somebody with these roles may do in this state, in table order: the buttons of a page."""
    return tuple(rule for rule in RULES if state in rule.source and roles.intersection(rule.by))
