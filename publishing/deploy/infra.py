"""What stands in infra/, read as data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse

Json = dict[str, Any]
INFRA = Path(__file__).parents[2] / "infra"
WEB, API = "APIHandler", "RestAPI"


class Incomplete(Exception):
    """A part of infra/ lacks something; the message says what to add where."""


def read(path: Path) -> Json:
    """A YAML file with CloudFormation's short forms."""
    found: Json = yaml_parse(path.read_text("utf-8"))
    return found
