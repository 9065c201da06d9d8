"""Files that will not do, hostile names and answers that are none: said beside their place, nothing kept."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from chalicelib.domain.refusal import Refusal
from chalicelib.http import words

from tests.http.deeds import ITEM, PAGES, Deeds, png
from tests.http.front_door import Answer, Browser
from tests.http.sayings import LANGUAGES, nothing_kept, says
from tests.http.stand_in import Town

URLENCODED = "application/x-www-form-urlencoded"


def materials(here: Town, deeds: Deeds, prefix: str = "") -> tuple[Browser, Answer]:
    citizen = here.browser("lin-he")
    return citizen, deeds.fill_in(citizen, en=bool(prefix))


@LANGUAGES
@pytest.mark.parametrize(
    ("data", "code", "fact"),
    [
        (b"", "file_empty", ""),
        (b"MZ\x90\x00 a program", "file_type", "PNG"),
        (b"<svg onload=alert(1)>", "file_type", "PNG"),
        (b"GIF89a", "file_type", "PNG"),
        (png() + b"x" * 4_200_000, "file_too_big", "4"),
    ],
    ids=["empty", "program", "svg", "gif", "too big"],
)
def test_a_file_that_will_not_do_is_refused_beside_its_slot(
    here: Town, deeds: Deeds, data: bytes, code: str, fact: str, prefix: str
) -> None:
    citizen, page = materials(here, deeds, prefix)
    answer = citizen.choose_file(page, "picture", "效果图.png", data)
    assert answer.status == 422 and len(answer.errors) == 1
    start = words.explain(Refusal(code), "en" if prefix else "zh").split(",")[0].split("，")[0][:6]
    assert answer.errors[0].startswith(start) and fact in answer.errors[0]
    assert "效果图.png" not in answer.text


@LANGUAGES
def test_no_file_chosen_is_said(here: Town, deeds: Deeds, prefix: str) -> None:
    citizen, page = materials(here, deeds, prefix)
    answer = citizen.choose_file(page, "picture", "", b"")
    assert answer.errors == [words.explain(Refusal("file_missing"), "en" if prefix else "zh")]


@pytest.mark.parametrize("slot", ["licence", "application", "no-such", "consent", "../x", ""])
def test_only_slots_that_are_open_take_files(here: Town, deeds: Deeds, slot: str) -> None:
    """Shared, generated, unknown, or not called for by these answers."""
    citizen, page = materials(here, deeds)
    answer = citizen.attach(
        page.forms[-1].action, {"_csrf": citizen.token, "_slot": slot, "_go": "upload"}, "a.png", png()
    )
    assert answer.status == 422
    assert "a.png" not in citizen.get(page.forms[-1].action).text


@LANGUAGES
def test_a_sixth_file_is_refused_when_it_comes(here: Town, deeds: Deeds, prefix: str) -> None:
    citizen, page = materials(here, deeds, prefix)
    for shade in range(5):
        page = citizen.choose_file(page, "picture", f"{shade}.png", png(shade))
    answer = citizen.choose_file(page, "picture", "6.png", png(6))
    assert answer.status == 422 and answer.errors == [
        words.explain(Refusal("too_many_files"), "en" if prefix else "zh")
    ]
    assert "6.png" not in answer.text
    again = citizen.choose_file(page, "picture", "0.png", png(0))
    assert again.status == 200, "the same file again is no sixth"


def test_missing_materials_stop_at_the_materials_page(here: Town, deeds: Deeds) -> None:
    citizen, page = materials(here, deeds)
    assert deeds.next(citizen, page).errors == ["请上传招牌设置效果图"]


NAMES = {
    "a path": ("../../etc/passwd.png", "passwd.png"),
    "a Windows path": ("C:\\\\temp\\\\图.png", "图.png"),
    "right to left": ("a\u202egnp.exe.png", "agnp.exe.png"),
    "three hundred signs": ("长" * 300 + ".png", "长" * 80 + ".png"),
    "line breaks": ("a\r\nSet-Cookie: x=1.png", None),
    "quotes and tags": ('"><script>alert(1)</script>.png', None),
    "an ending that lies": ("图.exe", "图.png"),
    "nothing but dots": ("....", "file.png"),
    "NUL": ("a\x00b.png", "ab.png"),
    "half an emoji": ("\ud83d.png".encode("utf-8", "replace").decode(), None),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_file_name_is_made_harmless(here: Town, deeds: Deeds, name: str) -> None:
    sent, shown = NAMES[name]
    citizen, page = materials(here, deeds)
    answer = citizen.choose_file(page, "picture", sent, png())
    assert answer.status == 200, answer.errors
    assert shown is None or f">{shown}</a>" in answer.text
    assert "<script>alert" not in answer.text and "\u202e" not in answer.text
    link = re.search(r'href="(/apply/[^"]+/files/[0-9a-f]{64})"', answer.text)
    assert link
    file = citizen.get(link[1], Accept="text/html")
    assert (file.status, file.body, file.kind) == (200, png(), "image/png")
    assert file.header("Content-Disposition").startswith("attachment; filename*=UTF-8''")
    assert (
        "sandbox" in file.header("Content-Security-Policy")
        and file.header("X-Content-Type-Options") == "nosniff"
    )


def test_a_file_is_nobody_elses(here: Town, deeds: Deeds) -> None:
    citizen, page = materials(here, deeds)
    page = citizen.choose_file(page, "picture", "a.png", png())
    link = re.search(r'href="(/apply/[^"]+/files/[0-9a-f]{64})"', page.text)
    assert link
    for other in (here.browser(), here.browser("zhou-man"), here.browser("shen-lan")):
        assert other.get(link[1]).status == 404
    for wrong in ("../" * 3 + "x", "0" * 64, link[1][-64:].upper(), "%00", "x" * 400):
        assert citizen.get(f"{link[1].rpartition('/')[0]}/{wrong}").status == 404


@LANGUAGES
def test_bad_answers_come_back_with_what_was_typed(here: Town, prefix: str) -> None:
    typed = {**PAGES[0], "uscc": "91990101MA0000001X", "firm": '"><b>店</b>'}
    answer = here.program.send(
        "POST", f"{prefix}/apply/{ITEM}/", body=urlencode(typed).encode(), kind=URLENCODED
    )
    assert answer.status == 422 and len(answer.errors) == 1
    assert answer.forms[-1].values["uscc"] == ["91990101MA0000001X"]
    assert answer.forms[-1].values["firm"] == ['"><b>店</b>'] and "<b>店" not in answer.text
    assert not answer.all("Set-Cookie")


@pytest.mark.parametrize(
    "text", ["nan", "inf", "-inf", "1e999", "9" * 400, "0x10", "１２", "--4", "4.5.6", "", "٣"]
)
def test_a_length_that_is_no_length_is_said_to_be_none(here: Town, deeds: Deeds, text: str) -> None:
    citizen = here.browser("lin-he")
    page = citizen.follow(citizen.post(f"/apply/{ITEM}/", PAGES[0]))
    answer = citizen.fill(page, {**PAGES[1], "width_m": text}, has="width_m")
    allowed = (200, 422) if text in ("１２",) else (422,)
    assert answer.status in allowed, answer.text


@LANGUAGES
def test_somebody_unverified_may_fill_in_but_not_hand_in(here: Town, deeds: Deeds, prefix: str) -> None:
    citizen = here.browser("no-card")
    check = deeds.to_check(citizen, en=bool(prefix))
    answer = citizen.post(check.forms[-1].action, {**check.forms[-1].values, "_go": "submit"})
    assert answer.status == 403 and says(answer, "assurance_low", prefix) and nothing_kept(here)
