"""Personal data on the desk: masked by post, shown in full only when asked for, and each time in the log."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from chalicelib import access_log
from chalicelib.access_log import Line
from chalicelib.domain.case import Actor, first_broken
from chalicelib.http import masking
from chalicelib.store.embedded import EmbeddedStore
from chalicelib.store.port import ACCESS, Store

from tests.http.deeds import Deeds, png
from tests.http.front_door import Answer
from tests.http.stand_in import MONDAY, Town, token, town

PHONE, MASKED_PHONE = "13800001234", "138****1234"
MASKS = {"name": "name", "id_no": "id", "members[].id_no": "id", "members[].phone": "phone"}
FORM: dict[str, Any] = {
    "name": "林禾苗", "id_no": "990101199003070015", "area": 12.5, "kinds": ["a"],
    "members": [{"id_no": "990102198506120020", "phone": PHONE, "age": 8}],
}  # fmt: skip


def log_of(here: Town) -> list[tuple[str, str, tuple[str, ...]]]:
    """(what, who, shown) of everything noted today."""
    rows = here.store.query(ACCESS, "day", "2026-11-23").rows
    events = [event for row in rows for event in access_log.lines(here.store, row.key)]
    return [(event.action, event.actor, tuple(event.data["shown"])) for event in events]


def reveal(here: Town, who: str, number: str) -> Answer:
    browser = here.browser(who)
    return browser.post(f"/review/{number}/reveal/", {"_csrf": browser.token})


def test_a_case_is_masked_until_somebody_asks_and_is_masked_again_afterwards(
    here: Town, deeds: Deeds
) -> None:
    number = deeds.handed_in()["number"]
    desk = here.browser("shen-lan")
    before = desk.open(f"/review/{number}/")
    assert MASKED_PHONE in before.text and PHONE not in before.text and log_of(here) == []
    full = desk.post(f"/review/{number}/reveal/", {"_csrf": desk.token})
    assert full.status == 200 and PHONE in full.text and "已经记录" in full.text
    assert PHONE not in desk.open(f"/review/{number}/").text
    assert log_of(here) == [("seen", "shen-lan", ("address", "bank", "id", "name", "phone"))]


@pytest.mark.parametrize(
    ("who", "status", "sees"),
    [("shen-lan", 200, True), ("jiang-ying", 200, True), ("bai-heng", 403, False), ("gu-mingzhu", 403, False),
     ("qiao-songnian", 403, False), ("lu-zhiyuan", 403, False)],
)  # fmt: skip
def test_only_posts_that_need_them_see_contact_data(
    here: Town, deeds: Deeds, who: str, status: int, sees: bool
) -> None:
    answer = reveal(here, who, deeds.handed_in()["number"])
    assert answer.status == status and (PHONE in answer.text) is sees


def test_who_only_reviews_sees_identities_but_no_contact(here: Town) -> None:
    reviewer = Actor("r", "甲", frozenset({"reviewer"}), "审查", frozenset({"csgl"}))
    assert masking.kinds_for(reviewer) == {"name", "id", "bank", "address"}
    shown = masking.answers(MASKS, FORM, masking.kinds_for(reviewer))
    assert shown["id_no"] == FORM["id_no"] and shown["members"][0]["phone"] == MASKED_PHONE


def test_answers_are_masked_inside_groups_too_and_nothing_else_changes() -> None:
    masked = masking.answers(MASKS, FORM)
    assert masked["members"] == [{"id_no": "9901**********0020", "phone": MASKED_PHONE, "age": 8}]
    assert (masked["name"], masked["area"], masked["kinds"]) == ("林*苗", 12.5, ["a"])
    assert FORM["members"][0]["phone"] == PHONE


@pytest.mark.parametrize("who", ["bai-heng", "gu-mingzhu"])
def test_who_may_not_ask_is_offered_no_button(here: Town, deeds: Deeds, who: str) -> None:
    number = deeds.handed_in()["number"]
    assert "显示完整信息" in here.browser("shen-lan").open(f"/review/{number}/").text
    assert "显示完整信息" not in here.browser(who).open(f"/review/{number}/").text


def test_the_interface_masks_reveals_and_notes_alike(here: Town, deeds: Deeds) -> None:
    number = deeds.handed_in()["number"]
    headers = {"headers": {"Authorization": f"Bearer {token('shen-lan')}"}}
    plain = here.program.send("GET", f"/api/v1/review/cases/{number}", **headers)
    done = deeds.act("shen-lan", number, "accept", version=1)
    full = here.program.send("POST", f"/api/v1/review/cases/{number}/reveal", **headers)
    assert [answer.json["form"]["phone"] for answer in (plain, done, full)] == [
        MASKED_PHONE, MASKED_PHONE, PHONE,
    ]  # fmt: skip
    assert [what for what, _, _ in log_of(here)] == ["seen"]


def test_what_a_supplement_replaced_is_masked_as_well(here: Town, deeds: Deeds) -> None:
    number = deeds.handed_in()["number"]
    asked = {"fields": ["phone"], "materials": [], "reason": "电话打不通"}
    assert deeds.act("shen-lan", number, "correct", version=1, **asked).status == 200
    sent = deeds.act("lin-he", number, "supplement", version=2, form={"phone": "13700005678"}, materials={})
    assert sent.status == 200, sent.text
    seen = here.program.send(
        "GET", f"/api/v1/review/cases/{number}", headers={"Authorization": f"Bearer {token('shen-lan')}"}
    )
    assert PHONE not in seen.text and "13700005678" not in seen.text and MASKED_PHONE in seen.text


def test_opening_a_file_is_noted_and_a_supervisor_opens_none(here: Town, deeds: Deeds) -> None:
    number, sha256 = deeds.handed_in()["number"], deeds.reference()["sha256"]
    assert here.browser("shen-lan").open(f"/review/{number}/files/{sha256}").body == png()
    assert here.browser("gu-mingzhu").open(f"/review/{number}/files/{sha256}").status == 403
    assert log_of(here) == [("file", "shen-lan", (sha256[:16],))]


def test_who_looks_for_another_departments_case_is_turned_away_and_noted(here: Town, deeds: Deeds) -> None:
    number = deeds.handed_in()["number"]
    assert here.browser("lu-zhiyuan").open(f"/review/{number}/").status == 403
    assert log_of(here) == [("refused", "lu-zhiyuan", ())]


class FullLog:
    """A store whose access log takes no line, as when too many write at once."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._store, name)
        if name not in ("create", "update"):
            return real
        return lambda table, *rest, **more: table is not ACCESS and real(table, *rest, **more)


