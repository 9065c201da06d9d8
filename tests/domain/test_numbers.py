"""Case numbers: speakable, checked, the same for the same request."""

from __future__ import annotations

from chalicelib.domain.numbers import ALPHABET, derive, grouped, normalise
from hypothesis import given
from hypothesis import strategies as st


@given(st.text(), st.integers(0, 7))
def test_a_number_is_twelve_clear_signs_and_reads_back(key, attempt):
    number = derive(key, attempt=attempt)
    assert len(number) == 12 and set(number) <= set(ALPHABET) and not set(number) & set("01OIL")
    assert normalise(f" {grouped(number).lower()} ") == number


def test_the_same_request_gives_the_same_number_and_the_next_attempt_another():
    assert derive("key") == derive("key") != derive("key", attempt=1)


@given(st.text(), st.integers(0, 11), st.sampled_from(ALPHABET))
def test_one_wrong_sign_is_noticed(key, position, sign):
    number = derive(key)
    wrong = number[:position] + sign + number[position + 1 :]
    assert normalise(wrong) == (number if wrong == number else None)


@given(st.text(), st.integers(0, 10))
def test_two_signs_swapped_are_noticed(key, position):
    number = derive(key)
    swapped = number[:position] + number[position + 1] + number[position] + number[position + 2 :]
    assert normalise(swapped) == (number if swapped == number else None)


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_number_or_not_one(typed):
    found = normalise(typed)
    assert found is None or len(found) == 12
