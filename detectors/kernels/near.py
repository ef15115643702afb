"""What is near a mark: keys that a mark and its near spellings share, and the way from a key to the marks that have it.

A word and a mark that differ by one letter have a key in common: each is hashed whole and with every letter left out.
So candidates are exact whatever the number of marks, and a filter of bits says "surely none" to almost every key. A
key decides nothing: every candidate is compared with the mark itself.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.entrance import mixed, word_of
from detectors.kernels.jit import inline, kernel
from detectors.kernels.simd import prefetch

LONGEST = 32  # letters of a window, of a mark in it
KNOWN, DICTIONARY = 1, 2  # classes of ordinary words: a name is not in the dictionary
DELETED, SPELLED, ROMAN = 1, 2, 3  # what a key was made of: letters, pinyin, a romanisation
MISSING, SOUNDED, SHAPED, PARTED = (
    4,
    5,
    6,
    7,
)  # ... of Chinese: all but one, the sounds, look-alikes, a character's parts
SWAPPED = 13  # ... two neighbours in each other's place
PAIR, APART, SOUND_PREFIX = 8, 9, 10  # the beginnings of those, which tell whether more is worth a look
# Of a mark of two words in letters: the first one and the second's first or last letter, or the first alone before a
# short second; the second one and the first's first letter. A slip leaves at least one of these as it is.
FIRST_HEAD, FIRST_TAIL, FIRST_SHORT, LAST_HEAD = 11, 12, 15, 16
THREE = 14  # a mark of three letters, whole
SOUNDS = 512  # above the number of sounds that Chinese characters have
_RADIX = np.uint64(0x9E3779B97F4A7C55)  # odd, so that no letter is ever multiplied away
_RADIX_INVERSE = np.uint64(pow(0x9E3779B97F4A7C55, -1, 1 << 64))
_MIX = np.uint64(0x9E3779B97F4A7C15)
_TAG_MIX = np.uint64(0xD6E8FEB86659FD93)  # odd, unlike the other


class NearIndex(NamedTuple):
    """bits: uint64, the filter. pairs: uint64, another of what marks of two words keep, see FIRST_HEAD. starts:
    int32[buckets + 1], where the keys of each begin.

    tags: uint32, rising, the upper half of each key; owners: int32, its pattern. sizes: uint64, a filter of PAIR and
    APART that knows how long the Chinese marks with them are (see `sizes_of`): among a million marks nearly every pair
    is one's, and the sizes spare most of the further questions. sounds: uint64[SOUNDS * SOUNDS / 64], the pairs of
    sounds that some mark begins with, a bit each.
    """

    bits: NDArray[np.uint64]
    pairs: NDArray[np.uint64]
    starts: NDArray[np.int32]
    tags: NDArray[np.uint32]
    owners: NDArray[np.int32]
    sizes: NDArray[np.uint64]
    sounds: NDArray[np.uint64]


class Lexicon(NamedTuple):
    """What languages know, as arrays.

    words: uint32[a power of two], a hash set of ordinary words (see fill_words); 0 is an empty slot. rare, trade:
    likewise of words that are written somewhere, and of those that shops are named with. trigrams: uint8[27 * 27 * 27],
    -8 * log2 of the probability of a letter (1 to 26, 0 for the edge of a word) after two others. sounds: uint16 by
    Han character from U+4E00, its syllable, 0 for none. syllables: uint8[n, 6], the letters of each, 0 after the last;
    syllable_words: a hash set of them.
    romans: uint8[0x200, 3], the letters of Greek and Cyrillic ones from U+0370. shapes: uint32, the characters drawn
    like one, from shape_starts: int32, by character from U+4E00; parts: uint32, a pair that one falls into as
    first << 16 | second, from part_starts likewise. han_words: a hash set of Chinese words, DICTIONARY for common ones.
    heard: uint16 like sounds, the same for syllables that are taken for each other. han_patterns: a hash set of what
    two or more words of three or four characters are but for one, DICTIONARY for four or more: near_han_chance.ANY.
    han_begins: uint8[a power of two], the lengths of the words in han_words that begin with two characters.
    """

    words: NDArray[np.uint32]
    rare: NDArray[np.uint32]
    trade: NDArray[np.uint32]
    trigrams: NDArray[np.uint8]
    sounds: NDArray[np.uint16]
    syllables: NDArray[np.uint8]
    syllable_words: NDArray[np.uint32]
    romans: NDArray[np.uint8]
    shapes: NDArray[np.uint32]
    shape_starts: NDArray[np.int32]
    parts: NDArray[np.uint32]
    part_starts: NDArray[np.int32]
    han_words: NDArray[np.uint32]
    heard: NDArray[np.uint16]
    han_patterns: NDArray[np.uint32]
    han_begins: NDArray[np.uint8]


class Marks(NamedTuple):
    """The patterns' columns, see watchlist/patterns."""

    offsets: NDArray[np.int64]
    bases: NDArray[np.uint32]
    gaps: NDArray[np.uint8]
    kinds: NDArray[np.uint8]


