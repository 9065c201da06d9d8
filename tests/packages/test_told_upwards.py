"""One run from a package's application to the upper platform and a webhook: each of its cases, each event, once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalicelib import packages as parcels
from chalicelib.applications import Request, content_of
from chalicelib.domain.package import Parcel
from chalicelib.interfaces.courier import Post, send_due
from chalicelib.interfaces.outside import Outside
from chalicelib.jobs.deliver import Outward, deliver
from chalicelib.jobs.release import release

from schemas.packages import Packages
from tests.comfort.citizen import MONDAY, Town
from tests.interfaces.conftest import outside
from tests.interfaces.conftest import start as start
from tests.interfaces.other_systems import Platform, Receiver
from tests.packages import life
from tests.packages.test_both_engines import CITIZEN
from tests.packages.test_both_engines import cloud as cloud
from tests.packages.test_both_engines import dynamo as dynamo
from tests.packages.test_both_engines import embedded as embedded
from tests.packages.test_both_engines import store as store
from tests.packages.test_both_engines import there as there


def rounds(town: Town, others: Outside) -> None:
    """The jobs in the order in which they go round: the outbox, the next items of packages, the couriers."""
    house, now = town.house, town.clock.now
    deliver(house.store, now=now, outward=Outward(others=others))
    release(house.desk, now=now)
    deliver(house.store, now=now, outward=Outward(others=others))
    send_due(Post(house.store, house.catalogue, others, house.settings.base_url), now=now)


def handed_in(town: Town, packages: Packages) -> int:
    """The package with every item; how many there are."""
    package = packages.current("package-shenhou-shi")
    assert package
    bundle = life.bundle_of(package)
    what = life.application(bundle)
    made = parcels.submit(
        bundle, what, Request(CITIZEN, "draft 1", content_of(what)), desk=town.house.desk, now=MONDAY
    )
    assert isinstance(made, Parcel)
    return len(bundle.children)


def test_every_case_of_a_package_is_reported_and_called_for_event_by_event(
    there: Town, packages: Packages, start: Callable[[Any], Any]
) -> None:
    platform = start(Platform(lambda: there.clock.now, moods=["forgets"]))
    receiver = start(Receiver(lambda: there.clock.now, moods=["broken"]))
    others = outside(
        report={"url": platform.url}, hook={"url": receiver.url, "actions": ["submit", "deliver"]}
    )
    items = handed_in(there, packages)
    rounds(there, others)  # both fail at first
    there.clock.move(minutes=2)
    rounds(there, others)
    assert set(life.cases(there.house.store)) == {"shenhou-shi-siwang-zhengming"}
    while still := [
        row.key for row in life.cases(there.house.store).values() if row.head["state"] != "closed"
    ]:
        for number in still:
            life.granted(there, number)
        rounds(there, others)

    now, numbers = there.clock.now, [row.key for row in life.cases(there.house.store).values()]
    cases = {number: there.house.desk.find(number, now=now) for number in numbers}
    assert len(cases) == items
    for number, case in cases.items():
        assert case
        told = [name for name in platform.order if name.startswith(f"{number}-")]
        assert told == [f"{number}-{event.seq}" for event in case.events]
        record = platform.records[told[-1]]
        assert (record["kind"], record["case"]["item"]) == ("result", case.item_id)
        called = [event["data"]["action"] for event in receiver.events if event["data"]["number"] == number]
        assert called == ["submit", "deliver"]
    assert platform.forged == receiver.forged == 0 and platform.doubled > 0, (
        "what the platform forgot to say came again"
    )
