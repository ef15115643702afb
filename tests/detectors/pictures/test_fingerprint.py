"""The record: how it is written and read, and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.pictures.fingerprint import Fingerprint, FingerprintError

DIGITS = "d8f8f0cce0f4a84f0e370a22028f67f0b36e2ed596623e1d33e6b39c4e9c9b22"
fingerprints = st.builds(Fingerprint, st.tuples(*[st.integers(0, 2**64 - 1)] * 4), st.integers(0, 100))


@given(fingerprints)
def test_hex_reads_back_as_it_was(one: Fingerprint) -> None:
    assert Fingerprint.from_hex(one.hex, one.quality) == one


def test_the_first_digits_are_the_first_word() -> None:
    assert Fingerprint.from_hex(DIGITS).words[0] == 0xD8F8F0CCE0F4A84F


def test_capitals_are_read_and_written_small() -> None:
    assert Fingerprint.from_hex(DIGITS.upper()).hex == DIGITS


@pytest.mark.parametrize("text", ["", DIGITS[:-1], DIGITS + "0", DIGITS + "\n", "g" + DIGITS[1:], "+" + DIGITS[1:]])
def test_what_is_not_64_hexadecimal_digits_is_an_error(text: str) -> None:
    with pytest.raises(FingerprintError, match="64 hexadecimal digits"):
        Fingerprint.from_hex(text)


@pytest.mark.parametrize("words", [(0, 0, 0), (0, 0, 0, 2**64), (-1, 0, 0, 0)])
def test_words_that_are_not_four_of_64_bits_are_an_error(words: tuple[int, int, int, int]) -> None:
    with pytest.raises(FingerprintError, match="four words"):
        Fingerprint(words)


@pytest.mark.parametrize("quality", [-1, 101])
def test_a_quality_out_of_range_is_an_error(quality: int) -> None:
    with pytest.raises(FingerprintError, match="0 to 100"):
        Fingerprint.from_hex(DIGITS, quality)


@given(fingerprints, fingerprints)
def test_distance_counts_the_bits_that_differ(one: Fingerprint, two: Fingerprint) -> None:
    assert one.distance(two) == (int(one.hex, 16) ^ int(two.hex, 16)).bit_count() == two.distance(one)


@pytest.mark.parametrize(("quality", "usable"), [(49, False), (50, True)])
def test_a_quality_of_50_is_usable(quality: int, usable: bool) -> None:
    assert Fingerprint.from_hex(DIGITS, quality).is_usable is usable
