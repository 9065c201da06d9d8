"""The page of counts has a place for each, and the columns that the command writes."""

from __future__ import annotations

from tests.reliability.__main__ import HEADINGS, PAGE, table, within


def test_the_page_has_the_places_and_columns_of_the_command() -> None:
    page = PAGE.read_text("utf-8")
    assert f"| {' | '.join(HEADINGS)} |" in page
    assert "| kills | acknowledged |" in page
    again = within(page, "counts", table([dict.fromkeys(HEADINGS, 1)]))
    assert again.count("<!-- counts -->") == 1 == again.count("<!-- /kills -->")


def test_nothing_lost_and_nothing_doubled_is_what_the_page_says() -> None:
    counts = PAGE.read_text("utf-8").partition("<!-- counts -->")[2].partition("<!-- /counts -->")[0]
    rows = [line for line in counts.splitlines() if line.startswith("| ")][2:]
    assert rows and all(row.endswith("| 0 | 0 |") for row in rows)
