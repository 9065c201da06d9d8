"""What differs between the upper platform's catalogue and our guides, and who changed it since we last looked.

What was decided is kept in `content/upstream.json`, beside the guides and under version control like them: for each
guide and field the digest of the upper platform's value that an editor has seen to.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from publishing.sources import Content, Document
from publishing.spelling import canonical
from schemas.interfaces.agreed import contract

UPDATE, CONFLICT, NEW, GONE, DOUBLED = "update", "conflict", "new", "gone", "doubled"
DECISIONS = "upstream.json"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing to look at. UPDATE: only the upper level changed it since it was last decided; CONFLICT: it differs
    and was never decided, or both changed it; NEW, GONE, DOUBLED concern a whole item."""

    kind: str
    guide: str
    code: str
    name: str
    field: str = ""
    title: str = ""
    ours: Any = None
    theirs: Any = None


def owned() -> Mapping[str, Mapping[str, Any]]:
    """The fields that the upper level owns."""
    fields: Mapping[str, Mapping[str, Any]] = contract("catalogue_owners")["fields"]
    return fields


def differences(content: Content, catalogue: Mapping[str, Any]) -> list[Difference]:
    """Everything to look at, guide by guide."""
    items, decided = catalogue.get("items", {}), decisions(content.folder)
    guides = {guide.front.get("task_code", ""): guide for guide in content.of("guide")}
    found = [Difference(DOUBLED, "", code, items[code]["name"]) for code in catalogue.get("doubled", ())]
    for code, guide in guides.items():
        if code in items:
            found += _fields(guide, items[code], decided.get(guide.id, {}))
        elif items:
            found.append(Difference(GONE, guide.id, code, str(guide.front.get("name", ""))))
    found += [Difference(NEW, "", code, item["name"]) for code, item in items.items() if code not in guides]
    return found


def decisions(folder: Path) -> dict[str, dict[str, str]]:
    """{guide: {field: digest of the upper level's value last seen to}}."""
    file = folder / DECISIONS
    return dict(json.loads(file.read_text("utf-8"))) if file.is_file() else {}


def decide(folder: Path, difference: Difference) -> None:
    """Writes down that an editor saw to this value of the upper level, whatever stands in the guide now."""
    known = decisions(folder)
    known.setdefault(difference.guide, {})[difference.field] = digest(difference.theirs)
    text = json.dumps(known, ensure_ascii=False, indent=1, sort_keys=True)
    fresh = folder / f"{DECISIONS}.new"
    fresh.write_text(text + "\n", "utf-8")
    fresh.replace(folder / DECISIONS)


def digest(value: Any) -> str:
    """A short name of a value; the same value in another order of keys has the same."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()[:16]


def _fields(guide: Document, item: Mapping[str, Any], decided: Mapping[str, str]) -> Iterator[Difference]:
    for field, rule in owned().items():
        if field not in item:
            continue
        ours, theirs = _compared(guide.front.get(field), rule), _compared(item[field], rule)
        base = decided.get(field)
        if ours == theirs or base == digest(theirs):
            continue
        kind = UPDATE if base is not None and base == digest(ours) else CONFLICT
        yield Difference(
            kind,
            guide.id,
            item["task_code"],
            str(guide.front.get("name", "")),
            field,
            rule["title"],
            ours,
            theirs,
        )


def _compared(value: Any, rule: Mapping[str, Any]) -> Any:
    """The part of a value that the upper level owns."""
    if "parts" not in rule or not isinstance(value, Mapping):
        return value
    return {part: value[part] for part in rule["parts"] if part in value}
