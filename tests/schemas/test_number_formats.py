"""Numbers on cards and licences: which are right, and what people type for them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import formats

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def with_check(first17: str) -> str:
    return first17 + "10X98765432"[sum(int(d) * w for d, w in zip(first17, _WEIGHTS, strict=True)) % 11]


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("990101199003070015", True),
        ("990102198506120020", True),
        ("990102194801010037", True),
        ("990101202311050045", True),
        ("990102199208201126", True),
        (with_check("81000019900307001"), True),  # residence permit, Hong Kong
        (with_check("83000019900307001"), True),  # residence permit, Taiwan
        (with_check("91110519900307001"), True),  # foreigner's permanent residence card
        (with_check("51020219700101001"), True),  # an area code that is no more
        ("990101199003070016", False),  # check digit
        ("990101199002300015", False),  # 30 February
        (with_check("99010117990307001"), False),
        (with_check("09010119900307001"), False),
        ("99010119900307001", False),
        ("9901011990030700155", False),
        ("990101900307001", False),  # 15 digits
        ("９９０１０１１９９００３０７００１５", False),  # full width: tidy first
        ("99010119900307001x", False),
        ("", False),
    ],
)
def test_a_resident_id_needs_a_birth_date_and_a_check_digit(text: str, right: bool) -> None:
    assert formats.is_resident_id(text) is right


def test_a_check_digit_may_be_x() -> None:
    ids = [with_check(f"9901011990030700{n}") for n in range(10)]
    assert any(text.endswith("X") for text in ids)
    assert all(map(formats.is_resident_id, ids))


@given(
    st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(0, 999), st.integers(0, 17), st.integers(1, 9)
)
def test_one_wrong_digit_is_noticed(born: date, serial: int, at: int, by: int) -> None:
    right = with_check(f"990102{born:%Y%m%d}{serial:03}")
    digit = right[at]
    wrong = right[:at] + str((int("9" if digit == "X" else digit) + by) % 10) + right[at + 1 :]
    assert formats.is_resident_id(right)
    assert wrong == right or not formats.is_resident_id(wrong)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("91990101MA0000001Y", True),
        ("91990101MA00000022", True),
        ("91990101MA00000035", True),
        ("11990102000000001J", True),
        ("119901020000000062", True),
        ("91990101MA0000001X", False),
        ("91990101MAO000001Y", False),  # the letter O is not used
        ("91990101ma0000001y", False),
        ("91990101MA0000001", False),
        ("91990101 MA0000001Y", False),
        ("", False),
    ],
)
def test_a_unified_code_needs_its_check_character(text: str, right: bool) -> None:
    assert formats.is_uscc(text) is right


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("13800001234", True),
        ("19900001234", True),
        ("12800001234", False),
        ("1380000123", False),
        ("", False),
    ],
)
def test_a_mobile_number_has_eleven_digits(text: str, right: bool) -> None:
    assert formats.is_mobile(text) is right


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-02-28", date(2026, 2, 28)),
        ("2024-02-29", date(2024, 2, 29)),
        ("2026-02-29", None),
        ("2026-2-8", None),
        ("20260228", None),
        ("2026-W09-6", None),
        ("２０２６-02-28", None),
        ("0000-01-01", None),
        ("--", None),
    ],
)
def test_a_date_has_one_way_of_writing(text: str, expected: date | None) -> None:
    assert formats.date_of(text) == expected


@pytest.mark.parametrize(
    ("typed", "tidied"),
    [
        ("+86 138-0000-1234", "13800001234"),
        ("86 13800001234", "13800001234"),
        ("008613800001234", "13800001234"),
        ("１３８００００１２３４", "13800001234"),
        ("8613800", "8613800"),
    ],
)
def test_a_mobile_number_loses_its_country_code_and_blanks(typed: str, tidied: str) -> None:
    assert formats.mobile(typed) == tidied


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("4.5", 4.5),
        ("４．５", 4.5),
        ("4。5", 4.5),
        ("12", 12),
        ("+12", 12),
        ("-3", -3),
        ("1,200", 1200),
        ("１，２００．５", 1200.5),
        ("1 200", 1200),
        ("12,00", None),
        ("4.5米", None),
        ("四", None),
        ("1e5", None),
        ("nan", None),
        ("inf", None),
        ("٤", None),
        ("", None),
        ("9" * 16, None),
    ],
)
def test_numbers_are_read_as_people_write_them(typed: str, number: float | None) -> None:
    assert formats.number_of(typed) == number


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("  望澜区\r\n听潮路　", "望澜区\n听潮路"),
        ("a\x00b\x07", "ab"),
        ("\ud800x", "x"),
        ("\u202e123", "123"),
        ("\ufeff林禾\u200b", "林禾"),
        ("𠮷野家", "𠮷野家"),
    ],
)
def test_characters_nobody_can_see_are_taken_out(typed: str, text: str) -> None:
    assert formats.readable(typed) == text


@given(st.text())
def test_what_was_made_readable_is_readable(text: str) -> None:
    tidy = formats.readable(text)
    assert not formats.unreadable(tidy)
    assert tidy.encode() is not None


@given(st.text())
def test_no_check_and_no_tidying_stumbles(text: str) -> None:
    for check in (formats.is_resident_id, formats.is_mobile, formats.is_uscc, formats.date_of):
        check(text)
    for tidy in (formats.squeezed, formats.mobile, formats.number_of, formats.half_width):
        tidy(text)


@given(st.one_of(st.none(), st.integers(), st.lists(st.integers())), st.sampled_from(formats.FORMATS))
def test_a_format_says_nothing_about_what_is_not_text(value: object, name: str) -> None:
    assert formats.format_checker().conforms(value, name)
