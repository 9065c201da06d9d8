"""Each build check of a guide, broken once: where it points and what it says."""

from __future__ import annotations

import pytest

from publishing.faults import serious, shown

FEES = "fee: {charged: true}\nfees:\n  - {name: 工本费, rule: 每张 16 元, basis: 某文件}"
LICENCE = (('item_type: "20"', 'item_type: "01"'), ("99200100", "99010100"))
FIVE_STEPS = "".join(
    f"  - {{name: {name}, post: 综合窗口, days: 1, result: 完成}}\n"
    for name in ("受理", "审核", "审批", "办结", "送达")
)
STEPS = (
    "  - {name: 受理, post: 综合窗口, days: 1, result: 出具受理通知书}\n"
    "  - {name: 办结, post: 综合窗口, days: 4, result: 结果送达申请人}\n"
)
REMEDIES = ("retention: 10年", "remedies: {review: 六十日内申请复议, lawsuit: 六个月内起诉}\nretention: 10年")
BASIS = ("    from_form: true", "    from_form: true\n    basis: 某法第一条")
AT_ONCE = "process: {filed_at_once_when: {nothing: x}}\nretention:"

CASES = [
    # what breaks, edits, the line it points to, what the message says
    (
        "promise on the spot, but a promised case",
        [("n: 5, unit: workday", "n: 0, unit: immediate")],
        "case_type",
        "必须是 immediate",
    ),
    ("promised case on the spot", [('case_type: "2"', 'case_type: "1"')], "case_type", "必须是 immediate"),
    ("promise longer than the law", [("n: 5, unit", "n: 30, unit")], "promise_limit", "比法定时限 20 长"),
    (
        "units differ",
        [("promise_limit: {n: 5, unit: workday", "promise_limit: {n: 5, unit: calendar_day")],
        "promise_limit",
        "单位不同",
    ),
    ("steps take longer than promised", [("days: 4", "days: 9")], "steps", "合计 10 个工作日"),
    ("visits without a reason", [("visits: 0", "visits: 1")], "visits", "visit_reason"),
    ("no visit, yet only at the window", [('channels: ["1", "2"]', 'channels: ["1"]')], "visits", "不能是 0"),
    (
        "fully online, yet a visit",
        [
            (
                "visits: 0",
                'visits: 1\nvisit_reason: 核验原件\nonline_depth: ["1", "2", "3", "4", "5", "6", "7"]',
            )
        ],
        "online_depth",
        "应当是 0",
    ),
    ("charged without fees", [("charged: false", "charged: true")], "fee", "写明收费项目"),
    ("fees though free", [("fee: {charged: false}", FEES.replace("true", "false"))], "fees", "请删去 fees"),
    ("free, yet paid online", [("online_pay: false", "online_pay: true")], "online_pay", "改成 false"),
    (
        "one phone for help and complaints",
        [('complain: {phone: "12345"}', 'complain: {phone: "0999-5550101"}')],
        "complain",
        "相同",
    ),
    (
        "people without a topic for people",
        [("topics_person: [shebao]", "topics_person: []")],
        "audience",
        "请写上个人主题",
    ),
    (
        "firms only, yet a topic for people",
        [('audience: ["1"]', 'audience: ["2"]')],
        "topics_person",
        "请删去个人主题",
    ),
    ("a topic that is not in site.yaml", [("[shebao]", "[shebaoo]")], "topics_person", "没有 shebaoo"),
    ("a result without a sample", [(", sample: files/laonian-zheng-result.svg", "")], "result", "样本"),
    ("a sample that is not there", [("laonian-zheng-result.svg", "nowhere.svg")], "result", "找不到文件"),
    (
        "tolerance without such a material",
        [("tolerate_missing: false", "tolerate_missing: true")],
        "tolerate_missing",
        "不一致",
    ),
    ("such a material without tolerance", [('need: "1"', 'need: "3"')], "tolerate_missing", "不一致"),
    ("paper without copies", [('medium: "2"', 'medium: "1"')], "- id: application", "份数"),
    ("a department that is not in site.yaml", [("dept: zwfw", "dept: nobody")], "dept", "没有部门 nobody"),
    ("a code of another item type", [('item_type: "20"', 'item_type: "07"')], "catalog_code", "07"),
    ("an implementation code of another item", [("J4992001", "J4992002")], "task_code", "应当是"),
    ("an unknown related item", [("updated:", "related: [nothing]\nupdated:")], "related", "没有 nothing"),
    (
        "cancelled before it began",
        [("effective_on:", "cancelled_on: 2020-01-01\neffective_on:")],
        "cancelled_on",
        "早于生效日期",
    ),
    ("verified in the future", [("updated: 2026-11-23", "updated: 2026-11-24")], "updated", "还没有到"),
    ("no conditions", [("## 受理条件", "## 别的")], "## 别的", "受理条件"),
    ("a heading above its place", [("## 办理说明", "# 办理说明")], "# 办理说明", "从 ## 开始"),
    ("HTML in the body", [("请用一两句话回答。", "<b>重要</b>")], "<b>", "HTML"),
    ("a dead link", [("请用一两句话回答。", "见 [这里](/guides/nothing/)。")], "见 [", "/guides/nothing/"),
    ("another id than the file's name", [("id: laonian-zheng", "id: another-id")], "id", "laonian-zheng"),
    ("no form", [("retention:", "form: nothing\nretention:")], "form", "找不到表单"),
    (
        "a condition on a field the form lacks",
        [("from_form: true", "from_form: true\n    when: {nothing: x}")],
        "when",
        "没有字段 nothing",
    ),
    (
        "a condition on an answer the field lacks",
        [("from_form: true", "from_form: true\n    when: {reason: x}")],
        "when",
        "没有取值 x",
    ),
    ("a promised case filed unseen", [("retention:", AT_ONCE)], "process", "只用于备案、公共服务类的即办件"),
    (
        "charged, yet filed unseen",
        [("retention:", AT_ONCE), ("fee: {charged: false}", FEES)],
        "process",
        "要收费的事项不能自动备案",
    ),
    (
        "originals to be shown, yet filed unseen",
        [("retention:", AT_ONCE.replace("process: {", "process: {originals_at_collection: true, "))],
        "process",
        "核验原件的事项不能自动备案",
    ),
    (
        "filed unseen by a field the form lacks",
        [("retention:", AT_ONCE)],
        "process",
        "没有字段 nothing",
    ),
    # the schema's own checks
    ("a missing field", [("booking: false\n", "")], "id:", "缺少“支持预约”"),
    ("a misspelt field", [("kiosk:", "kioskk:")], "kioskk", "是不是 kiosk"),
    (
        "a code without quotes",
        [('catalog_code: "992001001000"', "catalog_code: 992001001000")],
        "catalog_code",
        "加引号",
    ),
    ("a code that does not exist", [('power_source: "1"', 'power_source: "9"')], "power_source", "只能是"),
    (
        "a day that does not exist",
        [("effective_on: 2026-11-23", "effective_on: 2026-13-01")],
        "effective_on",
        "日期",
    ),
    ("a key written twice", [("kiosk: false", "kiosk: false\nkiosk: false")], "kiosk", "写了两次"),
]

