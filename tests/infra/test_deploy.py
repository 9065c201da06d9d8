"""Deploying, against a moto server with boto3's own clients: what changed is sent, a killed run goes on, back is back."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from moto.server import ThreadedMotoServer

from publishing.deploy import listing, run, stages
from publishing.deploy.cloud import Cloud
from publishing.deploy.infra import INFRA
from publishing.deploy.journal import Journal
from publishing.deploy.release import Release
from publishing.deploy.run import Deployment, Stopped, Wanted
from publishing.deploy.stages import Stage
from tests.store.cloud import REGION

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
STAGE = Stage("trial", REGION, {"SettingsStamp": "s1"}, {"settings/staff.json": b"[]"})
FILES = {
    "index.html": "home", "guides/a/index.html": "guide a", "guides/b/index.html": "guide b",
    "static/portal.0123456789.css": "css", "catalogue/a/0123456789abcdef.json": "{}", "catalogue/a.json": "{}",
    "catalogue/index.json": "[]",
}  # fmt: skip
MUTATING = ("keep", "claim", "drop", "publish", "bring_back", "withdraw", "forget")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    made = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    made.start()
    host, port = made.get_host_and_port()
    yield f"http://{host}:{port}"
    made.stop()


@pytest.fixture(autouse=True)
def aws(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty AWS: the clients are the real ones, the address alone differs."""
    for name, value in (
        ("AWS_ENDPOINT_URL", server),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
    ):
        monkeypatch.setenv(name, value)
    urllib.request.urlopen(urllib.request.Request(f"{server}/moto-api/reset", method="POST")).close()


class Killed(BaseException):
    """As a process is: nothing after it runs."""


class Town(Cloud):
    """AWS with what moto's CloudFormation leaves out: versions in the bucket, a distribution. It may kill."""

    def __init__(self, kill: int = 0, *, after: bool = False) -> None:
        super().__init__(REGION)
        self.calls: list[tuple[str, str]] = []
        self._kill, self._after = kill, after

    def resources(self, stack: str) -> dict[str, str]:
        found = super().resources(stack)
        if "SiteBucket" not in found:
            return found
        self._s3.put_bucket_versioning(
            Bucket=found["SiteBucket"], VersioningConfiguration={"Status": "Enabled"}
        )
        known = self._cloudfront.list_distributions()["DistributionList"].get("Items", [])
        return found | {"Cdn": known[0]["Id"] if known else self._distribution()}

    def _distribution(self) -> str:
        origin = {
            "Id": "o",
            "DomainName": "x.s3.amazonaws.com",
            "S3OriginConfig": {"OriginAccessIdentity": ""},
        }
        config = {
            "CallerReference": "one", "Comment": "", "Enabled": True, "Origins": {"Quantity": 1, "Items": [origin]},
            "DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": "https-only"},
        }  # fmt: skip
        return str(self._cloudfront.create_distribution(DistributionConfig=config)["Distribution"]["Id"])

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        return partial(self._counted, name, found) if name in MUTATING else found

    def _counted(self, name: str, act: Callable[..., Any], *given: Any, **named: Any) -> Any:
        self.calls.append((name, str(given[1]) if len(given) > 1 else ""))
        if len(self.calls) == self._kill and not self._after:
            raise Killed
        done = act(*given, **named)
        if len(self.calls) == self._kill:
            raise Killed
        return done


