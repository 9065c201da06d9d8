"""One small form that has every kind of question."""

from __future__ import annotations

from typing import Any

SMALL: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:banshi:form:small:1",
    "title": "样表",
    "type": "object",
    "x-pages": [
        {
            "id": "who",
            "title": "申请人",
            "intro": "请按身份证填写。",
            "fields": ["name", "idno", "phone", "born"],
        },
        {
            "id": "what",
            "title": "内容",
            "fields": ["kind", "days", "area", "tags", "card", "note", "declare"],
        },
    ],
    "properties": {
        "name": {"type": "string", "title": "姓名", "minLength": 2, "maxLength": 20, "x-mask": "name"},
        "idno": {"type": "string", "title": "身份证号码", "format": "cn-resident-id", "x-mask": "id"},
        "phone": {"type": "string", "title": "手机号码", "format": "cn-mobile", "x-mask": "phone"},
        "born": {"type": "string", "title": "出生日期", "format": "date", "x-past": True},
        "kind": {
            "type": "string",
            "title": "怎样领取？",
            "oneOf": [
                {"const": "self", "title": "本人到窗口"},
                {"const": "agent", "title": "代办人到窗口", "description": "请带委托书"},
                {"const": "post", "title": "邮寄"},
            ],
        },
        "days": {"type": "integer", "title": "天数", "minimum": 1, "maximum": 30},
        "area": {"type": "number", "title": "面积（平方米）", "exclusiveMinimum": 0, "maximum": 500},
        "tags": {
            "type": "array",
            "title": "用途",
            "items": {"oneOf": [{"const": "a", "title": "施工"}, {"const": "b", "title": "堆物"}]},
            "minItems": 1,
            "uniqueItems": True,
        },
        "card": {"type": "string", "title": "银行卡号", "pattern": "^[0-9]{16,19}$", "x-mask": "bank"},
        "note": {"type": "string", "title": "备注", "maxLength": 200},
        "declare": {"const": True, "title": "我保证内容真实"},
    },
    "required": ["name", "idno", "phone", "born", "kind", "days", "tags", "declare"],
    "allOf": [
        {
            "if": {"properties": {"kind": {"enum": ["agent", "post"]}}, "required": ["kind"]},
            "then": {
                "properties": {
                    "to": {"type": "string", "title": "收件人", "maxLength": 20, "x-mask": "name"}
                },
                "required": ["to"],
            },
        },
        {
            "if": {"properties": {"kind": {"const": "post"}}, "required": ["kind"]},
            "then": {
                "properties": {"address": {"type": "string", "title": "收件地址"}},
                "required": ["address"],
            },
        },
    ],
    "unevaluatedProperties": False,
    "examples": [
        {
            "name": "林禾",
            "idno": "990101199003070015",
            "phone": "13800001234",
            "born": "1990-03-07",
            "kind": "self",
            "days": 3,
            "tags": ["a"],
            "declare": True,
        }
    ],
}

SMALL_EN = {
    "/title": "Sample form",
    "/x-pages/0/title": "Applicant",
    "/x-pages/0/intro": "As on your card.",
    "/x-pages/1/title": "Details",
    "/properties/name/title": "Name",
    "/properties/idno/title": "ID number",
    "/properties/phone/title": "Mobile number",
    "/properties/born/title": "Date of birth",
    "/properties/kind/title": "How do you want to collect it?",
    "/properties/kind/oneOf/0/title": "In person",
    "/properties/kind/oneOf/1/title": "By an agent",
    "/properties/kind/oneOf/1/description": "Bring the authorisation",
    "/properties/kind/oneOf/2/title": "By post",
    "/properties/days/title": "Days",
    "/properties/area/title": "Area (square metres)",
    "/properties/tags/title": "Use",
    "/properties/tags/items/oneOf/0/title": "Building work",
    "/properties/tags/items/oneOf/1/title": "Storage",
    "/properties/card/title": "Bank card number",
    "/properties/note/title": "Notes",
    "/properties/declare/title": "What I entered is true",
    "/allOf/0/then/properties/to/title": "Recipient",
    "/allOf/1/then/properties/address/title": "Postal address",
}
