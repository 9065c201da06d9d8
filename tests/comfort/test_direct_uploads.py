"""Files that go straight to the bucket: signed, bounded, judged when the browser comes back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
import requests
from chalicelib.store.dynamo import DynamoStore
from chalicelib.store.embedded import EmbeddedStore
from chalicelib.store.models import Endpoint
from moto import mock_aws

from tests.comfort.citizen import PNG, Citizen, Page, Town, town
from tests.comfort.filling import at_materials, example
from tests.store.cloud import BUCKET, REGION, aws, emptied

ITEM = "huwai-zhaopai"
BASE = "https://zwfw.wanglan.example"
TOKEN = "a" * 32


@pytest.fixture
def cloud() -> Iterator[DynamoStore]:
    with mock_aws():
        aws("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        yield emptied(DynamoStore(Endpoint(REGION, prefix="test-"), bucket=BUCKET, direct=True))


@pytest.fixture
def here(cloud: DynamoStore, site: Path, tmp_path: Path) -> Town:
    return town(site, tmp_path, store=cloud)


def form_of(page: Page) -> tuple[str, dict[str, str]]:
    """The bucket's form of the first slot: address and hidden fields, as a browser would send them."""
    form = next(one for one in re.findall(r"<form.*?</form>", page.body.decode(), re.S) if "policy" in one)
    action = re.search(r'action="([^"]*)"', form)
    assert action
    fields = re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', form)
    return unescape(action[1]), {name: unescape(value) for name, value in fields}


def sent(page: Page, name: str = "照片.png", data: bytes = PNG) -> str:
    """Sends a file to the bucket; the path it sends the browser back to."""
    url, fields = form_of(page)
    assert "_csrf" not in fields  # nothing of ours goes there
    answer = requests.post(url, data=fields, files={"file": (name, data)}, allow_redirects=False, timeout=5)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"].removeprefix(BASE)


def page_of(who: Citizen) -> Page:
    return at_materials(who, ITEM, example(ITEM))


def test_a_file_sent_to_the_bucket_lands_in_its_slot(here: Town) -> None:
    who = here.citizen()
    page = page_of(who)
    after = who.get(sent(page))
    assert after.path == page.path and "照片.png</a>" in after.text
    file = re.search(r'href="(/apply/[^"]*/files/[0-9a-f]{64})"', after.text)
    assert file and who.get(file[1]).body == PNG


def test_the_page_may_post_to_the_bucket_and_nowhere_else(here: Town) -> None:
    page = page_of(here.citizen())
    policy = dict(page.headers)["Content-Security-Policy"]
    origin = re.match(r"https://[^/]+", form_of(page)[0])
    assert origin and policy.endswith(f"form-action 'self' {origin[0]}")


@pytest.mark.parametrize(("data", "said"), [(b"MZ not a picture", "文件的类型不对"), (b"", "空的")])
def test_what_it_is_is_judged_when_it_comes_back(here: Town, data: bytes, said: str) -> None:
    who = here.citizen()
    page = who.get(sent(page_of(who), data=data))
    assert page.status == 422 and said in page.text


def test_the_bucket_is_told_the_limit(cloud: DynamoStore) -> None:
    import base64
    import json

    ticket = cloud.upload_ticket(TOKEN, max_bytes=1000, back=f"{BASE}/x")
    assert ticket
    policy = json.loads(base64.b64decode(ticket.fields["policy"]))
    assert ["content-length-range", 1, 1000] in policy["conditions"]
    assert ["starts-with", "$key", f"incoming/{TOKEN}/"] in policy["conditions"]
    assert {"success_action_redirect": f"{BASE}/x"} in policy["conditions"]


def test_too_much_is_not_read_even_if_the_bucket_took_it(cloud: DynamoStore) -> None:
    aws("s3").put_object(Bucket=BUCKET, Key=f"incoming/{TOKEN}/x.png", Body=b"12345")
    assert cloud.take_upload(TOKEN, f"incoming/{TOKEN}/x.png", max_bytes=4) is None
    assert cloud.take_upload(TOKEN, f"incoming/{TOKEN}/x.png", max_bytes=5) == b"12345"


@pytest.mark.parametrize(
    ("token", "key"),
    [(TOKEN, "incoming/other/x.png"), (TOKEN, f"incoming/{TOKEN}/none.png"), ("../files", "incoming/../files/x"), ("", "files/x"),
     (TOKEN, f"incoming/{TOKEN}/" + "长" * 400)],
)  # fmt: skip
def test_only_what_came_with_the_ticket_is_taken(cloud: DynamoStore, token: str, key: str) -> None:
    assert cloud.take_upload(token, key, max_bytes=100) is None


@pytest.mark.parametrize("changed", [("slot=", "slot=x"), ("m=", "m=x"), ("t=", "t=0")])
def test_an_address_of_ones_own_making_is_refused(here: Town, changed: tuple[str, str]) -> None:
    who = here.citizen()
    assert who.get(sent(page_of(who)).replace(*changed)).status == 403


def test_somebody_elses_address_opens_nothing(here: Town) -> None:
    path = sent(page_of(here.citizen()))
    assert here.citizen().get(path).status == 404


def test_coming_back_twice_keeps_one_file(here: Town) -> None:
    who = here.citizen()
    path = sent(page_of(who))
    who.get(path)
    assert who.get(path).text.count("照片.png</a>") == 1


def test_on_one_machine_files_come_through_the_server(site: Path, tmp_path: Path) -> None:
    assert EmbeddedStore(tmp_path).upload_ticket(TOKEN, max_bytes=1, back="x") is None
    page = page_of(town(site, tmp_path).citizen())
    assert "policy" not in page.text and "form-action 'self'" in dict(page.headers)["Content-Security-Policy"]
