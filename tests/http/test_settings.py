"""A house with the settings of a development machine does not open as a real one."""

from __future__ import annotations

from pathlib import Path

import pytest
from chalicelib.settings import BadSettings, read

from tests.http.stand_in import STAFF

SOUND = {
    "BASE_URL": "https://zwfw.wanglan.example", "SECRET_KEY": "a secret for tests, and long enough",
    "STAFF_FILE": str(STAFF), "OIDC_ISSUER": "https://id.wanglan.example", "OIDC_CLIENT_SECRET": "something real",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"BASE_URL": "http://zwfw.wanglan.example"}, "BASE_URL must be https:// in production"),
        ({"BASE_URL": ""}, "BASE_URL"),
        ({"OIDC_ISSUER": "http://id.wanglan.example"}, "OIDC_ISSUER must be https://"),
        ({"OIDC_ISSUER": ""}, "OIDC_ISSUER"),
        ({"OIDC_CLIENT_SECRET": "development"}, "OIDC_CLIENT_SECRET is that of the development sign-in"),
        ({"SECRET_KEY": ""}, "SECRET_KEY must be at least 32 characters"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY must be at least 32 characters"),
        ({"STAFF_FILE": ""}, "STAFF_FILE"),
        ({"STORE": "memory"}, "STORE must be embedded or dynamo"),
    ],
)
def test_production_refuses_it_and_says_which_setting(
    change: dict[str, str], says: str, tmp_path: Path
) -> None:
    with pytest.raises(BadSettings, match=says):
        read({**SOUND, "DATA_DIR": str(tmp_path), **change})


def test_production_is_what_is_meant_when_nothing_is_said(tmp_path: Path) -> None:
    assert read({**SOUND, "DATA_DIR": str(tmp_path)}).production
    assert not read({**SOUND, "DATA_DIR": str(tmp_path), "BANSHI_ENV": "development"}).production


def test_no_secret_stands_in_the_tree() -> None:
    """Secrets come from the environment or a secret store; the template names the store, not the secret."""
    root = STAFF.parents[2]
    template = (root / "infra" / "resources.yaml").read_text("utf-8").replace("!If\n", "!If")
    lines = [line for line in template.splitlines() if "SECRET" in line and ":" in line]
    assert lines and all("resolve:secretsmanager" in line or "Secrets" in line for line in lines)
