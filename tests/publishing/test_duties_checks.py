"""Checks of the duties, each broken once, and what `new` makes of the new kinds."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import pytest

from publishing import check, sources
from publishing.duties import checks, columns
from publishing.faults import serious
from publishing.scaffold import scaffold
from tests.publishing.sample_site import TODAY

NEW = {
    "procurement": "xin-caigou",
    "special": "xin-zhuanti",
    "duty": "xin-zhize",
    "facility": "xin-sheshi",
    "guide_en": "laonian-zheng",
}


@pytest.fixture
def full(sample):
    """The small site with one document of each new kind, a 权责清单, groups and events."""
    sample.edit("site", ("nav:", GROUPS + "nav:"))
    sample.edit("guide", ("updated:", "groups: [laonian]\nevents: [yanglao]\nduty: xin-zhize\nupdated:"))
    for kind, slug in NEW.items():
        assert not isinstance(
            scaffold(kind, slug, content=sample.content, today=TODAY, forms=sample.forms), str
        )
    path = sample.content / "duties" / "xin-zhize.md"
    code = next(
        line
        for line in sample.path("guide").read_text("utf-8").split("\n")
        if line.startswith("catalog_code")
    )
    lines = path.read_text("utf-8").split("\n")
    lines = [code.replace("catalog_code", "code") if line.startswith("code:") else line for line in lines]
    path.write_text("\n".join(lines), "utf-8")
    return sample


GROUPS = """\
power_list: true
groups:
  - {id: laonian, glyph: 老, name: 老年人, name_en: Older people, about: 60 岁以上的老人。}
events:
  - {id: yanglao, glyph: 养, name: 退休养老, name_en: Growing old, about: 到了年纪可以领的待遇。}
facilities:
  - {id: xuexiao, glyph: 学, name: 中小学, name_en: Schools, about: 义务教育学校在哪里。}
