"""The house: settings and everything made from them, once a process."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from schemas.calendar import Calendar
from schemas.items import Catalogue
from schemas.packages import Packages

from .actions import Desk
from .domain.case import Actor
from .domain.policy import in_file
from .http.oidc import Provider
from .interfaces import outside
from .interfaces.outside import Outside
from .interfaces.sms import SmsGateway
from .keys import Keys
from .notify.ways import Way, open_ways
from .published import Folder, Shelf, read
from .settings import BadSettings, Settings
from .staff import Directory, known_in
from .store.port import Store


@dataclass(frozen=True, slots=True)
class House:
    """What a handler may use."""

    settings: Settings
    store: Store
    site: Shelf
    catalogue: Catalogue
    packages: Packages
    calendar: Calendar
    keys: Keys
    staff: Directory
    provider: Provider
    desk: Desk
    ways: Mapping[str, Way]
    outside: Outside
    clock: Callable[[], datetime]
    draw: Callable[[Sequence[Actor]], Actor] = secrets.choice  # who of several gets a case; tests seed it


def build(settings: Settings, *, clock: Callable[[], datetime]) -> House:
    """The house for these settings; opens the store, fetches nothing."""
    store = open_store(settings)
    site = open_site(settings, clock=clock)
    staff_file, policy_file, others = _office(settings, clock=clock)
    catalogue = Catalogue(
        lambda name: read(site, f"catalogue/{name}"), stamp=lambda name: site.stamp(f"catalogue/{name}")
    )
    calendar = Calendar.vendored()
    outward = _outside(settings, others)
    return House(
        settings=settings,
        store=store,
        site=site,
        catalogue=catalogue,
        packages=Packages(catalogue),
        calendar=calendar,
        keys=Keys(settings.secret, before=settings.secret_before),
        staff=Directory.in_file(staff_file, known_in(catalogue)),
        provider=Provider(
            issuer=settings.issuer,
            client_id=settings.client_id,
            client_secret=settings.client_secret,
            redirect_uri=f"{settings.base_url}/signin/callback",
        ),
        desk=Desk(
            store=store,
            catalogue=catalogue,
            calendar=calendar,
            policy=in_file(policy_file),
            offers=outward.offers,
        ),
        ways=_ways(settings, outward, clock=clock),
        outside=outward,
        clock=clock,
    )


def _ways(settings: Settings, others: Outside, *, clock: Callable[[], datetime]) -> dict[str, Way]:
    """Mail by the settings, short messages by the agreement."""
    ways = open_ways(
        settings.mail, data_dir=settings.data_dir, name=settings.client_id, production=settings.production
    )
    if others.sms is None:
        return ways
    return ways | {"sms": SmsGateway(others.sms, allowed=others.allowed, clock=clock)}


def open_site(settings: Settings, *, clock: Callable[[], datetime]) -> Shelf:
    """What was published: in a bucket, or in a folder of this machine."""
    if not settings.site_bucket:
        return Folder(settings.site_dir)
    from .store.shelf import Bucket

    cache = settings.data_dir / "published"
    return Bucket(
        settings.site_bucket, cache, region=settings.region, endpoint=settings.files_endpoint, clock=clock
    )


def _office(settings: Settings, *, clock: Callable[[], datetime]) -> tuple[Path, Path | None, Path | None]:
    """The office's own files, read when the house is built: who works here, how unsure law is read, and with which
    other systems this process speaks."""
    named = settings.interfaces
    if not settings.settings_bucket:
        return settings.staff_file, settings.policy_file, Path(named).resolve() if named else None
    from .store.shelf import Bucket

    shelf = Bucket(
        settings.settings_bucket,
        settings.data_dir / "office",
        region=settings.region,
        endpoint=settings.files_endpoint,
        clock=clock,
    )
    others = (shelf.file(named) or Path(named)) if named else None
    return (
        shelf.file("settings/staff.json") or settings.staff_file,
        shelf.file("settings/policy.json"),
        others,
    )


def _outside(settings: Settings, file: Path | None) -> Outside:
    """The other systems, by the file that INTERFACES_FILE names; none without it."""
    deployed = bool(settings.settings_bucket)
    try:
        return outside.read(file, settings.environ, production=settings.production, known_good=deployed)
    except outside.BadAgreement as error:
        raise BadSettings(f"INTERFACES_FILE: {error}") from error


def open_store(settings: Settings) -> Store:
    """The engine the settings name; each is imported only when it is wanted."""
    if settings.store == "embedded":
        from .store.embedded import EmbeddedStore

        return EmbeddedStore(settings.data_dir)
    from .store.dynamo import DynamoStore
    from .store.models import Endpoint

    endpoint = Endpoint(settings.region, prefix=settings.table_prefix, url=settings.dynamodb_endpoint)
    return DynamoStore(
        endpoint, bucket=settings.bucket, files_url=settings.files_endpoint, direct=settings.direct
    )
