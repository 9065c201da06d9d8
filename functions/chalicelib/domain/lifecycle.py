"""The lifecycle of a case (办件) as data: one row per permitted transition, nothing outside it.

Articles are of 行政许可法 (2019) unless another text is named. Final states, the buttons shown, the
documentation and the diagram are derived from these rows.
"""

from __future__ import annotations

from dataclasses import dataclass

APPLICANT, WINDOW, REVIEWER, CHIEF, HEAD, SYSTEM = (
    "applicant",
    "window",
    "reviewer",
    "chief",
    "head",
    "system",
)
LINK = "link"  # a service of others that the case uses: it tells how far it is (domain/links.py)
SUPERVISOR, ADMIN, EDITOR = "supervisor", "admin", "editor"  # they do nothing to a case
STAFF_ROLES = (WINDOW, REVIEWER, CHIEF, HEAD, SUPERVISOR, ADMIN, EDITOR)
STAY = "="
ROLE_NAMES = {
    APPLICANT: "申请人",
    WINDOW: "窗口",
    REVIEWER: "审查",
    CHIEF: "首席代表",
    HEAD: "机关负责人",
    SUPERVISOR: "监察",
    ADMIN: "管理员",
    EDITOR: "编辑",
    SYSTEM: "系统",
    LINK: "外部平台",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: from `source` to `target` by `action`, for the roles in `by`, when every guard agrees.

    `target` STAY keeps the state. `stops`, `starts`, `pauses` and `resumes` name clocks; started clocks
    count from today, or from the day 0 of the clock named in `backdated_to`. `then` lists actions done in
    the same write: by the system where only the system may do them, by the same person otherwise.
    `document` names the paper handed to the applicant. `cn` is the Chinese term.
    """

    source: tuple[str, ...]
    action: str
    target: str
    by: tuple[str, ...]
    article: str
    cn: str
    guards: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    pauses: tuple[str, ...] = ()
    resumes: tuple[str, ...] = ()
    backdated_to: str = ""
    then: tuple[str, ...] = ()
    document: str = ""

    def leads_to(self, state: str) -> str:
        """Where the row leads from a state."""
        return state if self.target == STAY else self.target


DRAFT = "draft"
_UNDER_REVIEW = ("reviewing", "special", "on_hold")
_BEFORE_DECISION = ("submitted", "correcting", "accepted", *_UNDER_REVIEW)
_OPEN = (*_BEFORE_DECISION, "granted", "delivering", "denied")
_ALL_CLOCKS = ("intake", "legal", "promise", "step", "correction", "owed", "hold", "delivery")
_DECIDED = ("legal", "promise", "step", "owed")

RULES: tuple[Rule, ...] = (
    Rule(
        (DRAFT,), "submit", "submitted", (APPLICANT,), "29、31；电子签名法 11", "申请",
        starts=("intake",), document="receipt",
    ),
    Rule(
        ("submitted",), "accept", "accepted", (WINDOW,), "32(1)5、42", "受理",
        guards=("within_intake",), stops=("intake",), starts=("legal", "promise", "owed"), then=("assign",),
        document="acceptance",
    ),
    Rule(
        ("submitted",), "decide_now", "accepted", (CHIEF,), "34(2)", "当场办理",
        guards=("within_intake", "immediate_item", "nothing_owed"), stops=("intake",), starts=("legal", "promise"),
        then=("assign", "grant"), document="acceptance",
    ),
    Rule(
        ("submitted",), "correct", "correcting", (WINDOW,), "32(1)4", "一次性补正告知",
        guards=("within_intake", "points_listed", "first_correction"),
        stops=("intake",), starts=("correction",), document="correction",
    ),
    Rule(
        ("submitted",), "invite_fix", STAY, (WINDOW,), "32(1)3", "允许当场更正",
        guards=("within_intake", "points_listed"),
    ),
    Rule(
        ("submitted",), "fix", STAY, (APPLICANT,), "32(1)3", "当场更正",
        guards=("fix_invited", "only_listed_points"),
    ),
    Rule(
        ("submitted",), "not_required", "not_required", (WINDOW,), "32(1)1、32(2)", "不受理",
        guards=("within_intake", "reason_given"), stops=("intake",), document="not_required",
    ),
    Rule(
        ("submitted",), "refuse", "refused", (WINDOW,), "32(1)2、32(2)", "不予受理",
        guards=("within_intake", "reason_given", "right_body_named"), stops=("intake",), document="refusal",
    ),
    Rule(
        ("correcting",), "supplement", "submitted", (APPLICANT,), "32(1)5", "补正",
        guards=("within_correction", "only_listed_points", "every_listed_point"),
        stops=("correction",), starts=("intake",), document="receipt",
    ),
    Rule(
        ("correcting",), "lapse", "lapsed", (SYSTEM,), "按事项设定", "逾期未补正",
        guards=("correction_over",), stops=("correction",), document="lapse",
    ),
    Rule(
        ("submitted",), "deem_accepted", "accepted", (SYSTEM,), "32(1)4", "视为受理",
        guards=("intake_over",), stops=("intake",), starts=("legal", "promise", "owed"), backdated_to="intake",
        then=("assign",), document="acceptance",
    ),
    Rule(
        ("submitted",), "take_filing", "accepted", (SYSTEM,), "备案办法、34(2)", "自动收件",
        guards=("filing_complete",), stops=("intake",), starts=("legal", "promise"), then=("file",),
    ),
    Rule(("accepted",), "assign", "reviewing", (SYSTEM,), "34、48", "分派审查", starts=("step",)),
    Rule(
        ("reviewing",), "pass_on", STAY, (REVIEWER,), "34", "转下一环节",
        guards=("has_next_step",), stops=("step",), starts=("step",),
    ),
    Rule(
        ("reviewing",), "send_back", STAY, (REVIEWER, CHIEF), "34", "退回上一环节",
        guards=("has_step_before", "reason_given"), stops=("step",), starts=("step",),
    ),
    Rule(
        ("reviewing",), "site_check", STAY, (REVIEWER,), "34(3)", "实地核查",
        guards=("two_inspectors",), document="visit",
    ),
    Rule(
        ("reviewing",), "plan_video", STAY, (REVIEWER,), "34(3)", "预约视频核查",
        guards=("video_ahead", "no_video_open"),
    ),
    Rule(
        ("submitted", *_UNDER_REVIEW), "query_shared", STAY, (WINDOW, REVIEWER), "国务院令 716", "共享数据核验",
        guards=("answers_chosen",),
    ),
    Rule(
        (*_BEFORE_DECISION, "granted", "delivering", "denied", "closed"), "hear", STAY, (LINK,), "平台间约定",
        "外部平台反馈", guards=("was_asked",),
    ),
    Rule(
        ("reviewing",), "ask_opinion", STAY, (REVIEWER,), "26(2)、42(2)", "征求意见",
        guards=("departments_named", "meeting_to_come"), starts=("opinion",),
    ),
    Rule(
        _UNDER_REVIEW, "give_opinion", STAY, (REVIEWER, CHIEF), "26(2)", "回复意见",
        guards=("opinion_asked", "objection_explained"),
    ),
    Rule(
        _UNDER_REVIEW, "opinion_timeout", STAY, (SYSTEM,), "部门间约定", "超时视为无异议",
        guards=("opinion_over",), stops=("opinion",),
    ),
    Rule(_UNDER_REVIEW, "propose", STAY, (REVIEWER,), "内部审批", "提请审批", guards=("proposable", "reason_given")),
    Rule(
        _UNDER_REVIEW, "decline", STAY, (CHIEF,), "内部审批", "不同意提请",
        guards=("something_proposed", "reason_given"),
    ),
    Rule(
        ("reviewing",), "special", "special", (CHIEF,), "45", "特别程序",
        guards=("proposed", "special_allowed"), pauses=("legal", "promise", "step"), document="special",
    ),
    Rule(
        ("special",), "file_result", "reviewing", (REVIEWER,), "45", "特别程序结束",
        guards=("result_attached",), resumes=("legal", "promise", "step"),
    ),
    Rule(
        ("reviewing",), "hold", "on_hold", (CHIEF,), "内部规定", "挂起",
        guards=("proposed",), pauses=("promise", "step"), starts=("hold",), document="hold",
    ),
    Rule(
        ("on_hold",), "resume", "reviewing", (REVIEWER,), "内部规定", "恢复办理",
        stops=("hold",), resumes=("promise", "step"),
    ),
    Rule(
        ("on_hold",), "hold_ends", "reviewing", (SYSTEM,), "内部规定", "挂起期满",
        guards=("hold_over",), stops=("hold",), resumes=("promise", "step"),
    ),
    Rule(
        _UNDER_REVIEW, "extend", STAY, (HEAD,), "42", "延长期限",
        guards=("before_legal_due", "first_extension", "extension_in_bounds", "reason_given"), document="extension",
    ),
    Rule(
        ("reviewing",), "refer_up", "referred_up", (CHIEF,), "35、43", "转报上级",
        guards=("opinion_written",), stops=_DECIDED, document="referral",
    ),
    Rule(
        _UNDER_REVIEW, "add_owed", STAY, (APPLICANT,), "容缺受理规定", "容缺补交",
        guards=("only_owed_materials",), document="receipt",
    ),
    Rule(
        _UNDER_REVIEW, "owed_lapses", "lapsed", (SYSTEM,), "容缺受理规定", "逾期未补齐",
        guards=("owed_over",), stops=_ALL_CLOCKS, document="lapse",
    ),
    Rule(
        _BEFORE_DECISION, "fast_track", STAY, (CHIEF,), "绿色通道规定", "列入绿色通道",
        guards=("reason_given", "not_green"),
    ),
    Rule(
        ("reviewing",), "grant", "granted", (CHIEF,), "38(1)、42", "准予",
        guards=("nothing_owed", "opinions_in", "hearing_served"), stops=_DECIDED, starts=("delivery",),
        document="grant",
    ),
    Rule(
        ("reviewing",), "deny", "denied", (CHIEF,), "38(2)", "不予",
        guards=("reason_given", "hearing_served"), stops=_DECIDED, document="denial",
    ),
    Rule(("granted",), "prepare", "delivering", (WINDOW,), "39", "制证"),
    Rule(("granted", "delivering"), "verify_originals", STAY, (WINDOW,), "信任在先、审核在后", "核验原件"),
    Rule(
        ("delivering",), "dispatch", STAY, (WINDOW,), "44", "交寄",
        guards=("originals_verified", "parcel_given", "nothing_on_its_way"),
    ),
    Rule(("denied",), "dispatch", STAY, (WINDOW,), "38", "交寄", guards=("parcel_given", "nothing_on_its_way")),
    Rule(
        ("delivering",), "deliver", "closed", (WINDOW, LINK), "44", "送达·办结",
        guards=("originals_verified", "proof_of_delivery", "carried"), stops=("delivery",),
    ),
    Rule(
        ("denied",), "deliver", "closed", (WINDOW, SYSTEM, LINK), "38", "送达·办结",
        guards=("proof_of_delivery", "carried"),
    ),
    Rule(
        ("accepted",), "file", "closed", (SYSTEM,), "备案办法", "自动备案·办结", stops=_DECIDED, document="filing",
    ),
    Rule(
        _BEFORE_DECISION, "withdraw", "withdrawn", (APPLICANT,), "实践做法", "撤回",
        stops=_ALL_CLOCKS, document="withdrawal",
    ),
    Rule(
        ("submitted", "accepted", *_UNDER_REVIEW), "terminate", "terminated", (CHIEF,), "实践做法", "终止",
        guards=("proposed",), stops=_ALL_CLOCKS, document="termination",
    ),
    Rule(
        ("closed",), "rate", STAY, (APPLICANT,), "国办发〔2019〕51号", "评价",
        guards=("first_rating", "score_valid"), starts=("mend",),
    ),
    Rule(
        ("closed",), "mend_rating", STAY, (WINDOW, CHIEF), "国办发〔2019〕51号", "差评整改",
        guards=("bad_rating_open", "reason_given"), stops=("mend",),
    ),
    Rule(("closed",), "check_after", STAY, (REVIEWER,), "国办发〔2020〕42号", "事后核查", guards=("after_commitment",)),
    Rule(
        ("closed",), "revoke", "revoked", (CHIEF,), "69；国办发〔2020〕42号", "撤销",
        guards=("promise_broken", "reason_given"), document="revocation",
    ),
    Rule(_OPEN, "recalendar", STAY, (SYSTEM,), "放假通知", "日历更新", guards=("calendar_changed",)),
)  # fmt: skip

STATES: tuple[str, ...] = tuple(dict.fromkeys(rule.target for rule in RULES if rule.target != STAY))
FINAL: frozenset[str] = frozenset(STATES) - {
    state
    for rule in RULES
    for state in rule.source
    if rule.leads_to(state) != state and rule.action != "revoke"  # a closed case is over until it is revoked
}
ACTIONS: tuple[str, ...] = tuple(dict.fromkeys(rule.action for rule in RULES))
BY_LAW: tuple[str, ...] = tuple(rule.action for rule in RULES if rule.by == (SYSTEM,) and rule.guards)
PROPOSED = ("special", "hold", "terminate")
INTERNAL = frozenset(  # between members of staff: the applicant is not written to and does not see them
    {"assign", "pass_on", "send_back", "ask_opinion", "give_opinion", "opinion_timeout", "propose", "decline",
     "check_after", "query_shared", "hear"}
)  # fmt: skip
WAITS_FOR_APPLICANT = frozenset({"correcting"})


def rule_for(state: str, action: str) -> Rule | None:
    """The row that permits `action` in `state`, if there is one."""
    return next((rule for rule in RULES if action == rule.action and state in rule.source), None)


def open_to(state: str, roles: frozenset[str]) -> tuple[Rule, ...]:
    """What somebody with these roles may do in this state, in table order: the buttons of a page."""
    return tuple(rule for rule in RULES if state in rule.source and roles.intersection(rule.by))
