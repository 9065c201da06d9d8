"""Handing in: one request is one case, on both engines."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from chalicelib import applications, ledger
from chalicelib.applications import Application, Request
from chalicelib.domain.act import World
from chalicelib.domain.case import Case, File
from chalicelib.domain.numbers import derive
from chalicelib.domain.refusal import Refusal
from chalicelib.store.port import CASES, Record

from tests.domain import world as small
from tests.http.deeds import ANSWERS, ITEM, KEY
from tests.http.stand_in import MONDAY, Town


def application(here: Town, **changes: Any) -> Application:
    item = here.house.catalogue.current(ITEM)
    assert item is not None
    return Application(item, {**ANSWERS, **changes}, {"picture": (File("a" * 64, "a.png", 9, "png"),)})


def hand_in(here: Town, sent: Application, key: str = KEY) -> Case | Refusal:
    request = Request(small.CITIZEN, key, applications.content_of(sent))
    world = World(sent.item, here.house.calendar, here.clock())
    return applications.earlier(here.store, request, now=here.clock()) or applications.submit(
        sent, request, store=here.store, world=world
    )


def many(here: Town) -> int:
    return here.store.count(CASES, "owner", small.CITIZEN.sub)


def test_sixteen_at_once_with_one_key_are_one_case(either: Town) -> None:
    sent = application(either)
    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(lambda _: hand_in(either, sent), range(16)))
    assert len({(case.number, case.query_code) for case in made if isinstance(case, Case)}) == 1
    assert len(made) == 16 and many(either) == 1


def test_sixteen_at_once_with_one_key_and_other_content_are_one_case(either: Town) -> None:
    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(lambda n: hand_in(either, application(either, firm=f"第 {n} 家")), range(16)))
    won = [case for case in made if isinstance(case, Case)]
    assert len(won) == 1 == many(either)
    assert [case.code for case in made if isinstance(case, Refusal)] == ["key_reused"] * 15


def test_sixteen_keys_at_once_are_sixteen_cases(either: Town) -> None:
    sent = application(either)
    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(lambda n: hand_in(either, sent, f"{KEY} {n}"), range(16)))
    assert len({case.number for case in made if isinstance(case, Case)}) == 16 == many(either)


def test_a_number_that_somebody_else_has_is_passed_over_for_good(either: Town) -> None:
    sent = application(either)
    request = Request(small.CITIZEN, KEY, applications.content_of(sent))
    taken = [derive(request.owned_key, attempt=n) for n in (0, 1)]
    for number in taken:
        other = replace(
            small.handed_in("2026-09-01"), number=number, applicant="somebody", request_key="theirs"
        )
        assert either.store.create(CASES, ledger.to_record(other, small.world("2026-09-02")))
    first, again = hand_in(either, sent), hand_in(either, sent)
    assert isinstance(first, Case) and first == again
    assert first.number == derive(request.owned_key, attempt=2) and many(either) == 1


def test_two_days_later_the_same_request_still_meets_its_case(either: Town) -> None:
    first = hand_in(either, application(either))
    either.clock.move(days=2)
    assert hand_in(either, application(either)) == first


def test_an_application_without_its_branch_has_no_files_of_the_branch(here: Town) -> None:
    consent = (File("b" * 64, "b.png", 9, "png"),)
    shop = replace(application(here), materials={"picture": consent, "consent": consent}).pruned()
    house = replace(
        application(here, building="house", household="2 栋"), materials={"consent": consent}
    ).pruned()
    assert (set(shop.materials), set(house.materials)) == ({"picture"}, {"consent"})
    assert [fault.name for fault in applications.faults(house, lang="zh", now=MONDAY)] == ["picture"]


@pytest.mark.parametrize(
    ("kind", "size", "code"),
    [
        ("png", 9, ""),
        ("pdf", 9, "file_type"),
        ("png", 4 * 1024 * 1024, ""),
        ("png", 4 * 1024 * 1024 + 1, "file_too_big"),
    ],
)
def test_a_file_must_be_of_a_kind_and_size_its_material_takes(
    here: Town, kind: str, size: int, code: str
) -> None:
    """Also at handing in: the API knows the material only then."""
    item = here.house.catalogue.current(ITEM)
    assert item is not None
    only = tuple(replace(m, accept=("png",), max_mb=4) if m.id == "picture" else m for m in item.materials)
    sent = Application(
        replace(item, materials=only), ANSWERS, {"picture": (File("a" * 64, "a", size, kind),)}
    )
    assert [fault.code for fault in applications.faults(sent, lang="zh", now=MONDAY)] == [code] * bool(code)


def test_a_case_record_has_a_small_head_and_no_answers_in_it(here: Town) -> None:
    case = hand_in(here, application(here, address="听" * 100))
    assert isinstance(case, Case)
    head: Record | None = here.store.find(CASES, case.number, now=MONDAY)
    assert (
        head and "听听" not in json.dumps(head.head, ensure_ascii=False) and len(json.dumps(head.head)) < 2000
    )
