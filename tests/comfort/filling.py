"""Going through a whole application with a form's own example."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from tests.comfort.citizen import PNG, ROOT, Citizen, Page

_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


def example(item: str, n: int = 0) -> dict[str, Any]:
    """One of the examples of a shipped form."""
    path = ROOT / "schemas" / "forms" / f"{item}.schema.json"
    return dict(json.loads(path.read_text("utf-8"))["examples"][n])


def typed(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers as a browser posts them."""
    fields: dict[str, Any] = {}
    for name, value in answers.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for n, row in enumerate(value):
                fields |= {f"{name}[{n}].{key}": inner for key, inner in typed(row).items()}
        elif isinstance(value, str) and (day := _DATE.fullmatch(value)):
            fields |= dict(zip((f"{name}-year", f"{name}-month", f"{name}-day"), day.groups(), strict=True))
        else:
            fields[name] = "true" if value is True else value
    return fields


def at_materials(who: Citizen, item: str, answers: Mapping[str, Any], *, prefix: str = "") -> Page:
    """On the materials page, all questions answered."""
    page = who.post(f"{prefix}/apply/{item}/", typed(answers))
    while not page.path.endswith("/materials"):
        assert page.status == 200, page.text
        before, page = page.path, who.press(page, {**typed(answers), "_go": "next"})
        assert page.path != before, page.text
    return page


def at_check(who: Citizen, item: str, answers: Mapping[str, Any], *, prefix: str = "") -> Page:
    """On the check page, with a picture in every slot that asks for one."""
    page = at_materials(who, item, answers, prefix=prefix)
    for slot in dict.fromkeys(re.findall(r'id="s-([a-z_0-9]+)" name="file"', page.body.decode())):
        page = who.attach(page, slot, f"{slot}.png", PNG)
        assert page.status == 200, page.text
    return who.press(page, {"_go": "next"})


def handed_in(who: Citizen, item: str, answers: Mapping[str, Any], *, prefix: str = "") -> Page:
    """The receipt."""
    page = who.press(at_check(who, item, answers, prefix=prefix), {"_go": "submit"})
    assert "/receipt" in page.path, page.text
    return page
