"""AWS as deploying uses it: real clients of boto3, which AWS_ENDPOINT_URL, read by boto3 itself, points elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from publishing.deploy.listing import File
from publishing.deploy.secret import Secret

Json = dict[str, Any]
_PATIENT = Config(retries={"total_max_attempts": 6, "mode": "standard"}, connect_timeout=10, read_timeout=60)
_GONE = frozenset({"NoSuchKey", "404", "NoSuchBucket"})
_TAKEN = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})


class Cloud:
    """One region's clients, each made when it is first needed."""

    def __init__(self, region: str) -> None:
        self.region = region
        self._session = boto3.session.Session(region_name=region)

    @cached_property
    def _s3(self) -> Any:
        return self._session.client("s3", config=_PATIENT)

    @cached_property
    def cloudformation(self) -> Any:
        """For stacks.py."""
        return self._session.client("cloudformation", config=_PATIENT)

    @cached_property
    def _cloudfront(self) -> Any:
        return self._session.client("cloudfront", config=_PATIENT)

    def secret(self, name: str) -> Secret | None:
        """The secret, to see that it has what the functions need; None when there is none."""
        try:
            answer = self._session.client("secretsmanager", config=_PATIENT).get_secret_value(SecretId=name)
        except ClientError:
            return None
        return Secret(answer["VersionId"], json.loads(answer["SecretString"]))

    def read(self, bucket: str, key: str) -> bytes | None:
        """An object; None when there is none."""
        try:
            data: bytes = self._s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in _GONE:
                return None
            raise
        return data

    def keep(self, bucket: str, key: str, data: bytes) -> None:
        """Writes an object, over whatever was there."""
        self._s3.put_object(Bucket=bucket, Key=key, Body=data)

    def claim(self, bucket: str, key: str, data: bytes) -> bool:
        """Writes an object where there is none; False: somebody else was first."""
        try:
            self._s3.put_object(Bucket=bucket, Key=key, Body=data, IfNoneMatch="*")
        except ClientError as error:
            if error.response["Error"]["Code"] in _TAKEN:
                return False
            raise
        return True

    def drop(self, bucket: str, key: str) -> None:
        """Removes an object; its versions stay."""
        self._s3.delete_object(Bucket=bucket, Key=key)

    def publish(self, bucket: str, key: str, file: File) -> str:
        """Uploads a file of the site; the version that the bucket gave it."""
        answer = self._s3.put_object(
            Bucket=bucket,
            Key=key,
            Body=file.path.read_bytes(),
            ContentType=file.kind,
            CacheControl=file.caching,
        )
        return str(answer.get("VersionId", ""))

    def bring_back(self, bucket: str, key: str, version: str) -> str:
        """Makes an earlier version the present one, in the bucket itself; its new version."""
        source = {"Bucket": bucket, "Key": key, "VersionId": version}
        return str(self._s3.copy_object(Bucket=bucket, Key=key, CopySource=source).get("VersionId", ""))

    def withdraw(self, bucket: str, keys: Iterable[str]) -> None:
        """Takes files off the site; earlier versions stay."""
        objects = [{"Key": key} for key in keys]
        for start in range(0, len(objects), 1000):
            self._s3.delete_objects(
                Bucket=bucket, Delete={"Objects": objects[start : start + 1000], "Quiet": True}
            )

    def forget(self, distribution: str, paths: Iterable[str], *, mark: str) -> str:
        """Asks the CDN to drop these; the same mark twice is one request."""
        items = list(paths)
        batch = {"Paths": {"Quantity": len(items), "Items": items}, "CallerReference": mark}
        answer = self._cloudfront.create_invalidation(DistributionId=distribution, InvalidationBatch=batch)
        return str(answer["Invalidation"]["Id"])

    def resources(self, stack: str) -> dict[str, str]:
        """{logical id: physical id} of a stack."""
        pages = self.cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
        found: Iterator[Mapping[str, Any]] = (one for page in pages for one in page["StackResourceSummaries"])
        return {one["LogicalResourceId"]: one.get("PhysicalResourceId", "") for one in found}
