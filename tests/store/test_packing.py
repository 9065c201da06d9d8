"""Packing gives every text back, keeps reading what was packed before, and is worth its while on what we store."""

from __future__ import annotations

import hashlib

import pytest
from chalicelib import ledger
from chalicelib.store import packing_1
from chalicelib.store.packing import PLAIN, pack, unpack
from chalicelib.store.wire import dump
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.world import handed_in, world

DIGEST, TRACE = "5a" * 32, "fe" * 16
ONCE = f'{{"seq":2,"action":"accept","note":"受理","digest":"{DIGEST}","trace":"{TRACE}"}}'
PACKED_ONCE = bytes.fromhex("01434a4cf032105ce2211cf2b47ffaf3096dc826fc8b220090acf8fb0f0d28d50200")


@given(st.text() | st.text("0123456789abcdef\u53d7", max_size=150))
def test_every_text_comes_back(text: str) -> None:
    assert unpack(pack(text)) == text


def test_what_does_not_get_shorter_is_kept_as_it_is() -> None:
    assert pack("{}") == PLAIN + b"{}" and pack("") == PLAIN


def test_what_was_packed_once_is_read_for_ever() -> None:
    """Red here means that stored cases can no longer be read: a better dictionary is a second one, with its own mark."""
    assert (
        hashlib.sha256(packing_1.TEXT.encode()).hexdigest()
        == "f72adf678cd26bbca465f0db9fdcce2761383d34e0af2e18f9df057c0a2c9824"
    )
    assert unpack(PACKED_ONCE) == ONCE


def test_a_mark_of_a_newer_release_is_not_guessed_at() -> None:
    with pytest.raises(ValueError, match="newer release"):
        unpack(b"\x07anything")


def test_a_case_takes_less_than_half_of_its_text() -> None:
    record = ledger.to_record(handed_in("2026-09-18"), world("2026-09-21"))
    texts = [dump(record.head), dump(record.body), *map(dump, record.events)]
    assert 2 * sum(len(pack(text)) for text in texts) < sum(len(text.encode()) for text in texts)
