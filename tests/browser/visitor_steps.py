"""What people do on the portal and at the review desk, step by step, as a browser does it."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from playwright.sync_api import FilePayload, Locator, Page, StorageState

from tests.browser.running_product import ROOT

Answers = Mapping[str, Any]
Visit = Callable[..., Page]
_AT_WORK: dict[str, StorageState] = {}
PHONE, DESK = 375, 1280
PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""


def example(item: str, number: int = 0) -> dict[str, Any]:
    """The answers that an item's own form gives as an example."""
    schema = json.loads((ROOT / "schemas" / "forms" / f"{item}.schema.json").read_text("utf-8"))
    return dict(schema["examples"][number])


def pdf(name: str) -> FilePayload:
    """A small PDF of one empty page."""
    return {"name": name, "mimeType": "application/pdf", "buffer": PDF}


def png(name: str, *, width: int = 8, grey: int = 200) -> FilePayload:
    """A small grey picture."""
    rows = b"".join(b"\0" + bytes([grey]) * width for _ in range(width))
    head = struct.pack(">IIBBBBB", width, width, 8, 0, 0, 0, 0)
    body = _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")
    return {"name": name, "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n" + body}


def fill(page: Page, answers: Answers) -> None:
    """Fills whatever of `answers` the page asks for now; what an answer reveals is filled after it."""
    waiting = dict(answers)
    for _ in answers:
        shown = [name for name in waiting if _box(page, name).count()]
        for name in shown:
            _answer(page, name, waiting.pop(name))
        if not shown:
            return


def go_on(page: Page) -> None:
    """Presses the button that leads to the next page."""
    page.locator("button.btn:not(.btn--2)").last.click()


def upload(page: Page, slot: str, file: FilePayload) -> None:
    """Uploads one file into one slot and waits until the page shows it."""
    page.set_input_files(f"#s-{slot}", file)
    button = page.locator(f"section:has(#s-{slot}) button[value=upload]")
    if button.is_visible() and page.locator(f"#s-{slot}").evaluate("e => e.files.length"):
        button.click()
    page.get_by_text(file["name"], exact=True).first.wait_for()


def apply(
    page: Page, item: str, answers: Answers, files: Mapping[str, FilePayload], *, start: str = "/apply"
) -> None:
    """From the first page of an application to its check page."""
    to_materials(page, item, answers, start=start)
    for slot, file in files.items():
        upload(page, slot, file)
    go_on(page)
    page.wait_for_url("**/check")


def to_materials(page: Page, item: str, answers: Answers, *, start: str = "/apply") -> None:
    """From the first page of an application to its materials, page after page."""
    page.goto(f"{start}/{item}/")
    while "/materials" not in page.url:
        before = page.url
        fill(page, answers)
        go_on(page)
        if page.url == before or page.locator(".errs").count():
            raise AssertionError(page.locator(".errs").inner_text())


def slots(page: Page) -> list[str]:
    """The materials that the page asks a file for."""
    return [
        str(one).removeprefix("s-")
        for one in page.locator("input[type=file]").evaluate_all("all => all.map(e => e.id)")
    ]


def sign_in(page: Page, person: str) -> None:
    """Chooses a person on the development sign-in page."""
    page.get_by_role("button", name=person).click()


def hand_in(page: Page, person: str = "") -> tuple[str, str]:
    """From the check page to the receipt, signing in on the way; gives number and query code."""
    go_on(page)
    if person:
        sign_in(page, person)
        go_on(page)
    page.wait_for_url("**/receipt/")
    code = page.locator("dl.code2 dd").nth(1).inner_text()
    return page.url.split("/me/")[1].split("/")[0], code


def at_desk(visit: Visit, person: str) -> Page:
    """A member of staff in front of the queue, signed in: by hand the first time, then with the same cookie."""
    page = visit(cookies=_AT_WORK.get(person))
    page.goto("/signin?next=/review/" if person not in _AT_WORK else "/review/")
    if person not in _AT_WORK:
        sign_in(page, person)
        page.wait_for_url("**/review/")
        _AT_WORK[person] = page.context.storage_state()
    return page


def decide(page: Page, number: str, action: str, answers: Answers | None = None) -> None:
    """Opens a case and does one thing with it."""
    page.goto(f"/review/{number}/")
    choose(page, action)
    fill(page, {f"{action}-{name}": value for name, value in (answers or {}).items()})
    page.click("#decide-form [value=stay]")
    page.wait_for_url(f"**/review/{number}/?done={action}")


def choose(page: Page, action: str) -> None:
    """Chooses what to do with the case; rare choices are folded away."""
    rare = page.locator(f"details.rare:not([open]):has([value={action}]) summary")
    if rare.count():
        rare.click()
    page.check(f"[name=action][value={action}]")


def fields_of(page: Page, within: str) -> Sequence[str]:
    """The names of the controls inside an element, each once, in order."""
    names = page.locator(f"{within} :is(input,select,textarea)").evaluate_all("all => all.map(e => e.name)")
    return [name for name in dict.fromkeys(names) if name and not name.startswith("_")]


def _box(page: Page, name: str) -> Locator:
    """What asks for an answer now; a question that several choices open has a name under each (x--choice)."""
    return page.locator(f"[name='{name}'], [name='{name}-year'], [name^='{name}--']").filter(visible=True)


def _answer(page: Page, name: str, value: Any) -> None:
    box = _box(page, name)
    kind, tag = box.first.get_attribute("type"), box.first.evaluate("e => e.tagName")
    if kind in ("radio", "checkbox"):
        for one in value if isinstance(value, (list, tuple)) else [value]:
            box.and_(page.locator(f"[value='{str(one).lower() if one is True else one}']")).check()
    elif tag == "SELECT":
        box.select_option(str(value))
    elif not str(box.first.get_attribute("name")).endswith("-year"):
        box.fill(str(value))
    else:
        for part, digits in zip(("year", "month", "day"), str(value).split("-"), strict=True):
            page.fill(f"[name='{name}-{part}']", digits)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
