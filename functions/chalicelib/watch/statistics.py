"""statistics.json: what may be published of the tallies, whole days only, small cells hidden, rates cut off."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from schemas.disclosure import SMALLEST, hidden

from ..domain.figures import ASKED
from ..store.port import Store
from . import rates, tallies
from .rankings import rankings

MONTHS = 12
# figure -> the count that must not be small for it to be shown
_BASES: Mapping[str, str] = {
    "received": "received",
    **dict.fromkeys(
        ("closed", "on_time", "lawful", "early", "median_used", "mean_used", "median_days", "mean_days", "no_visit",
         "one_visit", "more_visits"), "closed",
    ),
    **dict.fromkeys(("rated", "rated_rate", "satisfied"), "rated"),
    **{name: said for said, name in ASKED.items()},
    **{said: said for said in ASKED},
    "mended": "bad",
}  # fmt: skip
Counts = Mapping[str, int]


def statistics(store: Store, depts: Sequence[str], *, today: date) -> dict[str, Any]:
    """The document: twelve months up to yesterday, by department and by month."""
    through = today - timedelta(days=1)
    months = tallies.months_to(through, MONTHS)
    sums, by_month = _sums(store, months, through)
    by_dept = {dept: tallies.total(items) for dept, items in sums.items()}
    rows = [by_dept.get(dept, {}) for dept in depts]
    rows += [counts for dept, counts in sorted(by_dept.items()) if dept not in depts]
    names = [*depts, *sorted(set(by_dept) - set(depts))]
    whole = _whole(rows)
    departments, total_by_dept = table(rows, whole)
    times, total_by_month = table([by_month[month] for month in months], whole)
    return {
        "version": 1,
        "through": through.isoformat(),
        "months": MONTHS,
        "smallest": SMALLEST,
        "total": {name: value if total_by_month[name] is not None else None for name, value in total_by_dept.items()},
        "departments": [{"id": name} | row for name, row in zip(names, departments, strict=True)],
        "by_month": [{"month": month} | row for month, row in zip(months, times, strict=True)],
        "rankings": rankings(sums),
    }  # fmt: skip


def table(rows: Sequence[Counts], whole: Counts) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Rows and their total as figures, with what must stay hidden left out."""
    secret = {base: hidden([row.get(base, 0) for row in rows]) for base in set(_BASES.values())}
    shown = [
        {
            name: None if at in secret[_BASES[name]] else value
            for name, value in figures(row).items()
        }
        for at, row in enumerate(rows)
    ]  # fmt: skip
    total = {
        name: None if secret[_BASES[name]].total else value for name, value in figures(whole).items()
    }  # fmt: skip
    return shown, total


def figures(counts: Counts) -> dict[str, Any]:
    """Everything that is said of some counts, nothing hidden yet."""
    closed, rated = counts.get("closed", 0), counts.get("rated", 0)
    used, days, visits = rates.used(counts), rates.days(counts), rates.visits(counts)
    return {
        "received": counts.get("received", 0),
        "closed": closed,
        "on_time": rates.percent(counts.get("on_time", 0), closed),
        "lawful": rates.percent(counts.get("lawful", 0), closed),
        "early": rates.percent(counts.get("early", 0), closed),
        "median_used": rates.median(used),
        "mean_used": rates.mean(used),
        "median_days": rates.median(days),
        "mean_days": rates.mean(days),
        "no_visit": rates.percent(visits["0"], closed),
        "one_visit": rates.percent(visits["1"], closed),
        "more_visits": rates.percent(visits["2+"], closed),
        "rated": rated,
        "rated_rate": rates.percent(rated, closed),
        "satisfied": rates.percent(counts.get("satisfied", 0), rated),
        "mended": rates.percent(counts.get("mended_in_time", 0), counts.get("bad", 0)),
        **{said: counts.get(said, 0) for said in ASKED},
        **{name: rates.percent(counts.get(name, 0), counts.get(said, 0)) for said, name in ASKED.items()},
    }


def publish(document: Mapping[str, Any], target: Path) -> bool:
    """Puts the document where publish.py finds it, whole or not at all. False: it stood there so already."""
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    if target.is_file() and target.read_text("utf-8") == text:
        return False
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    fresh.write_text(text, "utf-8")
    fresh.replace(target)
    return True


def through(target: Path) -> date | None:
    """The last day that a published document counts; None when there is none that can be read."""
    try:
        return date.fromisoformat(json.loads(target.read_text("utf-8"))["through"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _sums(
    store: Store, months: Sequence[str], through: date
) -> tuple[dict[str, tallies.Sums], dict[str, dict[str, int]]]:
    """Counters by department and item, and by month, up to a day."""
    by_dept: dict[str, tallies.Sums] = {}
    by_month: dict[str, dict[str, int]] = {month: {} for month in months}
    for month in months:
        for row in tallies.pages(store, month):
            if date.fromisoformat(row.head["day"]) <= through:
                for item, counts in row.head["sums"].items():
                    tallies.add(by_dept.setdefault(row.head["dept"], {}).setdefault(item, {}), counts)
                    tallies.add(by_month[month], counts)
    return by_dept, by_month


def _whole(rows: Sequence[Counts]) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows:
        tallies.add(found, row)
    return found