class Symbols(NamedTuple):
    """The text's columns, see folding.FoldedText."""

    bases: NDArray[np.uint32]
    kinds: NDArray[np.uint8]
    gaps: NDArray[np.uint8]
    fields: NDArray[np.int32]
    sources: NDArray[np.int32]
    code_points: NDArray[np.uint32]


class Window(NamedTuple):
    """One to four words of a text written together, and room for them.

    letters: uint32[LONGEST]. prefix: uint64[LONGEST + 1], hash of the letters before each. breaks, odd: bool[LONGEST],
    whether a word begins at a letter, whether its word is unknown. powers: uint64[LONGEST + 1], see `joined`.
    """

    letters: NDArray[np.uint32]
    prefix: NDArray[np.uint64]
    breaks: NDArray[np.bool_]
    odd: NDArray[np.bool_]
    powers: NDArray[np.uint64]


class Found(NamedTuple):
    """Hits, or room for them: field, first symbol, number of symbols, pattern (int32 each), bits of codes (uint32)."""

    fields: NDArray[np.int32]
    symbols: NDArray[np.int32]
    lengths: NDArray[np.int32]
    patterns: NDArray[np.int32]
    bits: NDArray[np.uint32]


@inline
def appended(state: np.uint64, code: int) -> np.uint64:
    """The hash of a text with one more letter. Polynomial, so that a letter can be taken out of the middle."""
    return state * _RADIX + np.uint64(code)


@inline
def joined(left: np.uint64, right: np.uint64, power: np.uint64) -> np.uint64:
    """The hash of two texts one after the other; `power` is that of the right one's length."""
    return left * power + right


@inline
def raised(power: np.uint64) -> np.uint64:
    return power * _RADIX


@inline
def without(hashed: np.uint64, rest: np.uint64, behind: np.uint64) -> np.uint64:
    """The hash of a text without one of its letters; `rest`: of what begins with that letter, `behind`: of the rest."""
    return (hashed - rest) * _RADIX_INVERSE + behind


@inline
def text_hash(letters: NDArray[np.uint32], first: int, end: int) -> np.uint64:
    hashed = np.uint64(0)
    for at in range(first, end):
        hashed = appended(hashed, int(letters[at]))
    return hashed


@inline
def near_key(hashed: np.uint64, tag: int) -> np.uint64:
    """The key of a text's hash; the tag keeps apart what keys are made of."""
    return mixed(hashed, np.uint32(tag))


@inline
def _mask_of(key: np.uint64) -> np.uint64:
    """Four bits of a word: near_keys sets few, and each that passes by chance costs a search among the tags."""
    six, one = np.uint64(63), np.uint64(1)
    return (
        one << ((key >> np.uint64(26)) & six)
        | one << ((key >> np.uint64(20)) & six)
        | one << ((key >> np.uint64(14)) & six)
        | one << ((key >> np.uint64(8)) & six)
    )


