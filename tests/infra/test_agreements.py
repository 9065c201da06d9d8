"""Agreements with other systems, and a secret that is being changed, reach the functions as the template says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from app import portal, send_all
from chalicelib import settings
from chalicelib.house import House, build
from chalicelib.keys import Keys
from chalicelib.settings import BadSettings
from joserfc.jwk import ECKey, KeySet
from moto import mock_aws

from publishing.deploy import secret, stages
from publishing.deploy.infra import INFRA
from publishing.deploy.secret import Secret
from publishing.deploy.stages import Stage
from schemas.interfaces import agreed
from tests.http.deeds import Deeds
from tests.http.stand_in import STAFF, Town, town
from tests.infra.conftest import AGREED
from tests.infra.edge import Edge
from tests.interfaces.department import Department
from tests.interfaces.other_systems import KEY, Platform, running
from tests.store.cloud import REGION, aws

RELEASES = "banshi-test-releases"
SAMPLE: dict[str, Any] = yaml.safe_load((INFRA / "stages.sample.yaml").read_text("utf-8"))["prod"]
SECRET = {"key": "the key of now, long enough for all", "key_before": "the key before, long enough for all",
          "origin": "o" * 40, "oidc": "none", **dict.fromkeys(AGREED, KEY.decode())}  # fmt: skip


def variables(plain: Mapping[str, Any], function: str, **parameters: str) -> dict[str, str]:
    """The environment of a function as CloudFormation would fill it in."""
    known = {
        "Secrets": "banshi/test",
        "AWS::StackName": "banshi-test",
        "ReleaseBucket": RELEASES,
        **parameters,
    }
    defaults = {name: str(one.get("Default", name)) for name, one in plain["Parameters"].items()}
    environment = plain["Resources"][function]["Properties"]["Environment"]["Variables"]
    return {name: _filled(value, {**defaults, **known}) for name, value in environment.items()}


def _filled(value: Any, known: Mapping[str, str]) -> str:
    if isinstance(value, str):
        return value
    ((kind, told),) = value.items()
    if kind == "Fn::If":
        chosen = {"HasKeyBefore": known["KeyBefore"] == "yes", "SendsMail": bool(known["MailFrom"])}[told[0]]
        return _filled(told[1 if chosen else 2], known)
    if kind == "Ref":
        return known.get(told, told)
    for name, one in known.items():
        told = told.replace(f"${{{name}}}", one)
    start = "{{resolve:secretsmanager:banshi/test:SecretString:"
    return SECRET[told.removeprefix(start).removesuffix("}}")] if told.startswith(start) else str(told)


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A place with stages.yaml and an interfaces file."""
    (tmp_path / "infra").mkdir()
    (tmp_path / "staff.json").write_bytes(STAFF.read_bytes())
    keys = KeySet([ECKey.generate_key("P-256")]).as_dict(private=False)
    (tmp_path / "province.jwks.json").write_text(json.dumps(keys), "utf-8")
    return tmp_path


def stage(office: Path, others: Mapping[str, Any] | None) -> Stage | str:
    """The stage with these agreements, as deploying reads it."""
    named = {"interfaces": "interfaces.json"} if others is not None else {}
    (office / "interfaces.json").write_text(json.dumps(others), "utf-8")
    facts = {**SAMPLE, "staff": "staff.json", **named}
    (office / "infra" / "stages.yaml").write_text(yaml.safe_dump({"prod": facts}), "utf-8")
    return stages.load("prod", file=office / "infra" / "stages.yaml")


def sample() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((INFRA / "sample" / "interfaces.json").read_text("utf-8"))
    return found


def test_a_stage_takes_the_agreements_along_with_public_keys_and_names_of_secret_ones(office: Path) -> None:
    made = stage(office, sample())
    assert isinstance(made, Stage) and list(made.keys or ()) == agreed.key_names(sample(), agreed.CASES)
    sent = json.loads(made.settings["settings/interfaces.json"])
    assert {*AGREED, "POST_OFFICE_KEY", "SEAL_KEY"} <= {*(made.keys or ())} and sent["links"][2]["jwks"][
        "keys"
    ]
    assert sent["handoffs"][0]["jwks"]["keys"] and "keys_file" not in sent["handoffs"][0]
    alone = stage(office, None)
    assert isinstance(alone, Stage) and alone.keys is None
    assert "settings/interfaces.json" not in alone.settings
    assert alone.parameters["SettingsStamp"] != made.parameters["SettingsStamp"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"reporting": {"url": "http://platform.qining.example/", "keys": ["REPORTING_KEY"]}}, "no TLS"),
        ({"webhooks": [{"id": "report", "url": "https://hooks.wanglan.example/", "keys": ["A_KEY"]}]}, "same id"),
        ({"handoffs": [{**sample()["handoffs"][0], "keys_file": "absent.json"}]}, "absent.json cannot be read"),
    ],
)  # fmt: skip
def test_faulty_agreements_stop_a_deployment_and_not_the_functions(
    office: Path, change: dict[str, Any], says: str
) -> None:
    found = stage(office, sample() | change)
    assert isinstance(found, str) and says in found


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({}, ""),
        ({"CSGL_KEY": ""}, "缺少：CSGL_KEY"),
        ({"CSGL_KEY": "short"}, "CSGL_KEY 太短"),
        ({"key_before": "short"}, "key_before 太短"),
        ({"key_before": ""}, ""),
        ({"origin": ""}, "缺少：origin"),
    ],
)
def test_a_secret_is_whole_before_anything_is_changed(
    office: Path, change: dict[str, str], says: str
) -> None:
    made = stage(office, {key: value for key, value in sample().items() if key in ("hosts", "departments")})
    assert isinstance(made, Stage)
    found = secret.fault(made, Secret("1", SECRET | change))
    assert says in found if says else found == ""