def test_nothing_is_shown_that_could_not_be_noted(site: Path, tmp_path: Path) -> None:
    here = town(site, tmp_path, store=FullLog(EmbeddedStore(tmp_path)))  # type: ignore[arg-type]
    answer = reveal(here, "shen-lan", Deeds(here).handed_in()["number"])
    assert answer.status == 503 and PHONE not in answer.text


def test_the_log_is_chained_and_a_changed_line_shows(either: Town) -> None:
    deeds = Deeds(either)
    number = deeds.handed_in()["number"]
    case = either.house.desk.find(number, now=MONDAY)
    staff = either.house.staff.find("shen-lan")
    assert case and staff
    for hour in range(3):
        line = Line(case, access_log.SEEN, ("phone",))
        access_log.note(either.store, line, staff, now=MONDAY + timedelta(minutes=hour))
    (row,) = either.store.query(ACCESS, "day", "2026-11-23").rows
    events = access_log.lines(either.store, row.key)
    assert [event.seq for event in events] == [1, 2, 3] and first_broken(events) is None
    assert first_broken((events[0], events[2])) == 2


def test_the_supervisor_reads_the_log_of_a_day_and_nobody_else_does(here: Town, deeds: Deeds) -> None:
    number = deeds.handed_in()["number"]
    assert reveal(here, "shen-lan", number).status == 200
    log = here.browser("gu-mingzhu")
    today, other = log.open("/review/access/"), log.open("/review/access/?day=2026-11-20")
    assert "查看完整信息" in today.text and "沈岚" in today.text and PHONE not in today.text
    assert "这一天没有记录" in other.text
    assert log.open("/review/access/?day=nonsense").status == 200
    assert here.browser("jiang-ying").open("/review/access/").status == 403
