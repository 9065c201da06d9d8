"""The build checks of a guide: rules between its fields that a schema cannot say (dossier §2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from publishing import labels
from publishing.bodies import CONDITIONS, QUESTIONS, split
from publishing.faults import Found
from publishing.location import Pointer
from publishing.sources import Content, Document
from schemas.items import RESERVED

Guide = Mapping[str, Any]
LICENCE = "01"
LICENCE_STEPS = ("受理", "审核", "审批", "办结", "送达")
FILINGS = ("10", "20")  # 其他行政权力（备案在内）、公共服务
MANY_VISITS = 2


def faults(content: Content, guide: Document) -> Iterator[Found]:
    """All rules over one guide whose front matter already fits the schema."""
    if guide.id in RESERVED:
        yield Found(("id",), f"{guide.id} 是系统自己用的名字，请给指南换一个文件名和页面标识")
    for rule in _RULES:
        yield from rule(guide.front)
    yield from _codes(content, guide.front)
    yield from _references(content, guide.front)
    yield from _sections(guide)


def _immediate(guide: Guide) -> Iterator[Found]:
    if (guide["promise_limit"]["unit"] == "immediate") != (guide["case_type"] == "1"):
        yield Found(
            ("case_type",), "即办件（case_type 1）的承诺时限必须是 immediate，承诺件不能是，请改成一致"
        )


def _promise(guide: Guide) -> Iterator[Found]:
    legal, promise = guide["legal_limit"], guide["promise_limit"]
    if promise["unit"] == "immediate":
        return
    if promise["unit"] != legal["unit"]:
        yield Found(("promise_limit",), "承诺时限和法定时限的单位不同，请改成一样的单位")
    elif promise["n"] > legal["n"]:
        yield Found(("promise_limit",), f"承诺时限 {promise['n']} 比法定时限 {legal['n']} 长，请缩短承诺时限")


def _step_days(guide: Guide) -> Iterator[Found]:
    promise = guide["promise_limit"]
    allowed = 0 if promise["unit"] == "immediate" else promise["n"]
    total = sum(step["days"] for step in guide["steps"])
    if total > allowed:
        yield Found(("steps",), f"各环节合计 {total:g} 个工作日，超过承诺的 {allowed} 个，请减少环节时限")


def _visits(guide: Guide) -> Iterator[Found]:
    if guide["visits"] > 0 and not guide.get("visit_reason"):
        yield Found(("visits",), "要到现场的，请写明必须现场办理的原因（visit_reason）")
    if guide["visits"] == 0 and not {"2", "3"} & set(guide["channels"]):
        yield Found(("visits",), "只能在窗口办的，到现场次数不能是 0；请改次数，或者开通网上、快递办理")
    if guide["visits"] > 0 and set(guide.get("online_depth", [])) == set(labels.ONLINE_DEPTH):
        yield Found(("online_depth",), "网上办理深度是全程的，到现场次数应当是 0")
    if guide["visits"] > MANY_VISITS:
        yield Found(("visits",), f"要跑 {guide['visits']} 次，超过 2 次，请想办法减少", warning=True)


def _fees(guide: Guide) -> Iterator[Found]:
    charged = guide["fee"]["charged"]
    if charged and not guide.get("fees"):
        yield Found(("fee",), "收费事项要写明收费项目、标准和依据（fees）")
    if not charged and guide.get("fees"):
        yield Found(("fees",), "不收费的事项不要写收费项目，请删去 fees")
    if not charged and guide["online_pay"]:
        yield Found(("online_pay",), "不收费的事项不需要网上支付，请把 online_pay 改成 false")


def _phones(guide: Guide) -> Iterator[Found]:
    if guide["consult"]["phone"] == guide["complain"]["phone"]:
        yield Found(("complain", "phone"), "投诉电话和咨询电话相同，请换成监督部门的电话")


def _audience(guide: Guide) -> Iterator[Found]:
    audience = set(guide["audience"])
    wanted = {"topics_person": "1" in audience, "topics_corp": bool(audience & {"2", "3", "4", "5"})}
    for key, needed in wanted.items():
        who = "个人" if key == "topics_person" else "法人"
        if needed and not guide.get(key):
            yield Found(("audience",), f"服务对象里有{who}，请写上{who}主题（{key}）")
        if not needed and guide.get(key):
            yield Found((key,), f"服务对象里没有{who}，请删去{who}主题（{key}）")


def _licence(guide: Guide) -> Iterator[Found]:
    if guide["item_type"] != LICENCE:
        return
    names = iter(step["name"] for step in guide["steps"])
    if not all(wanted in names for wanted in LICENCE_STEPS):
        yield Found(("steps",), f"行政许可的流程要依次有{'、'.join(LICENCE_STEPS)}，请补全环节")
    if not guide.get("remedies"):
        yield Found((), "行政许可要写明复议和诉讼的途径，请补上 remedies")
    for number, material in enumerate(guide["materials"]):
        if not material.get("basis"):
            yield Found(("materials", number), f"行政许可的材料“{material['name']}”要写明依据（basis）")


def _result(guide: Guide) -> Iterator[Found]:
    if not guide["result"].get("sample"):
        yield Found(("result",), f"请给结果“{guide['result']['name']}”配一份样本（sample）")


def _tolerance(guide: Guide) -> Iterator[Found]:
    later = any(material["need"] == "3" for material in guide["materials"])
    if guide["tolerate_missing"] != later:
        advice = "没有一份材料可以后补（need 3）" if guide["tolerate_missing"] else "有材料可以后补（need 3）"
        yield Found(("tolerate_missing",), f"容缺受理和材料不一致：{advice}，请改其中一处")


def _materials(guide: Guide) -> Iterator[Found]:
    seen: set[str] = set()
    for number, material in enumerate(guide["materials"]):
        if material["id"] in seen:
            yield Found(("materials", number), f"材料标识 {material['id']} 重复，请换一个")
        seen.add(material["id"])
        if material["medium"] == "1" and not any(material.get("copies", {}).values()):
            yield Found(("materials", number), f"纸质材料“{material['name']}”要写份数（copies）")


def _filed_at_once(guide: Guide) -> Iterator[Found]:
    """What nobody looks at before it is done must be a plain filing: no permit, no fee, no step of a person."""
    process = guide.get("process", {})
    if "filed_at_once_when" not in process:
        return
    where = ("process", "filed_at_once_when")
    if guide["item_type"] not in FILINGS or guide["case_type"] != "1":
        yield Found(
            where, "自动备案只用于备案、公共服务类的即办件，请删去 filed_at_once_when，或者改正事项类型"
        )
    if guide["fee"]["charged"]:
        yield Found(where, "要收费的事项不能自动备案，请删去 filed_at_once_when")
    if process.get("hearing") or process.get("originals_at_collection"):
        yield Found(where, "要听证或者核验原件的事项不能自动备案，请删去 filed_at_once_when")


def _dates(guide: Guide) -> Iterator[Found]:
    cancelled = guide.get("cancelled_on")
    if cancelled and cancelled < guide["effective_on"]:
        yield Found(("cancelled_on",), "取消日期早于生效日期，请核对")
    if guide["state"] == "3" and not cancelled:
        yield Found(("state",), "已取消的事项要写取消日期（cancelled_on）")


_RULES: tuple[Callable[[Guide], Iterator[Found]], ...] = (
    _immediate,
    _promise,
    _step_days,
    _visits,
    _fees,
    _phones,
    _audience,
    _licence,
    _result,
    _tolerance,
    _materials,
    _filed_at_once,
    _dates,
)


def _codes(content: Content, guide: Guide) -> Iterator[Found]:
    dept = content.departments.get(guide["dept"])
    if dept is None:
        yield Found(("dept",), f"site.yaml 里没有部门 {guide['dept']}，请改成已有的部门 id")
        return
    catalog = guide["catalog_code"]
    if catalog[2:6] != guide["item_type"] + dept["num"]:
        start = f"事项类型 {guide['item_type']} 加部门号 {dept['num']}"
        yield Found(("catalog_code",), f"基本编码第 3 至 6 位应当是{start}，请核对")
    task = dept["code"] + guide["level"] + catalog
    if guide["task_code"] != task:
        yield Found(("task_code",), f"实施编码应当是 {task}（信用代码、层级、基本编码相连），请改正")
    if not guide.get("handling_code", task).startswith(task):
        yield Found(("handling_code",), "业务办理项编码应当是实施编码后加 2 位，请改正")


def _references(content: Content, guide: Guide) -> Iterator[Found]:
    for key, exists in _known(content):
        for number, name in enumerate(guide.get(key, [])):
            if not exists(name):
                yield Found((key, number), f"没有 {name}，请改成已有的 id，或者删去")
    files: list[tuple[Pointer, str | None]] = [(("result", "sample"), guide["result"].get("sample"))]
    for number, material in enumerate(guide["materials"]):
        files += [(("materials", number, key), material.get(key)) for key in ("blank", "sample")]
    for pointer, name in files:
        if name and not content.has_file(name):
            yield Found(pointer, f"找不到文件 {name}，请放到 {content.folder.name}/files 下")


def _known(content: Content) -> tuple[tuple[str, Callable[[str], bool]], ...]:
    return (
        ("related", lambda name: content.has("guide", name)),
        ("joint_depts", lambda name: name in content.departments),
        ("topics_person", lambda name: name in content.topics["person"]),
        ("topics_corp", lambda name: name in content.topics["corp"]),
    )


def _sections(guide: Document) -> Iterator[Found]:
    sections = {section.title: section for section in split(guide.body, level=2)}
    conditions = sections.get(CONDITIONS)
    if not conditions or not conditions.text:
        yield Found((), f"正文缺少“## {CONDITIONS}”一节，请写明谁能办", line=guide.body_line)
    questions = sections.get(QUESTIONS)
    asked = questions and any(part.title for part in split(questions.text, level=3))
    if guide.front["item_type"] == LICENCE and not asked:
        yield Found((), f"行政许可至少要有 1 个“{QUESTIONS}”，请用“### 问题？”写", line=guide.body_line)