@inline
def may_have(key: np.uint64, bits: NDArray[np.uint64]) -> bool:
    """Whether a filter of near spellings may hold the key. Reads one word."""
    mask = _mask_of(key)
    return bool(bits[word_of(key, bits.size)] & mask == mask)


@inline
def note(key: np.uint64, bits: NDArray[np.uint64]) -> None:
    """Puts the key into a filter of near spellings."""
    bits[word_of(key, bits.size)] |= _mask_of(key)


@inline
def _tag_of(key: np.uint64) -> np.uint32:
    """What is left of a key in the index: enough that another key rarely leads to a comparison."""
    return np.uint32(key >> np.uint64(32))


@inline
def _bucket_of(tag: np.uint32, size: int) -> int:
    return int((np.uint64(tag) * np.uint64(size)) >> np.uint64(32))


@inline
def bucket_of(key: np.uint64, near: NearIndex) -> int:
    """Where near.starts says where the patterns with the key begin."""
    return _bucket_of(_tag_of(key), near.starts.size - 1)


@inline
def owners_of(key: np.uint64, near: NearIndex) -> tuple[int, int]:
    """Where the patterns that have the key stand in near.owners; by chance also some that have another."""
    if not may_have(key, near.bits):
        return 0, 0
    tag = _tag_of(key)
    bucket = bucket_of(key, near)
    low, high = int(near.starts[bucket]), int(near.starts[bucket + 1])
    end = high
    prefetch(near.owners, low)  # while the tags are waited for
    while low < high:
        middle = (low + high) >> 1
        if near.tags[middle] < tag:
            low = middle + 1
        else:
            high = middle
    while high < end and near.tags[high] == tag:
        high += 1
    return low, high


@inline
def _mask_of_sizes(key: np.uint64) -> np.uint64:
    """Three bits of the upper 56; the lowest eight are those of the sizes."""
    first, second, third = key >> np.uint64(27), key >> np.uint64(22), key >> np.uint64(17)
    five = np.uint64(31)
    return (
        np.uint64(1 << 8) << (first & five)
        | np.uint64(1 << 32) << (second & five)
        | np.uint64(1 << 20) << (third & five)
    )


@inline
def add_size(key: np.uint64, size: int, sizes: NDArray[np.uint64]) -> None:
    """Notes that a mark of so many characters, one to eight, has the key."""
    sizes[word_of(key, sizes.size)] |= _mask_of_sizes(key) | np.uint64(1 << (size - 1))


@inline
def sizes_of(key: np.uint64, sizes: NDArray[np.uint64]) -> int:
    """The sizes of the marks with the key, bit 0 for one character; by chance also others."""
    mask, have = _mask_of_sizes(key), sizes[word_of(key, sizes.size)]
    return int(have & np.uint64(0xFF)) * int(have & mask == mask)


@inline
def begins_with_sounds(one: int, other: int, sounds: NDArray[np.uint64]) -> bool:
    """Whether some mark begins with these two sounds, 0 for none."""
    place = one * SOUNDS + other
    return bool((sounds[place >> 6] >> np.uint64(place & 63)) & np.uint64(1))


@inline
def add_sounds(one: int, other: int, sounds: NDArray[np.uint64]) -> None:
    place = one * SOUNDS + other
    sounds[place >> 6] |= np.uint64(1) << np.uint64(place & 63)


@inline
def word_slot(hashed: np.uint64, words: NDArray[np.uint32] | NDArray[np.uint8]) -> int:
    """Where a text is looked for first in a hash set, or in Lexicon.han_begins."""
    return int((hashed * _MIX) >> np.uint64(32)) & (words.size - 1)


