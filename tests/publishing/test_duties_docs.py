"""The editors' handbook and the editor settings name only what is there."""

from __future__ import annotations

import json
import re

import pytest
import yaml
from jsonschema import Draft202012Validator

from publishing import sources
from publishing.duties import snippets
from publishing.sources import ROOT

HANDBOOK = (ROOT / "docs" / "editors.md").read_text("utf-8")


def test_every_picture_of_the_handbook_exists_and_every_picture_is_used():
    named = set(re.findall(r"\]\((pictures/[^)]+)\)", HANDBOOK))
    assert named == {f"pictures/{path.name}" for path in (ROOT / "docs" / "pictures").iterdir()}


@pytest.mark.parametrize("kind", sources.FOLDERS)
def test_the_handbook_names_every_kind_and_its_folder(kind):
    assert f"`{kind}`" in HANDBOOK
    assert f"`content/{sources.FOLDERS[kind]}/" in HANDBOOK


@pytest.mark.parametrize("kind", [*sources.FOLDERS, "site"])
def test_every_kind_has_a_schema_that_editors_can_use(kind):
    schema = json.loads((ROOT / "schemas" / f"{kind}.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    assert all("title" in field or "$ref" in field for field in schema["properties"].values())


def test_the_site_file_fits_its_schema():
    schema = json.loads((ROOT / "schemas" / "site.schema.json").read_text("utf-8"))
    site = yaml.safe_load((ROOT / "content" / "site.yaml").read_text("utf-8"))
    assert list(Draft202012Validator(schema).iter_errors(site)) == []


def test_editor_settings_name_schemas_that_are_there():
    settings = json.loads((ROOT / ".vscode" / "settings.json").read_text("utf-8"))
    schemas = [*settings["yaml.schemas"], *(entry["url"] for entry in settings["json.schemas"])]
    assert [path for path in schemas if not (ROOT / path).is_file()] == []


def test_completion_offers_what_the_schemas_say_today():
    assert snippets.FILE.read_text("utf-8") == snippets.text()
    made = json.loads(snippets.text())
    assert {"draft", "publish_on", "power_source", "stage", "glyph"} <= {
        one["prefix"] for one in made.values()
    }


def test_the_problem_matcher_reads_what_check_prints():
    tasks = json.loads((ROOT / ".vscode" / "tasks.json").read_text("utf-8"))
    pattern = tasks["tasks"][0]["problemMatcher"]["pattern"]
    found = re.fullmatch(pattern["regexp"], "content/site.yaml:64: 提醒：栏目没有内容")
    assert found
    assert (found[pattern["file"]], found[pattern["line"]], found[pattern["message"]]) == (
        "content/site.yaml",
        "64",
        "栏目没有内容",
    )
