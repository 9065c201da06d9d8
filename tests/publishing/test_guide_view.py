"""What the page of a guide says of its limits."""

from __future__ import annotations

import json
from pathlib import Path

from publishing.guide_view import limits
from schemas.forms import Form

ROOT = Path(__file__).parents[2]
GUIDE = {
    "promise_limit": {"n": 0, "unit": "immediate"}, "legal_limit": {"n": 5, "unit": "workday"}, "special": [],
}  # fmt: skip


def test_the_page_says_which_filings_the_system_takes_in_by_itself():
    form = Form(json.loads((ROOT / "schemas/forms/huwai-zhaopai.schema.json").read_text("utf-8")))
    when = {"building": "shop", "lit": ["no"]}
    told = dict(limits(form, {**GUIDE, "process": {"filed_at_once_when": when}}))
    assert told["自动备案"].startswith("招牌设在什么建筑上：商业楼、独立门面；是否发光：不发光。")
    assert "自动备案" not in dict(limits(form, GUIDE))
