"""The multi-pattern automaton: every mark and phrase of the watchlist, found in a whole page in one pass.

A trie over looks, entered only where a word may begin. The first eight symbols are not walked but hashed: a filter
of bits says "surely not" for most words, and a table leads straight to the node of a whole short pattern or of the
first eight symbols of a long one, or to the pattern itself where it is the only one. Nodes are numbered breadth first,
so edge e leads to node e + 1. Being wrong about case, script or separators is impossible here: what is found is
compared with the pattern's own symbols first.

A block of symbols goes through each step before the next one: what a step needs from memory was asked for by the one
before and comes while the rest of the block is worked on. With 100,000 marks every pattern has to be waited for.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.codes import (
    CLAIM_TRIGGER,
    CLAUSE,
    DIGIT,
    DOUBTFUL,
    LEET,
    LEET_SIGN,
    MARK,
)
from detectors.kernels.compare import REJECTED, compare, gap_bits
from detectors.kernels.entrance import (
    TRIGGER_TAG,
    TRUNK,
    is_set,
    lone_behind,
    mixed,
    node_behind,
    prefix_key,
    slot_of,
    way_of,
)
from detectors.kernels.jit import inline, kernel
from detectors.kernels.likely import BLOCK, ask_heads, ask_trunks, keep_likely, note_starts
from detectors.kernels.simd import prefetch
from detectors.kernels.words import LONGEST, PLURAL, SHORT, may_end, may_start, stands_alone

_AT, _DEPTH, _FIELD, _WAY = range(4)


@inline
def _child(node: int, label: int, edges: NDArray[np.int32], labels: NDArray[np.uint32]) -> int:
    """Binary search among the node's edges; 0 when there is none."""
    low, high = edges[node], edges[node + 1]
    while low < high:
        middle = (low + high) >> 1
        if labels[middle] < label:
            low = middle + 1
        else:
            high = middle
    if low < edges[node + 1] and labels[low] == label:
        return int(low) + 1
    return 0


@inline
def _goes_on(
    at: int,
    end: int,
    length: int,
    offset: int,
    looks: NDArray[np.uint32],
    gaps: NDArray[np.uint8],
    pattern_looks: NDArray[np.uint32],
) -> bool:
    """Whether a pattern of which TRUNK looks agree agrees to its end, within one clause."""
    if at + length > end:
        return False
    p = TRUNK
    while p < length and gaps[at + p] != CLAUSE and looks[at + p] == pattern_looks[offset + p]:
        p += 1
    return p == length


@inline
def _note_ways(
    block: int,
    count: int,
    field: int,
    places: NDArray[np.int32],
    likely: NDArray[np.int32],
    looks: NDArray[np.uint32],
    bases: NDArray[np.uint32],
    kinds: NDArray[np.uint8],
    gaps: NDArray[np.uint8],
    bits: NDArray[np.uint16],
    fields: NDArray[np.int32],
    heads: NDArray[np.uint64],
    entrance: NDArray[np.uint64],
    ways: NDArray[np.int64],
) -> int:
    """Notes the key of each prefix that is likely and where it stands, and has what it leads to brought near."""
    noted = 0
    for n in range(count):
        at, found = block + int(places[n]), int(likely[n])
        if found == 0:
            continue
        while fields[field + 1] <= at:
            field += 1
        hashed, depth = np.uint64(0), 0
        while found != 0:
            depth += 1
            hashed = mixed(hashed, looks[at + depth - 1])
            is_likely = found & 1
            found >>= 1
            if not is_likely or (
                depth < TRUNK
                and not may_end(at + depth - 1, int(fields[field + 1]), max(depth, PLURAL), kinds, gaps, bases, bits)
                and not is_set(prefix_key(hashed, depth + TRIGGER_TAG), heads)
            ):
                continue
            key = prefix_key(hashed, depth)
            prefetch(entrance, 2 * np.int64(slot_of(key, entrance.shape[0])))
            prefetch(bases, at)
            prefetch(bits, at)
            ways[noted, _AT], ways[noted, _DEPTH], ways[noted, _FIELD] = at, depth, field
            ways[noted, _WAY] = np.int64(key)
            noted += 1
    return noted


@inline
def _open_ways(
    count: int,
    entrance: NDArray[np.uint64],
    offsets: NDArray[np.int64],
    pattern_bases: NDArray[np.uint32],
    pattern_gaps: NDArray[np.uint8],
    pattern_looks: NDArray[np.uint32],
    pattern_kinds: NDArray[np.uint8],
    ways: NDArray[np.int64],
) -> int:
    """Puts the way in the place of each key, leaves out those that lead nowhere, and has the patterns brought near."""
    kept = 0
    for n in range(count):
        way = way_of(np.uint64(ways[n, _WAY]), entrance)
        ways[kept, _AT], ways[kept, _DEPTH], ways[kept, _FIELD] = ways[n, _AT], ways[n, _DEPTH], ways[n, _FIELD]
        ways[kept, _WAY] = np.int64(way)
        prefetch(offsets, lone_behind(way))
        prefetch(pattern_kinds, lone_behind(way))
        kept += int(way != 0)
    for n in range(kept):
        lone = lone_behind(np.uint64(ways[n, _WAY]))
        if lone >= 0:
            prefetch(pattern_bases, offsets[lone])
            prefetch(pattern_gaps, offsets[lone])
            if ways[n, _DEPTH] == TRUNK:
                prefetch(pattern_looks, offsets[lone] + TRUNK)
    return kept


