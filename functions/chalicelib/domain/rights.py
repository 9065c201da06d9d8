"""Rights (权限) of each role (岗位) as data: what somebody may see and do, before any case is looked at.

A route names one right (`routes.py`). The right to do an action of the lifecycle is `act:<action>`: it is read
from the lifecycle table, which stays the only place that says so. Where a right holds (departments, regions,
items) is said by the staff directory and judged by `Actor.reaches`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .case import Actor
from .lifecycle import (
    ADMIN,
    CHIEF,
    EDITOR,
    HEAD,
    REVIEWER,
    RULES,
    STAFF_ROLES,
    SUPERVISOR,
    WINDOW,
)

ANYONE, CITIZEN, SYSTEM_CALL, LINK_CALL = "anyone", "citizen", "system_call", "link_call"
PUBLIC = (
    ANYONE,
    CITIZEN,
    SYSTEM_CALL,
    LINK_CALL,
)  # no right of staff: everybody, who signed in, systems with an agreed key

DESK, QUEUE, CASE, ACT, ENQUIRIES, MESSAGES = "desk", "queue", "case", "act", "enquiries", "messages"
SEE_FILES, SEE_IDENTITY, SEE_CONTACT = "see_files", "see_identity", "see_contact"
CLAIM, HAND_OVER, NOTE, PHRASES, POINTS = "claim", "hand_over", "note", "phrases", "points"
SUPERVISE, RULE_ON, JUDGE, DIRECTORY, ACCESS_LOG = "supervise", "rule_on", "judge", "directory", "access_log"

RIGHTS: Mapping[str, str] = {
    DESK: "进入审批台，查看自己的岗位和权限",
    QUEUE: "查看待审队列",
    CASE: "查看办件，个人信息脱敏显示",
    SEE_FILES: "打开申请人上传的文件，每次留痕",
    ACT: "办理办件，每个动作另按办件流程表",
    SEE_IDENTITY: "查看完整的证件号码、银行账号和住址，每次留痕",
    SEE_CONTACT: "查看完整的联系人和电话，每次留痕",
    CLAIM: "领取、退回办件和申请回避",
    HAND_OVER: "把办件移交给其他人员",
    NOTE: "写内部备注",
    PHRASES: "使用和保存常用语",
    POINTS: "维护审查要点和公用的常用语",
    ENQUIRIES: "查看和答复咨询、投诉、建议",
    MESSAGES: "处理没有送达的通知",
    SUPERVISE: "查看电子监察",
    RULE_ON: "对电子监察的预警和纠错作出处理",
    JUDGE: "录入绩效评分中由人评定的部分",
    DIRECTORY: "查看人员名录和权限表",
    ACCESS_LOG: "查看个人信息的查看记录",
}

_AT_WORK = (DESK, QUEUE, CASE, SEE_FILES, ACT, CLAIM, NOTE, PHRASES)
_TABLE: Mapping[str, tuple[str, ...]] = {
    WINDOW: (*_AT_WORK, SEE_IDENTITY, SEE_CONTACT, ENQUIRIES),
    REVIEWER: (*_AT_WORK, SEE_IDENTITY),  # 背靠背: who reviews does not meet who applies
    CHIEF: (*_AT_WORK, SEE_IDENTITY, SEE_CONTACT, HAND_OVER, ENQUIRIES, MESSAGES, SUPERVISE),
    HEAD: (DESK, QUEUE, CASE, SEE_FILES, ACT, NOTE, HAND_OVER, ENQUIRIES, SUPERVISE),
    SUPERVISOR: (DESK, QUEUE, CASE, SUPERVISE, RULE_ON, JUDGE, ACCESS_LOG),
    ADMIN: (DESK, DIRECTORY),
    EDITOR: (DESK, POINTS, PHRASES),
}


def action_right(action: str) -> str:
    """The name of the right to do an action of the lifecycle."""
    return f"act:{action}"


def _with_actions(role: str) -> frozenset[str]:
    return frozenset(_TABLE[role]) | {action_right(rule.action) for rule in RULES if role in rule.by}


TABLE: Mapping[str, frozenset[str]] = {role: _with_actions(role) for role in STAFF_ROLES}


def rights_of(roles: Iterable[str]) -> frozenset[str]:
    """Everything that these roles together may do."""
    return frozenset().union(*(TABLE.get(role, frozenset()) for role in roles))


def may(actor: Actor | None, right: str) -> bool:
    """Whether a member of staff holds a right; nobody else holds any."""
    return actor is not None and right in rights_of(actor.roles)


def mixed(roles: Iterable[str]) -> tuple[str, str] | None:
    """Two roles that one person must not hold together, if there are such.

    The administrator sees no case (三员分立), and nobody supervises what they did themselves.
    """
    held = frozenset(roles)
    workers = [role for role in STAFF_ROLES if role in held and CASE in TABLE[role]]
    at_work = [role for role in workers if ACT in TABLE[role]]
    if ADMIN in held and workers:
        return ADMIN, workers[0]
    return (SUPERVISOR, at_work[0]) if SUPERVISOR in held and at_work else None
