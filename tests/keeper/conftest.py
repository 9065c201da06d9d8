"""A town with a few cases in it, and a back-up's keys."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from keeper.vault import Vault
from pyrage import x25519

from tests.http.conftest import cloud as cloud
from tests.http.conftest import site as site
from tests.http.deeds import Deeds
from tests.http.stand_in import Town, town


@dataclass(frozen=True)
class Keys:
    """One pair; `secrets` open what was encrypted to `public`."""

    public: list[x25519.Recipient]
    secrets: list[x25519.Identity]


@pytest.fixture(scope="session")
def keys() -> Keys:
    secret = x25519.Identity.generate()
    return Keys([secret.to_public()], [secret])


@pytest.fixture
def here(site: Path, tmp_path: Path) -> Town:
    return town(site, tmp_path / "data")


@pytest.fixture
def numbers(here: Town) -> list[str]:
    """Three cases: one new, one corrected and waiting, one withdrawn."""
    return three_cases(here)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "vault")


def three_cases(here: Town) -> list[str]:
    deeds = Deeds(here)
    numbers = [
        deeds.apply(body=deeds.application() | {"materials": {"picture": [deeds.reference(shade=n)]}}).json[
            "number"
        ]
        for n in range(3)
    ]
    deeds.corrected(numbers[1])
    assert deeds.act("lin-he", numbers[2], "withdraw", version=1).status == 200
    return numbers
