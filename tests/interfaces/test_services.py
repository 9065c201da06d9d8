"""Services that a case uses: asked once, told in order, believed only about what they were asked, on both engines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from app import portal
from chalicelib import ledger
from chalicelib.domain.case import Case
from chalicelib.domain.lifecycle import LINK
from chalicelib.domain.links import LINKS
from chalicelib.http import words
from chalicelib.interfaces import streams
from chalicelib.interfaces.courier import send_due
from chalicelib.interfaces.handoff import with_keys
from chalicelib.interfaces.outside import Outside, Subscriber
from chalicelib.jobs.deliver import Outward, deliver
from chalicelib.notify.message import compose
from chalicelib.store.port import CASES
from gateway import Gateway
from joserfc.jwk import KeySet

from schemas.interfaces.agreed import contract
from schemas.interfaces.wire import Allowed
from tests.http.deeds import Deeds
from tests.http.front_door import Caller
from tests.http.stand_in import Town
from tests.interfaces.conftest import linked, post
from tests.interfaces.department import Department
from tests.interfaces.other_systems import KEY, NEXT_KEY, System
from tests.interfaces.services import SEALER, SERVICES, STRANGER, Carrier, Meetings, Sealer, Service, Sharing

PARCEL = {"carrier": "邮政速递", "tracking": "EM990102001CN"}
NAMES = {
    "logistics": "政务寄递平台",
    "video": "视频核查平台",
    "seal": "电子印章平台",
    "sharing": "数据共享平台",
    "hall": "大厅预约叫号系统",
}


@dataclass
class Hall:
    """A town linked with one service of each kind."""

    town: Town
    deeds: Deeds
    services: Mapping[str, Any]

    def go(self) -> None:
        """The outbox, then the couriers."""
        others = self.town.house.outside
        deliver(self.town.store, now=self.town.clock(), outward=Outward(others=others))
        send_due(post(self.town, others), now=self.town.clock())

    def case(self, number: str) -> Case:
        found = self.town.house.desk.find(number, now=self.town.clock())
        assert found
        return found

    def act(self, who: str, number: str, action: str, **fields: Any) -> Any:
        """A step at the desk, and what follows from it."""
        answer = self.deeds.act(who, number, action, version=self.case(number).version, **fields)
        self.go()
        return answer

    def decided(self, action: str = "grant", **fields: Any) -> str:
        number: str = self.deeds.handed_in()["number"]
        self.act("shen-lan", number, "accept")
        assert self.act("jiang-ying", number, action, **fields).status == 200
        return number

    def sent(self, **parcel: str) -> str:
        """A case whose result is with the carrier."""
        number = self.decided()
        self.act("shen-lan", number, "prepare")
        assert self.act("shen-lan", number, "dispatch", **{**PARCEL, **parcel}).status == 200
        return number


@pytest.fixture
def hall(either: Town, start: Callable[[System], Any]) -> Hall:
    made = {kind: start(SERVICES[kind](either.clock, name=f"{kind}-one", kind=kind)) for kind in SERVICES}
    keys = KeySet([SEALER]).as_dict(private=False)
    facts = [
        {"id": one.name, "kind": kind, "name": NAMES[kind], "url": one.url, "keys": (KEY,), "jwks": keys}
        for kind, one in made.items()
    ]
    agreed = tuple(
        Subscriber(one["id"], LINK, with_keys({"issuer": one["name"], **one}, either.house.settings.data_dir))
        for one in facts
    )
    house = linked(either, Outside(Allowed(anywhere=True), agreed)).house
    town = replace(either, house=house, gateway=Gateway(portal(lambda: house), house=lambda: house))
    for one in made.values():
        one.door = Caller(town.gateway)
    return Hall(town, Deeds(town), made)


def told(hall: Hall, number: str) -> list[tuple[str, str]]:
    return [(e.data["kind"], e.data["step"]) for e in hall.case(number).events if e.data.get("kind") in LINKS]


BOOKED = {"day": "2026-12-01", "time": "09:30", "place": "政务服务中心一层"}
CALLED = {"ticket": "A17", "place": "政务服务中心 B12 窗口"}


def test_booking_and_call_in_the_hall_progress_and_close_are_told_once_each_by_message(hall: Hall) -> None:
    number = hall.decided()
    desk: Service = hall.services["hall"]
    assert desk.last()["ask"] == {}, "the hall learns the number and nothing else"
    for step, facts in (("booked", BOOKED), ("called", CALLED)):
        assert desk.tell(step, **facts).status == 200
    assert desk.tell("booked", place="一层").status == 422 and desk.tell("fled", **CALLED).status == 422
    hall.act("shen-lan", number, "prepare")
    hall.act("shen-lan", number, "deliver", method="window", proof="本人签收")
    case, site = hall.case(number), {"name": "望澜", "url": "https://zwfw.wanglan.example"}
    texts = [
        compose(event_head(hall, number), ledger.event_out(event), way="sms", to="1", site=site).text
        for event in case.events
        if event.action in ("hear", "accept", "deliver")
    ]
    wanted = (
        "申请已受理",
        "已预约2026年12月1日 09:30到政务服务中心一层",
        "叫到您的号 A17，请到政务服务中心 B12 窗口",
        "已送达",
    )
    assert len(texts) == 4 and all(any(word in text for text in texts) for word in wanted), texts
    inbox = hall.town.browser("lin-he").open("/me/").text
    assert inbox.count("叫到您的号 A17") == 1 and inbox.count("已预约2026年12月1日") == 1
    assert "请到政务服务中心 B12 窗口" in hall.town.browser("lin-he").open(f"/me/{number}/").text
    assert "appointment" in hall.town.browser("lin-he").open("/en/me/").text


def event_head(hall: Hall, number: str) -> Mapping[str, Any]:
    found = hall.town.store.find(CASES, number, now=hall.town.clock())
    assert found
    return found.head


def test_a_parcel_is_followed_until_its_receipt_closes_the_case_and_its_clock(hall: Hall) -> None:
    number, carrier = hall.sent(), hall.services["logistics"]
    assert carrier.last()["ask"] == PARCEL and hall.case(number).clocks["delivery"].running
    assert [carrier.tell(step, place="栖宁市").status for step in ("collected", "moving", "arriving")] == [
        200
    ] * 3
    assert hall.case(number).state == "delivering"
    assert carrier.tell("delivered", received_by="other").status == 200
    case = hall.case(number)
    assert (case.state, case.clocks["delivery"].running) == ("closed", False)
    assert (
        case.events[-1].data["proof"] == "邮政速递 EM990102001CN，他人代收" and case.events[-1].role == LINK
    )
    page = hall.town.browser("lin-he").open(f"/me/{number}/").text
    assert all(
        text in page for text in ("EM990102001CN", "快递已揽收", "正在派送", "送达·办结", "政务寄递平台")
    )
    english = hall.town.browser("lin-he").open(f"/en/me/{number}/").text
    assert "Out for delivery" in english and "Linked service" in english


def test_a_stranger_with_the_query_code_sees_the_steps_and_not_the_parcel(hall: Hall) -> None:
    number = hall.sent()
    hall.services["logistics"].tell("moving", place="栖宁市")
    case = hall.case(number)
    guest = hall.town.browser()
    page = guest.fill(guest.open("/status/"), {"number": number, "code": case.query_code}, has="code").text
    assert "运输中" in page and "EM990102001CN" not in page


def test_a_refusal_can_be_posted_too(hall: Hall) -> None:
    number = hall.decided("deny", reason="超出本区管辖", hearing="waived")
    assert hall.act("shen-lan", number, "dispatch", **PARCEL).status == 200
    assert hall.services["logistics"].tell("delivered").status == 200
    assert hall.case(number).state == "closed"


def test_a_parcel_is_sent_again_only_after_it_came_back(hall: Hall) -> None:
    number, carrier = hall.sent(), hall.services["logistics"]
    again = {"carrier": "邮政速递", "tracking": "EM990102002CN"}
    assert hall.act("shen-lan", number, "dispatch", **again).json["code"] == "parcel_on_its_way"
    carrier.tell("returned")
    assert hall.act("shen-lan", number, "dispatch", **again).status == 200
    assert carrier.tell("delivered").status == 200


def test_the_window_may_still_hand_over_what_was_posted(hall: Hall) -> None:
    number = hall.sent()
    assert hall.act("shen-lan", number, "deliver", method="window", proof="林禾签收").status == 200
    assert hall.services["logistics"].tell("delivered").json["code"] == "not_in_state"


def test_a_telling_that_is_repeated_is_written_once(hall: Hall) -> None:
    number, carrier = hall.sent(), hall.services["logistics"]
    first = carrier.tell("moving", name="push-00000001")
    assert carrier.tell("moving", name="push-00000001").json == first.json
    carrier.tell("delivered", name="push-00000002")
    assert carrier.tell("delivered", name="push-00000002").status == 200
    assert told(hall, number) == [("logistics", "moving"), ("logistics", "delivered")]


WRONG: dict[str, tuple[dict[str, Any], int, str]] = {
    "another parcel": ({"tracking": "EM990102009CN"}, 409, "not_asked"),
    "another event": ({"ref": 1}, 409, "not_asked"),
    "another kind's step": ({"step": "sealed"}, 422, "invalid"),
    "a case that is none": ({"number": "23456789ABCX"}, 404, "not_found"),
    "an address as a place": ({"place": "<b>望澜区</b>"}, 422, "invalid"),
    "more than agreed": ({"phone": "13800001234"}, 422, "invalid"),
    "with another key": ({"key": NEXT_KEY}, 401, "signature_invalid"),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_service_is_believed_only_about_what_it_was_asked(hall: Hall, wrong: tuple[Any, int, str]) -> None:
    number, (changes, status, code) = hall.sent(), wrong
    answer = hall.services["logistics"].tell(**{"step": "moving", **changes})
    assert (answer.status, answer.json["code"]) == (status, code) and told(hall, number) == []


def test_a_service_reads_no_case_and_a_department_tells_nothing(hall: Hall) -> None:
    hall.sent()
    carrier = hall.services["logistics"]
    spy = Department(Caller(hall.town.gateway), hall.town.clock, name=carrier.name)
    assert spy.send("POST", "/take", {}).status == 401
    assert spy.get("/cases").status == 401


def test_a_video_check_has_a_time_a_link_for_the_applicant_alone_and_an_end(hall: Hall) -> None:
    number: str = hall.deeds.handed_in()["number"]
    hall.act("shen-lan", number, "accept")
    for day, code in (("2026-11-23", "video_day"), ("2026-11-28", "video_day"), ("2027-01-01", "video_day")):
        assert hall.act("shen-lan", number, "plan_video", day=day, time="10:30").json["code"] == code
    assert hall.act("shen-lan", number, "plan_video", day="2026-11-25", time="10:30").status == 200
    assert (
        hall.act("shen-lan", number, "plan_video", day="2026-11-27", time="10:30").json["code"]
        == "video_open"
    )
    meetings: Meetings = hall.services["video"]
    assert meetings.last()["ask"] == {"day": "2026-11-25", "time": "10:30"}
    mine = hall.town.browser("lin-he")
    assert "入口准备好以后会显示在这里" in mine.open(f"/me/{number}/").text
    elsewhere = meetings.tell("ready", url="https://video.qining.example@elsewhere.example/r")
    assert (elsewhere.status, elsewhere.json["code"]) == (403, "not_allowed")
    assert meetings.tell("ready").status == 200
    link = f"https://video.qining.example/r/{number}"
    own = hall.town.browser("lin-he").open(f"/me/{number}/").text
    assert own.count(link) == 2 and "请按时参加视频核查" in own and "2026年11月25日 10:30" in own
    assert link in hall.town.browser("shen-lan").open(f"/review/{number}/").text
    guest = hall.town.browser()
    code = hall.case(number).query_code
    assert link not in guest.fill(guest.open("/status/"), {"number": number, "code": code}, has="code").text
    assert meetings.tell("held", minutes=12, record="r-12").status == 200
    assert told(hall, number) == [("video", "ready"), ("video", "held")]
    assert "请按时参加视频核查" not in mine.open(f"/me/{number}/").text
    assert hall.act("shen-lan", number, "plan_video", day="2026-11-27", time="10:30").status == 200


def test_a_decision_carries_the_seal_that_the_authority_signed(hall: Hall) -> None:
    number, sealer = hall.decided(), hall.services["seal"]
    assert "模拟印章" in paper(hall, number)
    assert sealer.tell("sealed").status == 200
    assert "证书 4A:0F:26" in paper(hall, number) and "模拟印章" not in paper(hall, number)


FORGED: dict[str, dict[str, Any]] = {
    "by a stranger's key": {"key": STRANGER}, "over another decision": {"digest": "0" * 64},
    "for another case": {"number": "23456789ABCX"}, "by another certificate": {"serial": "4A:0F:27"},
}  # fmt: skip


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_a_seal_that_does_not_verify_is_not_shown(hall: Hall, forged: dict[str, Any]) -> None:
    number = hall.decided()
    sealer: Sealer = hall.services["seal"]
    answer = sealer.tell("sealed", token=sealer.proof("sealed", **forged)["token"])
    assert (answer.status, answer.json["code"]) == (422, "seal_invalid")
    assert "模拟印章" in paper(hall, number)


def paper(hall: Hall, number: str) -> str:
    seq = next(event.seq for event in hall.case(number).events if event.action == "grant")
    return str(hall.town.browser("lin-he").open(f"/me/{number}/papers/{seq}/").text)


def test_only_the_answers_chosen_leave_for_comparison_and_the_applicant_sees_no_result(hall: Hall) -> None:
    number: str = hall.deeds.handed_in()["number"]
    sharing: Sharing = hall.services["sharing"]
    sharing.register = {"firm": "望澜区潮声小面馆"}
    done = hall.act("shen-lan", number, "query_shared", resource="business", fields=["firm", "uscc"])
    assert done.status == 200
    fields = {"firm": "望澜区听潮小面馆", "uscc": "91990101MA0000001Y"}
    assert sharing.last()["ask"] == {"resource": "business", "fields": fields}
    assert sharing.compare().status == 200
    desk = hall.town.browser("shen-lan").open(f"/review/{number}/").text
    assert "共享数据比对不一致" in desk and "不一致的内容：商户名称" in desk
    assert "共享数据" not in hall.town.browser("lin-he").open(f"/me/{number}/").text
    refused = hall.act(
        "shen-lan", number, "query_shared", resource="business", fields=["nothing_of_this_name"]
    )
    assert refused.status == 422


def test_what_needs_a_service_is_neither_offered_nor_done_where_none_was_agreed(hall: Hall) -> None:
    house = hall.town.house
    number: str = hall.deeds.handed_in()["number"]
    hall.act("shen-lan", number, "accept")
    page = hall.town.browser("shen-lan").open(f"/review/{number}/").text
    assert "预约视频核查" in page and "共享数据核验" in page
    alone = Outside(subscribers=tuple(one for one in house.outside.subscribers if "depts" in one.facts))
    house.desk._offers = alone.offers
    page = hall.town.browser("shen-lan").open(f"/review/{number}/").text
    assert "预约视频核查" not in page and "共享数据核验" not in page
    refused = hall.act("shen-lan", number, "plan_video", day="2026-11-25", time="10:30")
    assert (refused.status, refused.json["code"]) == (409, "not_served")
    assert house.outside.offers("video", "csgl", "huwai-zhaopai") and not house.outside.offers(
        "pigeons", "csgl", ""
    )


@pytest.mark.parametrize("mood", ["slow", "broken", "redirect", "forgets"])
def test_a_service_that_misbehaves_is_asked_until_it_has_understood(hall: Hall, mood: str) -> None:
    carrier: Carrier = hall.services["logistics"]
    carrier.moods = [mood]
    hall.sent()
    hall.town.clock.move(days=1)
    hall.go()
    assert len(carrier.asked) == 1 and carrier.calls == 2


def test_a_service_that_is_gone_leaves_a_dead_letter_for_people(hall: Hall) -> None:
    hall.services["logistics"].moods = ["gone"]
    number = hall.sent()
    assert [(one.number, one.subscriber) for one in streams.dead_letters(hall.town.store)] == [
        (number, "logistics-one")
    ]


def test_every_step_of_every_kind_has_words_and_stands_in_the_contract() -> None:
    shapes = contract("links.openapi")["components"]["schemas"]
    for kind, link in LINKS.items():
        assert tuple(shapes[kind]["properties"]["step"]["enum"]) == link.steps
        assert all(words.has("heard", f"{kind}_{step}") for step in link.steps)
    assert set(SERVICES) == set(LINKS) and issubclass(Carrier, Service)
