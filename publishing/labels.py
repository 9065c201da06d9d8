"""Code tables of the national item model as words (dossier: item guide model)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

ITEM_TYPE = {
    "01": "行政许可",
    "02": "行政处罚",
    "03": "行政强制",
    "04": "行政征收",
    "05": "行政给付",
    "06": "行政检查",
    "07": "行政确认",
    "08": "行政奖励",
    "09": "行政裁决",
    "10": "其他行政权力",
    "20": "公共服务",
}
POWER_SOURCE = {
    "1": "法定本级行使",
    "2": "上级下放",
    "3": "上级授权",
    "4": "同级授权",
    "5": "上级委托",
    "6": "同级委托",
}
LEVEL = {"1": "国家级", "2": "省级", "3": "市级", "4": "县级", "5": "镇（街道）级", "6": "村（社区）级"}
DEPT_KIND = {"1": "法定机关", "2": "授权组织", "3": "受委托组织"}
AUDIENCE = {
    "1": "自然人",
    "2": "企业法人",
    "3": "事业法人",
    "4": "社会组织法人",
    "5": "非法人企业",
    "6": "行政机关",
    "9": "其他组织",
}
CASE_TYPE = {"1": "即办件", "2": "承诺件"}
STATE = {"1": "在用", "2": "暂停办理", "3": "已取消"}
CHANNEL = {"1": "窗口办理", "2": "网上办理", "3": "快递申请"}
ONLINE_DEPTH = {
    "1": "网上咨询",
    "2": "网上收件",
    "3": "网上预审",
    "4": "网上受理",
    "5": "网上办理",
    "6": "网上反馈结果",
    "7": "电子证照",
}
CROSS_REGION = {
    "1": "全国通办",
    "2": "跨省通办",
    "3": "全省通办",
    "4": "全市通办",
    "5": "全县（区）通办",
    "6": "跨村通办",
}
RESULT_TYPE = {"10": "证照", "20": "批文", "40": "其他"}
NEED = {"1": "必要", "2": "非必要", "3": "可以容缺后补"}
SOURCE = {"10": "申请人自备", "20": "政府部门核发", "30": "中介机构出具", "99": "其他"}
MEDIUM = {"1": "纸质", "2": "电子", "3": "纸质或者电子"}
KIND = {"1": "原件", "2": "复印件", "3": "原件和复印件"}
UNIT = {"workday": "个工作日", "calendar_day": "日"}


def words(table: Mapping[str, str], codes: Iterable[str]) -> str:
    """Several codes as one phrase: 网上办理、窗口办理."""
    return "、".join(table[code] for code in codes)


def limit(value: Mapping[str, Any]) -> str:
    """A time limit as words: 8 个工作日, 当场办结."""
    if value["unit"] == "immediate":
        return "当场办结"
    return f"{value['n']} {UNIT[value['unit']]}"


def step_days(days: float) -> str:
    """A step's share of the time: 当场, 0.5 个工作日."""
    return f"{days:g} 个工作日" if days else "当场"
