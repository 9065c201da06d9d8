"""Indexes of tables that exist: DynamoDB adds or drops one of a table at a time, so a change of more takes steps.

Each step is a whole template. Until the functions are switched they find every index that they read: what comes is
there before, what goes is dropped after. An index that is made anew under its old name is gone for as long as that
takes, whatever the order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

Json = dict[str, Any]
Indexes = dict[str, Json]  # of one table, by name
TABLE = "AWS::DynamoDB::Table"
_LISTS = "GlobalSecondaryIndexes"


def steps(was: Mapping[str, Any], now: Json) -> list[Json]:
    """The templates to go through, the wanted one last; it alone where no table changes more than an index."""
    old, new = _indexes(was), _indexes(now)
    both = [name for name in new if name in old]
    before = {name: list(_before(old[name], new[name])) for name in both}
    after = {name: list(_after(old[name], new[name])) for name in both}
    made = [
        _with(was, {name: _at(before[name], n, old[name]) for name in both})
        for n in range(_most(before) - 1)  # the last of them goes with the switch
    ]
    if not _most(after):
        return [*made, now]
    switch = {name: old[name] | new[name] for name in both}
    drops = [
        _with(now, {name: _at(after[name], n, switch[name]) for name in both})
        for n in range(_most(after) - 1)
    ]
    return [*made, _with(now, switch), *drops, now]


def told(was: Mapping[str, Any], now: Json) -> list[str]:
    """What each step does to tables that exist, for a plan; nothing where there are no steps."""
    found = [_indexes(was), *(_indexes(one) for one in steps(was, now))]
    if len(found) < 3:
        return []
    return ["; ".join(_changed(one, other)) or "everything else" for one, other in pairwise(found)]


def _indexes(template: Mapping[str, Any]) -> dict[str, Indexes]:
    """The indexes of every table of a template."""
    return {
        name: {index["IndexName"]: index for index in one["Properties"].get(_LISTS, ())}
        for name, one in template.get("Resources", {}).items()
        if one["Type"] == TABLE
    }


def _before(old: Indexes, new: Indexes) -> Iterator[Indexes]:
    """One change after the other, up to everything that is wanted, with what will go still there."""
    at = dict(old)
    for name in (name for name in new if name in old and new[name] != old[name]):
        at = {other: one for other, one in at.items() if other != name}
        yield at
        at = at | {name: new[name]}
        yield at
    for name in (name for name in new if name not in old):
        at = at | {name: new[name]}
        yield at


def _after(old: Indexes, new: Indexes) -> Iterator[Indexes]:
    """What goes, one by one."""
    at = old | new
    for name in (name for name in old if name not in new):
        at = {other: one for other, one in at.items() if other != name}
        yield at


def _most(changes: Mapping[str, list[Indexes]]) -> int:
    return max((len(one) for one in changes.values()), default=0)


def _at(changes: list[Indexes], n: int, otherwise: Indexes) -> Indexes:
    return changes[min(n, len(changes) - 1)] if changes else otherwise


def _with(template: Mapping[str, Any], tables: Mapping[str, Indexes]) -> Json:
    """The template with these indexes, and the attributes that they and the key are made of."""
    resources = {
        name: _table(one, tables[name]) if name in tables else one
        for name, one in template["Resources"].items()
    }
    return {**template, "Resources": resources}


def _table(table: Json, indexes: Indexes) -> Json:
    facts = {name: value for name, value in table["Properties"].items() if name != _LISTS}
    keyed = [facts["KeySchema"], *(index["KeySchema"] for index in indexes.values())]
    names = sorted({part["AttributeName"] for schema in keyed for part in schema})
    held = {one["AttributeName"]: one for one in facts["AttributeDefinitions"]}
    facts["AttributeDefinitions"] = [
        held.get(one, {"AttributeName": one, "AttributeType": "S"}) for one in names
    ]
    return table | {"Properties": facts | ({_LISTS: list(indexes.values())} if indexes else {})}


def _changed(one: Mapping[str, Indexes], other: Mapping[str, Indexes]) -> Iterator[str]:
    for table in sorted(set(one) & set(other)):
        yield from (f"{table} +{name}" for name in sorted(set(other[table]) - set(one[table])))
        yield from (f"{table} -{name}" for name in sorted(set(one[table]) - set(other[table])))
