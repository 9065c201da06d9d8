"""The README's five minutes, done as written: a new service without code, from first draft to decision."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.http.front_door import Browser
from tests.http.stand_in import Town, town

ROOT = Path(__file__).parents[2]
PARTS = ("content", "schemas", "publishing", "theme")
ANSWERS = {"name": "林禾", "id_number": "990101199003070015", "phone": "13800001234"}


@dataclass(frozen=True)
class Recipe:
    """What one README says under its five minutes."""

    commands: list[list[str]]
    front: str
    questions: dict[str, Any]
    english: dict[str, str]
    answer: tuple[str, str]

    @property
    def slug(self) -> str:
        return self.commands[0][-1]


def recipe(readme: str) -> Recipe:
    text = (ROOT / readme).read_text("utf-8")
    part = re.split(r"^## ", text, flags=re.M)[2]
    blocks = re.findall(r"^```(\w+)\n(.*?)^```", part, re.M | re.S)
    shell = [shlex.split(body) for kind, body in blocks if kind == "sh"]
    front = next(body for kind, body in blocks if kind == "yaml")
    questions, english = (json.loads(body) for kind, body in blocks if kind == "json")
    answer = re.search(r'`"(\w+)": "(\w+)"`', part)
    assert answer
    return Recipe(shell, front, questions, english, (answer[1], answer[2]))


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what editors have, to follow the README in."""
    work = tmp_path_factory.mktemp("editor")
    for part in PARTS:
        shutil.copytree(ROOT / part, work / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "publish.py", work)
    return work


@pytest.fixture(scope="module")
def site(workplace: Path) -> Path:
    """The site after the README's steps, published."""
    told = recipe("README.md")
    code = {path: path.read_bytes() for path in workplace.rglob("*.py")}
    run(workplace, told.commands[0])
    rewrite(workplace / "content" / "guides" / f"{told.slug}.md", told.front)
    ask(workplace / "schemas" / "forms", told)
    run(workplace, told.commands[1])
    run(workplace, ["python", "publish.py", "build", "--output", "site"])
    assert code == {path: path.read_bytes() for path in workplace.rglob("*.py")}, (
        "a new service needs no code"
    )
    return workplace / "site"


@pytest.fixture
def here(site: Path, tmp_path: Path) -> Town:
    return town(site, tmp_path)


def test_both_readmes_give_the_same_recipe() -> None:
    assert recipe("README.md") == recipe("README.zh.md")


def test_the_new_service_has_its_places_on_the_site(here: Town) -> None:
    told, reader = recipe("README.md"), here.browser()
    guide = reader.open(f"/guides/{told.slug}/")
    assert guide.status == 200 and "老年人优待证办理" in guide.text
    assert f"/apply/{told.slug}/" in guide.text
    assert f"/guides/{told.slug}/" in reader.open("/guides/").text
    assert f"/guides/{told.slug}/" in reader.open("/departments/zwfw/").text
    assert told.slug in {item["id"] for item in reader.open("/catalogue/index/zwfw.json").json["items"]}


def test_the_new_service_is_applied_for_and_decided(here: Town) -> None:
    citizen = here.browser("lin-he")
    number = hand_in(citizen, recipe("README.md").slug)
    decide(here.browser("shen-lan"), number, "accept")
    decide(here.browser("jiang-ying"), number, "grant", note="可以领取")
    decide(here.browser("shen-lan"), number, "prepare")
    decide(here.browser("shen-lan"), number, "deliver", method="window", proof="本人签收")
    case = citizen.open(f"/me/{number}/")
    assert "老年人优待证办理" in case.text and "办结" in case.text


def test_its_own_question_must_be_answered(here: Town) -> None:
    citizen = here.browser("lin-he")
    page = citizen.fill(citizen.open(f"/apply/{recipe('README.md').slug}/"), ANSWERS, has="name")
    again = citizen.fill(page, {"reason": "首次办理", "declare": "true"}, has="reason")
    assert again.status == 422
    assert "怎样领取优待证" in "".join(again.errors)


def hand_in(citizen: Browser, slug: str) -> str:
    page = citizen.fill(citizen.open(f"/apply/{slug}/"), ANSWERS, has="name")
    page = citizen.fill(page, {"reason": "首次办理", "handover": "post", "declare": "true"}, has="reason")
    form = next(form for form in page.forms if "next" in form.offered.get("_go", ()))
    check = citizen.follow(citizen.post(form.action, {**form.values, "_go": "next"}))
    assert "邮寄到家" in check.text
    sent = citizen.post(check.forms[-1].action, {**check.forms[-1].values, "_go": "submit"})
    found = re.search(r"/me/([0-9A-Z]{12})/receipt", sent.header("Location"))
    assert found, sent.text
    return found[1]


def decide(staff: Browser, number: str, action: str, **fields: str) -> None:
    page = staff.open(f"/review/{number}/")
    named = {f"{action}-{name}": value for name, value in fields.items()}
    assert staff.fill(page, {"action": action, **named}, has="_version").status == 200


def run(folder: Path, command: list[str]) -> None:
    assert command[:2] == ["python", "publish.py"]
    done = subprocess.run(
        [sys.executable, *command[1:]], cwd=folder, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def rewrite(guide: Path, front: str) -> None:
    """Each line of `front` in place of the line with the same key."""
    text = guide.read_text("utf-8")
    for line in front.splitlines():
        text, count = re.subn(rf"^{line.partition(':')[0]}:.*$", line, text, flags=re.M)
        assert count == 1, line
    guide.write_text(text, "utf-8")


def ask(forms: Path, told: Recipe) -> None:
    """The questions among the properties, on the last page before its declaration, to be answered; and in English."""
    with edited(forms / f"{told.slug}.schema.json") as schema:
        schema["properties"] |= told.questions
        schema["x-pages"][-1]["fields"][-1:-1] = told.questions
        schema["required"] += told.questions
        schema["examples"][0] |= [told.answer]
    with edited(forms / f"{told.slug}.en.json") as english:
        english.update(told.english)


@contextmanager
def edited(file: Path) -> Iterator[dict[str, Any]]:
    value = json.loads(file.read_text("utf-8"))
    yield value
    file.write_text(json.dumps(value, ensure_ascii=False, indent=2), "utf-8")
