"""The availability calculator: its arithmetic on small logs, by hand."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from keeper.__main__ import main
from keeper.availability import BadLog, Probe, ask, read, reckon

START = datetime(2026, 11, 23, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def log(pattern: str, *, every: timedelta = MINUTE) -> list[Probe]:
    """A probe a sign: `u` up, `d` down, `.` nobody asked."""
    return [Probe(START + n * every, sign == "u") for n, sign in enumerate(pattern) if sign != "."]


@pytest.mark.parametrize(
    ("pattern", "up", "down", "unobserved", "outages"),
    [
        ("uuuuu", 4, 0, 0, []),
        ("uuduu", 3, 1, 0, [1]),
        ("uudduuduu", 5, 3, 0, [2, 1]),
        ("ddddd", 0, 4, 0, [4]),
        ("uu..u", 4, 0, 0, []),
        ("uu......u", 4, 0, 4, []),
        ("ud......u", 1, 3, 4, [3]),
        ("u", 0, 0, 0, []),
        ("", 0, 0, 0, []),
    ],
)
def test_each_probe_stands_for_the_time_until_the_next_and_silence_for_nothing(
    pattern: str, up: int, down: int, unobserved: int, outages: list[int]
) -> None:
    found = reckon(log(pattern), longest=3 * MINUTE)
    assert (found.up / MINUTE, found.down / MINUTE, found.unobserved / MINUTE) == (up, down, unobserved)
    assert [outage / MINUTE for outage in found.outages] == outages


@pytest.mark.parametrize(
    ("minutes_down", "percent"),
    [(0, 100.0), (1, 99.999), (1419, 99.73), (1420, 99.729), (525_600, 0.0)],
)
def test_a_year_is_reckoned_to_the_minute_and_never_rounded_up(minutes_down: int, percent: float) -> None:
    """99.73 % of a year of 525,600 minutes allows 1,419 of them."""
    year = [
        Probe(START, False),
        Probe(START + minutes_down * MINUTE, True),
        Probe(START + 525_600 * MINUTE, True),
    ]
    assert reckon(year, longest=timedelta(days=400)).percent == percent


def test_outages_are_averaged() -> None:
    found = reckon(log("uddudddduu"), longest=3 * MINUTE)
    assert found.mean_repair == 3 * MINUTE and max(found.outages) == 4 * MINUTE


@given(st.lists(st.tuples(st.integers(0, 10_000), st.booleans()), max_size=30), st.integers(1, 500))
def test_no_time_is_lost_or_counted_twice(points: list[tuple[int, bool]], longest: int) -> None:
    probes = sorted(
        (Probe(START + timedelta(seconds=at), up) for at, up in points), key=lambda probe: probe.at
    )
    found = reckon(probes, longest=timedelta(seconds=longest))
    whole = probes[-1].at - probes[0].at if probes else timedelta()
    assert found.up + found.down + found.unobserved == whole
    assert sum(found.outages, timedelta()) == found.down and 0 <= found.percent <= 100


def test_logs_are_read_in_order_of_time_whatever_their_zones() -> None:
    probes = read(
        [
            "2026-11-23T10:01:00+08:00 503 9\n",
            "\n",
            "2026-11-23T02:00:00+00:00 200 31",
            "2026-11-23T02:02:00Z 308 1",
            "2026-11-23T02:03:00Z 0 10000",
        ]
    )
    assert [(probe.at.minute, probe.up) for probe in probes] == [(0, True), (1, False), (2, True), (3, False)]


@pytest.mark.parametrize(
    "line", ["nonsense", "2026-11-23T02:00:00 200 1", "2026-11-23T02:00:00Z", "2026-11-23T02:00:00Z up 1"]
)
def test_a_line_that_is_no_probe_is_named(line: str) -> None:
    with pytest.raises(BadLog):
        read([line])


class Sometimes(BaseHTTPRequestHandler):
    """Answers with the status that its address names."""

    def do_GET(self) -> None:
        self.send_response(int(self.path[1:]))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_probes_are_taken_and_reckoned_by_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    server = HTTPServer(("127.0.0.1", 0), Sometimes)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    try:
        assert [ask(f"{base}/{status}", now=START).split()[1] for status in (200, 503, 404)] == [
            "200",
            "503",
            "404",
        ]
        assert main(["probe", "--url", f"{base}/200", "--to", f"{tmp_path}/log"], {}) == 0
    finally:
        server.shutdown()
        server.server_close()
    assert ask(base, now=START).split()[:2] == ["2026-11-23T00:00:00+00:00", "0"]
    assert len(read((tmp_path / "log").read_text().splitlines())) == 1
    (tmp_path / "year").write_text(
        "2026-01-01T00:00:00Z 200 5\n2026-01-01T00:01:00Z 503 5\n2026-01-01T00:02:00Z 200 5\n2026-01-01T00:03:00Z 200 5\n"
    )
    assert main(["availability", f"{tmp_path}/year"], {}) == 1
    assert (
        capsys.readouterr().out
        == "66.666 % of 0:03:00; 1 outages, longest 0:01:00, on average 0:01:00; unobserved 0:00:00\n"
    )
    assert main(["availability", f"{tmp_path}/year", "--target", "60"], {}) == 0
