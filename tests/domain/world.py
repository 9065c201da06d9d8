"""A small item, a calendar and people to act, for tests of the rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from chalicelib.domain.act import World, act, submitted
from chalicelib.domain.case import Actor, Case, File
from chalicelib.domain.guards import Move, Supply
from chalicelib.domain.policy import DEFAULT, Policy

from schemas.calendar import SHANGHAI, Calendar
from schemas.items import Item

CALENDAR = Calendar.vendored()
CITIZEN = Actor("lin-he", "林禾", frozenset({"applicant"}))
STRANGER = Actor("zhou-man", "周满", frozenset({"applicant"}))
WINDOW = Actor("shen-lan", "沈岚", frozenset({"window", "reviewer"}), "综合窗口", frozenset({"csgl"}))
ELSEWHERE = Actor("lu-zhiyuan", "陆知远", frozenset({"window", "reviewer"}), "综合窗口", frozenset({"mzj"}))
CHIEF = Actor("jiang-ying", "江映", frozenset({"chief"}), "首席代表", frozenset({"csgl"}))
HEAD = Actor("bai-heng", "白衡", frozenset({"head"}), "局长", frozenset({"csgl"}))
POLICE = Actor("gu-an", "顾安", frozenset({"reviewer"}), "交警", frozenset({"gafj"}))
SYSTEM = Actor("system", "系统", frozenset({"system"}))
EVERYBODY = (CITIZEN, STRANGER, WINDOW, ELSEWHERE, CHIEF, HEAD, POLICE, SYSTEM)

FORM_SCHEMA = {
    "title": "小件",
    "type": "object",
    "x-pages": [{"id": "one", "title": "一", "fields": ["name", "place"]}],
    "properties": {
        "name": {"type": "string", "title": "姓名", "minLength": 2, "maxLength": 20},
        "place": {"type": "string", "title": "地点", "maxLength": 50},
    },
    "required": ["name"],
    "unevaluatedProperties": False,
}
PHOTO = File("a" * 64, "照片.jpg", 1000, "jpg")
OTHER_PHOTO = File("b" * 64, "照片2.jpg", 1200, "jpg")


STEPS = [
    {"name": "受理", "post": "综合窗口", "days": 1, "result": "受理"},
    {"name": "审核", "post": "市容科", "days": 3, "result": "审核意见"},
    {"name": "审批", "post": "首席代表", "days": 2, "result": "决定"},
]
PHOTO_SLOT = {"id": "photo", "name": "照片", "need": "1", "source": "10", "medium": "2", "kind": "1"}
LATE_SLOT = {"id": "lease", "name": "租赁合同", "need": "3", "source": "10", "medium": "2", "kind": "1"}


def item(
    *, legal: int = 20, promise: int = 8, unit: str = "workday", correction_days: int = 30, **more: object
) -> Item:
    """An item with one photo to upload; `more` are further entries of its guide."""
    guide = {
        "name": "小件", "name_en": "Small thing", "dept": "csgl", "state": "1", "channels": ["2"], "steps": STEPS,
        "legal_limit": {"n": legal, "unit": "workday"}, "promise_limit": {"n": promise, "unit": unit},
        "correction_days": correction_days,
        "materials": [PHOTO_SLOT], **more,
    }  # fmt: skip
    return Item.from_json({"id": "xiao-jian", "version": "0" * 16, "guide": guide, "form": FORM_SCHEMA})


def at(day: str, hour: int = 10) -> datetime:
    """An instant on a day in Shanghai."""
    return datetime.combine(date.fromisoformat(day), time(hour), SHANGHAI).astimezone(UTC)


def world(day: str, *, of: Item | None = None, hour: int = 10, policy: Policy = DEFAULT) -> World:
    """The world on a day."""
    return World(of or item(), CALENDAR, at(day, hour), policy)


def handed_in(day: str, *, of: Item | None = None, hour: int = 10) -> Case:
    """A case received on a day."""
    here = world(day, of=of, hour=hour)
    blank = Case(
        number="23456789ABCX", item_id="xiao-jian", item_version="0" * 16, item_name="小件",
        item_name_en="Small thing", dept="csgl", state="", version=1, received_at=here.now, applicant=CITIZEN.sub,
        applicant_name=CITIZEN.name, query_code="CODE2345", request_key="k", fingerprint="f",
        form={"name": "林禾", "place": "听潮路"}, materials={"photo": (PHOTO,)},
    )  # fmt: skip
    return submitted(blank, CITIZEN, here)


def done(
    case: Case, action: str, actor: Actor, day: str, *, of: Item | None = None, given: Supply | None = None,
    policy: Policy = DEFAULT, **data: object,
) -> Case:  # fmt: skip
    """The case after an action that must succeed."""
    outcome = act(case, Move(action, actor, data, given), world(day, of=of, policy=policy))
    assert isinstance(outcome, Case), outcome
    return outcome


def supply(*, name: str = "林禾", place: str = "听潮路", photo: File = PHOTO) -> Supply:
    """What a supplement hands in."""
    return Supply({"name": name, "place": place}, {"photo": (photo,)})