"""


def place(sample, kind):
    return sample.content / sources.FOLDERS[kind] / f"{NEW[kind]}.md" if kind in NEW else sample.path(kind)


def test_what_new_makes_of_the_new_kinds_passes_check_and_builds(full):
    assert full.faults() == []
    assert not list(serious(full.build()))
    for page in (
        "procurement/xin-caigou",
        "specials/xin-zhuanti",
        "duties/xin-zhize",
        "facilities/xin-sheshi",
        "facilities/kinds/xuexiao",
        "en/guides/laonian-zheng",
    ):
        assert (full.output / page / "index.html").is_file()


def test_a_new_guide_on_a_site_with_a_list_of_powers_brings_its_entry(full):
    made = scaffold("guide", "xin-zheng", content=full.content, today=TODAY, forms=full.forms)
    assert full.content / "duties" / "xin-zheng.md" in made
    assert full.faults() == []


CASES = [
    # what breaks, kind, edits, what the message says
    ("an item without an entry", "guide", [("duty: xin-zhize\n", "")], "权责清单里没有这个事项"),
    ("an entry of another code", "duty", [("001000", "009000")], "和权责清单不一致"),
    ("a group nobody knows", "guide", [("groups: [laonian]", "groups: [nobody]")], "没有人群 nobody"),
    ("an event nobody knows", "guide", [("events: [yanglao]", "events: [nothing]")], "没有大事 nothing"),
    ("a place nobody knows", "guide", [("updated:", 'region: "990199"\nupdated:')], "没有 990199"),
    ("a group without items", "guide", [("groups: [laonian]\n", "")], "人群“老年人”下没有事项"),
    ("an event without items", "guide", [("events: [yanglao]\n", "")], "大事“退休养老”下没有事项"),
    ("an unknown buyer", "procurement", [("dept: zwfw", "dept: nobody")], "没有部门 nobody"),
    ("a notice that follows none", "procurement", [("stage:", "follows: nothing\nstage:")], "没有采购公告"),
    ("a time that cannot be", "procurement", [("-12-31 09:30", "-12-31 29:30")], "不是有效的时间"),
    ("closed before it opened", "procurement", [("2026-12-31 09:30", "2026-01-31 09:30")], "早于发布日期"),
    (
        "more paid than planned",
        "procurement",
        [("contact:", "suppliers: [{name: 一家公司, amount_fen: 100001}]\ncontact:")],
        "超过预算",
    ),
    (
        "a call without a deadline",
        "procurement",
        [("closes_at: 2026-12-31 09:30\n", "")],
        "缺少“响应截止时间”",
    ),
    ("a place of an unknown kind", "facility", [("kind: xuexiao", "kind: yinhang")], "没有 yinhang"),
    ("a place that is nowhere", "facility", [('region: "990102"', 'region: "990103"')], "没有 990103"),
    ("a special about nothing", "special", [("guides: []", "guides: [nothing]")], "没有 nothing"),
    ("an entry for no guide", "duty", [("office:", "guides: [nothing]\noffice:")], "没有 nothing"),
    (
        "ends before it starts",
        "special",
        [("dept:", "publish_on: 2026-12-01\nexpires_on: 2026-11-30\ndept:")],
        "晚于失效日期",
    ),
    (
        "two days of publishing",
        "special",
        [("dept:", "publish_on: 2026-12-01\ndept:")],
        "要和 publish_on 相同",
    ),
    ("its own former name", "page", [("order:", "formerly: [about]\norder:")], "现在的标识"),
    ("a former name in use", "notice", [("source:", "formerly: [tongzhi]\nsource:")], "现在的标识"),
    (
        "a label that is too long",
        "site",
        [("name: 老年人", "name: 六十岁以上的各位老年朋友们")],
        "超过 12 个字",
    ),
    ("one label for two things", "site", [("name: 老年人", "name: 社会保障")], "不会混淆"),
    ("two labels for one column", "site", [("name: 通知公告", "name: 公告通知")], "别处叫“通知公告”"),
    ("a misspelt link", "page", [("请写正文。", "[找](/groups/laoren/)")], "打不开"),
]


@pytest.mark.parametrize(
    ("kind", "edits", "message"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_each_fault_is_found_by_check_and_stops_a_build(full, kind, edits, message):
    path = place(full, kind)
    text = path.read_text("utf-8")
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, "utf-8")
    assert message in " ".join(fault.message for fault in serious(full.faults()))
    assert message in " ".join(fault.message for fault in serious(full.build()))


@pytest.mark.parametrize("kind", ["guide", "duty"])
def test_a_guide_and_its_entry_that_come_to_differ_stop_the_next_build(full, kind):
    assert not list(serious(full.build()))
    path = place(full, kind)
    fields = {"guide": ("duty: xin-zhize", "duty: lingyi-zhize"), "duty": ("001000", "009000")}
    if kind == "guide":
        other = path.parent.parent / "duties" / "lingyi-zhize.md"
        text = place(full, "duty").read_text("utf-8").replace("001000", "009000")
        other.write_text(text.replace("xin-zhize", "lingyi-zhize"), "utf-8")
    path.write_text(path.read_text("utf-8").replace(*fields[kind]), "utf-8")
    said = [fault.message for fault in serious(full.build())]
    assert len(said) == 1 and "和权责清单不一致" in said[0]


def test_a_former_name_that_comes_into_use_stops_the_next_build(full):
    full.edit("notice", ("source:", "formerly: [di-er]\nsource:"))
    assert not list(serious(full.build()))
    scaffold("notice", "di-er", content=full.content, today=TODAY, forms=full.forms)
    assert "曾用标识 di-er 和 di-er 冲突，请核对" in [fault.message for fault in serious(full.build())]


LINKS = [
    "/groups/", "/groups/laonian/", "/events/", "/events/yanglao/", "/regions/", "/regions/990102/", "/az/", "/forms/",
    "/forms/laonian-zheng/", "/duties/", "/duties/xin-zhize/", "/procurement/", "/procurement/xin-caigou/", "/specials/", "/facilities/", "/facilities/kinds/xuexiao/", "/facilities/xin-sheshi/",
    "/en/guides/", "/en/guides/laonian-zheng/", "/en/departments/zwfw/", "/procurement/feed.json", "/notices/feed.xml",
]  # fmt: skip


def test_links_to_every_kind_of_page_are_known_and_lead_somewhere(full):
    full.edit("page", ("请写正文。", "\n".join(f"- [去]({link})" for link in LINKS)))
    assert full.faults() == []
    full.build()
    targets = [full.output / (link[1:] + ("index.html" if link.endswith("/") else "")) for link in LINKS]
    assert [path for path in targets if not path.is_file()] == []


class Doc(NamedTuple):
    front: dict[str, str]


@pytest.mark.parametrize(
    ("notice", "policy", "reminders"),
    [
        ("2026-11-23", "2026-11-23", 0),
        ("2026-11-09", "2026-06-01", 0),
        ("2026-11-08", "2026-06-01", 1),
        ("2026-11-09", "2026-05-23", 1),
        ("2026-05-01", "2026-05-01", 3),
    ],
)
def test_editors_are_reminded_of_old_columns(notice, policy, reminders):
    documents = {"notice": [Doc({"published": notice})], "policy": [Doc({"published": policy})]}
    found = list(checks.stale(documents, TODAY))
    assert len(found) == reminders
    assert all(one.warning for one in found)


def test_reminders_do_not_stop_check(full):
    found = check.faults(sources.load(full.content, forms=full.forms), today=date(2027, 11, 23))
    assert [fault for fault in found if "超过 6 个月" in fault.message]
    assert all(fault.warning for fault in found if "超过 6 个月" in fault.message)


def test_a_long_column_is_cut_into_parts_that_lead_to_each_other():
    parts = list(columns.parts(list(range(65)), "/procurement/", size=30))
    assert [part.url for part in parts] == ["/procurement/", "/procurement/2/", "/procurement/3/"]
    assert [(part.newer, part.older) for part in parts] == [
        (None, "/procurement/2/"),
        ("/procurement/", "/procurement/3/"),
        ("/procurement/2/", None),
    ]
    assert [row for part in parts for row in part.rows] == list(range(65))
