"""The restore drill, a short one: `make drill` is the same with more load."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drill.__main__ import drill

pytestmark = pytest.mark.crash


def test_what_was_acknowledged_before_the_back_up_survives_the_loss_of_everything(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = drill(published, tmp_path, seconds=3)
    with capsys.disabled():
        print(f"\n{found.told()}")
    assert found.passed and found.before_backup > 5
