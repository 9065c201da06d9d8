"""What the life of a case costs in the cloud stays below a thousandth of the thirty-two cents that a case may cost."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from benchmarks.cases.cost import PRICES, life, priced
from tests.http.conftest import site  # noqa: F401


def test_handling_a_case_costs_less_than_a_thousandth_of_the_limit(site: Path) -> None:  # noqa: F811
    """Beside ten other cases; the page of benchmarks has the figure beside forty."""
    found = priced(sum(life(site, others=10).values(), Counter()), json.loads(PRICES.read_text("utf-8")))
    assert found["one case, handling"] <= found["a thousandth of the limit"], found
