"""The package and the template of a stage, made once, as a deployment makes them but with no registry."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from publishing.deploy import package, template
from publishing.deploy.package import Packed
from publishing.deploy.translate import translated
from tests.http.conftest import site as site

REGIONS = ("cn-north-1", "ap-southeast-1")
CODE, LAYER = "packages/code-0.zip", "packages/layer-0.zip"
AGREED = ("CSGL_KEY", "REPORTING_KEY")  # entries of the secret that the agreements of the stage name


@pytest.fixture(scope="session")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Packed:
    return package.packed(tmp_path_factory.mktemp("package"), region=REGIONS[0], libraries=False)


@pytest.fixture(scope="session", params=REGIONS)
def region(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def whole(packed: Packed, region: str) -> dict[str, Any]:
    """The SAM template, for mainland China and for elsewhere."""
    return template.whole(copy.deepcopy(packed.template), region=region, code=CODE, layer=LAYER, keys=AGREED)


@pytest.fixture(scope="session")
def plain(packed: Packed) -> dict[str, Any]:
    """The template without any transform, for mainland China."""
    made = template.whole(
        copy.deepcopy(packed.template), region=REGIONS[0], code=CODE, layer=LAYER, keys=AGREED
    )
    return translated(made, region=REGIONS[0])
