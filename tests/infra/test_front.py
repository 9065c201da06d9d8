"""The functions as API Gateway calls them: one resource, the stage before the path, published files in a bucket."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from app import portal
from chalicelib.http.throttle import BY_ADDRESS
from chalicelib.published import read
from chalicelib.store.port import StoreUnavailable
from chalicelib.store.shelf import FRESH, Bucket
from gateway import Context
from moto import mock_aws

from tests.http.stand_in import Clock, Town, town
from tests.infra.edge import EDGE
from tests.store.cloud import REGION, aws

SITE = "banshi-site"
MOVED = {"status": 308, "redirects": {"/guides/old/": "/guides/huwai-zhaopai/"}}


@pytest.fixture(scope="module")
def bucket(site: Path) -> Iterator[Any]:
    """The published site in a bucket, pages under their addresses."""
    with mock_aws():
        s3 = aws("s3")
        s3.create_bucket(Bucket=SITE, CreateBucketConfiguration={"LocationConstraint": REGION})
        for file in (*site.glob("catalogue/**/*.json"), *site.glob("search-index/*"), site / "404.html"):
            s3.put_object(Bucket=SITE, Key=file.relative_to(site).as_posix(), Body=file.read_bytes())
        for page in ("apply/huwai-zhaopai/", "guides/huwai-zhaopai/"):
            s3.put_object(Bucket=SITE, Key=page, Body=(site / page / "index.html").read_bytes())
        s3.put_object(Bucket=SITE, Key="redirects.json", Body=json.dumps(MOVED).encode())
        yield s3


@pytest.fixture
def shelf(bucket: Any, tmp_path: Path) -> Bucket:
    return Bucket(SITE, tmp_path / "cache", region=REGION, endpoint=None, clock=Clock())


@pytest.fixture
def here(bucket: Any, site: Path, tmp_path: Path) -> Town:
    """A house whose published site is the bucket's."""
    made = town(site, tmp_path)
    shelf = Bucket(SITE, tmp_path / "cache", region=REGION, endpoint=None, clock=made.clock)
    settings = replace(made.house.settings, site_bucket=SITE)
    return Town(replace(made.house, settings=settings, site=shelf), made.gateway, made.clock)


def call(here: Town, method: str, path: str, **headers: str) -> dict[str, Any]:
    """One request as API Gateway hands it over."""
    event = {
        "resource": "/{proxy+}", "path": path, "httpMethod": method, "headers": {"Accept": "text/html", **headers},
        "multiValueQueryStringParameters": None, "pathParameters": {"proxy": path.strip("/")}, "stageVariables": None,
        "requestContext": {"path": f"/api{path}", "stage": "api", "resourcePath": "/{proxy+}", "httpMethod": method,
                           "identity": {"sourceIp": EDGE}},
        "body": None, "isBase64Encoded": False,
    }  # fmt: skip
    answer: dict[str, Any] = portal(lambda: here.house)(event, Context())
    return answer


def text(answer: dict[str, Any]) -> str:
    body: str = answer["body"]
    return base64.b64decode(body).decode() if answer.get("isBase64Encoded") else body


@pytest.mark.parametrize("path", ["/status", "/status/", "/en/status/", "/ask/", "/search/"])
def test_a_route_is_found_with_and_without_its_slash(here: Town, path: str) -> None:
    assert call(here, "GET", path)["statusCode"] == 200


def test_the_stage_is_no_part_of_the_address(here: Town) -> None:
    away = call(here, "GET", "/me/")
    assert away["statusCode"] == 303 and away["headers"]["Location"] == "/signin?next=/me/"


def test_the_first_page_of_an_application_can_be_filled_in(here: Town) -> None:
    answer = call(here, "GET", "/apply/huwai-zhaopai/")
    assert answer["statusCode"] == 200 and 'action="/apply/huwai-zhaopai/"' in text(answer)


def test_a_page_published_below_an_address_of_the_functions_is_shown(here: Town, bucket: Any) -> None:
    bucket.put_object(Bucket=SITE, Key="ask/how/", Body="<h1>怎样提问</h1>".encode())
    answer = call(here, "GET", "/ask/how/")
    assert answer["statusCode"] == 200 and text(answer) == "<h1>怎样提问</h1>"
    assert "form-action 'self'" in answer["headers"]["Content-Security-Policy"]


def test_an_item_that_nobody_published_is_not_found(here: Town) -> None:
    assert call(here, "GET", "/apply/nothing-here/")["statusCode"] == 404


def test_an_address_that_moved_leads_to_the_new_one(here: Town) -> None:
    for path in ("/guides/old", "/guides/old/"):
        answer = call(here, "GET", path)
        assert (answer["statusCode"], answer["headers"]["Location"]) == (308, "/guides/huwai-zhaopai/")


def test_an_address_without_its_slash_leads_to_the_page(here: Town) -> None:
    answer = call(here, "GET", "/guides/huwai-zhaopai")
    assert (answer["statusCode"], answer["headers"]["Location"]) == (308, "/guides/huwai-zhaopai/")


def test_what_is_nowhere_is_the_published_404_page_in_chinese_and_ours_in_english(
    here: Town, site: Path
) -> None:
    chinese, english, program = (
        call(here, "GET", path) for path in ("/no/such/", "/en/no/such/", "/api/v1/nothing")
    )
    assert chinese["statusCode"] == english["statusCode"] == program["statusCode"] == 404
    assert text(chinese) == (site / "404.html").read_text("utf-8")
    assert '<html lang="en"' in text(english)
    assert program["headers"]["Content-Type"].startswith("application/problem+json")


