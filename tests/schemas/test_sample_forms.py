"""The forms that ship: sound, in both languages, and in step with their guides."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

import schemas.forms
from schemas.forms import Form, lint

FOLDER = Path(schemas.forms.__file__).parent / "forms"
NAMES = sorted(file.name.removesuffix(".schema.json") for file in FOLDER.glob("*.schema.json"))
TODAY = date(2026, 11, 23)


def load(name: str, suffix: str) -> dict:
    return json.loads((FOLDER / f"{name}.{suffix}.json").read_text("utf-8"))


def test_the_module_wins_over_the_folder_of_the_same_name() -> None:
    assert Path(schemas.forms.__file__).name == "forms.py"
    assert FOLDER.is_dir()


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_form_is_sound_and_translated(name: str) -> None:
    assert lint(load(name, "schema"), load(name, "en")) == ()


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_its_examples_have_no_faults_and_can_be_shown(name: str, lang: str) -> None:
    schema = load(name, "schema")
    form = Form(schema, load(name, "en"), lang=lang)
    for example in schema["examples"]:
        assert form.faults(example, today=TODAY) == ()
        assert form.prune(example) == example
        assert all(text for page in form.rows(example) for _, _, text in page["rows"])


@pytest.mark.parametrize("name", NAMES)
def test_its_examples_survive_being_shown_and_posted(name: str) -> None:
    schema = load(name, "schema")
    form = Form(schema)
    names = [one for index in range(len(form.pages)) for one in form.names(index)]
    for example in schema["examples"]:
        posted = posted_from(form.controls(names, instance=example))
        assert form.prune(form.parse(posted, names=names)[0]) == example


def posted_from(controls: list[dict]) -> dict[str, list[str]]:
    """What a browser posts for these controls, untouched."""
    posted: dict[str, list[str]] = {}
    for control in controls:
        name, value = control["name"], control["value"]
        if control["widget"] == "date":
            posted |= {f"{name}-{part}": [text] for part, text in control["raw"].items()}
        elif value is True:
            posted[name] = ["true"]
        elif value:
            posted[name] = value if isinstance(value, list) else [str(value)]
        for row in control.get("rows") or () if control["widget"] == "group" else ():
            posted |= posted_from(row["controls"])
        for option in control["options"]:
            posted |= posted_from(option["reveals"])
    return posted
