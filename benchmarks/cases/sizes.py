"""What DynamoDB charges for a request, from the items before and after it: AWS's own rounding rules.

A write costs one unit for each begun kilobyte of the larger image; an index costs one write for each row that
comes, goes or changes (a changed key is a row that goes and one that comes). A consistent read costs one unit
for each begun 4 KB, any other half of that. Sizes: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/
CapacityUnitCalculations.html and HowItWorks.NamingRulesDataTypes.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import ceil
from typing import Any

Item = Mapping[str, Mapping[str, Any]]
WRITE_BYTES, READ_BYTES = 1024, 4096
PROJECTED = ("head", "version")


def bytes_of(item: Item, names: Iterable[str] | None = None) -> int:
    """The size of an item, or of these of its attributes."""
    chosen = item if names is None else [name for name in names if name in item]
    return sum(len(name.encode()) + _value(item[name]) for name in chosen)


def _value(typed: Mapping[str, Any]) -> int:
    ((kind, value),) = typed.items()
    if kind == "S":
        return len(str(value).encode())
    if kind == "N":
        return _number(str(value))
    if kind == "B":
        return len(value)
    if kind == "L":
        return 3 + sum(1 + _value(one) for one in value)
    return 1


def _number(value: str) -> int:
    return (len(value.lstrip("-").replace(".", "").strip("0")) + 1) // 2 + 1 + value.startswith("-")


def written(size: int) -> int:
    """Write units for an image of so many bytes; a refused write costs at least one."""
    return max(1, ceil(size / WRITE_BYTES))


def read(size: int, *, consistent: bool = True) -> float:
    """Read units for so many bytes."""
    return max(1, ceil(size / READ_BYTES)) * (1.0 if consistent else 0.5)


def write_units(before: Item | None, after: Item | None, indexes: Iterable[str]) -> int:
    """All units of one write: the table's, and each index's."""
    largest = max(bytes_of(image) for image in (before or {}, after or {}))
    return written(largest) + sum(_index_units(before, after, name) for name in indexes)


def _index_units(before: Item | None, after: Item | None, name: str) -> int:
    old, new = _row(before, name), _row(after, name)
    if old == new:
        return 0
    same_place = old and new and all(old[key] == new[key] for key in (f"{name}_pk", f"{name}_sk"))
    if same_place:
        return written(max(bytes_of(old or {}), bytes_of(new or {})))
    return sum(written(bytes_of(row)) for row in (old, new) if row)


def _row(item: Item | None, name: str) -> Item | None:
    """What an index holds of an item; nothing where it lacks the index's keys."""
    if not item or f"{name}_pk" not in item:
        return None
    return {key: item[key] for key in ("key", f"{name}_pk", f"{name}_sk", *PROJECTED) if key in item}