def test_a_wrong_method_hears_which_are_right(here: Town) -> None:
    answer = call(here, "DELETE", "/status/")
    assert answer["statusCode"] == 405 and answer["headers"]["Allow"] == "GET, HEAD, POST"
    assert call(here, "PUT", "/api/v1/applications")["headers"]["Allow"] == "POST"


def test_a_head_is_a_get_without_its_body(here: Town) -> None:
    answer = call(here, "HEAD", "/status/")
    assert answer["statusCode"] == 200 and answer["body"] == ""


@pytest.mark.parametrize(
    ("forwarded", "last"),
    [
        (f"198.51.100.{{}}, {EDGE}", 303),  # visitors each with an address of their own: CloudFront adds it
        (f"198.51.100.{{}}, 192.0.2.7, {EDGE}", 429),  # one visitor who writes the header himself
        ("198.51.100.{}, 192.0.2.7", 429),  # the same, should API Gateway not add the edge
    ],
)
def test_tries_are_counted_by_the_address_that_the_cdn_saw(here: Town, forwarded: str, last: int) -> None:
    settings = replace(here.house.settings, behind_cdn=True, rate_factor=1)
    strict = Town(replace(here.house, settings=settings), here.gateway, here.clock)
    most = BY_ADDRESS["sign_in"].most
    said = [
        call(strict, "GET", "/signin", **{"X-Forwarded-For": forwarded.format(n)}) for n in range(most + 1)
    ]
    assert said[-1]["statusCode"] == last


@pytest.mark.parametrize(
    "path", ["//evil.example", "//evil.example/", "/%2e%2e/settings/staff.json", "/a" * 600, "/\x00"]
)
def test_hostile_addresses_are_not_found(here: Town, path: str) -> None:
    answer = call(here, "GET", path)
    assert answer["statusCode"] == 404 and "Location" not in answer["headers"]


def test_the_catalogue_and_the_search_index_are_read_from_the_bucket(here: Town) -> None:
    found = text(call(here, "GET", "/search/suggest"))
    assert json.loads(found) == {"items": []}
    assert read(here.house.site, "catalogue/index.json")


def test_a_file_is_asked_for_again_after_half_a_minute_and_only_copied_when_it_changed(
    bucket: Any, shelf: Bucket
) -> None:
    clock: Any = shelf._clock
    bucket.put_object(Bucket=SITE, Key="news.json", Body=b"one")
    assert read(shelf, "news.json") == b"one"
    first = shelf.stamp("news.json")
    bucket.put_object(Bucket=SITE, Key="news.json", Body=b"two")
    assert read(shelf, "news.json") == b"one"
    clock.now += FRESH
    assert read(shelf, "news.json") == b"two" and shelf.stamp("news.json") != first
    clock.now += FRESH
    assert read(shelf, "news.json") == b"two"


def test_a_file_that_was_not_there_is_found_when_it_comes_and_lost_when_it_goes(
    bucket: Any, shelf: Bucket
) -> None:
    clock: Any = shelf._clock
    assert read(shelf, "later.json") is None and shelf.stamp("later.json") is None
    bucket.put_object(Bucket=SITE, Key="later.json", Body=b"here")
    clock.now += FRESH
    assert read(shelf, "later.json") == b"here"
    bucket.delete_object(Bucket=SITE, Key="later.json")
    clock.now += FRESH
    assert read(shelf, "later.json") is None


def test_what_was_read_before_serves_while_the_bucket_is_away(bucket: Any, shelf: Bucket) -> None:
    clock: Any = shelf._clock
    bucket.put_object(Bucket=SITE, Key="steady.json", Body=b"kept")
    assert read(shelf, "steady.json") == b"kept"
    shelf._bucket = "no-such-bucket-at-all"
    clock.now += timedelta(hours=1)
    assert read(shelf, "steady.json") == b"kept"
    with pytest.raises(StoreUnavailable):
        shelf.file("never-read.json")


def test_a_new_index_brings_only_the_files_that_are_new(bucket: Any, shelf: Bucket) -> None:
    clock: Any = shelf._clock
    names = [f"search-index/{number:020x}.bin" for number in range(40)]
    for name in names:
        bucket.put_object(Bucket=SITE, Key=name, Body=name.encode())
    asked: list[str] = []
    shelf._s3.meta.events.register(
        "provide-client-params.s3.GetObject", lambda params, **_: asked.append(params["Key"])
    )
    shelf.bring(names[:39])
    assert sorted(asked) == names[:39]
    clock.now += timedelta(days=1)
    shelf.bring(names)
    assert asked[39:] == [names[39]]
    assert [read(shelf, name) for name in names] == [name.encode() for name in names]


def test_a_version_of_an_item_is_asked_for_once(bucket: Any, shelf: Bucket) -> None:
    clock: Any = shelf._clock
    name = "catalogue/some-item/0123456789abcdef.json"
    bucket.put_object(Bucket=SITE, Key=name, Body=b"{}")
    assert read(shelf, name) == b"{}"
    shelf._bucket = "no-such-bucket-at-all"
    clock.now += timedelta(days=1)
    assert read(shelf, name) == b"{}"
