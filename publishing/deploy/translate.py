"""From SAM's short forms to plain CloudFormation, here: what is linted and tested is what is created."""

from __future__ import annotations

import copy
import os
from typing import Any

from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

Json = dict[str, Any]


def translated(template: Json, *, region: str) -> Json:
    """The template without any transform. AWS's own managed policies are not used, so none are looked up."""
    os.environ["AWS_DEFAULT_REGION"] = region  # the translator asks boto3 which partition it is in
    plain: Json = Translator({}, Parser()).translate(copy.deepcopy(template), {})
    return plain
