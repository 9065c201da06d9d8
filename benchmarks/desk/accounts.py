"""As many accounts as the tender of the requirements names: python -m benchmarks.desk.accounts [STAFF] [OUTSIDE]

A directory of 3,400 members of staff, and 14,000 people outside. Everybody signs in once through the gateway, the
whole way (state, nonce, PKCE, a signed token checked), and sees the page they came for: staff their rights, others
their cases. Counts who got in, and says what one sign-in costs and how long the directory takes to be read.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from itertools import cycle, islice
from pathlib import Path
from statistics import median, quantiles

from publishing.build import build
from publishing.faults import serious
from tests.http.front_door import Browser
from tests.http.stand_in import NAMES, STAFF, Town, town

ROOT = Path(__file__).parents[2]


def main(inside: int, outside: int) -> int:
    """Prints three lines; 1 when somebody could not get in."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        assert not list(serious(build(ROOT / "content", folder / "site", today=date(2026, 11, 23))))
        (folder / "staff.json").write_text(json.dumps(list(_staff(inside)), ensure_ascii=False), "utf-8")
        started = time.process_time()
        here = town(
            folder / "site",
            folder,
            environment={"STAFF_FILE": str(folder / "staff.json"), "RATE_FACTOR": "100000"},
        )
        print(
            f"the house with {inside:,} members of staff opens in {time.process_time() - started:.2f} s of processor"
        )
        NAMES.update({f"outside-{n}": f"市民{n}" for n in range(outside)})
        NAMES.update({f"inside-{n}": f"人员{n}" for n in range(inside)})
        went = _signed_in(here, [f"inside-{n}" for n in range(inside)], "/review/rights/")
        went += _signed_in(here, [f"outside-{n}" for n in range(outside)], "/me/")
    print(f"{went:,} of {inside + outside:,} accounts signed in and saw their page")
    return int(went != inside + outside)


def _staff(count: int) -> Iterator[dict[str, object]]:
    """Entries like the sample's, each with a subject of its own."""
    entries = json.loads(STAFF.read_text("utf-8"))
    for n, entry in enumerate(islice(cycle(entries), count)):
        yield {**entry, "sub": f"inside-{n}", "name": f"人员{n}"}


def _signed_in(here: Town, subs: list[str], page: str) -> int:
    spent, went = [], 0
    for sub in subs:
        started = time.process_time()
        answer = Browser(here.gateway).sign_in(sub, to=page)
        spent.append((time.process_time() - started) * 1000)
        went += answer.status == 200 and NAMES[sub] in answer.text
    print(
        f"{page:<16}{len(subs):>7,} sign-ins  median {median(spent):.1f} ms  p95 {quantiles(spent, n=20)[18]:.1f} ms of processor"
    )
    return went


if __name__ == "__main__":
    staff, others = (int(text) for text in (*sys.argv[1:], "3400", "14000")[:2])
    sys.exit(main(staff, others))
