"""What one case costs in the cloud over its whole life: python -m benchmarks.cases.cost.

A citizen fills in every page, hands in, looks at the status five times, corrects, and rates; the desk handles it
to the end; the jobs deliver and supervise. moto plays DynamoDB and S3; units follow from the items (sizes.py), not
from moto. The desk is full, and worked through with "send and show next": what is counted of a step is the decision,
the claim on another case that it leads to, and that case's page, which stand for the same done on this one by the
step before. One step in five begins at the queue.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from chalicelib.jobs.deliver import deliver
from chalicelib.jobs.loop import deliver_all, outward, seen
from chalicelib.store.dynamo import DynamoStore
from chalicelib.store.models import Endpoint
from chalicelib.store.port import Record
from moto import mock_aws

from benchmarks.cases.meter import Meter
from publishing.build import build
from tests.http.deeds import PAGES, Deeds, png
from tests.http.front_door import Answer, Browser
from tests.http.stand_in import Town, town
from tests.store.cloud import BUCKET, REGION, aws

OTHERS = 40  # open cases that stand on the same lists
PRICES = Path(__file__).parent / "prices.json"
SECONDS_EACH = (
    0.05  # processor time of one request on a quarter of a core, as measured by speed.py, generously
)


def main() -> None:
    """Prints the table and the price of one case."""
    prices = json.loads(PRICES.read_text("utf-8"))
    spent = life()
    for name, row in spent.items():
        print(name, {key: round(value, 1) for key, value in sorted(row.items())})
    total = sum(spent.values(), Counter())
    for name, dollars in priced(total, prices).items():
        print(f"{name:<28} ${dollars:.7f}")


def priced(total: Counter[str], prices: dict[str, Any]) -> dict[str, float]:
    """Dollars by kind, and their sum, beside a thousandth of the limit."""
    gigabyte = 1024**3
    found = {
        "table writes": total["write_units"] * prices["write_unit"],
        "table reads": total["read_units"] * prices["read_unit"],
        "file requests": total["puts"] * prices["put"] + total["gets"] * prices["get"],
        "requests": total["requests"] * (prices["request"] + prices["invocation"]),
        "processor": total["requests"] * SECONDS_EACH * prices["memory_gb"] * prices["gb_second"],
    }
    kept = prices["kept_months"]
    marginal = sum(found.values())
    stored = kept * (
        total["table_bytes"] / gigabyte * prices["table_gb_month"]
        + total["file_bytes"] / gigabyte * prices["file_gb_month"]
    )
    return {
        **found,
        "one case, handling": marginal,
        "a thousandth of the limit": prices["limit_dollars"] / 1000,
        f"kept for {kept // 12} years": stored,
        "one case, all in all": marginal + stored,
        "the limit": prices["limit_dollars"],
    }


def life(site: Path | None = None, *, others: int = OTHERS) -> dict[str, Counter[str]]:
    """What was spent, by what was done."""
    with mock_aws(), tempfile.TemporaryDirectory() as folder:
        if site is None:
            site = Path(folder) / "site"
            list(build(Path("content"), site, today=date(2026, 11, 23)))
        aws("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        store = DynamoStore(Endpoint(REGION, prefix="cost-"), bucket=BUCKET)
        store.create_tables()
        meter = Meter(store, aws("dynamodb"))
        here = town(site, Path(folder), store=meter)
        _others(here, others)
        deliver_all(here.house)
        return _lived(here, meter)


@contextmanager
def doing(meter: Meter, name: str, *, then: str = "between") -> Iterator[None]:
    meter.doing = name
    yield
    meter.doing = then


def _lived(here: Town, meter: Meter) -> dict[str, Counter[str]]:
    citizen, window, chief = here.browser("lin-he"), here.browser("shen-lan"), here.browser("jiang-ying")
    for browser in (citizen, window, chief):
        browser.get = _counted(meter, browser.get)  # type: ignore[method-assign]
        browser.post = _counted(meter, browser.post)  # type: ignore[method-assign]
        browser.attach = _counted(meter, browser.attach)  # type: ignore[method-assign]
    number, code = _applied(here, meter, citizen)
    _handled(here, meter, number, citizen, window, chief)
    with doing(meter, "status, five times"):
        for _ in range(5):
            citizen.post("/status/", {"number": number, "code": code})
    return {name: row for name, row in meter.spent.items() if name not in ("setting up", "between")}


def _applied(here: Town, meter: Meter, citizen: Browser) -> tuple[str, str]:
    deeds = Deeds(here)
    with doing(meter, "filling in"):
        page = citizen.follow(citizen.post("/apply/huwai-zhaopai/", PAGES[0]))
        for answers in PAGES[1:]:
            page = citizen.fill(page, answers, has=next(iter(answers)))
        page = citizen.choose_file(page, "picture", "a.png", png() + b"\0" * 200_000)
        page = deeds.next(citizen, page)
    with doing(meter, "handing in"):
        page = citizen.fill(page, {}, has="_go", go="submit")
    box = page.text.partition('<dl class="code2">')[2]
    number, code = (part.partition("</dd>")[0].replace("-", "") for part in box.split("<dd>")[1:3])
    _jobs(here, meter)
    return number, code


def _handled(
    here: Town, meter: Meter, number: str, citizen: Browser, window: Browser, chief: Browser
) -> None:
    steps: tuple[tuple[Browser, str, dict[str, Any]], ...] = (
        (window, "correct", {"fields": ["address"], "materials": ["picture"], "reason": "请写到门牌号"}),
        (window, "accept", {}),
        (chief, "grant", {}),
        (window, "prepare", {}),
        (window, "deliver", {"method": "window", "proof": "本人签收"}),
    )
    with doing(meter, "desk: the queue"):
        window.get("/review/")
    for browser, action, fields in steps:
        _decided(meter, browser, number, action, fields)
        _jobs(here, meter)
        if action == "correct":
            _supplemented(here, meter, citizen, number)
    with doing(meter, "rating"):
        citizen.fill(citizen.open(f"/me/{number}/rate/"), {"score": "5"}, has="score")
    _jobs(here, meter)


def _decided(meter: Meter, browser: Browser, number: str, action: str, fields: dict[str, Any]) -> None:
    """One step from the case's page, which the step before has claimed and shown, to the next case's page."""
    browser.post(f"/review/{number}/sheet/", {"_csrf": browser.token, "_do": "claim"})
    page = browser.get(f"/review/{number}/")
    typed = {f"{action}-{name}": value for name, value in fields.items()}
    with doing(meter, f"desk: {action}"):
        shown = browser.fill(page, {"action": action, **typed, "_go": "next"}, has="_version")
    assert shown.status == 200 and "_version" in shown.text and f"/review/{number}/sheet" not in shown.text, (
        action
    )


def _others(here: Town, count: int) -> None:
    """Cases of other people, so that the lists are as long as a page."""
    deeds = Deeds(here)
    for n in range(count):
        number = deeds.handed_in("zhou-man")["number"]
        if n % 2:
            assert deeds.act("shen-lan", number, "accept", version=1).status == 200


def _supplemented(here: Town, meter: Meter, citizen: Browser, number: str) -> None:
    with doing(meter, "correcting"):
        page = citizen.open(f"/me/{number}/supplement/")
        page = citizen.choose_file(page, "picture", "b.png", png(9) + b"\0" * 200_000)
        citizen.fill(page, {"address": "望澜区澜湾街道听潮路 14 号"}, has="address", go="submit")
    _jobs(here, meter)


def _jobs(here: Town, meter: Meter) -> None:
    def watch(record: Record) -> bool:
        with doing(meter, "supervision", then="jobs"):
            return seen(here.house, record)

    with doing(meter, "jobs"):
        deliver(here.store, now=here.clock(), outward=outward(here.house), watch=watch)


def _counted(meter: Meter, send: Callable[..., Answer]) -> Callable[..., Answer]:
    def sent(*given: Any, **named: Any) -> Answer:
        meter.note(requests=1)
        return send(*given, **named)

    return sent


if __name__ == "__main__":
    main()
