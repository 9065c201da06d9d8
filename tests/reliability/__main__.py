"""Runs the whole proof and writes its counts into docs/reliability.md: python -m tests.reliability [--without-kills].

Stops at the first thing that does not hold; the page then stays as it was.
"""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chalicelib.store.dynamo import DynamoStore
from chalicelib.store.embedded import EmbeddedStore
from chalicelib.store.models import Endpoint
from moto import mock_aws

from tests.http.conftest import OneAtATime
from tests.reliability.jumps import JUMPS, jumps_of
from tests.reliability.life import Life, check
from tests.reliability.lives import Fresh, every_fault, every_send
from tests.reliability.races import contested
from tests.store.cloud import BUCKET, REGION, aws, emptied

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reliability.md"
CLIENTS, CASES_EACH = (8, 16, 32, 64), 5
REPLAYS = 3
SQLITE, DYNAMO = "embedded (SQLite)", "DynamoDB and S3, played by moto"
HEADINGS = (
    "engine", "lives with a fault at a write", "writes in a life", "lives with a fault at a send", "sent twice",
    "contested versions", "presses", "winners", "replayed lives", "lives with a jumping clock", "lost", "doubled",
)  # fmt: skip


def main() -> None:
    """Both engines, then the processes that are killed."""
    rows = []
    for engine, opened in {SQLITE: embedded, DYNAMO: played}.items():
        with opened() as fresh:
            rows.append({"engine": engine, **proved(fresh)})
            print(rows[-1], flush=True)
    page = within(PAGE.read_text("utf-8"), "counts", table(rows))
    if "--without-kills" not in sys.argv:
        page = within(page, "kills", table([killed()]))
    PAGE.write_text(page, "utf-8")


def proved(fresh: Fresh) -> dict[str, int]:
    """Everything on one engine; an assertion fails where something was lost, doubled or left unexplained."""
    writes, sends = every_fault(fresh), every_send(fresh)
    races = [contested(_alone(fresh()), clients, case=n) for clients in CLIENTS for n in range(CASES_EACH)]
    again = Life(fresh(), replays=REPLAYS)
    check(again, again.whole())
    for name in JUMPS:
        start, jumps = jumps_of(name)
        life = Life(fresh(), now=start, jumps=jumps)
        check(life, life.whole())
    return {
        "lives with a fault at a write": writes["lives"], "writes in a life": writes["writes"],
        "lives with a fault at a send": sends["lives"], "sent twice": writes["sent twice"] + sends["sent twice"],
        "contested versions": sum(race["versions"] for race in races),
        "presses": sum(race["attempts"] for race in races), "winners": sum(race["versions"] for race in races),
        "replayed lives": 1, "lives with a jumping clock": len(JUMPS), "lost": 0, "doubled": 0,
    }  # fmt: skip


def _alone(store: Any) -> Any:
    """moto compares and writes without the lock that DynamoDB has: this lends it one."""
    return OneAtATime(store) if isinstance(store, DynamoStore) else store


@contextmanager
def embedded() -> Iterator[Fresh]:
    """A new SQLite file each time."""
    with tempfile.TemporaryDirectory() as folder:
        names = itertools.count()
        yield lambda: EmbeddedStore(Path(folder) / f"{next(names)}")


@contextmanager
def played() -> Iterator[Fresh]:
    """Empty tables each time."""
    os.environ |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    with mock_aws():
        aws("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        store = DynamoStore(Endpoint(REGION, prefix="proof-"), bucket=BUCKET)
        store.create_tables()
        yield lambda: emptied(store)


def killed() -> dict[str, Any]:
    """What the test of the killed processes counted."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-s",
        "-p",
        "no:cacheprovider",
        "tests/crash/test_crash.py",
    ]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    line = next(line for line in run.stdout.splitlines() if "acknowledged=" in line)
    return {
        name.replace("_", " "): value
        for name, value in re.findall(r"([\w ]+?)=(\d+)", line.replace("  ", "\n"))
    }


def table(rows: list[Mapping[str, Any]] | list[dict[str, Any]]) -> str:
    """Rows with the same columns as a table of the page."""
    names = list(rows[0])
    lines = [names, ["---"] * len(names), *([str(row[name]) for name in names] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def within(page: str, name: str, text: str) -> str:
    """The page with what stands between its marks replaced."""
    start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    before, _, rest = page.partition(start)
    assert rest and end in rest, f"the page has no place for {name}"
    return f"{before}{start}{text}\n{end}{rest.partition(end)[2]}"


if __name__ == "__main__":
    main()
