"""The QR code of a receipt: where to look, which case, what was handed in; never the code that opens it."""

from __future__ import annotations

import re
from urllib.parse import unquote

from chalicelib.http import qr

from tests.comfort.citizen import Town
from tests.comfort.filling import example, handed_in

ITEM = "huwai-zhaopai"


def test_the_code_says_address_number_and_hash_and_not_the_query_code(here: Town) -> None:
    page = handed_in(here.citizen("lin-he"), ITEM, example(ITEM))
    number, query_code = page.codes
    sha256 = re.search(r"<code>([0-9a-f]{64})</code>", page.text)
    assert sha256
    text = qr.status_text("https://zwfw.wanglan.example", "/status/", number=number, sha256=sha256[1])
    assert text == f"https://zwfw.wanglan.example/status/{number}#sha256={sha256[1]}"
    assert query_code not in text
    image = re.search(r'<img src="(data:image/svg\+xml[^"]*)" alt="[^"]+"', page.text)
    assert image and image[1] == qr.image(text)


def test_the_image_runs_nothing_and_fetches_nothing() -> None:
    svg = unquote(qr.image("https://zwfw.wanglan.example/status/"))
    assert "<script" not in svg and "href" not in svg and "<svg" in svg


def test_the_scanned_address_has_the_number_and_asks_for_the_code(here: Town) -> None:
    who = here.citizen("lin-he")
    number, query_code = handed_in(who, ITEM, example(ITEM)).codes
    page = here.citizen().get(f"/status/{number}")
    assert (page.value("number"), page.value("code")) == (number, "")
    assert here.citizen().post("/status/", {"number": number, "code": query_code}).status == 200
    assert here.citizen().get(f"/en/status/{number}").value("number") == number


def test_a_made_up_number_in_the_address_shows_the_form_only(here: Town) -> None:
    page = here.citizen().get("/status/%3Cscript%3E")
    assert page.status == 200 and "<script>" not in page.body.decode()
