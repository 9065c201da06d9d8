"""Items whose handling is not public (依法保密): outside the desk nobody learns who handled a case and how long it took."""

from __future__ import annotations

from typing import Any

import pytest
from chalicelib.domain.timeline import stages
from chalicelib.http.api_views import case_json
from chalicelib.http.progress import timeline
from chalicelib.http.views import status_view

from tests.domain.world import CALENDAR, WINDOW, done, handed_in, item, world

SECRET = item(process={"confidential": True})


def shown(of: Any, *, owner: bool) -> list[tuple[str, str]]:
    case = done(handed_in("2026-09-18", of=of), "accept", WINDOW, "2026-09-22", of=of)
    view = status_view(case, world("2026-09-28", of=of), lang="zh", owner=owner, url=str)
    return [(row["who"], row["took"]) for row in view["timeline"] if row["state"] == "done"]


@pytest.mark.parametrize("owner", [True, False])
def test_who_and_how_long_stand_in_the_open_and_not_where_the_guide_covers_them(owner: bool) -> None:
    public = shown(item(), owner=owner)
    assert any("综合窗口" in who for who, _ in public) and any(took for _, took in public)
    assert set(shown(SECRET, owner=owner)) == {("", "")}


def test_the_desk_sees_everything() -> None:
    case = done(handed_in("2026-09-18", of=SECRET), "accept", WINDOW, "2026-09-22", of=SECRET)
    rows = timeline(case, world("2026-09-28").now, calendar=CALENDAR, lang="zh", link=None, staff=True)
    assert any("综合窗口" in row["who"] for row in rows)


@pytest.mark.parametrize(("covered", "told"), [(False, {("综合窗口", 0), ("", 3)}), (True, {("", None)})])
def test_programs_are_told_no_more_than_people(covered: bool, told: set[Any]) -> None:
    case = done(handed_in("2026-09-18", of=SECRET), "accept", WINDOW, "2026-09-22", of=SECRET)
    past = stages(case, world("2026-09-28").now, calendar=CALENDAR)
    lines = case_json(case, past, private=False, covered=covered)["timeline"]
    assert told == {(line["post"], line["working_days"]) for line in lines}
