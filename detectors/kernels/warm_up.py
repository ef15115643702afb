"""Runs every kernel once on a tiny page, so that the first real page meets compiled code."""

from __future__ import annotations

import numpy as np

from detectors.kernels.automaton import find_patterns
from detectors.kernels.beside import excuse_wording
from detectors.kernels.context import weigh_context
from detectors.kernels.entrance import fill_entrance
from detectors.kernels.fold import fold_fields
from detectors.kernels.jit import KERNELS, ReadOnlyCache
from detectors.kernels.lines import find_doubtful
from detectors.kernels.near import Found, Lexicon, Marks, NearIndex, Symbols, fill_index, fill_words
from detectors.kernels.near_han import find_near_han
from detectors.kernels.near_keys import near_keys
from detectors.kernels.near_words import find_near_words


def warm_up() -> None:
    """Calls each kernel with arrays of the dtypes it gets in service; read-only input is a signature of its own."""
    u32, i32, u8, u16, i64 = np.uint32, np.int32, np.uint8, np.uint16, np.int64
    code_points = np.frombuffer("a".encode("utf-32-le"), u32)
    starts = np.array([0, 1], i32)
    kinds, hows = np.full(128, 1, u8), np.zeros(128, u16)
    letters, counts, firsts = np.arange(128, dtype=u32), np.ones(128, u8), np.zeros(128, i32)
    looks, bases, more = np.empty(9, u32), np.empty(9, u32), np.zeros(1, u32)
    sources, clauses, fields = np.empty(9, i32), np.empty(9, i32), np.zeros(2, i32)
    symbol_kinds, gaps, bits = np.empty(9, u8), np.empty(9, u8), np.empty(9, u16)
    fold_fields(
        code_points, starts, kinds, hows, letters, letters, counts, firsts, more, more, np.zeros(1, u8),
        np.zeros(128, u32), looks, bases, sources, symbol_kinds, gaps, bits, clauses, fields,
    )  # fmt: skip
    edges, labels, outs, offsets = (
        np.array([0, 1, 1], i32),
        letters[97:98],
        np.array([0, 0, 1], i32),
        np.array([0, 1], i64),
    )
    prefixes, keys, nodes = np.zeros(1, np.uint64), np.zeros(2, np.uint64), np.zeros(2, i32)
    fill_entrance(labels, offsets, np.ones(1, i32), prefixes, keys, nodes)
    field, first, length, pattern = np.empty(9, i32), np.empty(9, i32), np.empty(9, i32), np.empty(9, i32)
    found = find_patterns(
        looks, bases, sources, symbol_kinds, gaps, bits, fields, code_points, prefixes, keys, nodes, edges, labels,
        outs, np.zeros(1, i32), offsets, labels, labels, np.zeros(1, u8), np.zeros(1, u8),
        field, first, length, pattern, np.empty(9, u32),
    )  # fmt: skip
    _warm_up_near(Symbols(bases, symbol_kinds, gaps, fields))
    groups = np.zeros(1, np.uint32)
    excuse_wording(
        starts[:1], starts[:1], groups, starts[:1], starts[:1], groups, clauses, starts[:1], 1, 1, np.zeros(1, np.bool_)
    )
    weigh_context(
        np.zeros(found, u8), pattern[:found], field[:found], first[:found], length[:found], clauses,
        symbol_kinds, starts[:1],
        1, 1, np.zeros(found, u8),
    )  # fmt: skip
    words, column = np.zeros((2, 2), i64), np.zeros(2, i64)
    find_doubtful(np.frombuffer(b'{"a":1}\n', u8), 9, words, column, column, column, np.empty(1, i32))


def _warm_up_near(text: Symbols) -> None:
    """The kernels of near spellings, on no marks."""
    marks = Marks(np.zeros(1, np.int64), np.zeros(0, np.uint32), np.zeros(0, np.uint8), np.zeros(0, np.uint8))
    lexicon = Lexicon(
        np.zeros(2, np.uint64),
        np.zeros(1, np.uint16),
        np.zeros((1, 6), np.uint8),
        np.zeros((448, 3), np.uint8),
        np.zeros(0, np.uint32),
        np.zeros(1, np.int32),
        np.zeros(0, np.uint32),
        np.zeros(1, np.int32),
    )
    near = NearIndex(np.zeros(1, np.uint64), np.zeros(2, np.int32), np.zeros(0, np.int32))
    column = np.empty(1, np.int32)
    found = Found(column, column, column, column, np.empty(1, np.uint32))
    keys, owners = np.zeros(1, np.uint64), np.zeros(1, np.int32)
    fill_words(np.zeros(1, np.uint32), np.array([0, 1], np.int32), np.zeros(1, np.uint8), lexicon.words)
    fill_index(keys[:0], owners[:0], near)
    near_keys(marks, lexicon, keys, owners)
    find_near_words(text, marks, near, lexicon, found)
    find_near_han(text, marks, near, lexicon, found, 0)


def compile_kernels() -> int:
    """Compiles into the cache and returns the number of kernels; the only step that writes it."""
    ReadOnlyCache.saving = True
    try:
        warm_up()
    finally:
        ReadOnlyCache.saving = False
    return len(KERNELS)
