"""Masks: what is shown, and that nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.forms import mask
from schemas.masks import MASK_KINDS


@pytest.mark.parametrize(
    ("kind", "text", "shown"),
    [
        ("name", "张三", "张*"),
        ("name", "张小三", "张*三"),
        ("name", "欧阳明月", "欧**月"),
        ("name", "张", "*"),
        ("name", "", ""),
        ("id", "990101199003070015", "9901**********0015"),
        ("id", "99010119900307001", "9901*********7001"),
        ("id", "9901011990", "****"),
        ("phone", "13800001234", "138****1234"),
        ("phone", "0999-5550101", "099*****0101"),
        ("phone", "5550101", "****"),
        ("bank", "6222000011112222", "**** 2222"),
        ("bank", "62220000", "****"),
        ("address", "望澜区澜湾街道听潮路 12 号", "望澜区****"),
        ("address", "栖宁市望澜区澜湾街道听潮路 12 号", "栖宁市望澜区****"),
        ("address", "听潮小区 3 栋 201 室", "****"),
        ("address", "听潮社区政通路 1 号", "****"),
        ("address", "听潮路 12 号", "****"),
        ("address", "望澜区", "****"),
        ("address", "", ""),
        ("passport", "E12345678", "****"),
    ],
)
def test_a_mask_shows_enough_to_recognise(kind: str, text: str, shown: str) -> None:
    assert mask(kind, text) == shown


MOST_SHOWN = {"name": 2, "id": 8, "phone": 7, "bank": 4}


@given(st.sampled_from(sorted(MOST_SHOWN)), st.text("甲乙丙abc0123456789", min_size=1, max_size=40))
def test_a_mask_shows_no_more_than_it_may(kind: str, text: str) -> None:
    kept = len(mask(kind, text).replace("*", "").strip())
    assert kept <= MOST_SHOWN[kind]
    assert kept < len(text)


@given(st.text("省市区县望澜栖宁听潮路号小社0123456789 栋室", min_size=1, max_size=40))
def test_an_address_never_shows_a_number_or_its_end(text: str) -> None:
    shown = mask("address", text).removesuffix("****")
    assert not any(sign.isdigit() for sign in shown)
    assert not text.strip() or shown != text.strip()


@given(st.text(max_size=60), st.one_of(st.sampled_from(MASK_KINDS), st.text()))
def test_a_mask_takes_any_text_and_any_kind(text: str, kind: str) -> None:
    shown = mask(kind, text)
    assert not text.strip() or "*" in shown