LICENCE_CASES = [
    ("too few steps", [REMEDIES, BASIS], "steps", "受理、审核、审批、办结、送达"),
    ("no remedies", [(STEPS, FIVE_STEPS), BASIS], "id:", "remedies"),
    ("a material without its basis", [(STEPS, FIVE_STEPS), REMEDIES], "- id: application", "basis"),
    ("no question", [(STEPS, FIVE_STEPS), REMEDIES, BASIS, ("### 群众", "群众")], None, "常见问题"),
]


def messages(sample, kind="guide"):
    place = shown(sample.path(kind))
    return [(fault.line, fault.message) for fault in serious(sample.faults()) if fault.path == place]


def test_a_scaffolded_site_has_no_faults(sample):
    assert sample.faults() == []


@pytest.mark.parametrize(
    ("edits", "start", "said"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_broken_guide_is_told_where_and_what(sample, edits, start, said):
    sample.edit("guide", *edits)
    found = messages(sample)
    assert any(said in text for _, text in found), found
    line = max(sample.line("guide", start), 1)
    last = len(sample.path("guide").read_text("utf-8").split("\n")) if start == "kiosk" else line
    assert any(said in text and line <= at <= last for at, text in found), (line, found)


@pytest.mark.parametrize(
    ("edits", "start", "said"), [case[1:] for case in LICENCE_CASES], ids=[case[0] for case in LICENCE_CASES]
)
def test_a_licence_needs_more(sample, edits, start, said):
    sample.edit("guide", *LICENCE, *edits)
    found = messages(sample)
    assert [text for _, text in found if said in text], found
    assert len(found) == 1
    assert start is None or found[0][0] == sample.line("guide", start)


def test_more_than_two_visits_is_a_warning_that_does_not_stop_a_build(sample):
    sample.edit("guide", ("visits: 0", "visits: 3\nvisit_reason: 核验原件"))
    found = sample.faults()
    assert [fault.warning for fault in found] == [True]
    assert list(serious(sample.build())) == []
