"""The documentation says what is so: its examples run, its links lead somewhere."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any

import pytest

from publishing.build import build
from publishing.faults import serious
from tests.http.deeds import png
from tests.http.front_door import Answer, Caller
from tests.http.stand_in import MONDAY, Town, token, town

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
API = (ROOT / "docs" / "api.md").read_text("utf-8")
EXPECTED = {"upload": 201, "apply": 201, "follow": 200, "queue": 200, "accept": 200, "withdraw": 200}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Town:
    work = tmp_path_factory.mktemp("docs")
    assert not list(serious(build(ROOT / "content", work / "site", today=MONDAY.date())))
    return town(work / "site", work)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8"))
    lost = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert lost == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_named_exists(page: Path) -> None:
    text = page.read_text("utf-8")
    named = re.findall(r"`((?:tests|docs|infra|functions|schemas|publishing|theme)/[\w./-]+)`", text)
    lost = [name for name in named if "laonian-youdai" not in name and not (ROOT / name).exists()]
    assert lost == []


def test_the_commands_of_the_api_page_do_what_it_says(here: Town) -> None:
    known: dict[str, str] = {"BASE": "", "TOKEN": token("lin-he"), "STAFF": token("shen-lan")}
    files = {"picture.png": png()}
    commands = re.findall(r"^```sh\n(.*?)^```", API, re.M | re.S)
    assert len(commands) == len(EXPECTED)
    for command, (step, status) in zip(commands, EXPECTED.items(), strict=True):
        answer = curl(here.program, command, known, files)
        assert answer.status == status, (step, answer.text)
        if step == "upload":
            files["application.json"] = application(answer.json)
        if step == "apply":
            known |= {"NUMBER": answer.json["number"], "CODE": answer.json["query_code"]}
        if step == "queue":
            assert [case["number"] for case in answer.json["cases"]] == [known["NUMBER"]]


def test_the_actions_of_the_api_page_are_those_of_the_desk() -> None:
    listed = re.findall(r"`(\w+)`", API.partition("Actions: ")[2].partition(". What")[0])
    desk = set(json.loads((ROOT / "schemas" / "actions.json").read_text("utf-8"))) - {"withdraw", "rate"}
    assert set(listed) == desk


def application(reference: Any) -> bytes:
    """The page's example with the real reference in it."""
    found = re.search(r"^```json\n(.*?)^```", API, re.M | re.S)
    assert found
    return json.dumps(json.loads(found[1]) | {"materials": {"picture": [reference]}}).encode()


def curl(caller: Caller, command: str, known: Mapping[str, str], files: Mapping[str, bytes]) -> Answer:
    """What curl would send."""
    name, url, *options = shlex.split(Template(command.replace("\\\n", " ")).substitute(known))
    assert name == "curl"
    pairs = list(zip(options[::2], options[1::2], strict=True))
    headers = dict(value.split(": ", 1) for flag, value in pairs if flag == "-H")
    sent = [value for flag, value in pairs if flag in ("--data", "--data-binary")]
    body = files[sent[0][1:]] if sent and sent[0].startswith("@") else "".join(sent).encode()
    kind = headers.pop("Content-Type", "")
    return caller.send("POST" if sent else "GET", url, body=body, kind=kind, headers=headers)
