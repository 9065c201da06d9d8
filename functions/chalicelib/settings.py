"""Settings, read from the environment once, at the entrance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path


class BadSettings(Exception):
    """The process must not start like this; the message says which variable to set."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are and who may be believed. Secrets come from the environment only."""

    base_url: str
    secret: str
    secret_before: str
    store: str
    data_dir: Path
    site_dir: Path
    staff_file: Path
    policy_file: Path | None
    interfaces: str
    issuer: str
    client_id: str
    client_secret: str
    assurance: int
    production: bool
    table_prefix: str
    region: str
    bucket: str
    site_bucket: str
    settings_bucket: str
    dynamodb_endpoint: str | None
    files_endpoint: str | None
    direct: bool
    mail: Mapping[str, str]
    idle: timedelta
    behind_cdn: bool
    rate_factor: int
    environ: Mapping[str, str] = field(repr=False)  # where keys are that the interfaces file names

    @property
    def secure(self) -> bool:
        """Whether cookies may only travel over TLS."""
        return self.base_url.startswith("https://")


def read(environ: Mapping[str, str]) -> Settings:
    """The settings in `environ`; BadSettings when something needed is missing or unfit for production."""
    settings = _as_given(environ)
    return _checked(settings, [*_faults_of_store(settings), *_faults_of_service(settings)])


def for_data(environ: Mapping[str, str]) -> Settings:
    """The settings of commands that touch the data only and answer nobody."""
    settings = _as_given(environ)
    return _checked(settings, _faults_of_store(settings))


def _as_given(environ: Mapping[str, str]) -> Settings:
    data_dir = Path(environ.get("DATA_DIR", "var")).resolve()
    production = environ.get("BANSHI_ENV", "production") != "development"
    return Settings(
        base_url=environ.get("BASE_URL", "http://localhost:8000").rstrip("/"),
        secret=environ.get("SECRET_KEY", ""),
        secret_before=environ.get("SECRET_KEY_BEFORE", ""),
        store=environ.get("STORE", "embedded"),
        data_dir=data_dir,
        site_dir=Path(environ.get("SITE_DIR", data_dir / "site")).resolve(),
        staff_file=Path(environ.get("STAFF_FILE", "")),
        policy_file=Path(environ["POLICY_FILE"]) if environ.get("POLICY_FILE") else None,
        interfaces=environ.get("INTERFACES_FILE", ""),
        issuer=environ.get("OIDC_ISSUER", "").rstrip("/"),
        client_id=environ.get("OIDC_CLIENT_ID", "banshi"),
        client_secret=environ.get("OIDC_CLIENT_SECRET", ""),
        assurance=_whole(environ, "OIDC_MIN_ASSURANCE", 2, 0, 9),
        production=production,
        table_prefix=environ.get("TABLE_PREFIX", "banshi-"),
        region=environ.get("AWS_REGION", ""),
        bucket=environ.get("FILES_BUCKET", ""),
        site_bucket=environ.get("SITE_BUCKET", ""),
        settings_bucket=environ.get("SETTINGS_BUCKET", ""),
        dynamodb_endpoint=environ.get("DYNAMODB_ENDPOINT") or None,
        files_endpoint=environ.get("FILES_ENDPOINT") or None,
        direct=environ.get("DIRECT_UPLOADS", "") == "1",
        idle=timedelta(minutes=_whole(environ, "IDLE_MINUTES", 30, 1, 480)),
        behind_cdn=environ.get("BEHIND_CDN", "") == "1",
        rate_factor=_whole(environ, "RATE_FACTOR", 1, 1, 100_000),
        mail={name: environ[name] for name in ("MAIL_URL", "MAIL_FROM") if environ.get(name)},
        environ=environ,
    )


_DEVELOPMENT = "development"  # the client secret that `make serve` sets
Faults = list[tuple[bool, str]]


def _faults_of_store(settings: Settings) -> Faults:
    return [
        (settings.store not in ("embedded", "dynamo"), "STORE must be embedded or dynamo"),
        (settings.store == "dynamo" and not settings.bucket, "FILES_BUCKET must name the bucket for uploads"),
        (
            settings.store == "dynamo" and not settings.region,
            "AWS_REGION must be set: data stay where it says",
        ),
    ]


def _faults_of_service(settings: Settings) -> Faults:
    return [
        (len(settings.secret) < 32, "SECRET_KEY must be at least 32 characters"),
        (0 < len(settings.secret_before) < 32, "SECRET_KEY_BEFORE must be the whole secret used before"),
        (set(settings.mail) == {"MAIL_URL"}, "MAIL_FROM must be the address that mail comes from"),
        (not settings.issuer, "OIDC_ISSUER must be the address of the identity provider"),
        (
            not (settings.settings_bucket or settings.staff_file.is_file()),
            "STAFF_FILE must be the staff directory (JSON)",
        ),
        (settings.production and not settings.secure, "BASE_URL must be https:// in production"),
        (settings.production and not settings.issuer.startswith("https://"), "OIDC_ISSUER must be https://"),
        (
            settings.production and settings.client_secret == _DEVELOPMENT,
            "OIDC_CLIENT_SECRET is that of the development sign-in",
        ),
    ]


def _whole(environ: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = environ.get(name, "") or str(default)
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise BadSettings(f"{name} must be a whole number from {least} to {most}")
    return int(text)


def _checked(settings: Settings, faults: Faults) -> Settings:
    for wrong, message in faults:
        if wrong:
            raise BadSettings(message)
    return settings
