"""Builds the automaton's arrays from folded patterns, level by level, without a Python step per pattern."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.entrance import HEAD, TRUNK, fill_entrance

FILTER_BITS = 16  # per key, which sets two: one word in fifty passes a question by chance


@dataclass(frozen=True, slots=True)
class Trie:
    """Breadth-first trie and the way into it. Edge e leads to node e + 1.

    heads, prefixes: uint64; entrance: uint64[a power of two, 2]: see kernels/entrance. edges, outs: int32[nodes + 1],
    where a node's edges and patterns begin. labels: uint32[nodes - 1]. patterns: int32[patterns], in order of the node
    they end at.
    """

    heads: NDArray[np.uint64]
    prefixes: NDArray[np.uint64]
    entrance: NDArray[np.uint64]
    edges: NDArray[np.int32]
    labels: NDArray[np.uint32]
    outs: NDArray[np.int32]
    patterns: NDArray[np.int32]


def build_trie(looks: NDArray[np.uint32], offsets: NDArray[np.int64], kinds: NDArray[np.uint8]) -> Trie:
    """The trie of patterns `looks[offsets[i]:offsets[i + 1]]`; none may be empty."""
    lengths = np.diff(offsets)
    order = _sorted_by_looks(looks, offsets)
    node_of = np.zeros(len(order), np.int64)  # where each pattern, in order, has got to
    end_node = np.zeros(len(order), np.int64)
    entrances = np.zeros(len(order), np.int32)
    labels, parents = [], []
    nodes, head_keys = 1, 0
    for depth in range(int(lengths.max(initial=0))):
        active = np.flatnonzero(lengths[order] > depth)
        label, parent = looks[offsets[order[active]] + depth], node_of[active]
        is_new = np.ones(len(active), np.bool_)
        is_new[1:] = (label[1:] != label[:-1]) | (parent[1:] != parent[:-1])
        node_of[active] = nodes + np.cumsum(is_new) - 1
        if depth < TRUNK:
            entrances[order[active]] = node_of[active]
        labels.append(label[is_new])
        parents.append(parent[is_new])
        nodes += int(is_new.sum())
        ending = active[lengths[order[active]] == depth + 1]
        end_node[ending] = node_of[ending]
        if depth < HEAD:
            head_keys += len(np.unique(node_of[ending]))
        if depth == HEAD:
            head_keys += len(labels[HEAD - 1])
    by_node = np.argsort(end_node, kind="stable")
    heads = np.zeros(1 + head_keys * FILTER_BITS // 64, np.uint64)
    prefixes = np.zeros(1 + len(order) * FILTER_BITS // 64, np.uint64)
    entrance = np.zeros((1 << (2 * len(order) + 1).bit_length(), 2), np.uint64)
    fill_entrance(looks, offsets, kinds, entrances, heads, prefixes, entrance)
    return Trie(
        heads=heads,
        prefixes=prefixes,
        entrance=entrance,
        edges=_starts(np.concatenate([*parents, np.zeros(0, np.int64)]), nodes),
        labels=np.concatenate([*labels, np.zeros(0, np.uint32)]),
        outs=_starts(end_node, nodes),
        patterns=order[by_node].astype(np.int32),
    )


def _sorted_by_looks(looks: NDArray[np.uint32], offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    """Big-endian bytes sort as the numbers do, and Python sorts bytes fast."""
    packed = looks.astype(">u4").tobytes()
    bounds = (offsets * 4).tolist()
    keys = [packed[first:last] for first, last in pairwise(bounds)]
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.int64)


def _starts(owners: NDArray[np.int64], count: int) -> NDArray[np.int32]:
    starts = np.zeros(count + 1, np.int32)
    np.cumsum(np.bincount(owners, minlength=count), out=starts[1:])
    return starts
