"""The documentation is made from the table, and covers every row of the legal source."""

from __future__ import annotations

import importlib.util
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_the_lifecycle_page_is_what_the_table_says():
    spec = importlib.util.spec_from_file_location("lifecycle_page", DOCS / "lifecycle_page.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (DOCS / "lifecycle.md").read_text("utf-8") == module.page(), "run: python docs/lifecycle_page.py"
