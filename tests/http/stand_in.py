"""The house for the tests: a key of our own instead of an identity provider, a clock that can be set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app import portal
from chalicelib import settings
from chalicelib.house import House, build
from chalicelib.http.oidc import Provider, SignIn
from chalicelib.store.port import Store
from gateway import Gateway
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from tests.http.front_door import BASE, Browser, Caller

STAFF = Path(__file__).parents[2] / "infra" / "sample" / "staff.json"
ISSUER, CLIENT = "https://id.wanglan.example", "banshi"
KEY = ECKey.generate_key("P-256", {"kid": "test"})
NAMES = {
    "lin-he": "林禾",
    "zhou-man": "周满",
    "shen-lan": "沈岚",
    "lu-zhiyuan": "陆知远",
    "jiang-ying": "江映",
    "bai-heng": "白衡",
    "gu-mingzhu": "顾明烛",
    "qiao-songnian": "乔松年",
    "wen-qinghe": "温清禾",
    "no-card": "未认证",
}
MONDAY = datetime(2026, 11, 23, 2, tzinfo=UTC)  # ten in the morning in Shanghai


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = MONDAY

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


class OwnKey(Provider):
    """The provider as far as it is asked over the network; what checks its tokens is the real thing."""

    def _discovered(self, name: str) -> str:
        return f"{ISSUER}/{name}"

    def _key_set(self, *, reload: bool) -> KeySet:
        return KeySet([KEY])

    def _redeem(self, code: str, sign_in: SignIn) -> dict[str, Any] | None:
        sub, _, nonce = code.partition(".")
        return {"id_token": token(sub, now=MONDAY, nonce=nonce, days=30)} if sub in NAMES else None


def claims_of(sub: str, *, now: datetime = MONDAY, days: float = 1) -> dict[str, Any]:
    """What the provider says of somebody."""
    level = 0 if sub == "no-card" else 3
    return {
        "iss": ISSUER, "aud": CLIENT, "sub": sub, "name": NAMES[sub], "assurance_level": level,
        "exp": int((now + timedelta(days=days)).timestamp()),
    }  # fmt: skip


def token(sub: str, *, now: datetime = MONDAY, days: float = 1, **more: Any) -> str:
    """A good ID token."""
    return jwt.encode(
        {"alg": "ES256", "kid": "test"},
        {**claims_of(sub, now=now, days=days), **more},
        KEY,
        algorithms=["ES256"],
    )


@dataclass
class Town:
    """Everything a test needs: the house, its door, and its clock."""

    house: House
    gateway: Gateway
    clock: Clock

    @property
    def store(self) -> Store:
        return self.house.store

    @property
    def program(self) -> Caller:
        return Caller(self.gateway)

    def browser(self, sub: str = "") -> Browser:
        """A fresh browser, signed in when somebody is named."""
        browser = Browser(self.gateway)
        if sub:
            answer = browser.sign_in(sub)
            assert answer.status == 200, answer.text
        return browser


def town(
    site: Path,
    data: Path,
    *,
    store: Store | None = None,
    environment: Mapping[str, str] | None = None,
    **more: Any,
) -> Town:
    """A house of its own over a published site; one address may do much, unless `environment` says otherwise."""
    clock = Clock()
    environ: Mapping[str, str] = {
        "BASE_URL": BASE, "SECRET_KEY": "a secret for tests, and long enough", "DATA_DIR": str(data), "SITE_DIR": str(site),
        "STAFF_FILE": str(STAFF), "OIDC_ISSUER": ISSUER, "OIDC_CLIENT_ID": CLIENT,
        "RATE_FACTOR": "1000", **(environment or {}),
    }  # fmt: skip
    made = build(settings.read(environ), clock=clock)
    own = OwnKey(
        issuer=ISSUER, client_id=CLIENT, client_secret="none", redirect_uri=f"{BASE}/signin/callback"
    )
    house = replace(made, provider=own, **more)
    if store is not None:
        desk = type(house.desk)(store=store, catalogue=house.catalogue, calendar=house.calendar)
        house = replace(house, store=store, desk=desk)
    return Town(house, Gateway(portal(lambda: house), house=lambda: house), clock)
