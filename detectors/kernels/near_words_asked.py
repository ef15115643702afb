"""What the filters of near spellings say about a block of words in letters: which may be near some mark.

Asked of nearly every two words of a text and answered with no.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.entrance import word_of
from detectors.kernels.jit import inline, making
from detectors.kernels.near import (
    DELETED,
    DICTIONARY,
    FIRST_HEAD,
    FIRST_SHORT,
    FIRST_TAIL,
    LAST_HEAD,
    LONGEST,
    SPELLED,
    NearIndex,
    appended,
    bucket_of,
    joined,
    may_have,
    near_key,
    without,
)
from detectors.kernels.near_contained import CONTAINED_MARK, TRADE_PART
from detectors.kernels.near_edits import SHORTEST
from detectors.kernels.near_keys import SHORT_WORD
from detectors.kernels.near_words_read import BLOCK_WORDS, CARRIED, LATIN, Words
from detectors.kernels.simd import prefetch

_MOST_KEYS = 4 * (LONGEST + 1)  # of a word: two words' slips, its own, and what it begins and ends with


class Asked(NamedTuple):
    """What is asked about a block of words.

    keys: uint64, what the filter is asked about. By the word's place in the block, int64: changed and untils, from
    which symbol to which a slip may make a mark of two of it and the one before, 0 in `untils` for none; begins and
    stops, where the keys of that stand. ask_words writes all of it for each word of the block.
    """

    keys: NDArray[np.uint64]
    changed: NDArray[np.int64]
    untils: NDArray[np.int64]
    begins: NDArray[np.int64]
    stops: NDArray[np.int64]


@making
def nothing_asked() -> Asked:
    room = CARRIED + BLOCK_WORDS
    return Asked(
        np.empty(BLOCK_WORDS * _MOST_KEYS, np.uint64),
        np.zeros(room, np.int64), np.zeros(room, np.int64), np.zeros(room, np.int64), np.zeros(room, np.int64),
    )  # fmt: skip


@inline
def _changed_of(
    before: np.uint64, hashed: np.uint64, is_open: bool, first: int, at: int, end: int,
    bases: NDArray[np.uint32], pairs: NDArray[np.uint64],
) -> tuple[int, int]:  # fmt: skip
    """Where in two words, from `first` and from `at`, a slip may make them a mark of two: from a place, to another.

    In a word only if some mark has the other as it is (see FIRST_HEAD), or at the break where neighbours are swapped:
    Jacw Kolfskin. A slip in a dictionary's word, one that is not open, is at its first letter, if at all: see
    stands_in_window.
    """
    last, head, tail = int(bases[at - 1]), int(bases[at]), int(bases[end - 1])
    swapped = appended(before - np.uint64(last) + np.uint64(head), last)
    # Every question is asked: they wait together, and no answer can be guessed.
    has_first = is_open & may_have(near_key(appended(before, head), FIRST_HEAD), pairs)
    has_first |= may_have(near_key(appended(before, tail), FIRST_TAIL), pairs)
    has_first |= (end - at <= SHORT_WORD + 1) & may_have(near_key(before, FIRST_SHORT), pairs)
    is_swapped = may_have(near_key(swapped, FIRST_HEAD), pairs)
    has_last = may_have(near_key(appended(hashed, int(bases[first])), LAST_HEAD), pairs)
    low, high = end, first
    if has_first:
        low, high = at, end
    elif is_swapped:
        low, high = at, at + 1
    if has_last:
        low, high = first, max(at, high)
    return low, high


@inline
def _ask(key: np.uint64, bits: NDArray[np.uint64], keys: NDArray[np.uint64], count: int) -> int:
    """Notes a key, and has what the filter says of it brought near; returns how many keys there are now."""
    keys[count] = key
    prefetch(bits, np.int64(word_of(key, bits.size)))
    return count + 1


@inline
def _ask_slips(
    whole: np.uint64, low: int, high: int, end: int,
    bases: NDArray[np.uint32], powers: NDArray[np.uint64], bits: NDArray[np.uint64],
    keys: NDArray[np.uint64], count: int,
) -> int:  # fmt: skip
    """The keys of words to `end` whose hash is `whole`, and of those without one of the letters from low to high."""
    count = _ask(near_key(whole, DELETED), bits, keys, count)
    behind = np.uint64(0)
    for at in range(end - 1, low - 1, -1):
        rest = behind + np.uint64(bases[at]) * powers[end - 1 - at]
        if at < high:
            count = _ask(near_key(without(whole, rest, behind), DELETED), bits, keys, count)
        behind = rest
    return count


@inline
def _ask_word(
    whole: np.uint64, first: int, end: int,
    bases: NDArray[np.uint32], powers: NDArray[np.uint64], bits: NDArray[np.uint64],
    keys: NDArray[np.uint64], count: int,
) -> int:  # fmt: skip
    """The keys of a word that is no ordinary one: as pinyin, of its slips, and of what it begins or ends with."""
    count = _ask(near_key(whole, SPELLED), bits, keys, count)
    if end - first == LONGEST:
        return count  # too long for the others
    count = _ask_slips(whole, first, end, end, bases, powers, bits, keys, count)
    begun, behind = np.uint64(0), np.uint64(0)
    for at in range(first, end - TRADE_PART):
        begun = appended(begun, int(bases[at]))
        if at + 1 - first >= CONTAINED_MARK:
            count = _ask(near_key(begun, DELETED), bits, keys, count)
    for at in range(end - 1, first + TRADE_PART - 1, -1):
        behind += np.uint64(bases[at]) * powers[end - 1 - at]
        if end - at >= CONTAINED_MARK:
            count = _ask(near_key(behind, DELETED), bits, keys, count)
    return count


@inline
def _bring_near(count: int, keys: NDArray[np.uint64], near: NearIndex) -> None:
    """Has the patterns with the keys brought near, of those that some pattern has; puts their buckets in `keys`."""
    bits, starts, held = near.bits, near.starts, 0
    for n in range(count):
        key = keys[n]
        keys[held] = bucket_of(key, near)
        prefetch(starts, np.int64(keys[held]))
        held += int(may_have(key, bits))
    for n in range(held):
        low = np.int64(starts[keys[n]])
        prefetch(near.tags, low)
        prefetch(near.owners, low)


@inline
def ask_words(
    filled: int, words: Words, powers: NDArray[np.uint64], bases: NDArray[np.uint32], near: NearIndex, asked: Asked
) -> None:
    """Notes which words of the block may with the one before be a slip away from a mark of two.

    Of a block all slips are asked about before any answer is looked at, those of the words by themselves too: most of
    what find_near_words reads then is near.
    """
    firsts, ends, hashes, classes = words.firsts, words.ends, words.hashes, words.classes
    changed, untils, keys, pairs, bits = asked.changed, asked.untils, asked.keys, near.pairs, near.bits
    count = 0
    for word in range(CARRIED, filled):
        asked.begins[word], asked.stops[word] = count, count
        if words.scripts[word] != LATIN:
            continue
        first, at, end = int(firsts[word - 1]), int(firsts[word]), int(ends[word])
        is_open = classes[word] != DICTIONARY
        if words.rows[word] > 1 and (is_open or classes[word - 1] != DICTIONARY):
            low, high = _changed_of(hashes[word - 1], hashes[word], is_open, first, at, end, bases, pairs)
            if low < high and end - first < LONGEST:
                changed[word], untils[word] = low, high
                whole = joined(hashes[word - 1], hashes[word], powers[end - at])
                count = _ask_slips(whole, low, high, end, bases, powers, bits, keys, count)
                asked.stops[word] = count
        if classes[word] == 0 and end - at >= SHORTEST:
            count = _ask_word(hashes[word], at, end, bases, powers, bits, keys, count)
    for word in range(CARRIED, filled):
        is_any = False
        for slot in range(asked.begins[word], asked.stops[word]):
            is_any |= may_have(keys[slot], bits)
        untils[word] *= int(is_any)
    _bring_near(count, keys, near)