@kernel
def find_patterns(
    looks: NDArray[np.uint32],
    bases: NDArray[np.uint32],
    sources: NDArray[np.int32],
    kinds: NDArray[np.uint8],
    gaps: NDArray[np.uint8],
    bits: NDArray[np.uint16],
    fields: NDArray[np.int32],
    code_points: NDArray[np.uint32],
    heads: NDArray[np.uint64],
    prefixes: NDArray[np.uint64],
    entrance: NDArray[np.uint64],
    edges: NDArray[np.int32],
    labels: NDArray[np.uint32],
    outs: NDArray[np.int32],
    out_patterns: NDArray[np.int32],
    offsets: NDArray[np.int64],
    pattern_bases: NDArray[np.uint32],
    pattern_looks: NDArray[np.uint32],
    pattern_gaps: NDArray[np.uint8],
    pattern_kinds: NDArray[np.uint8],
    out_field: NDArray[np.int32],
    out_symbol: NDArray[np.int32],
    out_length: NDArray[np.int32],
    out_pattern: NDArray[np.int32],
    out_bits: NDArray[np.uint32],
) -> int:
    """Finds every pattern in every field, in text order. Returns the number of hits, or -1 if `out` is too small.

    heads, prefixes, entrance: see fill_entrance. edges, outs: int32[nodes + 1]. The hits' columns: field, first
    symbol, number of symbols, pattern, bits of codes (how the text differs from the pattern).
    """
    breaks, starts = np.empty(BLOCK + TRUNK, np.uint8), np.empty(BLOCK, np.uint8)
    short, places = np.empty(BLOCK, np.uint8), np.empty(BLOCK + 1, np.int32)
    likely, hashes = np.empty(BLOCK, np.int32), np.empty(BLOCK, np.uint64)
    ways = np.empty((BLOCK * TRUNK, 4), np.int64)
    count, field = 0, 0
    while field < fields.size - 1:
        last_bound = field  # of those that rise: some callers jump back, and nothing lies between such bounds
        while last_bound < fields.size - 1 and fields[last_bound + 1] >= fields[last_bound]:
            last_bound += 1
        total = int(fields[last_bound])
        for block in range(int(fields[field]), total, BLOCK):
            size = min(BLOCK, total - block)
            while fields[field + 1] <= block:
                field += 1
            note_starts(block, size, kinds, gaps, fields[: last_bound + 1], field, breaks, starts, short)
            chosen = 0
            for n in range(size):
                places[chosen] = n
                chosen += int(starts[n])
            ask_heads(block, chosen, places, short, looks, heads, likely, hashes)
            chosen = keep_likely(chosen, places, likely, hashes)
            ask_trunks(block, chosen, places, short, looks, prefixes, likely, hashes)
            chosen = _note_ways(
                block, chosen, field, places, likely, looks, bases, kinds, gaps, bits, fields, heads, entrance, ways
            )
            chosen = _open_ways(
                chosen, entrance, offsets, pattern_bases, pattern_gaps, pattern_looks, pattern_kinds, ways
            )
            for n in range(chosen):
                at, depth, owner = int(ways[n, _AT]), int(ways[n, _DEPTH]), int(ways[n, _FIELD])
                first, end = int(fields[owner]), int(fields[owner + 1])
                node, lone = node_behind(np.uint64(ways[n, _WAY])), lone_behind(np.uint64(ways[n, _WAY]))
                if lone >= 0 and depth == TRUNK:
                    depth = int(offsets[lone + 1] - offsets[lone])
                    if not _goes_on(at, end, depth, int(offsets[lone]), looks, gaps, pattern_looks):
                        continue
                while node != 0:
                    low, high = 0, 1
                    if lone < 0:
                        low, high = int(outs[node]), int(outs[node + 1])
                    for slot in range(low, high):
                        pattern = lone if lone >= 0 else int(out_patterns[slot])
                        last = at + depth - 1
                        length = depth if pattern_kinds[pattern] == MARK else LONGEST  # 非 denies wherever it stands
                        if not may_start(at, first, length, kinds, gaps):
                            continue
                        if pattern_kinds[pattern] != CLAIM_TRIGGER and not may_end(
                            last, end, length, kinds, gaps, bases, bits
                        ):
                            continue  # a number follows its trigger without a break: CN201510...
                        offset = offsets[pattern]
                        difference = compare(
                            at, depth, offset, bases, kinds, gaps, bits, sources, code_points, looks,
                            pattern_bases, pattern_looks,
                        )  # fmt: skip
                        if difference == REJECTED:
                            continue
                        is_alone = stands_alone(at, last, first, end, kinds, gaps)
                        is_latin = kinds[at] <= DIGIT or kinds[at] == LEET_SIGN
                        spacing = gap_bits(at, depth, offset, is_latin, is_alone, first, end, kinds, gaps, pattern_gaps)
                        if spacing == REJECTED or (
                            spacing != 0 and difference & LEET and (depth <= SHORT or spacing & DOUBTFUL)
                        ):
                            continue
                        if count == out_field.size:
                            return -1
                        out_field[count] = owner
                        out_symbol[count] = at
                        out_length[count] = depth
                        out_pattern[count] = pattern
                        out_bits[count] = difference | spacing
                        count += 1
                    if lone >= 0 or depth < TRUNK or at + depth == end or gaps[at + depth] == CLAUSE:
                        break
                    depth += 1
                    node = _child(node, int(looks[at + depth - 1]), edges, labels)
        field = last_bound + 1
    return count
