"""Whoever asked is told of the answer once: in the inbox, and by the contact they left."""

from __future__ import annotations

import pytest
from chalicelib.jobs.answers import reached, tell_askers
from chalicelib.jobs.deliver import Outward
from chalicelib.store.port import ENQUIRIES, MESSAGES, NOTICES

from tests.comfort.citizen import MONDAY, Town
from tests.comfort.test_enquiries import answered, asked, either  # noqa: F401

OUT = Outward(frozenset({"sms", "mail"}), {"name": "望澜政务服务网", "url": "https://zwfw.wanglan.example"})


def test_the_asker_is_told_once_in_the_inbox_and_by_sms(either: Town) -> None:  # noqa: F811
    who = either.citizen("lin-he")
    number, _ = asked(who).codes
    answered(either.citizen("shen-lan"), number)
    store = either.house.store
    assert tell_askers(store, now=MONDAY, outward=OUT) == 1
    assert tell_askers(store, now=MONDAY, outward=OUT) == 0
    page = who.get("/me/").text
    assert "已经答复，请凭编号和查询码查看" in page and f"/ask/{number.replace('-', '')}/" in page
    assert store.count(MESSAGES, "due", "queued") == 1
    assert store.count(NOTICES, "owner", "lin-he") == 1


def test_a_crash_before_the_mark_is_cleared_tells_nobody_twice(either: Town) -> None:  # noqa: F811
    number, _ = asked(either.citizen("lin-he")).codes
    answered(either.citizen("shen-lan"), number)
    store = either.house.store
    (row,) = store.query(ENQUIRIES, "outbox", "untold").rows
    tell_askers(store, now=MONDAY, outward=OUT)
    record = store.find(ENQUIRIES, row.key, now=MONDAY)
    assert record is not None and "outbox" not in record.index
    marked = type(record)(
        record.key,
        record.head,
        index={**record.index, "outbox": ("untold", row.sort)},
        version=record.version,
    )
    store.update(ENQUIRIES, marked, expected=record.version)
    assert tell_askers(store, now=MONDAY, outward=OUT) == 1
    assert store.count(MESSAGES, "due", "queued") == 1 == store.count(NOTICES, "owner", "lin-he")


def test_a_guest_is_told_by_the_contact_alone_and_without_what_was_said(either: Town) -> None:  # noqa: F811
    number, _ = asked(either.citizen(), contact="lin@example.org").codes
    answered(either.citizen("shen-lan"), number)
    store = either.house.store
    tell_askers(store, now=MONDAY, outward=OUT)
    (row,) = store.query(MESSAGES, "due", "queued").rows
    message = store.find(MESSAGES, row.key, now=MONDAY)
    assert message and message.body["to"] == "lin@example.org"
    assert "店招" not in message.body["text"] and "宽和高" not in message.body["text"]


@pytest.mark.parametrize(
    ("contact", "ways"),
    [("138 0000 1234", {"sms": "13800001234"}), (" a@b.cn ", {"mail": "a@b.cn"}), ("请打座机", {}), ("", {})],
)
def test_a_contact_leads_where_it_can(contact: str, ways: dict[str, str]) -> None:
    assert reached(contact) == ways
