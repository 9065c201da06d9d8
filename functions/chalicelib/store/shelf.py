"""What was published, in a bucket: read through a folder of this machine, and asked for again by its tag."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from schemas.published_names import never_changes

from .port import StoreUnavailable

FRESH = timedelta(seconds=30)
AT_ONCE = 16  # files on their way; the index of a province has a hundred
_GONE, _SAME = frozenset({"NoSuchKey", "404"}), "304"
_log = logging.getLogger("banshi")


@dataclass(frozen=True, slots=True)
class _Known:
    """What the bucket said of a name, and when: its tag, or "" when there is nothing."""

    tag: str
    asked: datetime


class Bucket:
    """A shelf whose files come from a bucket. What was read within the last half minute is not asked for again.

    When the bucket does not answer, what was read before still serves; without it, StoreUnavailable.
    The role needs s3:ListBucket: without it S3 answers "forbidden" where "no such key" is meant.
    """

    def __init__(
        self, bucket: str, cache: Path, *, region: str, endpoint: str | None, clock: Callable[[], datetime]
    ) -> None:
        self._bucket, self._cache = bucket, cache
        self._region, self._endpoint, self._clock = region, endpoint, clock
        self._known: dict[str, _Known] = {}

    def file(self, name: str) -> Path | None:
        """The file's copy on this machine."""
        return self._copy(name) if self._tag(name) else None

    def stamp(self, name: str) -> Hashable:
        """The tag that the bucket gave the file."""
        return self._tag(name) or None

    def bring(self, names: Iterable[str]) -> None:
        """Copies the files that are not here, many at once."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(self._tag, names))

    def _copy(self, name: str) -> Path:
        """Where the copy of a name lies: a hash of it, since a name may be a file here and a folder there."""
        return self._cache / hashlib.sha256(name.encode()).hexdigest()

    def _tag(self, name: str) -> str:
        known, now = self._known.get(name), self._clock()
        if known and (now - known.asked < FRESH or (known.tag and never_changes(name))):
            return known.tag
        tag = self._asked(name, known.tag if known else "")
        self._known[name] = _Known(tag, now)
        return tag

    def _asked(self, name: str, tag: str) -> str:
        """The tag of the file now; a file that is new or another one is copied."""
        try:
            unless = {"IfNoneMatch": tag} if tag else {}
            answer = self._s3.get_object(Bucket=self._bucket, Key=name, **unless)
            self._keep(name, answer["Body"].read())
            return str(answer["ETag"])
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _GONE:
                return ""
            return tag if code == _SAME else _old(tag, name, error)
        except BotoCoreError as error:
            return _old(tag, name, error)

    def _keep(self, name: str, data: bytes) -> None:
        self._cache.mkdir(parents=True, exist_ok=True)
        fresh = self._cache / secrets.token_hex(8)
        fresh.write_bytes(data)
        fresh.replace(self._copy(name))

    @cached_property
    def _s3(self) -> Any:
        config = Config(
            signature_version="s3v4",
            connect_timeout=2,
            read_timeout=10,
            retries={"total_max_attempts": 3, "mode": "standard"},
            s3={"addressing_style": "path" if self._endpoint else "auto"},
        )
        session = botocore.session.get_session()
        return session.create_client("s3", self._region, endpoint_url=self._endpoint, config=config)


def _old(tag: str, name: str, error: Exception) -> str:
    if not tag:
        raise StoreUnavailable(f"published file {name} cannot be read: {error}") from error
    _log.warning("published file %s: what was read before still serves: %s", name, error)
    return tag
