"""Knowing a number opens nothing: every address with an object in it, asked by everybody it does not belong to.

The addresses come from the route table, so a new one is tried from its first day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

import pytest
from chalicelib.domain.rights import ANYONE, CITIZEN, PUBLIC, TABLE
from chalicelib.http.routes import FORMS, ROUTES, Route

from tests.http.deeds import ITEM, Deeds, png
from tests.http.front_door import Answer, Browser, Caller, bearer
from tests.http.stand_in import Town, token
from tests.http.test_routes import STAFF

SECRETS = ("13800001234", "听潮路 12 号", "听潮小面馆", "a.png", "门头 效果图")
OPEN = {  # what anybody may ask, and why it tells nothing
    ("GET", "/status/{number}"): "the empty form with the number filled in: it asks for the code",
    (
        "POST",
        "/apply/{item}/{draft}/erase",
    ): "says the same whether there was a draft or not, and erases only one's own",
}
ELSEWHERE = "lu-zhiyuan"  # window of other departments


@dataclass
class Objects:
    """What belongs to one citizen."""

    draft: str
    number: str
    file: str


@pytest.fixture(scope="module")
def objects(shared: Town) -> Objects:
    deeds, owner = Deeds(shared), shared.browser("zhou-man")
    page = deeds.fill_in(owner)
    owner.choose_file(page, "picture", "门头 效果图.png", png(7))
    draft = next(part for part in page.forms[-1].action.split("/") if len(part) == 32)
    return Objects(draft, deeds.handed_in("zhou-man")["number"], sha256(png(0)).hexdigest())


def with_objects() -> Iterator[Route]:
    for route in ROUTES:
        if "{number}" in route.path or "{draft}" in route.path:
            yield route


def address(route: Route, objects: Objects) -> str:
    values = {
        "{item}": ITEM, "{draft}": objects.draft, "{page}": "1", "{number}": objects.number, "{sha256}": objects.file,
        "{seq}": "1",
    }  # fmt: skip
    path = route.path
    for name, value in values.items():
        path = path.replace(name, value)
    return path


def asked_by(here: Town, route: Route, path: str, who: str) -> Answer:
    if route.api:
        return Caller(here.gateway).send(route.method, path, headers=bearer(token(who) if who else ""))
    browser = here.browser(who) if who else Browser(here.gateway)
    if route.method == "GET":
        return browser.get(path)
    body = f"_csrf={browser.token}&_version=1".encode() if who else b"_version=1"
    return browser.send("POST", path, body=body, kind=FORMS[0])


def may_ask(route: Route, who: str) -> bool:
    """Whether the table lets this member of staff look at cases of their own departments by this route."""
    return route.who not in PUBLIC and any(route.who in TABLE[role] for role in STAFF.get(who, ()))


def wrong_visitors(route: Route) -> tuple[str, ...]:
    """A stranger, another citizen, other departments' staff, and staff whose role lacks the right."""
    staff = (one for one in STAFF if one == ELSEWHERE or not may_ask(route, one))
    citizens = ("", "lin-he")
    return (*citizens, *(staff if route.who not in (ANYONE, CITIZEN) else (ELSEWHERE, "jiang-ying")))


CASES = [
    (route, who)
    for route in with_objects()
    if (route.method, route.path) not in OPEN
    for who in wrong_visitors(route)
]


@pytest.mark.parametrize(
    ("route", "who"), CASES, ids=lambda one: one if isinstance(one, str) else f"{one.method} {one.path}"
)
def test_nobody_else_gets_in_by_knowing_a_number(
    shared: Town, objects: Objects, route: Route, who: str
) -> None:
    before = shared.house.desk.find(objects.number, now=shared.clock.now)
    answer = asked_by(shared, route, address(route, objects), who)
    to_sign_in = answer.status == 303 and answer.header("Location").startswith("/signin")
    assert to_sign_in or answer.status in (400, 401, 403, 404, 415, 422), (answer.status, answer.text[-500:])
    assert not [secret for secret in SECRETS if secret in answer.text]
    assert shared.house.desk.find(objects.number, now=shared.clock.now) == before


def test_the_matrix_is_whole(objects: Objects) -> None:
    assert len(CASES) > 120 and {route.path for route, _ in CASES} >= {
        "/me/{number}",
        "/review/{number}/reveal",
    }
    assert len(objects.draft) == 32


def test_a_strangers_press_on_erase_erases_nothing(shared: Town, objects: Objects) -> None:
    stranger = shared.browser("lin-he")
    path = f"/apply/{ITEM}/{objects.draft}/erase/"
    said = stranger.post(path, {"_csrf": stranger.token})
    assert said.status == 200 and not [secret for secret in SECRETS if secret in said.text]
    assert shared.browser("zhou-man").open(f"/apply/{ITEM}/{objects.draft}/1/").status == 200


def test_the_owner_and_the_right_desk_do_get_in(shared: Town, objects: Objects) -> None:
    """The other half: the same addresses answer those they are for."""
    owner, desk = shared.browser("zhou-man"), shared.browser("shen-lan")
    for path in (
        f"/me/{objects.number}/",
        f"/me/{objects.number}/files/{objects.file}",
        f"/apply/{ITEM}/{objects.draft}/1",
    ):
        assert owner.open(path).status == 200, path
    for path in (f"/review/{objects.number}/", f"/review/{objects.number}/files/{objects.file}"):
        assert desk.open(path).status == 200, path


def test_a_file_of_one_case_is_not_read_through_another(shared: Town, objects: Objects) -> None:
    """The hash is right, the case is one's own, but the file belongs to somebody else's."""
    mine = Deeds(shared).handed_in("lin-he")["number"]
    foreign = Deeds(shared).reference("zhou-man", shade=99)["sha256"]
    assert shared.browser("lin-he").get(f"/me/{mine}/files/{foreign}").status == 404
    assert shared.browser("shen-lan").get(f"/review/{mine}/files/{foreign}").status == 404


def test_a_file_sent_by_one_person_is_not_handed_in_by_another(shared: Town) -> None:
    deeds = Deeds(shared)
    body = {**deeds.application("lin-he"), "materials": {"picture": [deeds.reference("zhou-man", shade=98)]}}
    refused = deeds.apply("lin-he", key="somebody-elses-file-000", body=body)
    assert (refused.status, refused.json["code"]) == (422, "file_unknown")
