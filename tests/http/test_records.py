"""Cases, applications and drafts as they are kept, on both engines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from chalicelib import applications, drafts, ledger
from chalicelib.applications import Application, Request
from chalicelib.domain.act import World, act
from chalicelib.domain.case import Case, File, first_broken
from chalicelib.domain.guards import Move, Supply
from chalicelib.domain.numbers import derive
from chalicelib.domain.refusal import Refusal
from chalicelib.domain.timeline import explains
from chalicelib.store.port import CASES, DRAFTS, Record, Store
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.domain import world as small
from tests.http.deeds import ANSWERS, ITEM, KEY
from tests.http.stand_in import MONDAY, Town

FIXTURES = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
NUMBERS: Iterator[str] = (f"{n:012d}" for n in count())

# --- a case is what its record says ---------------------------------------------------------------

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=6,
)
files = st.builds(
    File,
    sha256=st.text("0123456789abcdef", min_size=64, max_size=64),
    name=text,
    size=st.integers(1, 2**40),
    kind=st.sampled_from(["pdf", "jpg", "png"]),
)
STEPS: tuple[tuple[Any, str, dict[str, Any]], ...] = (
    (small.WINDOW, "accept", {"note": "好"}), (small.WINDOW, "correct", {"fields": ["place"], "materials": ["photo"], "reason": "请改"}),
    (small.CITIZEN, "supplement", {}), (small.CHIEF, "grant", {}), (small.CHIEF, "deny", {"reason": "不符合"}),
    (small.WINDOW, "prepare", {}), (small.WINDOW, "deliver", {"method": "post", "proof": "单号"}), (small.CITIZEN, "withdraw", {"note": "不办了"}),
    (small.WINDOW, "refuse", {"reason": "不归我们", "right_body": "别处"}), (small.WINDOW, "not_required", {"reason": "不用"}),
)  # fmt: skip


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A case after some steps, with any answers and files that JSON can hold."""
    case = replace(
        small.handed_in("2026-09-01"), number=next(NUMBERS), form=draw(st.dictionaries(text, values, max_size=4)),
        materials={name: tuple(kept) for name, kept in draw(st.dictionaries(text, st.lists(files, max_size=2), max_size=2)).items()},
        applicant_name=draw(text), item_name=draw(text),
    )  # fmt: skip
    for actor, action, data in draw(st.lists(st.sampled_from(STEPS), max_size=5)):
        case = step(case, actor, action, data) or case
    return case


def step(case: Case, actor: Any, action: str, data: dict[str, Any]) -> Case | None:
    """The case after a step, if the step may be done."""
    shade = File(f"{len(case.events):064x}", "新.jpg", 1, "jpg")
    supply = (
        Supply({**case.form, "place": "新址"}, {**case.materials, "photo": (shade,)})
        if action == "supplement"
        else None
    )
    outcome = act(case, Move(action, actor, data, supply), small.world("2026-09-02"))
    return outcome if isinstance(outcome, Case) else None


@given(cases())
@settings(max_examples=60, deadline=None, suppress_health_check=FIXTURES)
def test_a_case_read_back_is_the_case_that_was_written(case: Case) -> None:
    record = ledger.to_record(case)
    kept = replace(
        record, head=json.loads(json.dumps(record.head)), body=json.loads(json.dumps(record.body)),
        events=tuple(json.loads(json.dumps(record.events))),
    )  # fmt: skip
    back = ledger.from_record(kept)
    assert back == case and explains(back) and first_broken(back.events) is None


@given(case=cases())
@settings(max_examples=15, deadline=None, suppress_health_check=FIXTURES)
def test_either_engine_gives_back_what_it_was_given(store: Store, case: Case) -> None:
    assert store.create(CASES, ledger.to_record(case))
    found = ledger.find(store, case.number, now=MONDAY)
    assert found is not None and found[0] == case


def test_a_case_grows_step_by_step_in_either_engine(store: Store) -> None:
    case = replace(small.handed_in("2026-09-01"), number=next(NUMBERS))
    assert store.create(CASES, ledger.to_record(case))
    for actor, action, data in (STEPS[1], STEPS[2], STEPS[0], STEPS[3], STEPS[5], STEPS[6]):
        found = ledger.find(store, case.number, now=MONDAY)
        assert found is not None and found[0] == case
        after = step(case, actor, action, data)
        assert after is not None
        assert ledger.save(store, after, read=found[1])
        assert not ledger.save(store, after, read=found[1]), "written over an old reading"
        case = after
    final = ledger.find(store, case.number, now=MONDAY)
    assert final is not None and final[0] == case and len(case.events) == 8


@pytest.mark.parametrize(
    ("steps", "lane", "swept"),
    [
        ((), "office", "intake"),
        ((1,), "applicant", "correction"),
        ((0,), "office", None),
        ((0, 3), "office", None),
        ((7,), "closed", None),
    ],
)
def test_a_case_stands_in_the_list_of_whoever_must_act(
    store: Store, steps: tuple[int, ...], lane: str, swept: str | None
) -> None:
    case = replace(small.handed_in("2026-09-01"), number=next(NUMBERS))
    for n in steps:
        case = step(case, *STEPS[n]) or case
    store.create(CASES, ledger.to_record(case))
    assert [store.count(CASES, "queue", f"csgl:{name}") for name in ledger.LANES] == [
        int(name == lane) for name in ledger.LANES
    ]
    clocks = ("intake", "correction", "promise", "legal", "delivery")
    assert [name for name in clocks if store.count(CASES, "sweep", name)] == ([swept] if swept else [])


