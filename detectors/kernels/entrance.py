"""The way into the trie: a filter of bits that says "surely not", and a table from prefixes to nodes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.jit import inline, kernel

HEAD = 4  # symbols of the filter's first question, for every longer pattern
TRUNK = 8  # symbols of its last: what agrees so far is worth a walk
HEAD_TAG = 32  # sets the bit of a head apart from that of a whole pattern as long
MIX = 0x9E3779B97F4A7C15
_MIX = np.uint64(MIX)  # Fibonacci hashing: odd, near 2**64 / golden ratio


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
    place = bit_of(key, bits.size)
    return bool((bits[place >> np.uint64(6)] >> (place & np.uint64(63))) & np.uint64(1))


@inline
def bit_of(key: np.uint64, size: int) -> np.uint64:
    """High bits are mixed best; 28 of them are enough for a filter of 32 MiB."""
    return (key >> np.uint64(36)) & np.uint64(size * 64 - 1)


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
    entrances: NDArray[np.int32],
    bits: NDArray[np.uint64],
    keys: NDArray[np.uint64],
    nodes: NDArray[np.int32],
) -> None:
    """Makes the way into the trie for every pattern: its bits in the filter and its entry in the table.

    entrances: int32[p], the node of a pattern's last look, or of its eighth. bits: uint64[a power of two], zeros. keys,
    nodes: uint64 and int32[a power of two above the number of patterns], zeros.

    Measured on titles against 10,000 marks, in units of one orjson decode: 4.6 by walking from the root, 3.5 with the
    filter; in another run 3.0 with the filter, 2.75 with the table too.
    """
    for pattern in range(offsets.size - 1):
        length = offsets[pattern + 1] - offsets[pattern]
        hashed = np.uint64(0)
        for p in range(min(length, TRUNK)):
            hashed = mixed(hashed, looks[offsets[pattern] + p])
            if p + 1 == HEAD and length > HEAD:
                head = bit_of(prefix_key(hashed, HEAD_TAG), bits.size)
                bits[head >> np.uint64(6)] |= np.uint64(1) << (head & np.uint64(63))
        key = prefix_key(hashed, min(length, TRUNK))
        place = bit_of(key, bits.size)
        bits[place >> np.uint64(6)] |= np.uint64(1) << (place & np.uint64(63))
        slot = _slot_of(key, keys.size)
        while nodes[slot] != 0 and keys[slot] != key:
            slot = (slot + np.uint64(1)) & np.uint64(keys.size - 1)
        keys[slot] = key
        nodes[slot] = entrances[pattern]
