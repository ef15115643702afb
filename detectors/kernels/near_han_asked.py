"""What the filter of near spellings says about Chinese characters: which keys some mark may have.

These questions are asked at most places of a text and answered with no at nearly all, so they take the few arrays that
they need: what is asked with all that a comparison needs spends most of its time on handing that over.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.codes import HAN
from detectors.kernels.entrance import word_of
from detectors.kernels.jit import inline
from detectors.kernels.near import (
    APART,
    PAIR,
    PARTED,
    SHAPED,
    SOUND_PREFIX,
    SOUNDED,
    SWAPPED,
    appended,
    may_have,
    near_key,
    text_hash,
    word_sizes,
    word_slot,
)
from detectors.kernels.near_keys import missing_tag, pair_hash, sound_of
from detectors.kernels.simd import prefetch

MOST = 8  # characters of a mark
IN_PARTS = 8  # and as far up in `ask_characters`
DRAWN_LIKE = 1 << 16
AHEAD = 512  # symbols: what is brought near of their characters fits the second cache
BITS_A_PLACE = 8  # one for each size up to MOST


@inline
def bring_near(
    first: int, end: int, bases: NDArray[np.uint32], kinds: NDArray[np.uint8], sizes: NDArray[np.uint64],
    begins: NDArray[np.uint8], known: NDArray[np.uint32], hashes: NDArray[np.uint64], sized: NDArray[np.int64],
) -> None:  # fmt: skip
    """Has brought near what is read first about the characters from `first` to `end`, at most AHEAD symbols.

    sizes: see NearIndex. begins, known: the lexicon's han_begins and han_words. hashes, sized: room for AHEAD.
    """
    count = 0
    for at in range(first, end - 1):
        if kinds[at] != HAN or kinds[at + 1] != HAN:
            continue
        one, two, three = int(bases[at]), int(bases[at + 1]), int(bases[min(at + 2, end - 1)])
        hashes[count] = pair_hash(one, two)
        prefetch(sizes, np.int64(word_of(near_key(hashes[count], PAIR), sizes.size)))
        prefetch(sizes, np.int64(word_of(near_key(pair_hash(one, three), APART), sizes.size)))
        prefetch(begins, word_slot(hashes[count], begins))
        sized[count] = at
        count += 1
    for n in range(count):
        hashed, at, have = hashes[n], sized[n] + 2, word_sizes(hashes[n], begins)
        while have != 0:
            if have & 1 != 0:
                prefetch(known, word_slot(hashed, known))
            have >>= 1
            if at == end:
                break
            hashed = appended(hashed, int(bases[at]))
            at += 1


@inline
def hash_without(at: int, place: int, size: int, bases: NDArray[np.uint32]) -> np.uint64:
    """The hash of the characters from `at` but for the one at a place."""
    hashed = text_hash(bases, at, at + place)
    for p in range(at + place + 1, at + size):
        hashed = appended(hashed, int(bases[p]))
    return hashed


@inline
def hash_of_sounds(at: int, size: int, bases: NDArray[np.uint32], sounds: NDArray[np.uint16]) -> np.uint64:
    """The hash of what the characters from `at` sound like; all of them have a sound."""
    hashed = np.uint64(0)
    for p in range(at, at + size):
        hashed = appended(hashed, sound_of(int(bases[p]), sounds))
    return hashed


@inline
def ask_missing(
    at: int, high: int, place: int, sizes: int, bases: NDArray[np.uint32], bits: NDArray[np.uint64]
) -> np.uint64:
    """Of these sizes (bits, bit 0 for one character) those of marks that the text from `at` is but for the character
    at a place: see sizes_at."""
    hashed, found = text_hash(bases, at, at + place), np.uint64(0)
    for size in range(max(place + 1, 2), min(MOST, high - at) + 1):
        if size > place + 1:
            hashed = appended(hashed, int(bases[at + size - 1]))
        if sizes >> (size - 1) == 0:
            break
        if size < 3 or (sizes >> (size - 1)) & 1 == 0:
            continue
        is_asked = may_have(near_key(hashed, missing_tag(size, place)), bits)
        found |= np.uint64(is_asked) << np.uint64(BITS_A_PLACE * place + size - 1)
    return found


@inline
def sizes_at(place: int, missing: np.uint64) -> int:
    """The sizes (bits) that `ask_missing` found for a place, a byte for each of them."""
    return int((missing >> np.uint64(BITS_A_PLACE * place)) & np.uint64(0xFF))


@inline
def ask_characters(
    at: int, high: int, sizes: int, bases: NDArray[np.uint32], bits: NDArray[np.uint64]
) -> tuple[int, np.uint64]:
    """Of these sizes (bits) those of marks that the text from `at` has with two characters swapped, those with one in
    its parts (see IN_PARTS), and DRAWN_LIKE; and as ask_missing those with a later one missing than the second."""
    most, found = min(MOST, high - at), 0
    whole = text_hash(bases, at, at + 1)
    for size in range(2, most + 1):
        if sizes >> (size - 1) == 0:
            break
        whole = appended(whole, int(bases[at + size - 1]))
        if (sizes >> (size - 1)) & 1 == 0:
            continue
        found |= int(may_have(near_key(whole, SWAPPED), bits)) << (size - 1)
        if size == 2:
            found |= DRAWN_LIKE * int(may_have(near_key(whole, SHAPED), bits))
        if at + size < high:
            parted = appended(whole, int(bases[at + size]))
            found |= int(may_have(near_key(parted, PARTED), bits)) << (size - 1 + IN_PARTS)
    missing = np.uint64(0)
    for place in range(2, most):
        if sizes >> place == 0:
            break
        missing |= ask_missing(at, high, place, sizes, bases, bits)
    return found, missing


@inline
def ask_sounds(
    at: int, high: int, bases: NDArray[np.uint32], bits: NDArray[np.uint64], sounds: NDArray[np.uint16]
) -> int:
    """The sizes (bits) of marks that the text from `at` is read like; some mark has its first two sounds."""
    hashed, found = np.uint64(0), 0
    for size in range(1, min(MOST, high - at) + 1):
        sound = sound_of(int(bases[at + size - 1]), sounds)
        if sound == 0:
            break
        hashed = appended(hashed, sound)
        if size > 2 and not may_have(near_key(hashed, SOUND_PREFIX), bits):
            break
        if size > 1:
            found |= int(may_have(near_key(hashed, SOUNDED), bits)) << (size - 1)
    return found
