"""A guide as its page shows it: codes turned to words, in the order citizens ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from publishing import labels
from publishing.bodies import trusted
from publishing.catalogue import Item, is_online
from publishing.duties import about
from publishing.portal import SIDES, Portal
from publishing.spelling import canonical
from schemas.forms import Form

Guide = Mapping[str, Any]
Rows = list[tuple[str, str]]


def view(portal: Portal, item: Item) -> dict[str, Any]:
    """Everything guide.html names."""
    guide, body = item["guide"], item["body"]
    form = portal.form(guide.get("form", item["id"]))
    return {
        "g": guide,
        "online": is_online(guide),
        "state": "" if guide["state"] == "1" else labels.STATE[guide["state"]],
        "facts": facts(guide),
        "conditions": trusted(body["conditions"]),
        "sections": [(part["title"], trusted(part["html"])) for part in body["sections"]],
        "materials": [material(form, one) for one in guide["materials"]],
        "steps": [_step(step) for step in guide["steps"]],
        "limits": limits(form, guide),
        "channels": labels.words(labels.CHANNEL, guide["channels"]),
        "extras": extras(guide),
        "faq": [(entry["q"], trusted(entry["a"])) for entry in body["faq"]],
        "basics": basics(portal, guide),
        "related": [row for name in guide.get("related", []) if (row := portal.row(name))],
        "packages": portal.packages_with(item["id"]),
        "dept": portal.content.departments[guide["dept"]],
        "trail": trail(portal, guide),
        "about": about.of(portal, item),
        "data": structured(portal, item),
    }


def facts(guide: Guide) -> Rows:
    """The three things asked first: how long, how much, how many visits."""
    fee = "不收费" if not guide["fee"]["charged"] else "；".join(fee["rule"] for fee in guide["fees"])
    visits = f"{guide['visits']} 次" if guide["visits"] else "0 次，不用到现场"
    return [("承诺时限", labels.limit(guide["promise_limit"])), ("费用", fee), ("到现场", visits)]


def limits(form: Form | None, guide: Guide) -> Rows:
    """Promised and legal limit, what the system files at once, pauses that the law allows, time to supplement."""
    rows = [
        (name, _limit(guide[key]))
        for name, key in (("承诺时限", "promise_limit"), ("法定时限", "legal_limit"))
    ]
    at_once = guide.get("process", {}).get("filed_at_once_when", {})
    if form and at_once:
        rows.append(("自动备案", f"{_conditions(form, at_once)}。材料齐全的，提交后由系统当场备案，事后核查"))
    rows += [
        (f"特别程序：{one['type']}", f"最长 {one['max_days']} 个工作日，不计入办理时限（{one['basis']}）")
        for one in guide["special"]
    ]
    return [*rows, ("补正期限", f"收到补正告知后 {guide.get('correction_days', 30)} 个工作日内")]


def _limit(limit: Guide) -> str:
    note = f"（{limit['note']}）" if limit.get("note") else ""
    return labels.limit(limit) + note


def _step(step: Guide) -> dict[str, str]:
    return {"name": step["name"], "who": step["post"], "limit": labels.step_days(step["days"])}


def material(form: Form | None, one: Guide) -> dict[str, Any]:
    """One row of the table of materials."""
    return {
        "name": one["name"],
        "notes": [one[key] for key in ("fill_note", "accept_rule") if one.get(key)],
        "when": _conditions(form, one.get("when", {})) if form else "",
        "form": _handed_in(one),
        "source": labels.SOURCE[one["source"]]
        + (f"：{one['source_note']}" if one.get("source_note") else ""),
        "need": labels.NEED[one["need"]],
        "basis": one.get("basis", ""),
        "files": [
            (f"/{one[key]}", text) for key, text in (("blank", "空白表格"), ("sample", "样表")) if key in one
        ],
    }


def _conditions(form: Form, when: Guide) -> str:
    return "；".join(_condition(form, *pair) for pair in when.items())


def _condition(form: Form, name: str, wanted: str | list[str]) -> str:
    values = [wanted] if isinstance(wanted, str) else wanted
    return f"{form.label(name)}：{'、'.join(form.display(name, value) for value in values)}"


def _handed_in(one: Guide) -> str:
    if one.get("from_form"):
        return "网上填表后自动生成"
    if one.get("shared_from"):
        return f"免提交，由部门共享{one['shared_from']}"
    copies = one.get("copies", {})
    counts = [
        f"{word} {copies[key]} 份" for key, word in (("orig", "原件"), ("copy", "复印件")) if copies.get(key)
    ]
    parts = [
        labels.MEDIUM[one["medium"]],
        "、".join(counts) or labels.KIND[one["kind"]],
        one.get("paper", ""),
    ]
    return "，".join(part for part in parts if part)


def extras(guide: Guide) -> list[str]:
    """Ways in which the item is made easier."""
    offered = (
        ("booking", "可以预约"),
        ("express", "结果可以邮寄"),
        ("online_pay", "可以网上缴费"),
        ("kiosk", "可以在自助终端办理"),
        ("in_centre", "在政务服务大厅设有窗口"),
        ("commitment", "可以告知承诺办理"),
        ("tolerate_missing", "部分材料可以容缺后补"),
    )
    return [text for key, text in offered if guide[key]]


def basics(portal: Portal, guide: Guide) -> Rows:
    """The formal particulars that the publicity rules ask for."""
    joint = "、".join(portal.content.departments[name]["name"] for name in guide.get("joint_depts", []))
    rows = [
        ("事项类型", labels.ITEM_TYPE[guide["item_type"]]),
        ("办件类型", labels.CASE_TYPE[guide["case_type"]]),
        ("实施主体", guide["dept_name"]),
        ("主体性质", labels.DEPT_KIND[guide["dept_kind"]]),
        ("联办机构", joint),
        ("委托部门", guide.get("entrusting_dept", "")),
        ("服务对象", labels.words(labels.AUDIENCE, guide["audience"])),
        ("权力来源", labels.POWER_SOURCE[guide["power_source"]]),
        ("行使层级", labels.LEVEL[guide["level"]]),
        ("通办范围", labels.CROSS_REGION.get(guide.get("cross_region", ""), "")),
        ("网办深度", labels.words(labels.ONLINE_DEPTH, guide.get("online_depth", []))),
        ("数量限制", guide.get("quota", "无")),
        ("生效日期", guide["effective_on"]),
        ("取消日期", guide.get("cancelled_on", "")),
        ("基本编码", guide["catalog_code"]),
        ("实施编码", guide["task_code"]),
        ("地方编码", guide.get("local_code", "")),
        ("保管期限", guide["retention"]),
    ]
    return [row for row in rows if row[1]]


def trail(portal: Portal, guide: Guide) -> Rows:
    """Breadcrumbs through the main topic: the first one of the side its first audience is on."""
    first = "person" if guide["audience"][0] == "1" else "corp"
    side = next(side for side in (first, *SIDES) if guide.get(f"topics_{side}"))
    topic = portal.content.topics[side][guide[f"topics_{side}"][0]]
    return [(f"/topics/{side}/", SIDES[side]), (f"/topics/{side}/{topic['id']}/", topic["name"])]


def structured(portal: Portal, item: Item) -> Markup:
    """schema.org GovernmentService for a <script type="application/ld+json">, safe inside HTML."""
    guide, base = item["guide"], portal.site["site"]["url"]
    channel = {
        "@type": "ServiceChannel",
        "serviceUrl": f"{base}/{'apply' if is_online(guide) else 'guides'}/{item['id']}/",
        "servicePhone": {"@type": "ContactPoint", "telephone": guide["consult"]["phone"]},
    }
    data = {
        "@context": "https://schema.org",
        "@type": "GovernmentService",
        "name": guide["name"],
        "description": guide["summary"],
        "identifier": guide["task_code"],
        "serviceType": labels.ITEM_TYPE[guide["item_type"]],
        "url": f"{base}/guides/{item['id']}/",
        "areaServed": portal.site["region"]["name"],
        "provider": {
            "@type": "GovernmentOrganization",
            "name": guide["dept_name"],
            "telephone": guide["dept_phone"],
        },
        "availableChannel": channel,
    }
    return Markup(script_json(data))  # noqa: S704  (escaped for script data by script_json)


def script_json(data: Any) -> str:
    """JSON that cannot close its <script> element or open a comment in it."""
    text = canonical(data)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text
