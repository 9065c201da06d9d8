"""Pages about staff: what one's own post may do, and for the administrator the directory and the table of rights."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..domain.case import Actor
from ..domain.lifecycle import ROLE_NAMES, RULES, STAFF_ROLES
from ..domain.rights import RIGHTS, TABLE, action_right, rights_of
from .ask import Ask
from .reply import Reply
from .show import show

_SEARCHED = 40  # signs of a search
_MOST = 200  # rows of one page


def mine(ask: Ask) -> Reply:
    """GET: one's own post, where it holds, and what it may do."""
    staff = ask.visitor.staff
    assert staff is not None
    return show(
        ask,
        "review/rights.html",
        staff=True,
        nav_current="/review/rights/",
        person=_row(staff, dept_names(ask)),
        rights=[RIGHTS[right] for right in RIGHTS if right in rights_of(staff.roles)],
        actions=_actions(staff.roles),
    )


def directory(ask: Ask) -> Reply:
    """GET: everybody in the directory, and what each role may do."""
    wanted, names = ask.query.get("search", "").strip()[:_SEARCHED], dept_names(ask)
    found = [one for one in ask.house.staff.everybody() if wanted in f"{one.name} {one.post} {one.sub}"]
    return show(
        ask,
        "review/staff.html",
        staff=True,
        nav_current="/review/staff/",
        people=[_row(one, names) for one in found[:_MOST]],
        total=len(found),
        search=wanted,
        roles=[ROLE_NAMES[role] for role in STAFF_ROLES],
        table=[(text, [right in TABLE[role] for role in STAFF_ROLES]) for right, text in RIGHTS.items()],
        deeds=[(name, [right in TABLE[role] for role in STAFF_ROLES]) for right, name in _deeds()],
    )


def _deeds() -> list[tuple[str, str]]:
    """Every action of staff with its name, in the order of the lifecycle table."""
    terms = {rule.action: rule.cn for rule in RULES if set(rule.by) & set(STAFF_ROLES)}
    return [(action_right(action), name) for action, name in terms.items()]


def _actions(roles: Iterable[str]) -> list[str]:
    held = rights_of(roles)
    return [name for right, name in _deeds() if right in held]


def _row(staff: Actor, depts: dict[str, str]) -> dict[str, Any]:
    return {
        "name": staff.name,
        "post": staff.post,
        "sub": staff.sub,
        "roles": [ROLE_NAMES[role] for role in STAFF_ROLES if role in staff.roles],
        "depts": [depts.get(dept, dept) for dept in sorted(staff.depts)],
        "regions": sorted(staff.regions),
        "of_items": sorted(staff.items),
    }


def dept_names(ask: Ask) -> dict[str, str]:
    return {dept["id"]: dept["short"] for dept in ask.house.catalogue.site().get("departments", ())}
