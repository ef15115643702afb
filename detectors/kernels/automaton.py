"""The multi-pattern automaton: every mark and phrase of the watchlist, found in a whole page in one pass.

A trie over looks, entered only where a word may begin. The first eight symbols are not walked but hashed: a filter
of bits says "surely not" for most words, and a table leads straight to the node of a whole short pattern or of the
first eight symbols of a long one. Nodes are numbered breadth first, so edge e leads to node e + 1. Being wrong about
case, script or separators is impossible here: what is found is compared with the pattern's own symbols first.
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
from detectors.kernels.entrance import HEAD, HEAD_TAG, TRIGGER_TAG, TRUNK, is_set, mixed, node_of, prefix_key
from detectors.kernels.jit import inline, kernel
from detectors.kernels.words import LONGEST, PLURAL, SHORT, may_end, may_start, stands_alone


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
    entrance_keys: NDArray[np.uint64],
    entrance_nodes: NDArray[np.int32],
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

    heads, prefixes, entrance_keys, entrance_nodes: see fill_entrance. edges, outs: int32[nodes + 1]. The hits'
    columns: field, first symbol, number of symbols, pattern, bits of codes (how the text differs from the pattern).
    """
    count = 0
    for field in range(fields.size - 1):
        first, end = fields[field], fields[field + 1]
        for at in range(first, end):
            if not may_start(at, first, LONGEST, kinds, gaps):
                continue
            hashed = np.uint64(0)
            depth = 0
            node = 0
            while at + depth < end and (depth == 0 or gaps[at + depth] != CLAUSE):
                depth += 1
                if depth <= TRUNK:
                    hashed = mixed(hashed, looks[at + depth - 1])
                    prefix = prefix_key(hashed, depth)
                    is_likely = is_set(prefix, heads) if depth <= HEAD else is_set(prefix, prefixes)
                    if (
                        is_likely
                        and depth < TRUNK
                        and not may_end(at + depth - 1, end, max(depth, PLURAL), kinds, gaps, bases, bits)
                    ):
                        is_likely = is_set(prefix_key(hashed, depth + TRIGGER_TAG), heads)  # spares a look at the table
                    node = node_of(prefix, entrance_keys, entrance_nodes) if is_likely else 0
                    if node == 0:
                        if depth == TRUNK or (depth == HEAD and not is_set(prefix_key(hashed, HEAD_TAG), heads)):
                            break
                        continue
                else:
                    node = _child(node, int(looks[at + depth - 1]), edges, labels)
                    if node == 0:
                        break
                for slot in range(outs[node], outs[node + 1]):
                    pattern = out_patterns[slot]
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
                    out_field[count] = field
                    out_symbol[count] = at
                    out_length[count] = depth
                    out_pattern[count] = pattern
                    out_bits[count] = difference | spacing
                    count += 1
                if depth == HEAD and not is_set(prefix_key(hashed, HEAD_TAG), heads):
                    break
    return count
