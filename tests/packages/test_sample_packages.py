"""The six sample packages, from the first page to the last closed item, over WSGI in this process."""

from __future__ import annotations

import pytest

from schemas.packages import Packages
from tests.comfort.citizen import Town
from tests.packages import life


@pytest.mark.parametrize("name", life.SAMPLES)
def test_a_sample_package_runs_to_its_end(name: str, here: Town, packages: Packages) -> None:
    package = packages.current(f"package-{name}")
    assert package
    bundle = life.bundle_of(package)
    citizen = here.citizen("lin-he")
    page = citizen.press(life.at_check(citizen, bundle), {"_go": "submit"})
    assert page.status == 200 and page.path.endswith("/receipt/"), page.text
    parcel = page.path.removesuffix("receipt/")

    closed: set[str] = set()
    for _ in range(len(bundle.children)):
        for item, row in life.cases(here.house.store).items():
            if item not in closed:
                life.granted(here, row.key)
                closed.add(item)
        here.clock.move(days=1)
        life.jobs(here)
    assert closed == {child.item.id for child in bundle.children}
    whole = here.citizen("lin-he").get(parcel)
    assert "已办结" in whole.text and f"一共 {len(closed)} 件：已结束 {len(closed)} 件" in whole.text