@inline
def _word_tag(hashed: np.uint64) -> int:
    """What stands for the word in its slot: even, and not 0."""
    return int((hashed * _TAG_MIX) >> np.uint64(32)) & ~1 | 2


@inline
def word_class(hashed: np.uint64, words: NDArray[np.uint32]) -> int:
    """0 for an unknown word, KNOWN, or DICTIONARY for one that is no name."""
    slot, tag = word_slot(hashed, words), _word_tag(hashed)
    while words[slot] != 0:
        if int(words[slot]) & ~1 == tag:
            return KNOWN + (int(words[slot]) & 1)
        slot = (slot + 1) & (words.size - 1)
    return 0


@inline
def word_sizes(hashed: np.uint64, begins: NDArray[np.uint8]) -> int:
    """The lengths of the Chinese words that begin with two characters, bit 0 for two; by chance also others."""
    return int(begins[word_slot(hashed, begins)])


@inline
def mark_class(mark: int, marks: Marks, lexicon: Lexicon) -> int:
    """What sort of word the mark is by itself, as word_class says it."""
    hashed = text_hash(marks.bases, int(marks.offsets[mark]), int(marks.offsets[mark + 1]))
    return word_class(hashed, lexicon.words)


@inline
def part_hash(window: Window, low: int, high: int) -> np.uint64:
    """The hash of the window's letters from low to high."""
    return np.uint64(window.prefix[high] - window.prefix[low] * window.powers[high - low])


@inline
def is_new(found: Found, before: int, count: int, pattern: int) -> bool:
    """Whether the pattern is not among the hits since `before`."""
    for hit in range(before, count):  # noqa: SIM110  # numba has no generators
        if found.patterns[hit] == pattern:
            return False
    return True


@inline
def emit(found: Found, count: int, field: int, first: int, length: int, pattern: int, bits: int) -> int:
    """Keeps a hit and returns how many there are now, or -1 when there is no room."""
    if count == found.fields.size:
        return -1
    found.fields[count] = field
    found.symbols[count] = first
    found.lengths[count] = length
    found.patterns[count] = pattern
    found.bits[count] = bits
    return count + 1


@kernel
def fill_words(
    letters: NDArray[np.uint32], offsets: NDArray[np.int32], classes: NDArray[np.uint8], words: NDArray[np.uint32]
) -> None:
    """The hash set of the words letters[offsets[i]:offsets[i + 1]]; `words` are zeros, a power of two above twice them.

    Four bytes a word, since the table is read at every word of a page: half of the time is waiting for it. The lowest
    bit says that the word is in a dictionary; the rest is wrong for one unknown word in two thousand million.
    """
    for word in range(offsets.size - 1):
        hashed = text_hash(letters, int(offsets[word]), int(offsets[word + 1]))
        slot = word_slot(hashed, words)
        while words[slot] != 0:
            slot = (slot + 1) & (words.size - 1)
        words[slot] = _word_tag(hashed) | int(classes[word] == DICTIONARY)


@kernel
def fill_index(keys: NDArray[np.uint64], index: NearIndex) -> None:
    """Fills the zeros of the filter, of the buckets' beginnings and of the tags. keys: rising."""
    buckets = index.starts.size - 1
    for row in range(keys.size):
        note(keys[row], index.bits)
        index.tags[row] = _tag_of(keys[row])
        index.starts[_bucket_of(index.tags[row], buckets) + 1] += 1
    for bucket in range(buckets):
        index.starts[bucket + 1] += index.starts[bucket]


@kernel
def fill_begins(letters: NDArray[np.uint32], offsets: NDArray[np.int32], begins: NDArray[np.uint8]) -> None:
    """Notes the length of each word, two characters or more, under its first two; `begins` are zeros."""
    for word in range(offsets.size - 1):
        first, size = int(offsets[word]), int(offsets[word + 1] - offsets[word])
        hashed = text_hash(letters, first, first + 2)
        begins[word_slot(hashed, begins)] |= np.uint8(1 << (size - 2))
