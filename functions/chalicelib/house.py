"""The house: settings and everything made from them, once a process."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from schemas.calendar import Calendar
from schemas.items import Catalogue
from schemas.packages import Packages

from .actions import Desk
from .domain.case import Actor
from .domain.policy import in_file
from .http.oidc import Provider
from .interfaces.outside import Outside
from .keys import Keys
from .notify.ways import Way, open_ways
from .settings import Settings
from .staff import Directory, known_in
from .store.port import Store


@dataclass(frozen=True, slots=True)
class House:
    """What a handler may use."""

    settings: Settings
    store: Store
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
    catalogue = Catalogue.in_folder(settings.site_dir / "catalogue")
    calendar = Calendar.vendored()
    return House(
        settings=settings,
        store=store,
        catalogue=catalogue,
        packages=Packages(catalogue),
        calendar=calendar,
        keys=Keys(settings.secret, before=settings.secret_before),
        staff=Directory.in_file(settings.staff_file, known_in(catalogue)),
        provider=Provider(
            issuer=settings.issuer,
            client_id=settings.client_id,
            client_secret=settings.client_secret,
            redirect_uri=f"{settings.base_url}/signin/callback",
        ),
        desk=Desk(store=store, catalogue=catalogue, calendar=calendar, policy=in_file(settings.policy_file)),
        ways=open_ways(
            settings.mail, data_dir=settings.data_dir, name=settings.client_id, production=settings.production
        ),
        outside=settings.outside,
        clock=clock,
    )


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
