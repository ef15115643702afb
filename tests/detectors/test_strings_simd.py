"""What vector code says and makes of the bytes of a string."""

from __future__ import annotations

import sys

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from detectors.kernels.jit import inline
from detectors.kernels.strings_simd import LANES, WORD_BYTES, plain_run, widen_ascii, word_at

PLAIN = bytes(byte for byte in range(0x20, 0x80) if byte not in b'"\\')
MOSTLY_PLAIN = st.sampled_from(PLAIN) | st.integers(0, 255)


@inline
def run_from(octets: NDArray[np.uint8], place: int) -> int:
    return plain_run(octets, place)  # type: ignore[no-any-return]


@inline
def word_from(octets: NDArray[np.uint8], place: int) -> int:
    return word_at(octets, place)  # type: ignore[no-any-return]


@inline
def widened_from(octets: NDArray[np.uint8], place: int, wide: NDArray[np.uint32], to: int) -> int:
    return widen_ascii(octets, place, wide, to)  # type: ignore[no-any-return]


@given(st.lists(MOSTLY_PLAIN, min_size=LANES, max_size=LANES), st.integers(0, 3))
def test_a_run_ends_before_the_first_byte_that_is_not_plain(octets: list[int], place: int) -> None:
    lengths = (n for n, byte in enumerate(octets) if byte not in PLAIN)
    assert run_from(np.array([0] * place + octets, np.uint8), place) == next(lengths, LANES)


def test_each_byte_ends_a_run_or_not() -> None:
    runs = {byte: run_from(np.array([byte] + [0] * LANES, np.uint8), 0) for byte in range(256)}
    assert {byte for byte, run in runs.items() if run} == set(PLAIN)


@given(st.binary(min_size=WORD_BYTES, max_size=WORD_BYTES), st.integers(0, 9))
def test_a_word_is_eight_bytes_from_any_place(content: bytes, place: int) -> None:
    octets = np.frombuffer(bytes(place) + content, np.uint8)
    assert word_from(octets, place) == int.from_bytes(content, sys.byteorder)


@given(st.lists(MOSTLY_PLAIN, min_size=LANES, max_size=LANES), st.integers(0, 3), st.integers(0, 3))
def test_bytes_become_code_points_up_to_the_first_above_ascii(octets: list[int], place: int, to: int) -> None:
    wide = np.full(to + LANES, 7, np.uint32)
    run = widened_from(np.array([0] * place + octets, np.uint8), place, wide, to)
    assert run == next((n for n, byte in enumerate(octets) if byte > 0x7F), LANES)
    assert wide.tolist() == [7] * to + octets
