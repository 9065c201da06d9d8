"""Requests leave the house only for where the settings say, and the settings are checked before it opens."""

from __future__ import annotations

import ipaddress
import json
import socket
from pathlib import Path
from typing import Any

import pytest
from chalicelib.domain.lifecycle import ACTIONS
from chalicelib.interfaces import outside
from joserfc.jwk import ECKey, KeySet

from schemas.interfaces import agreed, wire
from schemas.interfaces.wire import Allowed, Blocked, Silent
from tests.http.stand_in import MONDAY
from tests.interfaces.other_systems import Receiver, running

ROOT = Path(__file__).parents[2]
HOST = "platform.qining.example"
STRICT = Allowed(frozenset({HOST}), (ipaddress.ip_network("10.8.0.0/16"),))
KEYS = {"REPORT_KEY": "k" * 32, "SHORT": "k"}


@pytest.mark.parametrize(
    ("url", "why"),
    [
        (f"https://{HOST}/cases", ""),
        (f"https://{HOST}:8443/cases", ""),
        (f"http://{HOST}/cases", "no TLS"),
        ("https://other.example/", "host not allowed"),
        (f"https://{HOST}.evil.example/", "host not allowed"),
        (f"https://evil.example/?{HOST}", "host not allowed"),
        (f"https://{HOST}@evil.example/", "not an address"),
        (f"https://user:pass@{HOST}/", "not an address"),
        ("file:///etc/passwd", "not an address"),
        ("gopher://x/", "not an address"),
        ("https://[::1/", "not an address"),
        (f"https://{HOST}:99999/", "not an address"),
        ("", "not an address"),
    ],
)
def test_in_production_only_named_hosts_are_called_and_only_over_tls(url: str, why: str) -> None:
    assert STRICT.why_not(url) == why


@pytest.mark.parametrize(
    ("address", "reached"),
    [
        ("203.0.113.9", False),  # documentation, not global
        ("8.8.8.8", True),
        ("10.8.3.4", True),
        ("10.9.0.1", False),
        ("127.0.0.1", False),
        ("169.254.169.254", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("::ffff:127.0.0.1", False),
        ("0.0.0.0", False),
        ("192.168.1.1", False),
    ],
)
def test_a_host_that_points_inside_is_not_called_unless_its_network_is_named(
    address: str, reached: bool
) -> None:
    assert STRICT.reaches(address) is reached


def test_loopback_and_link_local_stay_closed_even_when_a_network_covers_them() -> None:
    wide = Allowed(STRICT.hosts, (ipaddress.ip_network("0.0.0.0/0"),))
    assert (
        not wide.reaches("127.0.0.1") and not wide.reaches("169.254.169.254") and wide.reaches("192.168.1.1")
    )


def test_a_name_that_resolves_to_this_machine_is_blocked_before_anything_is_sent() -> None:
    here = Allowed(frozenset({"localhost"}))
    with pytest.raises(Blocked, match="address not allowed"):
        wire.send("POST", "https://localhost:1/", allowed=here, headers={})


def test_an_answer_that_breaks_off_or_never_comes_is_silence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(Silent):
        port = server.getsockname()[1]
        wire.send("GET", f"http://127.0.0.1:{port}/", allowed=Allowed(anywhere=True), headers={}, seconds=0.2)


@pytest.mark.parametrize("mood", ["huge"])
def test_an_answer_without_end_is_not_read_to_its_end(mood: str) -> None:
    with running(Receiver(lambda: MONDAY, moods=[mood])) as system, pytest.raises(Silent, match="too long"):
        wire.send("GET", system.url, allowed=Allowed(anywhere=True), headers={})


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    with running(Receiver(lambda: MONDAY, moods=["redirect"])) as system:
        assert wire.send("GET", system.url, allowed=Allowed(anywhere=True), headers={}).status == 302


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reporting": {"url": f"http://{HOST}/", "keys": ["REPORT_KEY"]}}, "no TLS"),
        ({"reporting": {"url": "https://elsewhere.example/", "keys": ["REPORT_KEY"]}}, "host not allowed"),
        ({"reporting": {"url": f"https://{HOST}/", "keys": ["SHORT"]}}, "SHORT must be a key"),
        ({"reporting": {"url": f"https://{HOST}/", "keys": ["ABSENT"]}}, "ABSENT must be a key"),
        ({"reporting": {"url": f"https://{HOST}/"}}, "'keys' is a required property"),
        ({"networks": ["10.8.0.1/16"]}, "networks"),
        ({"surprise": 1}, "surprise"),
        ({"webhooks": [{"id": "a1", "url": f"https://{HOST}/", "keys": ["REPORT_KEY"], "actions": ["fly"]}]}, "fly"),
        ({"webhooks": [{"id": "same", "url": f"https://{HOST}/", "keys": ["REPORT_KEY"]}] * 2}, "same id"),
    ],
)  # fmt: skip
def test_a_house_with_a_faulty_agreement_does_not_open_and_says_what_is_wrong(
    tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    file = tmp_path / "interfaces.json"
    file.write_text(json.dumps({"hosts": [HOST], **changes}), "utf-8")
    with pytest.raises(agreed.BadAgreement, match=said):
        outside.read(file, KEYS, production=True)


def test_a_file_that_is_none_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text("{", "utf-8")
    for name in ("broken.json", "absent.json"):
        with pytest.raises(agreed.BadAgreement, match="cannot be read"):
            outside.read(tmp_path / name, KEYS, production=True)


def test_keys_are_named_in_the_file_and_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "interfaces.json"
    file.write_text(
        json.dumps({"hosts": [HOST], "reporting": {"url": f"https://{HOST}/", "keys": ["REPORT_KEY"]}}),
        "utf-8",
    )
    made = outside.read(file, KEYS, production=True)
    assert made.subscribers[0].keys == (b"k" * 32,) and "kkk" not in repr(made)


def test_without_a_file_the_house_stands_alone() -> None:
    assert outside.read(None, {}, production=True) == outside.Outside()


def test_the_sample_agreement_is_one_that_a_house_opens_with(tmp_path: Path) -> None:
    sample = json.loads((ROOT / "infra" / "sample" / "interfaces.json").read_text("utf-8"))
    (tmp_path / "interfaces.json").write_text(json.dumps(sample), "utf-8")
    (tmp_path / "province.jwks.json").write_text(
        json.dumps(KeySet([ECKey.generate_key("P-256")]).as_dict(private=False)), "utf-8"
    )
    keys = dict.fromkeys(agreed.key_names(sample, (*agreed.CASES, *agreed.CATALOGUE)), "k" * 32)
    made = outside.read(tmp_path / "interfaces.json", keys, production=True)
    assert [one.id for one in made.subscribers] == [
        "report",
        "performance",
        "open-data",
        "csgl-system",
        "post-office",
        "video",
        "seal",
        "sharing",
        "hall",
    ]
    steps = agreed.contract("settings.schema")["$defs"]["steps"]["items"]["enum"]
    assert sorted(ACTIONS) == steps, "every step can be agreed on, and no other"
    assert set(sample) == set(agreed.contract("settings.schema")["properties"]), "every part is shown"
