"""One context per dynamic template, as the routes give it; every free text is hostile."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

EVIL = """<script>alert("1")</script>'"&"""
AT = "2026-11-18T01:12:00+00:00"
LATER = "2026-11-19T02:31:00+00:00"
SITE = yaml.safe_load((Path(__file__).parents[2] / "content" / "site.yaml").read_text("utf-8"))
COMMON: dict[str, Any] = {
    "site": SITE,
    "nav_current": "/status/",
    "alt_url": "/en/",
    "path": "/me/",
    "user": {"name": EVIL, "staff": False},
    "csrf": "token",
}


def control(name: str, widget: str = "text", **given: Any) -> dict[str, Any]:
    """A control dict with every key of the contract."""
    empty = {
        "value": EVIL,
        "raw": EVIL,
        "width": "w20",
        "maxlength": 9,
        "rows": 2,
        "type": "text",
        "options": [],
    }
    words = {
        "title": EVIL,
        "hint": EVIL,
        "error": EVIL,
        "required": False,
        "autocomplete": None,
        "inputmode": None,
    }
    return {"name": name, "widget": widget, **empty, **words, **given}


def option(value: str, reveals: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return {"value": value, "title": EVIL, "hint": EVIL, "reveals": list(reveals)}


def choice(action: str, danger: bool = False, ticks: bool = False, rare: bool = False) -> dict[str, Any]:
    return {
        "action": action, "label": EVIL, "hint": EVIL, "controls": [control(f"{action}-reason")], "danger": danger,
        "ticks": ticks, "rare": rare, "wrong": EVIL if ticks else "",
    }  # fmt: skip


CONTROLS = [
    control("text"),
    control("area", "textarea"),
    control("number", "number", value=1.5, raw=None),
    control("pick", "select", options=[option("a"), option("b")], value="b"),
    control("when", "date", value=None, raw={"year": EVIL, "month": "1"}),
    control("one", "radios", options=[option("a", (control("inner"),)), option("b")], value="a"),
    control("many", "checkboxes", options=[option("a"), option("b")], value=["b"]),
    control("declare", "declare", value=True),
]
ERRORS = [("f-text", EVIL), ("f-area", EVIL)]
ITEM = {"id": "huwai-zhaopai", "name": EVIL, "url": "/guides/huwai-zhaopai/"}
PAGE = {"n": 2, "count": 5, "title": EVIL, "intro": EVIL}
FILE = {"id": "f1", "name": EVIL, "meta": EVIL, "url": "/f/1"}
SLOT = {
    "id": "photo",
    "name": EVIL,
    "need": "required",
    "note": EVIL,
    "accept_rule": EVIL,
    "accept": ".pdf,.jpg",
    "max_mb": 5,
    "files": [FILE],
    "earlier": [{"id": "f0", "text": EVIL}],
    "error": EVIL,
    "given": None,
}
SLOTS = [SLOT, {**SLOT, "id": "free", "given": EVIL}, {**SLOT, "id": "late", "need": "later"}]
ENQUIRY = {
    **dict.fromkeys(
        (
            "number",
            "code",
            "kind",
            "about",
            "case_number",
            "text",
            "contact",
            "due",
            "state",
            "answer",
            "post",
        ),
        EVIL,
    ),
    "tone": "ok",
    "asked": AT,
    "answered": LATER,
    "published": True,
}
DOCUMENTS = [{"title": EVIL, "url": "/d/1"}]
STEP = {"name": EVIL, "who": EVIL, "took": EVIL, "note": EVIL, "documents": DOCUMENTS}
TIMELINE = [
    {**STEP, "state": "done", "start": AT, "end": LATER},
    {**STEP, "state": "now", "start": AT, "end": None},
    {**STEP, "state": "next", "start": None, "end": None},
]
CLOCKS = [{"name": EVIL, "sentence": EVIL, "due": EVIL, "tone": "warn", "tag": EVIL}]
CASE = {
    "number": "WL8K 3M7Q 2XTA",
    "item_name": EVIL,
    "item_url": "/guides/x/",
    "state_text": EVIL,
    "tone": "warn",
}
STAFF = {
    "staff": True,
    "desk_menu": [{"url": "/review/", "key": "queue"}],
    "user": {"name": EVIL, "staff": True},
}
PERSON = {
    "name": EVIL, "post": EVIL, "sub": EVIL, "roles": [EVIL], "depts": [EVIL], "regions": [EVIL], "of_items": [EVIL],
}  # fmt: skip

DESK_FILE = FILE | {"look": "/f/1/look"}
SHEET = {
    "action": "/review/1/sheet", "status": {"text": EVIL, "tone": "warn"}, "mine": False, "free": False, "blocked": True,
    "recused": False, "may_claim": True, "may_hand_over": True, "may_note": True, "asked_me": EVIL, "asked": False,
    "colleagues": [("x", EVIL)], "limit": 500,
    "entries": [{"name": EVIL, "who": EVIL, "at": datetime.fromisoformat(AT), "text": EVIL}],
}  # fmt: skip

FIGURES = {"received": 3, "closed": 2, "late": 1, "green": 1, "on_time": 50.0, "early": None, "median": 1.5}
CARD = {
    "url": "/review/cards/x/", "day": "2026-11-23", "rule": EVIL, "tone": "bad", "light": EVIL, "number": EVIL,
    "item_name": EVIL, "dept": EVIL, "post": EVIL, "state": EVIL,
}  # fmt: skip
CONTEXTS: dict[str, dict[str, Any]] = {
    "review/board.html": {
        **STAFF,
        "at": AT,
        "columns": [("breach", EVIL), ("green", EVIL)],
        "rows": [
            {
                "name": EVIL,
                "url": "/review/board/department/x/",
                "lights": [{"n": n, "capped": n > 1, "url": "/x", "tone": "bad"} for n in (2, 0)],
                "figures": FIGURES,
            }
        ],
        "cards": [CARD],
        "month": "2026-11",
    },
    "review/board_dept.html": {
        **STAFF,
        "dept": EVIL,
        "dept_id": "x",
        "month": "2026-11",
        "before": "2026-10",
        "after": "2026-12",
        "days": [("2026-11-23", FIGURES)],
        "items": [(EVIL, FIGURES)],
        "total": FIGURES,
        "cards": [CARD],
    },
    "review/board_cases.html": {
        **STAFF,
        "dept": EVIL,
        "light": EVIL,
        "rows": [
            {
                "number": EVIL,
                "url": "/review/1/",
                "urge": "/review/cards/new/",
                "item_name": EVIL,
                "state": EVIL,
                "post": EVIL,
                "due": "2026-11-23",
                "step": EVIL,
                "step_tone": "bad",
                "over": True,
            }
        ],
        "more": True,
        "may_urge": True,
    },
    "review/card.html": {
        **STAFF,
        "c": {**CARD, "source": EVIL, "case_url": "/review/1/"},
        "lines": [{"name": EVIL, "at": AT, "who": EVIL, "note": EVIL}],
        "choices": [("answer", EVIL), ("uphold", EVIL)],
        "chosen": "answer",
        "action": "/review/cards/x/",
        "errors": [("f-why", EVIL)],
        "why": EVIL,
    },
    "review/card_new.html": {
        **STAFF,
        "number": EVIL,
        "rule": "urged",
        "why": EVIL,
        "rules": [("urged", EVIL), ("fee_outside_list", EVIL)],
        "errors": [("f-number", EVIL)],
    },
    "review/scores.html": {
        **STAFF,
        "month": "2026-11",
        "before": "2026-10",
        "after": "2026-12",
        "items": [{"name": EVIL, "weight": 14, "formula": EVIL, "by_hand": hand} for hand in (False, True)],
        "hand_weight": 54,
        "quarter": EVIL,
        "rows": [
            {
                "name": EVIL,
                "cards_url": "/x",
                "figures_url": "/y",
                "parts": [
                    {"name": EVIL, "points": "4.5", "lights": [(EVIL, 2), (EVIL, 1)]},
                ],
                "hand": {"points": EVIL, "done": 1, "of": 5, "url": "/z"},
                "grade": EVIL,
                "bonus": 1,
                "early": 12.5,
                "sum": "4.5",
                "of": 14,
            }
        ],
    },
    "review/score_entry.html": {
        **STAFF,
        "dept": EVIL,
        "month": "2026-11",
        "parts": [{"name": EVIL, "weight": 10, "points": points} for points in (None, EVIL)],
        "lines": [
            {"name": EVIL, "points": EVIL, "who": EVIL, "at": "2026-11-23T10:00:00+08:00", "why": EVIL}
        ],
        "controls": CONTROLS,
        "action": "/x",
        "hidden": {"_version": 1},
        "errors": ERRORS,
        "done": EVIL,
    },
    "review/score_cards.html": {**STAFF, "dept": EVIL, "month": "2026-11", "rows": [CARD], "total": 1},
    "review/reminders.html": {**STAFF, "rows": [CARD]},
    "form.html": {
        "item": ITEM,
        "page": PAGE,
        "controls": CONTROLS,
        "errors": ERRORS,
        "action": "/apply/x/",
        "back_url": "/",
        "hidden": {"_page": EVIL},
        "submit_label": EVIL,
    },
    "materials.html": {
        "item": ITEM,
        "page": PAGE,
        "slots": SLOTS,
        "errors": ERRORS,
        "action": "/apply/x/4",
        "back_url": "/apply/x/3",
    },
    "check.html": {
        "item": ITEM,
        "sections": [{"title": EVIL, "change_url": "/apply/x/1", "rows": [(EVIL, EVIL)]}],
        "materials": [{"name": EVIL, "text": EVIL}],
        "fees": [(EVIL, EVIL)],
        "materials_url": "/apply/x/4",
        "errors": ERRORS,
        "action": "/apply/x/check",
        "privacy_url": "/pages/privacy/",
        "needs_sign_in": True,
    },
    "receipt.html": {
        "receipt": {
            "number": "WL8K 3M7Q 2XTA",
            "query_code": "7H4KPM",
            "item_name": EVIL,
            "dept_name": EVIL,
            "applicant_name": EVIL,
            "received_at": AT,
            "intake_sentence": EVIL,
            "fees": [(EVIL, EVIL)],
            "materials": [EVIL],
            "sha256": "9f" * 32,
            "qr": "data:image/svg+xml,%3Csvg%3E",
            "status_url": "https://zwfw.wanglan.example/status/",
            "url": "/me/1/",
        }
    },
    "later.html": {
        "d": {
            "item_name": EVIL,
            "code": EVIL,
            "secret": EVIL,
            "until": EVIL,
            "resume_url": "https://zwfw.wanglan.example/resume/",
            "url": "/apply/x/1",
            "erase_url": "/apply/x/erase",
        }
    },
    "resume.html": {"code": EVIL, "errors": [("f-code", EVIL)], "action": "/resume/"},
    "ask.html": {
        "heading": EVIL,
        "text": EVIL,
        "about": EVIL,
        "action": "/ask/",
        "controls": CONTROLS,
        "errors": ERRORS,
        "hidden": {"_key": EVIL},
        "phone": "0999-5550101",
    },
    "enquiry.html": {"e": ENQUIRY},
    "answers.html": {
        "rows": [
            {"kind": EVIL, "about": EVIL, "summary": EVIL, "answer": EVIL, "at": AT, "item_url": "/guides/x/"}
        ],
        "next_url": "/ask/answers/?after=x",
        "ask_url": "/ask/",
    },
    "review/enquiries.html": {
        "waiting": [ENQUIRY | {"url": "/review/enquiries/x/"}],
        "done": [ENQUIRY | {"url": "/review/enquiries/y/"}],
    },
    "review/enquiry.html": {
        "e": ENQUIRY,
        "controls": CONTROLS,
        "errors": ERRORS,
        "hidden": {"_version": 1},
        "action": "/review/enquiries/x/",
    },
    "status_query.html": {"number": EVIL, "code": EVIL, "errors": [("f-number", EVIL)], "action": "/status/"},
    "status.html": {
        "c": {
            **CASE,
            "headline": EVIL,
            "lead": EVIL,
            "actions": [{"url": "/s", "label": EVIL, "primary": False, "danger": True}],
            "facts": [(EVIL, EVIL)],
            "clocks": CLOCKS,
            "office_text": EVIL,
            "applicant_text": EVIL,
            "timeline": TIMELINE,
            "documents": DOCUMENTS,
        },
        "help": {"phone": "0999-5550104", "url": "/departments/csgl/"},
    },
    "supplement.html": {
        "c": {"number": "WL8K 3M7Q 2XTA", "item_name": EVIL},
        "notice": {"reason": EVIL, "due_text": EVIL, "points": [EVIL]},
        "controls": CONTROLS,
        "slots": SLOTS,
        "errors": ERRORS,
        "action": "/s",
    },
    "me.html": {
        "cases": [{**CASE, "updated": AT, "url": "/me/1"}],
        "drafts": [{"item_name": EVIL, "url": "/apply/x/", "saved": AT}],
        "messages": [{"at": AT, "text": EVIL, "url": "/me/1"}],
    },
    "confirm.html": {
        "heading": EVIL,
        "text": EVIL,
        "action": "/s",
        "controls": CONTROLS,
        "errors": ERRORS,
        "button": EVIL,
        "danger": True,
        "back_url": "/me/1",
    },
    "message.html": {
        "title": EVIL,
        "heading": EVIL,
        "paragraphs": [EVIL],
        "links": [("/", EVIL)],
        "tone": "bad",
        "user": None,
    },
    "document.html": {
        "d": {
            "title": EVIL,
            "doc_no": EVIL,
            "to": EVIL,
            "paragraphs": [EVIL],
            "points": [EVIL],
            "remedies": [EVIL],
            "signer": EVIL,
            "seal": EVIL,
            "date_text": EVIL,
            "back_url": "/me/1",
        }
    },
    "review/queue.html": {
        **STAFF,
        "q": {"total": 1000, "over": 1, "soon": 2, "capped": True},
        "done": {"text": EVIL, "number": "1", "url": "/review/1"},
        "tabs": [{"url": "/review/", "name": EVIL, "here": True, "count": 3}],
        "states": [{"url": "/review/?state=s", "name": EVIL, "here": True}],
        "filters": {
            "item_options": [("x", EVIL)],
            "item": "x",
            "search": EVIL,
            "light": "over",
            "kept": {"view": EVIL},
            "over_url": "/review/?light=over",
            "soon_url": "/review/?light=today",
            "clear_url": "/review/",
        },
        "rows": [
            {
                **CASE,
                "url": "/review/1",
                "who": EVIL,
                "received": AT,
                "due_text": EVIL,
                "tag": EVIL,
                "over": True,
                "green": True,
                "held": EVIL,
                "tick": "N:1",
            }
        ],
        "next_url": "/review/?after=x",
        "next_action": "/review/next/",
        "batch": EVIL,
        "batch_action": "/review/batch/",
    },
    "review/access.html": {
        **STAFF,
        "day": "2026-11-23",
        "before": "2026-11-22",
        "after": None,
        "broken": [EVIL],
        "lines": [
            {
                "at": "2026-11-23T02:00:00+00:00",
                "who": EVIL,
                "post": EVIL,
                "number": EVIL,
                "item": EVIL,
                "what": what,
            }
            for what in ("access_seen", "access_refused")
        ],
    },
    "my_data.html": {
        "counts": {"cases": 1, "drafts": 2},
        "facts": [(EVIL, EVIL)],
        "export": "/me/data/copy/",
        "action": "/me/data/",
    },
    "review/rights.html": {**STAFF, "person": PERSON, "rights": [EVIL], "actions": [EVIL]},
    "review/staff.html": {
        **STAFF,
        "people": [PERSON],
        "total": 1,
        "search": EVIL,
        "roles": [EVIL, "角色"],
        "table": [(EVIL, [True, False])],
        "deeds": [(EVIL, [False, True])],
    },
    "review/case.html": {
        **STAFF,
        "c": {**CASE, "tag": EVIL, "version": 3},
        "sections": [
            {
                "title": EVIL,
                "rows": [
                    {"name": "a", "label": EVIL, "text": EVIL, "changed": True, "old": EVIL, "ticked": True},
                    {"name": "b", "label": EVIL, "text": EVIL, "changed": False, "old": "", "ticked": False},
                ],
            }
        ],
        "materials": [
            {
                "id": "m",
                "name": EVIL,
                "need": "later",
                "files": [DESK_FILE],
                "old": [DESK_FILE],
                "changed": True,
                "text": EVIL,
                "ticked": False,
                "points": [EVIL],
                "points_url": "/review/points/x/m/",
            },
        ],
        "phrases": [(EVIL, [EVIL])],
        "clocks": CLOCKS,
        "timeline": TIMELINE,
        "reveal": "/review/1/reveal/",
        "choices": [
            choice("accept"),
            choice("correct", ticks=True),
            choice("refuse", danger=True, rare=True),
        ],
        "chosen": "refuse",
        "done": {"text": EVIL, "number": "1", "url": "/review/1"},
        "notice": EVIL,
        "errors": [("f-action", EVIL), ("f-refuse-reason", EVIL)],
        "action": "/review/1",
        "queue_url": "/review/",
        "prev_url": "/review/0",
        "next_url": "/review/2",
        "sheet": SHEET,
    },
    "review/phrases.html": {
        **STAFF,
        "groups": [{"id": "own", "owner": "", "name": EVIL, "may_change": True, "phrases": [("a", EVIL)]}],
        "limit": 300,
    },
    "review/batch.html": {
        **STAFF,
        "results": [
            {"number": "1", "url": "/review/1", "ok": True, "text": EVIL},
            {"number": "", "url": "", "ok": False, "text": EVIL},
        ],
        "done": 1,
        "back_url": "/review/",
    },
    "review/point.html": {
        **STAFF,
        "item_name": EVIL,
        "material": EVIL,
        "points": [EVIL],
        "ratings": [("a", EVIL), ("b", EVIL)],
        "error": EVIL,
        "text": EVIL,
        "limit": 300,
        "action": "/review/points/x/m/",
        "done": True,
    },
    "review/points.html": {
        **STAFF,
        "good": 3,
        "rows": [
            {
                "key": "k",
                "version": 1,
                "item": EVIL,
                "material": EVIL,
                "rating": EVIL,
                "text": EVIL,
                "who": EVIL,
                "at": AT,
                "url": "/guides/x/",
            },
        ],
    },
    "review/sheet.html": {
        **STAFF,
        "number": EVIL,
        "item_name": EVIL,
        "case_url": "/review/1/",
        "sheet": SHEET,
    },
    "review/look.html": {
        **STAFF,
        "number": EVIL,
        "case_url": "/review/1/",
        "file": DESK_FILE,
        "place": "1/2",
        "prev_url": None,
        "next_url": "/review/1/files/b/look",
    },
}