class Office:
    """A place from which a stage is deployed: a site, a journal."""

    def __init__(self, folder: Path) -> None:
        self.site, self.folder = folder / "site", folder
        self.write(FILES)

    def write(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            (self.site / name).parent.mkdir(parents=True, exist_ok=True)
            (self.site / name).write_text(text)

    def deployment(self, cloud: Cloud, stage: Stage = STAGE) -> Deployment:
        return Deployment(stage, cloud, Journal(self.folder / "journal.jsonl"), tell=lambda *_: None)

    def wanted(
        self, live: Release | None, *, tables: tuple[str, ...] = ("Cases",), code: bytes = b"one"
    ) -> Wanted:
        (self.folder / "code.zip").write_bytes(code)
        template = small(*tables)
        files = dict(listing.listed(self.site))
        name = f"packages/code-{code.decode()}.zip"
        release = Release(
            id=live.id + 1 if live else 1, at="", before=live.id if live else None,
            template=f"templates/{'-'.join(tables)}-{code.decode()}.json", code=name, layer=name,
            parameters=STAGE.parameters, settings={"settings/staff.json": "hash-of-staff"},
            files={key: (file.sha256, "") for key, file in files.items()},
        )  # fmt: skip
        return Wanted(release, template, {name: self.folder / "code.zip"}, files)

    def deploy(self, cloud: Cloud, **how: Any) -> Release:
        deployment = self.deployment(cloud)
        return deployment.carry_out(self.wanted(deployment.live(), **how), now=NOW)

    def back(self, cloud: Cloud) -> Release:
        deployment = self.deployment(cloud)
        return deployment.finished() or deployment.carry_out(run.earlier(deployment), now=NOW)


def small(*tables: str) -> dict[str, Any]:
    """A template that moto makes quickly: the site's bucket and some tables."""
    key = [{"AttributeName": "key", "KeyType": "HASH"}]
    table = {
        "Type": "AWS::DynamoDB::Table", "DeletionPolicy": "Retain",
        "Properties": {"BillingMode": "PAY_PER_REQUEST", "KeySchema": key,
                       "AttributeDefinitions": [{"AttributeName": "key", "AttributeType": "S"}]},
    }  # fmt: skip
    made: dict[str, Any] = {f"{name}Table": table for name in tables}
    parameters = {"ReleaseBucket": {"Type": "String"}, "SettingsStamp": {"Type": "String"}}
    return {"Parameters": parameters, "Resources": {"SiteBucket": {"Type": "AWS::S3::Bucket"}, **made}}


def shown() -> dict[str, bytes]:
    """What the site's bucket shows now."""
    s3, bucket = boto3.client("s3", REGION), Cloud(REGION).resources(STAGE.stack)["SiteBucket"]
    keys = [one["Key"] for one in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
    return {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}


def expected(files: dict[str, str]) -> dict[str, bytes]:
    return {listing.key_of(name): text.encode() for name, text in files.items()}


def forgotten() -> list[list[str]]:
    """What the CDN was asked to drop, oldest request first."""
    cdn = boto3.client("cloudfront", REGION)
    known = cdn.list_distributions()["DistributionList"]["Items"][0]["Id"]
    batches = cdn.list_invalidations(DistributionId=known)["InvalidationList"].get("Items", [])
    facts = [cdn.get_invalidation(DistributionId=known, Id=one["Id"])["Invalidation"] for one in batches]
    return [
        one["InvalidationBatch"]["Paths"]["Items"] for one in sorted(facts, key=lambda one: one["CreateTime"])
    ]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_the_first_deployment_makes_everything_and_keeps_what_it_did(office: Office) -> None:
    done = office.deploy(Town())
    assert shown() == expected(FILES)
    assert (done.id, done.before) == (1, None)
    assert office.deployment(Town()).live() == done and all(version for _, version in done.files.values())
    assert office.deployment(Town())._cloud.read(office.deployment(Town())._bucket, run.LOCK) is None


def test_pages_say_what_they_are_and_how_long_they_may_be_kept(office: Office) -> None:
    office.deploy(Town())
    s3, bucket = boto3.client("s3", REGION), Cloud(REGION).resources(STAGE.stack)["SiteBucket"]
    page, style = (
        s3.head_object(Bucket=bucket, Key=key) for key in ("guides/a/", "static/portal.0123456789.css")
    )
    assert (page["ContentType"], page["CacheControl"]) == ("text/html; charset=utf-8", "public, max-age=60")
    assert style["CacheControl"] == "public, max-age=31536000, immutable"


def test_only_what_changed_is_sent_and_the_cdn_forgets_just_that(office: Office) -> None:
    office.deploy(Town())
    office.write({"guides/a/index.html": "guide a, mended", "guides/c/index.html": "guide c"})
    (office.site / "guides" / "b" / "index.html").unlink()
    cloud = Town()
    office.deploy(cloud)
    assert [key for name, key in cloud.calls if name == "publish"] == ["guides/a/", "guides/c/"]
    assert forgotten()[-1] == ["/guides/a/", "/guides/b/", "/guides/c/"]
    assert set(shown()) == {*expected(FILES), "guides/c/"} - {"guides/b/"}


def test_nothing_to_do_is_done_by_doing_nothing(office: Office) -> None:
    first = office.deploy(Town())
    cloud = Town()
    assert office.deploy(cloud) == first
    assert [name for name, _ in cloud.calls] == ["claim", "drop"]  # the lock alone


def test_versions_of_items_stay_when_a_site_no_longer_has_them(office: Office) -> None:
    office.deploy(Town())
    (office.site / "catalogue/a/0123456789abcdef.json").unlink()
    office.write({"catalogue/a.json": "{1}"})
    done = office.deploy(Town())
    assert (
        "catalogue/a/0123456789abcdef.json" in shown() and "catalogue/a/0123456789abcdef.json" in done.files
    )


def test_what_refers_to_others_is_sent_after_them(office: Office) -> None:
    cloud = Town()
    office.deploy(cloud)
    sent = [key for name, key in cloud.calls if name == "publish"]
    assert sent[:2] == ["catalogue/a/0123456789abcdef.json", "static/portal.0123456789.css"]
    assert sent[-2:] == ["catalogue/a.json", "catalogue/index.json"]


def test_the_plan_is_data_and_changes_nothing(office: Office) -> None:
    cloud = Town()
    plan = office.deployment(cloud).plan(office.wanted(None))
    assert cloud.calls == [] and boto3.client("cloudformation", REGION).list_stacks()["StackSummaries"] == []
    said = json.loads(json.dumps(plan.as_json()))
    assert (
        said["live"] is None
        and said["resources"]["add"] == ["CasesTable", "SiteBucket"]
        and not said["nothing"]
    )
    office.deploy(Town())
    office.write({"guides/a/index.html": "guide a, mended"})
    live = office.deployment(cloud).live()
    said = office.deployment(cloud).plan(office.wanted(live, tables=("Cases", "Drafts"))).as_json()
    assert said["resources"] == {"add": ["DraftsTable"], "change": [], "remove": []}
    assert (said["upload"], said["catalogue"], said["delete"]) == (["guides/a/"], [], [])
    assert said["invalidate"] == ["/guides/a/"] and said["live"] == 1


def test_many_changed_pages_are_forgotten_at_once() -> None:
    from publishing.deploy.plan import paths

    assert paths(f"guides/{number}/" for number in range(1001)) == ["/*"]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_run_killed_at_any_call_goes_on_and_ends_the_same(tmp_path: Path, after: bool, server: str) -> None:
    """Each round edits, kills one call later than the round before, and runs again. After a call matters where the
    journal follows it: at uploads."""
    office = Office(tmp_path)
    office.deploy(Town())
    rounds, before = 0, 0
    for kill in range(4, 8) if after else range(1, 20):
        files = FILES | {"guides/a/index.html": f"edit {kill}", f"guides/new{kill}/index.html": "new"}
        office.write(files)
        if before:
            (office.site / f"guides/new{before}/index.html").unlink()
        before = kill
        cloud = Town(kill, after=after)
        try:
            office.deploy(cloud)
        except Killed:
            pass
        else:
            break
        rounds += 1
        again = Town()
        done = office.deploy(again)
        assert shown() == expected(files)
        assert set(office.deployment(again).live().files) == set(expected(files)), kill
        for key in ("guides/a/", f"guides/new{kill}/"):
            sent = [name for name, what in (*cloud.calls, *again.calls) if name == "publish" and what == key]
            assert 1 <= len(sent) <= 2, (kill, key)  # twice only when it died before it could note the first
        dropped = {path for batch in forgotten() for path in batch}
        assert f"/guides/new{kill}/" in dropped and done.id == rounds + 1
    assert rounds >= (4 if after else 9)


def test_a_run_killed_during_the_first_deployment_goes_on(tmp_path: Path, server: str) -> None:
    for number, kill in enumerate((2, 5, 9), 1):
        office = Office(tmp_path / str(number))
        with pytest.raises(Killed):
            office.deploy(Town(kill))
        office.deploy(Town())
        assert shown() == expected(FILES)
        boto3.client("s3", REGION).delete_object(
            Bucket=Cloud(REGION).resources(f"{STAGE.stack}-releases")["ReleaseBucket"], Key="live.json"
        )


def test_back_is_one_command_and_copies_inside_the_bucket(office: Office) -> None:
    first = office.deploy(Town())
    office.write({"guides/a/index.html": "wrong", "guides/c/index.html": "new"})
    (office.site / "guides" / "b" / "index.html").unlink()
    office.deploy(Town(), code=b"two")
    cloud = Town()
    back = office.back(cloud)
    assert shown() == expected(FILES)
    assert (back.id, back.before, back.code) == (3, None, first.code)
    assert [name for name, _ in cloud.calls].count("publish") == 0
    assert sorted(key for name, key in cloud.calls if name == "bring_back") == ["guides/a/", "guides/b/"]
    with pytest.raises(Stopped, match="没有更早的发布"):
        run.earlier(office.deployment(Town()))


@pytest.mark.parametrize("kill", [3, 5, 6, 8])
def test_back_killed_on_its_way_goes_on(office: Office, kill: int) -> None:
    office.deploy(Town())
    office.write({"guides/a/index.html": "wrong", "index.html": "wrong"})
    office.deploy(Town())
    with pytest.raises(Killed):
        office.back(Town(kill))
    office.back(Town())
    assert shown() == expected(FILES)


def test_going_back_keeps_the_tables_that_came_later(office: Office) -> None:
    office.deploy(Town())
    office.deploy(Town(), tables=("Cases", "Words"), code=b"two")
    office.back(Town())
    assert {"CasesTable", "WordsTable"} <= set(Cloud(REGION).resources(STAGE.stack))


def test_two_computers_do_not_deploy_at_once(office: Office, tmp_path: Path) -> None:
    office.deploy(Town())
    office.write({"index.html": "one office"})
    with pytest.raises(Killed):
        office.deploy(Town(3))
    other = Office(tmp_path / "other")
    other.write({"index.html": "another office"})
    with pytest.raises(Stopped, match="另一台电脑正在发布"):
        other.deploy(Town())
    other.deployment(Town()).take_over()
    other.deploy(Town())
    assert shown()["index.html"] == b"another office"


def test_a_lost_journal_costs_uploads_and_nothing_else(office: Office) -> None:
    office.deploy(Town())
    office.write({"index.html": "home again", "guides/a/index.html": "a again"})
    with pytest.raises(Killed):
        office.deploy(Town(6))
    (office.folder / "journal.jsonl").unlink()
    office.deployment(Town()).take_over()
    office.deploy(Town())
    assert shown() == expected(FILES | {"index.html": "home again", "guides/a/index.html": "a again"})


def test_a_line_that_a_crash_cut_off_is_no_fact(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    journal.note("put", "a", "1", "v")
    with (tmp_path / "j").open("a") as file:
        file.write('["put", "b"')
    assert Journal(tmp_path / "j").facts == [["put", "a", "1", "v"]]


GOOD: dict[str, Any] = yaml.safe_load((INFRA / "stages.sample.yaml").read_text("utf-8"))["prod"]


@pytest.mark.parametrize(
    "name, change, message",
    [
        ("prod", {}, ""),
        ("nope", {}, "里没有 nope，只有：prod"),
        ("prod", {"region": None}, "region"),
        ("prod", {"region": "beijing"}, "region"),
        ("prod", {"monthly_budget": None}, "monthly_budget"),
        ("prod", {"log_days": 90}, "log_days"),
        ("prod", {"staff": "nowhere.json"}, "nowhere.json 不存在"),
        ("prod", {"secret_key": "x"}, "secret_key"),
        ("prod", {"domain": "https://x.example/"}, "domain"),
    ],
)
def test_a_stage_is_whole_or_says_what_is_wrong(
    tmp_path: Path, name: str, change: dict, message: str
) -> None:
    facts = {key: value for key, value in (GOOD | change).items() if value is not None}
    (tmp_path / "infra" / "sample").mkdir(parents=True)
    (tmp_path / "infra" / "sample" / "staff.json").write_text("[]")
    file = tmp_path / "infra" / "stages.yaml"
    file.write_text(yaml.safe_dump({"prod": facts}))
    found = stages.load(name, file=file)
    if message:
        assert isinstance(found, str) and message in found
    else:
        assert isinstance(found, Stage) and found.parameters["BaseUrl"] == "https://zwfw.wanglan.example"


@pytest.mark.parametrize("name", ["Prod", "p", "prod-1", "../x", "a" * 20])
def test_names_of_stages_are_plain(tmp_path: Path, name: str) -> None:
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "stages.yaml").write_text(yaml.safe_dump({name: GOOD}))
    assert isinstance(stages.load(name, file=tmp_path / "infra" / "stages.yaml"), str)