def test_a_changed_secret_is_a_changed_stack_although_the_template_is_the_same(office: Path) -> None:
    made = stage(office, None)
    assert isinstance(made, Stage)
    first, second = (secret.noted(made, Secret(version, SECRET)).parameters for version in ("1", "2"))
    assert {name for name in first if first[name] != second[name]} == {"SettingsStamp"}
    other = secret.noted(made, Secret("2", SECRET | {"origin": "p" * 40, "key_before": ""})).parameters
    assert {name for name in second if second[name] != other[name]} == {"OriginStamp", "KeyBefore"}
    assert SECRET["origin"][:8] not in json.dumps(dict(first))


@pytest.fixture
def deployed(plain: dict[str, Any], site: Path, tmp_path: Path) -> Iterator[Any]:
    """Opens a house from a function's own environment; the office's files are in the bucket, on moto."""
    with mock_aws():
        s3 = aws("s3")
        s3.create_bucket(Bucket=RELEASES, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_object(Bucket=RELEASES, Key="settings/staff.json", Body=STAFF.read_bytes())
        base = town(site, tmp_path / "data")

        def opened(function: str, others: Mapping[str, Any] | None = None, **more: str) -> tuple[Town, House]:
            if others is not None:
                body = json.dumps(others, ensure_ascii=False).encode()
                s3.put_object(Bucket=RELEASES, Key="settings/interfaces.json", Body=body)
            environ = variables(plain, function, **more) | {
                "AWS_REGION": REGION, "BASE_URL": base.house.settings.base_url, "STORE": "embedded", "SITE_BUCKET": "",
                "SITE_DIR": str(site), "DATA_DIR": str(tmp_path / function), "OIDC_ISSUER": base.house.settings.issuer,
            }  # fmt: skip
            house = build(settings.read(environ), clock=base.clock)
            return base, replace(base.house, outside=house.outside, keys=house.keys)

        yield opened


def test_a_departments_system_is_known_to_the_function_that_it_calls(deployed: Any) -> None:
    entry = {**sample()["departments"][0], "actions": ["accept"], "roles": ["window"], "keys": ["CSGL_KEY"]}
    base, house = deployed("APIHandler", {"departments": [entry]})
    number = Deeds(base).handed_in()["number"]
    send_all(house)
    caller: Any = Edge(portal(lambda: house))
    assert [one["number"] for one in Department(caller, base.clock).take()] == [number]
    assert Department(caller, base.clock, key=b"k" * 40).send("POST", "/take", {}).status == 401


def test_cases_are_reported_by_the_function_on_schedule(deployed: Any) -> None:
    file = {"hosts": ["platform.qining.example"],
            "reporting": {"url": "https://platform.qining.example/", "keys": ["REPORTING_KEY"]}}  # fmt: skip
    base, house = deployed("DeliverNotices", file)
    with running(Platform(base.clock)) as platform:
        agreement = house.outside.subscribers[0]
        here = replace(agreement, facts={**agreement.facts, "url": platform.url})
        allowed = replace(house.outside.allowed, anywhere=True)
        house = replace(house, outside=replace(house.outside, subscribers=(here,), allowed=allowed))
        number = Deeds(base).handed_in()["number"]
        send_all(house)
        assert isinstance(platform, Platform) and platform.order == [f"{number}-1"] and platform.forged == 0


def test_a_function_that_speaks_with_nobody_holds_no_key_and_one_without_its_file_does_not_start(
    plain: dict[str, Any], deployed: Any
) -> None:
    assert not {"INTERFACES_FILE", *AGREED} & set(variables(plain, "SweepCases"))
    _, alone = deployed("SweepCases")
    assert alone.outside.subscribers == ()
    with pytest.raises(BadSettings, match="INTERFACES_FILE"):
        deployed("APIHandler")


def test_what_the_key_before_signed_is_believed_while_the_secret_still_has_it(deployed: Any) -> None:
    slip = Keys(SECRET["key_before"]).mark("file", "a")
    _, during = deployed("APIHandler", {}, KeyBefore="yes")
    _, after = deployed("APIHandler", {}, KeyBefore="no")
    assert during.keys.holds(slip, "file", "a") and not after.keys.holds(slip, "file", "a")


def test_nobody_who_does_not_pull_the_catalogue_needs_its_key() -> None:
    assert "CATALOGUE_KEY" not in agreed.key_names(sample(), agreed.CASES)
    assert agreed.key_names(sample(), agreed.CATALOGUE) == ["CATALOGUE_KEY"]
