"""What moving between the engines costs: `python -m benchmarks.move [CASES]`, 10,000 unless said otherwise.

A SQLite store with that many cases is exported, brought into DynamoDB tables (moto's, in a process of its own), exported
from there and brought into an empty SQLite store. Counts and sums are compared after each step. moto is far slower than
DynamoDB: the time of our own process says what moving costs us, the clock what it costs with moto.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import botocore.session
from chalicelib.domain.numbers import derive
from chalicelib.store.dynamo import DynamoStore
from chalicelib.store.embedded import EmbeddedStore
from chalicelib.store.models import Endpoint
from chalicelib.store.port import CASES, Record, Store
from keeper import move

from tests.store.cloud import REGION

BUCKET, PORT = "moved", 8239
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


def main() -> int:
    """Fills, moves there and back, prints a line for each step; 1 when anything differs."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory(prefix="move-") as folder, cluster() as url:
        work = Path(folder)
        first, last = EmbeddedStore(work / "first"), EmbeddedStore(work / "last")
        middle = DynamoStore(Endpoint(REGION, prefix="move-", url=url), bucket=BUCKET, files_url=url)
        middle.create_tables()
        timed(f"{count} cases made", lambda: fill(first, count))
        different = [*there(first, middle, work / "out", "SQLite", "DynamoDB")]
        different += there(middle, last, work / "back", "DynamoDB", "SQLite")
        different += move.compare(last, exported(work / "out"))
    print("the same after both moves" if not different else f"differs: {different}")
    return int(bool(different))


def there(source: Store, target: Store, folder: Path, a: str, b: str) -> list[str]:
    """One move; the tables that differ afterwards."""
    timed(f"{a} to a folder", lambda: move.export(source, folder))
    timed(f"a folder to {b}", lambda: move.import_(target, folder))
    return move.compare(target, exported(folder))


def exported(folder: Path) -> move.Sums:
    """What was exported."""
    sums: move.Sums = json.loads((folder / move.MANIFEST).read_bytes())["tables"]
    return sums


def timed(what: str, act: Callable[[], object]) -> None:
    """Does it, and says how long it took by the clock and in our own process."""
    began, used = time.perf_counter(), time.process_time()
    act()
    print(
        f"{what}: {time.perf_counter() - began:.0f} s, {time.process_time() - used:.0f} s of our own",
        flush=True,
    )


def fill(store: Store, count: int) -> None:
    """Cases of ordinary size, each with four events and a file; a hundred share a file."""
    for number in range(count):
        sha256 = store.put_file(f"file {number // 100}".encode())
        events = tuple({"seq": seq, "action": "step", "note": "说明" * 60, "files": {"a": [["a.png", 9, "png", sha256]]}}
                       for seq in range(1, 5))  # fmt: skip
        head = {"state": "reviewing", "applicant": f"citizen-{number}", "dept": "csgl"}
        form = {"form": {"firm": "望澜区听潮小面馆", "text": "听潮" * 200}, "materials": {}}
        key = derive(f"case {number}", attempt=0)
        index = {
            "owner": (f"citizen-{number}", f"{NOW.isoformat()}#{key}"),
            "state": ("csgl:reviewing", f"1#{key}"),
        }
        store.create(CASES, Record(key, head, body=form, events=events, index=index))


@contextmanager
def cluster() -> Iterator[str]:
    """moto's server in another process, so that its work is not counted as ours."""
    os.environ |= {"AWS_ACCESS_KEY_ID": "move", "AWS_SECRET_ACCESS_KEY": "move"}
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-p", "8239"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        s3 = botocore.session.get_session().create_client("s3", REGION, endpoint_url="http://127.0.0.1:8239")
        for _ in range(100):
            try:
                s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
                break
            except Exception:
                time.sleep(0.2)
        yield "http://127.0.0.1:8239"
    finally:
        process.terminate()
        process.wait(20)


if __name__ == "__main__":
    sys.exit(main())
