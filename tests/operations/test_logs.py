"""Logs tell what happened and never to whom."""

from __future__ import annotations

import json
import logging
from typing import Any
from urllib.parse import quote

import pytest
from chalicelib.domain.numbers import derive
from chalicelib.logs import JsonLines, begin, masked, told
from chalicelib.store.port import StoreUnavailable

from tests.http.deeds import ITEM, Deeds, png
from tests.http.front_door import Caller, multipart
from tests.http.stand_in import Town, token
from tests.operations.conftest import Log, caller_of, over

PEOPLE = (
    "欧阳若澜", "Ouyang Ruolan", "990102199003078012", "99010219900307801X", "13900005678", "0999-5550123", "09995550123",
    "ruolan@mail.example", "望澜区澜湾街道听潮路 99 号 3 单元", "6222020200112233445", "92990102MA0000077K", "E99887766",
    "糖尿病二型", "离异", "粤Z99A88",
)  # fmt: skip
NUMBER = derive("somebody", attempt=0)
CODE = "837461"


def rows() -> list[dict[str, str]]:
    """The corpus put where people put it: into every field, header, address and file name."""
    return [
        dict.fromkeys(
            ("firm", "contact", "phone", "text", "address", "name", "id_no", "q", "code", "number"), person
        )
        for person in PEOPLE
    ]


def requests(program: Caller) -> None:
    for person, fields in zip(PEOPLE, rows(), strict=True):
        form = "&".join(f"{name}={quote(value)}" for name, value in fields.items()).encode()
        plain = "application/x-www-form-urlencoded"
        for path in (
            f"/apply/{ITEM}/",
            "/status",
            "/ask",
            "/resume",
            f"/me/{quote(person)}",
            "/signin/callback",
            "/review/x",
        ):
            program.send("POST", path, body=form, kind=plain)
        for path in (
            "/search",
            "/status",
            "/me",
            f"/{quote(person)}",
            f"/status/{quote(person)}",
            "/signin",
            "/healthz",
        ):
            program.send(
                "GET",
                path,
                query=form.decode(),
                headers={"Cookie": f"banshi={quote(person)}", "Referer": f"/{quote(person)}"},
            )
        body, kind = multipart({"_slot": "picture"}, f"{person}.png", png())
        program.send("POST", f"/apply/{ITEM}/x/materials", body=body, kind=kind)
        program.send(
            "POST",
            "/api/v1/applications",
            body=f'{{"item":"{ITEM}","form":{{"contact":"{person}"'.encode(),
            kind="application/json",
            headers={"Authorization": f"Bearer {quote(person)}", "Idempotency-Key": quote(person)},
        )
        program.call(
            "/api/v1/applications",
            {"item": ITEM, "form": dict(fields)},
            token=token("lin-he"),
            **{"Idempotency-Key": f"key-of-this-{quote(person)}"[:60]},
        )
        program.send(
            "POST",
            f"/api/v1/files?name={quote(person)}.png",
            body=b"no picture",
            kind="image/png",
            headers={"Authorization": f"Bearer {token('lin-he')}"},
        )
        program.read(f"/api/v1/applications/{NUMBER}?code={CODE}")


class Quoting:
    """A store whose every failure quotes what it was given, as database drivers like to."""

    def __init__(self, store: Any, kind: type[Exception]) -> None:
        self._store, self._kind = store, kind

    def __getattr__(self, name: str) -> Any:
        def fail(*given: Any, **named: Any) -> Any:
            if name in ("find", "create", "update", "query", "put_file"):
                raise self._kind(f"cannot {name} {given} {named} {' '.join(PEOPLE[2:7])}")
            return getattr(self._store, name)(*given, **named)

        return fail


def hidden(log: Log, here: Town) -> None:
    assert len(log.lines) > 100
    found = [
        person
        for person in (*PEOPLE, CODE, *(quote(person) for person in PEOPLE if not person.isascii()))
        if person in log.text
    ]
    assert found == []
    assert token("lin-he")[:40] not in log.text and here.house.settings.secret not in log.text


def test_nothing_that_people_say_of_themselves_is_logged(here: Town, log: Log) -> None:
    requests(here.program)
    Deeds(here).handed_in()
    assert "林禾" not in log.text and "lin-he" not in log.text
    hidden(log, here)


@pytest.mark.parametrize("kind", [ValueError, KeyError, RuntimeError])
def test_not_even_when_everything_breaks_and_errors_quote_their_input(
    kind: type[Exception], here: Town, log: Log
) -> None:
    store: Any = Quoting(here.store, kind)
    requests(caller_of(over(here, store)))
    hidden(log, here)
    assert any(line.get("error", {}).get("type") == kind.__name__ for line in log.lines)


def test_an_error_of_the_engine_keeps_its_text_with_numbers_masked() -> None:
    try:
        try:
            raise OSError(28, "No space left on device")
        except OSError as error:
            raise StoreUnavailable(f"database or disk is full {PEOPLE[2]} {PEOPLE[4]}") from error
    except StoreUnavailable as error:
        facts = told(error)
    assert facts["type"] == "StoreUnavailable" and facts["text"] == "database or disk is full «id» «phone»"
    assert facts["cause"]["text"] == "[Errno 28] No space left on device"
    assert facts["where"][0].startswith("tests/operations/test_logs.py:")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a 990102199003078012 b", "a «id» b"), ("99010219900307801X", "«id»"), ("手机13900005678。", "手机«phone»。"),
        ("0999-5550123", "«phone»"), ("a.b@c.example", "«mail»"), ("6222020200112233445", "«number»"), ("92990102MA0000077K", "«uscc»"),
        ("8K3M7Q2X4P9A", "8K3M7Q2X4P9A"), ("took 1234567 ms", "took 1234567 ms"), ("2026-11-23T07:40:00", "2026-11-23T07:40:00"),
        ("4bf92f3577b34da6a3ce929d0e0e4736", "4bf92f3577b34da6a3ce929d0e0e4736"),
    ],
)  # fmt: skip
def test_what_is_shaped_like_a_persons_number_is_masked_and_nothing_else(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_a_line_is_json_whatever_is_in_it() -> None:
    record = logging.LogRecord("banshi", logging.INFO, "x", 1, "two\nlines %s", ("“引号”",), None)
    line = JsonLines().format(record)
    assert "\n" not in line and json.loads(line)["says"] == "two\nlines “引号”"


def test_a_process_that_begins_to_log_writes_json_to_its_standard_error(
    capfd: pytest.CaptureFixture[str],
) -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        begin()
        logging.getLogger("banshi.post").warning("message given up: %s", "8K3M7Q2X4P9A#3#sms")
        said = json.loads(capfd.readouterr().err)
    finally:
        root.handlers[:], root.level = before, level
    assert (said["level"], said["log"], said["says"]) == (
        "warning",
        "banshi.post",
        "message given up: 8K3M7Q2X4P9A#3#sms",
    )
