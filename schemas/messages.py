"""What a form says when an answer will not do: one table, both languages, keyed by fault code.

{t} is the field's label, {v} the limit. `code:variant` is preferred to `code` where a variant fits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

MESSAGES: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "required": "请输入{t}",
        "required:choice": "请选择{t}",
        "required:declare": "请先阅读，再勾选“{t}”",
        "type": "{t}填写有误，请重新填写",
        "type:number": "{t}应为数字",
        "type:integer": "{t}应为整数",
        "type:choice": "请从给出的选项中选择{t}",
        "characters": "{t}含有无法识别的字符，请删除后重新输入",
        "choice": "请从给出的选项中选择{t}",
        "minLength": "{t}至少要有 {v} 个字",
        "maxLength": "{t}不能超过 {v} 个字",
        "pattern": "{t}的格式不正确",
        "minimum": "{t}不能小于 {v}",
        "maximum": "{t}不能大于 {v}",
        "exclusiveMinimum": "{t}应大于 {v}",
        "exclusiveMaximum": "{t}应小于 {v}",
        "minItems": "{t}至少选择 {v} 项",
        "minItems:group": "{t}至少填写 {v} 项",
        "maxItems": "{t}最多选择 {v} 项",
        "maxItems:group": "{t}最多填写 {v} 项",
        "required:group": "请填写{t}",
        "uniqueItems": "{t}有重复的选项",
        "cn-resident-id": "{t}不正确，应为 18 位，与证件上的一致",
        "cn-mobile": "{t}应为 11 位数字，以 1 开头",
        "cn-uscc": "{t}不正确，应为 18 位数字或者大写字母，与执照上的一致",
        "date": "{t}不是有效的日期",
        "date-part": "{t}还缺少{v}",
        "past": "{t}不能晚于今天",
        "other": "{t}填写有误，请重新填写",
    },
    "en": {
        "required": "Enter {t}",
        "required:choice": "Choose an answer for “{t}”",
        "required:declare": "Read and tick “{t}”",
        "type": "{T} is not valid, enter it again",
        "type:number": "{T} must be a number",
        "type:integer": "{T} must be a whole number",
        "type:choice": "Choose one of the answers for “{t}”",
        "characters": "{T} has characters that cannot be read; delete them and enter it again",
        "choice": "Choose one of the answers for “{t}”",
        "minLength": "{T} must have at least {v} characters",
        "maxLength": "{T} must have at most {v} characters",
        "pattern": "{T} is not in the right format",
        "minimum": "{T} must be {v} or more",
        "maximum": "{T} must be {v} or less",
        "exclusiveMinimum": "{T} must be more than {v}",
        "exclusiveMaximum": "{T} must be less than {v}",
        "minItems": "{T}: choose at least {v}",
        "minItems:group": "{T}: give at least {v}",
        "maxItems": "{T}: choose at most {v}",
        "maxItems:group": "{T}: give at most {v}",
        "required:group": "Give “{t}”",
        "uniqueItems": "{T} has the same answer twice",
        "cn-resident-id": "{T} is not right: 18 characters, as on the card",
        "cn-mobile": "{T} must be 11 digits starting with 1",
        "cn-uscc": "{T} is not right: 18 digits or capital letters, as on the licence",
        "date": "{T} must be a real date",
        "date-part": "{T} must include a {v}",
        "past": "{T} must not be in the future",
        "other": "{T} is not valid, enter it again",
    },
}

WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "year": "年",
        "month": "月",
        "day": "日",
        "and": "、",
        "list": "、",
        "entry": "{item} {n}：",
        "pair": "{label}：{text}",
        "pairs": "；",
        "confirmed": "已确认",
        "none": "未填写",
    },
    "en": {
        "year": "year",
        "month": "month",
        "day": "day",
        "and": " and a ",
        "list": ", ",
        "entry": "{item} {n}: ",
        "pair": "{label}: {text}",
        "pairs": "; ",
        "confirmed": "Confirmed",
        "none": "Not given",
    },
}

_BARE_CODES = frozenset(key.partition(":")[0] for key in MESSAGES["zh"])
CODES = _BARE_CODES - {"other"}


def message(code: str, lang: str, *, label: str, variant: str = "", limit: str = "", own: str = "") -> str:
    """The sentence for one fault. `own` is the form's own wording for it, kept as it is."""
    if own:
        return own
    table = MESSAGES[lang]
    text = table.get(f"{code}:{variant}") or table.get(code) or table["other"]
    title = label.rstrip("？?")
    quoted = "“" in text
    return text.format(t=title if quoted or lang == "zh" else _inside(title), T=title, v=limit)


def _inside(label: str) -> str:
    """An English label as it reads inside a sentence: abbreviations keep their capitals."""
    return label if re.match(r"[A-Z]([A-Z0-9]|$|\W)", label) else label[:1].lower() + label[1:]