# --- handing in -----------------------------------------------------------------------------------


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
        assert either.store.create(CASES, ledger.to_record(other))
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


# --- drafts ---------------------------------------------------------------------------------------


def begun(here: Town, *, sub: str = "") -> drafts.Draft:
    item = here.house.catalogue.current(ITEM)
    assert item is not None
    return drafts.begin(here.store, item, session="s", sub=sub, form={"firm": "甲"}, now=here.clock())


def typed(name: str, value: str) -> Any:
    return lambda draft: replace(draft, form={**draft.form, name: value})


def test_two_tabs_keep_both_edits(either: Town) -> None:
    draft = begun(either)
    one, two = (drafts.find(either.store, draft.id, now=either.clock()) for _ in range(2))
    assert one and two
    drafts.change(either.store, one, typed("text", "乙"), now=either.clock())
    drafts.change(either.store, two, typed("address", "丙"), now=either.clock())
    final = drafts.find(either.store, draft.id, now=either.clock())
    assert final and final.form == {"firm": "甲", "text": "乙", "address": "丙"} and final.version == 3


def test_eight_tabs_at_once_keep_every_edit_they_were_told_was_kept(either: Town) -> None:
    draft = begun(either)

    def save(n: int) -> int | None:
        try:
            return (
                n if drafts.change(either.store, draft, typed(f"f{n}", str(n)), now=either.clock()) else None
            )
        except TimeoutError:
            return None

    with ThreadPoolExecutor(8) as pool:
        kept = [n for n in pool.map(save, range(8)) if n is not None]
    final = drafts.find(either.store, draft.id, now=either.clock())
    assert final and set(final.form) == {"firm", *(f"f{n}" for n in kept)} and len(kept) >= 5


def test_a_draft_with_a_given_id_is_begun_once(either: Town) -> None:
    item = either.house.catalogue.current(ITEM)
    assert item is not None
    made = [
        drafts.begin(
            either.store, item, session="s", sub="x", form={"n": n}, now=either.clock(), draft_id="ab" * 16
        )
        for n in range(3)
    ]
    assert [draft.form for draft in made] == [{"n": 0}] * 3


def test_a_draft_is_kept_thirty_days_from_the_last_edit(either: Town) -> None:
    draft = begun(either, sub="lin-he")
    either.clock.move(days=29)
    assert drafts.change(either.store, draft, typed("text", "乙"), now=either.clock())
    either.clock.move(days=29)
    assert drafts.find(either.store, draft.id, now=either.clock())
    either.clock.move(days=2)
    assert drafts.find(either.store, draft.id, now=either.clock()) is None


def test_a_draft_that_went_away_is_not_brought_back(either: Town) -> None:
    draft = begun(either)
    assert either.store.delete(DRAFTS, draft.id, expected=1)
    assert drafts.change(either.store, draft, typed("text", "乙"), now=either.clock()) is None
    assert drafts.find(either.store, draft.id, now=either.clock()) is None


def test_a_draft_belongs_to_a_session_until_it_belongs_to_a_person(either: Town) -> None:
    draft = begun(either)
    assert draft.belongs_to(sessions=frozenset({"s"}), sub="") and not draft.belongs_to(
        sessions=frozenset({"t"}), sub="x"
    )
    owned = replace(draft, applicant="lin-he")
    assert owned.belongs_to(sessions=frozenset(), sub="lin-he") and not owned.belongs_to(
        sessions=frozenset({"s"}), sub="zhou-man"
    )


def test_a_list_of_drafts_leaves_out_what_was_handed_in(either: Town) -> None:
    open_one, sent = begun(either, sub="lin-he"), begun(either, sub="lin-he")
    drafts.change(
        either.store,
        sent,
        lambda d: replace(d, number="N", form={}),
        now=either.clock() + timedelta(seconds=1),
    )
    assert [draft.id for draft in drafts.of_person(either.store, "lin-he")] == [open_one.id]


@pytest.mark.parametrize(
    "draft_id", ["", "x", "../" * 8 + "etcetera", "G" * 32, "0" * 31, "0" * 33, "\ud800" * 32]
)
def test_an_id_that_is_none_is_never_looked_up(here: Town, draft_id: str) -> None:
    assert drafts.find(here.store, draft_id, now=MONDAY) is None


def test_a_case_record_has_a_small_head_and_no_answers_in_it(here: Town) -> None:
    case = hand_in(here, application(here, address="听" * 100))
    assert isinstance(case, Case)
    head: Record | None = here.store.find(CASES, case.number, now=MONDAY)
    assert (
        head and "听听" not in json.dumps(head.head, ensure_ascii=False) and len(json.dumps(head.head)) < 2000
    )
