"""The way into the trie: filters of bits that say "surely not", and a table from prefixes to nodes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.codes import CLAIM_TRIGGER
from detectors.kernels.jit import inline, kernel

HEAD = 4  # symbols of the filter's first question, for every longer pattern
TRUNK = 8  # symbols of its last: what agrees so far is worth a walk
HEAD_TAG = 32  # sets the bits of a head apart from those of a whole pattern as long
TRIGGER_TAG = 64  # ... and those of a claim's trigger, which may stand where no word ends
MIX = 0x9E3779B97F4A7C15  # Fibonacci hashing: odd, near 2**64 / golden ratio
_MIX = np.uint64(MIX)


@inline
def mixed(state: np.uint64, look: np.uint32) -> np.uint64:
    """One step of the prefix hash."""
    return (state ^ np.uint64(look)) * _MIX


@inline
def prefix_key(hashed: np.uint64, tag: int) -> np.uint64:
    """Names a prefix of `tag` symbols."""
    return hashed ^ (np.uint64(tag) * _MIX)


@inline
def is_set(key: np.uint64, bits: NDArray[np.uint64]) -> bool:
    """Whether a filter may hold the key. Reads one word, whatever the filter's size: that is what it costs."""
    mask = _mask_of(key)
    return bool(bits[word_of(key, bits.size)] & mask == mask)


@inline
def set_bits(key: np.uint64, bits: NDArray[np.uint64]) -> None:
    """Puts the key into a filter."""
    bits[word_of(key, bits.size)] |= _mask_of(key)


@inline
def word_of(key: np.uint64, size: int) -> np.uint64:
    """High bits are mixed best; 32 of them name a word of a filter of any size."""
    return ((key >> np.uint64(32)) * np.uint64(size)) >> np.uint64(32)


@inline
def _mask_of(key: np.uint64) -> np.uint64:
    """Two bits of the word, chosen by others than chose the word."""
    first, second = (key >> np.uint64(26)) & np.uint64(63), (key >> np.uint64(20)) & np.uint64(63)
    return (np.uint64(1) << first) | (np.uint64(1) << second)


@inline
def _slot_of(key: np.uint64, size: int) -> np.uint64:
    return ((key * _MIX) >> np.uint64(32)) & np.uint64(size - 1)


@inline
def node_of(key: np.uint64, keys: NDArray[np.uint64], nodes: NDArray[np.int32]) -> int:
    """The node a key leads to; 0 when there is none."""
    slot = _slot_of(key, keys.size)
    while nodes[slot] != 0:
        if keys[slot] == key:
            return int(nodes[slot])
        slot = (slot + np.uint64(1)) & np.uint64(keys.size - 1)
    return 0


@kernel
def fill_entrance(
    looks: NDArray[np.uint32],
    offsets: NDArray[np.int64],
    kinds: NDArray[np.uint8],
    entrances: NDArray[np.int32],
    heads: NDArray[np.uint64],
    prefixes: NDArray[np.uint64],
    keys: NDArray[np.uint64],
    nodes: NDArray[np.int32],
) -> None:
    """Makes the way into the trie for every pattern: its bits in the filters and its entry in the table.

    kinds: uint8[p]. entrances: int32[p], the node of a pattern's last look, or of its eighth. heads, prefixes: uint64,
    zeros: the filter for the first four looks, which stays in the processor's cache with a million patterns, and the
    one for what is longer. keys, nodes: uint64 and int32[a power of two above the number of patterns], zeros.

    Measured on titles against 10,000 marks, in units of one orjson decode: 4.6 by walking from the root, 3.5 with the
    filter; in another run 3.0 with the filter, 2.75 with the table too.
    """
    for pattern in range(offsets.size - 1):
        length = offsets[pattern + 1] - offsets[pattern]
        hashed = np.uint64(0)
        for p in range(min(length, TRUNK)):
            hashed = mixed(hashed, looks[offsets[pattern] + p])
            if p + 1 == HEAD and length > HEAD:
                set_bits(prefix_key(hashed, HEAD_TAG), heads)
        key = prefix_key(hashed, min(length, TRUNK))
        set_bits(key, heads if length <= HEAD else prefixes)
        if kinds[pattern] == CLAIM_TRIGGER and length < TRUNK:
            set_bits(prefix_key(hashed, length + TRIGGER_TAG), heads)
        slot = _slot_of(key, keys.size)
        while nodes[slot] != 0 and keys[slot] != key:
            slot = (slot + np.uint64(1)) & np.uint64(keys.size - 1)
        keys[slot] = key
        nodes[slot] = entrances[pattern]
