"""Files in S3, or in anything that speaks it, each under the SHA-256 of its bytes."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from .port import StoreUnavailable, Ticket
from .wire import check_file, is_sha256

_TICKET_SECONDS = 3600
_LONGEST_KEY = 1024
_TOKEN = re.compile(r"[0-9a-f]{32}")


class BucketFiles:
    """Content-addressed objects; the client is made at the first file and shared by all threads.

    With `direct`, browsers send files to incoming/ themselves; a rule of the bucket drops those after a day.
    The role needs s3:ListBucket: without it S3 answers "forbidden" where "no such key" is meant.
    """

    def __init__(
        self, bucket: str, *, region: str, endpoint: str | None, timeout_seconds: float, direct: bool = False
    ) -> None:
        self.bucket = bucket
        self.direct = direct
        self.region = region
        self.endpoint = endpoint
        self.timeout_seconds = timeout_seconds

    def put_file(self, data: bytes) -> str:
        """S3 itself refuses bytes that do not match the hash, and answers only when they are durable."""
        digest = hashlib.sha256(data)
        try:
            self._s3.put_object(
                Bucket=self.bucket,
                Key=_name(digest.hexdigest()),
                Body=data,
                ChecksumSHA256=base64.b64encode(digest.digest()).decode(),
            )
        except (BotoCoreError, ClientError) as error:
            raise StoreUnavailable(f"file {digest.hexdigest()} was not kept: {error}") from error
        return digest.hexdigest()

    def get_file(self, sha256: str) -> bytes | None:
        """The bytes of that hash, or None."""
        if not is_sha256(sha256):
            return None
        try:
            answer = self._s3.get_object(Bucket=self.bucket, Key=_name(sha256))
            return check_file(sha256, answer["Body"].read())
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                return None
            raise StoreUnavailable(f"file {sha256} cannot be read: {error}") from error
        except BotoCoreError as error:
            raise StoreUnavailable(f"file {sha256} cannot be read: {error}") from error

    def hold_file(self, sha256: str) -> bool:
        """Copies the object onto itself: a new version, and so a new stamp."""
        name = _name(sha256)
        copy = {"Bucket": self.bucket, "Key": name}
        return is_sha256(sha256) and self._asked(
            lambda: self._s3.copy_object(
                Bucket=self.bucket, Key=name, CopySource=copy, MetadataDirective="REPLACE"
            )
        )

    def file_stamp(self, sha256: str) -> str | None:
        """The version of the object; where the bucket keeps no versions, when it was last written."""
        answer: dict[str, Any] = {}
        if not is_sha256(sha256) or not self._asked(
            lambda: answer.update(self._s3.head_object(Bucket=self.bucket, Key=_name(sha256)))
        ):
            return None
        version = answer.get("VersionId", "null")
        return str(answer["LastModified"].isoformat() if version == "null" else version)

    def drop_file(self, sha256: str, *, stamp: str) -> bool:
        """Deletes the versions there are, each by its name: one that is put meanwhile is another, and stays."""
        versions = self._versions(sha256)
        if self.file_stamp(sha256) != stamp:
            return False
        for version in versions:
            self._asked(
                partial(self._s3.delete_object, Bucket=self.bucket, Key=_name(sha256), VersionId=version)
            )
        return True

    def _versions(self, sha256: str) -> list[str]:
        found: dict[str, Any] = {}
        self._asked(
            lambda: found.update(
                self._s3.list_object_versions(Bucket=self.bucket, Prefix=_name(sha256), MaxKeys=1000)
            )
        )
        return [str(one["VersionId"]) for one in found.get("Versions", ())]

    def _asked(self, request: Callable[[], object]) -> bool:
        """Whether there was such an object; what S3 could not do is StoreUnavailable."""
        try:
            request()
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "NoSuchVersion", "404"):
                return False
            raise StoreUnavailable(str(error)) from error
        except BotoCoreError as error:
            raise StoreUnavailable(str(error)) from error
        return True

    def upload_ticket(self, token: str, *, max_bytes: int, back: str) -> Ticket | None:
        """Signed here, without a request; good for an hour, for one prefix, for at most `max_bytes`."""
        if not self.direct:
            return None
        fields = {"success_action_redirect": back}
        conditions: list[Any] = [{"success_action_redirect": back}, ["content-length-range", 1, max_bytes]]
        key = _incoming(token) + "${filename}"
        made = self._s3.generate_presigned_post(
            self.bucket, key, Fields=fields, Conditions=conditions, ExpiresIn=_TICKET_SECONDS
        )
        return Ticket(made["url"], made["fields"])

    def take_upload(self, token: str, key: str, *, max_bytes: int) -> bytes | None:
        """Looks at the size before it reads; a key outside the ticket's own prefix is not looked at."""
        if not (
            _TOKEN.fullmatch(token) and key.startswith(_incoming(token)) and len(key.encode()) <= _LONGEST_KEY
        ):
            return None
        try:
            answer = self._s3.get_object(Bucket=self.bucket, Key=key)
            return bytes(answer["Body"].read()) if answer["ContentLength"] <= max_bytes else None
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                return None
            raise StoreUnavailable(f"upload {key} cannot be read: {error}") from error
        except BotoCoreError as error:
            raise StoreUnavailable(f"upload {key} cannot be read: {error}") from error

    @cached_property
    def _s3(self) -> Any:
        config = Config(
            signature_version="s3v4",
            connect_timeout=self.timeout_seconds,
            read_timeout=self.timeout_seconds,
            retries={"total_max_attempts": 3, "mode": "standard"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            s3={"addressing_style": "path" if self.endpoint else "auto"},
        )
        session = botocore.session.get_session()
        return session.create_client("s3", self.region, endpoint_url=self.endpoint, config=config)


def _incoming(token: str) -> str:
    return f"incoming/{token}/"


def _name(sha256: str) -> str:
    return f"files/{sha256}"
