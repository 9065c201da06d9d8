"""The statistics pages: what the document says and nothing else, in both languages, fresh when it changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from publishing import statistics
from publishing.build import build
from tests.publishing.sample_site import TODAY, Sample, tree

FIGURES: dict[str, Any] = {
    "received": 5300, "closed": 5210, "on_time": 99.9, "lawful": 100.0, "early": 61.5, "median_used": 2.5,
    "mean_used": 3.1, "median_days": 4, "mean_days": 5.2, "no_visit": 80.0, "one_visit": 20.0, "more_visits": 0.0,
    "rated": 900, "rated_rate": 17.2, "satisfied": 97.7, "mended": None,
}  # fmt: skip
SECRET = dict.fromkeys(FIGURES)


def document(dept: str, **changed: Any) -> dict[str, Any]:
    return {
        "version": 1, "through": "2026-11-22", "months": 12, "smallest": 5, "total": FIGURES,
        "departments": [{"id": dept} | SECRET, {"id": "gone"} | FIGURES], "by_month": [{"month": "2026-11"} | FIGURES],
    } | changed  # fmt: skip


def put(sample: Sample, value: Any) -> None:
    text = value if isinstance(value, str) else json.dumps(value)
    statistics.file_of(sample.output).parent.mkdir(parents=True, exist_ok=True)
    statistics.file_of(sample.output).write_text(text, "utf-8")


def page(sample: Sample, lang: str = "") -> str:
    return (sample.output / lang / "statistics" / "index.html").read_text("utf-8")


def dept_of(sample: Sample) -> str:
    return next(iter(json.loads((sample.output / "catalogue/site.json").read_text("utf-8"))["departments"]))[
        "id"
    ]


def test_without_a_document_the_pages_say_so_and_still_tell_what_guides_promise(sample: Sample) -> None:
    sample.build()
    assert "还没有可以公布的办件数据" in page(sample) and "There is nothing to publish yet" in page(
        sample, "en"
    )
    assert (
        "承诺时限比法定时限压缩" in page(sample)
        and not (sample.output / "statistics/statistics.json").exists()
    )


def test_the_pages_show_the_document_and_hide_what_it_hides(sample: Sample) -> None:
    sample.build()
    put(sample, document(dept_of(sample)))
    assert not sample.build()
    text, english = page(sample), page(sample, "en")
    assert "99.9%" in text and "100.0%" in text and "5210" in text and "2.5 个工作日" in text
    assert "不公布" in text and "not published" in english and "2.5 working days" in english
    published = json.loads((sample.output / "statistics/statistics.json").read_text("utf-8"))
    assert published == document(dept_of(sample))


def test_the_four_lists_name_guides_that_are_still_there(sample: Sample) -> None:
    sample.build()
    hot = [{"item": "gone", "figure": 99}, {"item": "laonian-zheng", "figure": 41}]
    lists = {"hot": hot, "hard": [{"item": "laonian-zheng", "figure": 12.5}], "online": [], "once": []}
    put(sample, document(dept_of(sample), rankings=lists))
    assert not sample.build()
    text, english = page(sample), page(sample, "en")
    assert "热点：申请最多" in text and "41 件" in text and "12.5%" in text and "gone" not in text
    assert "没有事项达到 5 件，暂时不公布" in text and 'href="/en/guides/laonian-zheng/"' in english


def test_a_renamed_guide_is_renamed_in_the_four_lists(sample: Sample) -> None:
    sample.build()
    hot = [{"item": "laonian-zheng", "figure": 41}]
    put(sample, document(dept_of(sample), rankings={"hot": hot, "hard": [], "online": [], "once": []}))
    sample.build()
    sample.edit("guide", ("\nname: ", "\nname: 新版"))
    sample.build()
    assert ">新版" in page(sample)


def test_months_and_departments_without_any_case_are_left_out(sample: Sample) -> None:
    sample.build()
    empty = FIGURES | {"received": 0, "closed": 0}
    months = [{"month": "2026-10"} | empty, {"month": "2026-11"} | SECRET]
    put(sample, document(dept_of(sample), by_month=months, departments=[{"id": dept_of(sample)} | empty]))
    sample.build()
    assert "2026-11" in page(sample) and ">2026-10<" not in page(sample)


def test_a_changed_document_is_a_change_to_publish_and_gives_what_a_whole_build_gives(sample: Sample) -> None:
    sample.build()
    put(sample, document(dept_of(sample)))
    sample.build()
    put(sample, document(dept_of(sample), through="2026-11-23"))
    sample.build()
    after = tree(sample.output)
    assert "2026年11月23日" in page(sample)
    assert not build(sample.content, sample.output, today=TODAY, forms=sample.forms, full=True)
    assert tree(sample.output) == after


@pytest.mark.parametrize(
    "broken",
    ["half a fi", "[]", "{}", json.dumps(document("x", version=2)), json.dumps(document("x", smallest=1))],
)
def test_a_document_that_cannot_be_used_is_said_and_keeps_nothing_from_being_published(
    sample: Sample, broken: str
) -> None:
    put(sample, broken)
    found = [str(fault) for fault in sample.build()]
    assert any("统计数据不合格式" in fault for fault in found)
    assert "还没有可以公布的办件数据" in page(sample)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ({"[1, 10, 0, true]": 1}, {"shorter": 90.0, "to_the_end": 100.0, "no_visit": 100.0, "total": 1}),
        (
            {"[10, 30, 1, false]": 2, "[5, 15, 0, true]": 1},
            {"shorter": 66.6, "no_visit": 33.3, "compared": 3},
        ),
        ({"[null, 20, 2, false]": 1}, {"shorter": None, "more_visits": 100.0, "compared": 0}),
        ({}, {"shorter": None, "no_visit": None, "total": 0}),
    ],
)
def test_what_guides_promise_is_worked_out_from_all_of_them(
    rows: dict[str, int], expected: dict[str, Any]
) -> None:
    found = statistics.items(rows)
    assert {name: found[name] for name in expected} == expected


def test_the_document_stands_beside_the_site() -> None:
    assert statistics.file_of(Path("/srv/var/site")) == Path("/srv/var/statistics.json")
