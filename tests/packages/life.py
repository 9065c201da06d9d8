"""Answers for the sample packages, the way through an application, and staff who bring a case to its end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chalicelib.applications import Application
from chalicelib.domain.case import Actor, Case, File
from chalicelib.domain.guards import Move
from chalicelib.domain.lifecycle import CHIEF, REVIEWER, WINDOW
from chalicelib.jobs.deliver import deliver
from chalicelib.jobs.release import release
from chalicelib.store.port import CASES, PACKAGES, Listed, Store

from schemas.packages import Bundle, Package
from tests.comfort.citizen import PNG, Citizen, Page, Town
from tests.comfort.filling import typed

PDF = b"%PDF-1.7\n"
SAMPLES = ("buban-shiminka", "kai-canyindian", "kaiban-qiye", "shenhou-shi", "xinshenger", "yuangong-luyong")


def everything(package: Package) -> list[str]:
    """The keys of all optional items."""
    return [child.key for child in package.children if child.optional]


def bundle_of(package: Package, chosen: Iterable[str] | None = None) -> Bundle:
    return package.with_answers({"chosen": everything(package) if chosen is None else list(chosen)})


def answers(bundle: Bundle) -> dict[str, Any]:
    """Every question answered, from the examples of the shared form and of the items' own."""
    found: dict[str, Any] = dict(bundle.package.shared["examples"][0])
    for child in bundle.children:
        own = child.item.form_schema.get("examples", [{}])[0]
        found |= {f"{child.key}.{name}": value for name, value in own.items()}
    return bundle.form().prune(found | {"chosen": sorted(bundle.chosen)})


def application(bundle: Bundle) -> Application:
    """Every question answered and every document there, as a program hands it in."""
    files = {slot.id: (File("a" * 64, "证明.png", 9, "png"),) for slot in bundle.materials}
    return Application(bundle, answers(bundle), files).pruned()


def at_check(who: Citizen, bundle: Bundle, *, prefix: str = "", given: dict[str, Any] | None = None) -> Page:
    """Page by page to the check, every document that must be there given once."""
    given = given or answers(bundle)
    page = who.post(f"{prefix}/apply/{bundle.id}/", typed(given))
    while not page.path.endswith("/materials"):
        assert page.status == 200, page.text
        before, page = page.path, who.press(page, {**typed(given), "_go": "next"})
        assert page.path != before, page.text
    for material in bundle.materials_for(given):
        if material.need == "1":
            data = PNG if "png" in material.accept else PDF
            page = who.attach(page, material.id, f"{material.id}.png", data + material.id.encode())
    page = who.press(page, {"_go": "next"})
    assert page.path.endswith("/check") and page.status == 200, page.text
    return page


def listed(store: Store) -> list[Listed]:
    """The package on anybody's list."""
    return list(store.query(PACKAGES, "owner", "lin-he", limit=100).rows)


def cases(store: Store) -> dict[str, Listed]:
    """The citizen's cases by item."""
    rows = store.query(CASES, "owner", "lin-he", limit=100).rows
    assert len({row.head["item_id"] for row in rows}) == len(rows), "an item was begun twice"
    return {row.head["item_id"]: row for row in rows}


def staff(dept: str) -> Actor:
    return Actor("shen-lan", "沈岚", frozenset({WINDOW, REVIEWER, CHIEF}), "综合窗口", frozenset({dept}))


def do(town: Town, number: str, action: str, **data: Any) -> Case:
    case = town.house.desk.find(number, now=town.clock.now)
    assert case is not None
    move = Move(action, staff(case.dept), data)
    done = town.house.desk.perform(number, move, version=case.version, now=town.clock.now)
    assert isinstance(done, Case), (action, done)
    return done


def granted(town: Town, number: str) -> Case:
    """The case accepted, granted and closed."""
    do(town, number, "accept")
    do(town, number, "grant", note="同意", hearing="waived")
    do(town, number, "prepare")
    do(town, number, "verify_originals")
    return do(town, number, "deliver", proof="林禾签收")


def jobs(town: Town) -> None:
    """One round of the jobs that matter here."""
    deliver(town.house.store, now=town.clock.now)
    release(town.house.desk, now=town.clock.now)
