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
    ALPHABETIC,
    CLAIM_TRIGGER,
    CLAUSE,
    COLON,
    COMPATIBILITY,
    CONFUSABLE,
    DIGIT,
    DOT,
    HAN,
    HANGUL,
    HARD,
    HYPHEN,
    KANA,
    LEET,
    LEET_SIGN,
    MARK,
    NO_GAP,
    PERCENT,
    PLUS,
    SEPARATORS,
    SPACE,
    SYMBOL,
    TILDE,
    ZERO_WIDTH,
)
from detectors.kernels.jit import inline, kernel

_LOWER_L, _LOWER_I, _UPPER_I, _LOWER_R = 108, 105, 73, 114
_REJECTED = -1
_EDGE_FIGURES = (48, 49, 51)  # 0, 1, 3
_BEGIN_FIGURES = (52, 53)  # 4 and 5 too, where a long word begins: 4didas
_LONG = 6
_LONGEST = 64  # stands for "long enough" where only a short word would be refused
_SHORT = 4  # letters: below it a substitution or a digit glued on proves nothing


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


HEAD = 4  # symbols of the filter's first question, for every longer pattern
TRUNK = 8  # symbols of its last: what agrees so far is worth a walk
_HEAD_TAG = 32  # sets the bit of a head apart from that of a whole pattern as long
_MIX = np.uint64(0x9E3779B97F4A7C15)  # Fibonacci hashing: odd, near 2**64 / golden ratio


@inline
def _mixed(state: np.uint64, look: np.uint32) -> np.uint64:
    """One step of the prefix hash."""
    return (state ^ np.uint64(look)) * _MIX


@inline
def _key(hashed: np.uint64, tag: int) -> np.uint64:
    """Names a prefix of `tag` symbols."""
    return hashed ^ (np.uint64(tag) * _MIX)


@inline
def _is_set(key: np.uint64, bits: NDArray[np.uint64]) -> bool:
    place = _bit_of(key, bits.size)
    return bool((bits[place >> np.uint64(6)] >> (place & np.uint64(63))) & np.uint64(1))


@inline
def _bit_of(key: np.uint64, size: int) -> np.uint64:
    """High bits are mixed best; 28 of them are enough for a filter of 32 MiB."""
    return (key >> np.uint64(36)) & np.uint64(size * 64 - 1)


@inline
def _slot_of(key: np.uint64, size: int) -> np.uint64:
    return ((key * _MIX) >> np.uint64(32)) & np.uint64(size - 1)


@inline
def _node_of(key: np.uint64, keys: NDArray[np.uint64], nodes: NDArray[np.int32]) -> int:
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
    nodes: uint64 and int32[a power of two above the number of patterns], zeros. Against 10,000 marks most words of a
    title end at the filter; each step of a walk from the root waited for memory and took half the kernel's time.
    """
    for pattern in range(offsets.size - 1):
        length = offsets[pattern + 1] - offsets[pattern]
        hashed = np.uint64(0)
        for p in range(min(length, TRUNK)):
            hashed = _mixed(hashed, looks[offsets[pattern] + p])
            if p + 1 == HEAD and length > HEAD:
                head = _bit_of(_key(hashed, _HEAD_TAG), bits.size)
                bits[head >> np.uint64(6)] |= np.uint64(1) << (head & np.uint64(63))
        key = _key(hashed, min(length, TRUNK))
        place = _bit_of(key, bits.size)
        bits[place >> np.uint64(6)] |= np.uint64(1) << (place & np.uint64(63))
        slot = _slot_of(key, keys.size)
        while nodes[slot] != 0 and keys[slot] != key:
            slot = (slot + np.uint64(1)) & np.uint64(keys.size - 1)
        keys[slot] = key
        nodes[slot] = entrances[pattern]


@inline
def _may_start(at: int, first: int, length: int, kinds: NDArray[np.uint8], gaps: NDArray[np.uint8]) -> bool:
    """Whether a word of `length` symbols may begin here: "ike" may not begin inside "bike"."""
    if at == first or gaps[at] != NO_GAP:
        return True
    here, before = kinds[at], kinds[at - 1]
    if before == LEET_SIGN or here != before:
        glued = (here == ALPHABETIC and before == DIGIT) or (here == DIGIT and before == ALPHABETIC)
        return not glued or length >= _SHORT
    if here == HAN or here == HANGUL:
        return length > 1
    return bool(here == KANA and length > 2)


@inline
def _may_end(
    last: int,
    end: int,
    length: int,
    kinds: NDArray[np.uint8],
    gaps: NDArray[np.uint8],
    bases: NDArray[np.uint32],
    bits: NDArray[np.uint16],
) -> bool:
    """Whether a word may end here. Han, kana and Hangul run on: 耐克鞋, ナイキシューズ, 나이키는; Ⓡ ends a word too."""
    after = last + 1
    if after == end or gaps[after] != NO_GAP:
        return True
    if bases[after] == _LOWER_R and bits[after] & COMPATIBILITY and (after + 1 == end or gaps[after + 1] != NO_GAP):
        return True
    if kinds[after] != kinds[last]:
        return True
    if kinds[last] == ALPHABETIC or kinds[last] == DIGIT:
        return False
    return length > 1


@inline
def _stands_alone(at: int, last: int, first: int, end: int, kinds: NDArray[np.uint8], gaps: NDArray[np.uint8]) -> bool:
    """Whether nothing of the same script touches the hit on either side."""
    free_before = at == first or gaps[at] != NO_GAP or kinds[at - 1] != kinds[at]
    return free_before and (last + 1 == end or gaps[last + 1] != NO_GAP or kinds[last + 1] != kinds[last])


@inline
def _gap_bits(
    at: int,
    length: int,
    offset: int,
    is_latin: bool,
    is_alone: bool,
    gaps: NDArray[np.uint8],
    pattern_gaps: NDArray[np.uint8],
) -> int:
    """What the separators inside a hit say: 0 for ordinary spelling, SEPARATORS for a disguise, or rejected.

    A separator between all symbols is a disguise, and so is a sign such as * or an emoji between some. In a Latin
    word a hyphen or dot is everyday ("uni-ball"), and spaces between some letters are two words that happen to stand
    together ("as us"). In Han, kana and Hangul every sign is a disguise and a space says nothing; a mark of two must
    then stand alone, or it is the end of one word and the start of another (用品 客厅).
    """
    strange = 0
    inside = 0
    uniform = True
    everyday = True
    wide = False
    for p in range(1, length):
        gap, wanted = gaps[at + p], pattern_gaps[offset + p]
        if wanted == COLON or wanted == PLUS or wanted == PERCENT:
            if gap != wanted:
                return _REJECTED
            continue
        if gap == NO_GAP:
            continue
        inside += 1
        if gap == CLAUSE:
            return _REJECTED
        if wanted != NO_GAP:
            if gap == HARD:
                return _REJECTED
            continue
        strange += 1
        uniform = uniform and gap == gaps[at + 1]
        is_sign = HYPHEN <= gap <= TILDE or gap == SYMBOL
        wide = wide or not is_sign
        everyday = everyday and (gap <= DOT if is_latin else gap == SPACE)
    if strange == 0:
        return 0
    if uniform and inside == length - 1 and length >= _SHORT:
        return SEPARATORS
    if is_latin:
        return _REJECTED if wide or length < _SHORT else (0 if everyday else SEPARATORS)
    if length == 2:
        return _REJECTED if wide and not is_alone else SEPARATORS
    return 0 if everyday and inside < length - 1 else SEPARATORS


@inline
def _is_upper(code: int) -> bool:
    return 65 <= code <= 90


@inline
def _is_lower(code: int) -> bool:
    return 97 <= code <= 122


@inline
def _passes_for(
    raw: int, at: int, p: int, length: int, sources: NDArray[np.int32], code_points: NDArray[np.uint32]
) -> bool:
    """Whether a small l passes for I (among capitals: NlKE) or a capital I for l (after a small letter: AppIe)."""
    if raw == _UPPER_I:
        return p > 0 and _is_lower(int(code_points[sources[at + p - 1]]))
    if raw != _LOWER_L:
        return False
    capitals = 0
    for other in range(length):
        code = int(code_points[sources[at + other]])
        if _is_lower(code) and code != _LOWER_L:
            return False
        capitals += _is_upper(code)
    return capitals > 0


@inline
def _is_number(at: int, kinds: NDArray[np.uint8]) -> bool:
    return bool(kinds[at] == DIGIT)


@inline
def _compare(
    at: int,
    length: int,
    offset: int,
    bases: NDArray[np.uint32],
    kinds: NDArray[np.uint8],
    gaps: NDArray[np.uint8],
    bits: NDArray[np.uint16],
    sources: NDArray[np.int32],
    code_points: NDArray[np.uint32],
    looks: NDArray[np.uint32],
    pattern_bases: NDArray[np.uint32],
    pattern_looks: NDArray[np.uint32],
) -> int:
    """The bits by which the text differs from the pattern, or rejected where looks alone had made them equal.

    A digit passes for a letter between letters (N1KE), or at the edge of a long word that has no other digit (Gucc1)
    or has one between letters too (5umd3x): SP35 is a model number. A Latin word is no disguise of a Greek mark that
    is drawn like it; at an edge 0, 1 and 3 are letters, 4 and 5 seldom (note5), and a figure by itself is none.
    """
    found = 0
    substitutions = 0
    digits = 0
    edge, inside = False, False
    mark_has_digit = False
    all_ascii = True
    for p in range(length):
        symbol = bits[at + p]
        starts_word = p == 0 or gaps[at + p] != NO_GAP
        found |= (symbol & ~ZERO_WIDTH) if starts_word else symbol  # between words it is residue of copying
        have, want = int(bases[at + p]), int(pattern_bases[offset + p])
        mark_has_digit = mark_has_digit or 48 <= want <= 57
        all_ascii = all_ascii and have < 128
        if have == want:
            continue
        if looks[at + p] != pattern_looks[offset + p]:
            return _REJECTED  # two prefixes with one hash
        substitutions += 1
        if kinds[at + p] == DIGIT or kinds[at + p] == LEET_SIGN:
            digits += 1
            at_edge = p == 0 or p == length - 1
            is_figure = kinds[at + p] == DIGIT
            begins_long = p == 0 and length >= _LONG and have in _BEGIN_FIGURES
            if is_figure and ((p > 0 and starts_word) or (at_edge and not begins_long and have not in _EDGE_FIGURES)):
                return _REJECTED
            edge = edge or at_edge
            inside = inside or not (at_edge or _is_number(at + p - 1, kinds) or _is_number(at + p + 1, kinds))
            found |= LEET
            continue
        if 48 <= want <= 57:
            return _REJECTED
        l_for_i = (have == _LOWER_L and want == _LOWER_I) or (have == _LOWER_I and want == _LOWER_L)
        raw = int(code_points[sources[at + p]])
        if l_for_i and not _passes_for(raw, at, p, length, sources, code_points):
            return _REJECTED
        found |= CONFUSABLE
    if substitutions == 0:
        return found
    if digits > 0 and (mark_has_digit or length < _SHORT or digits * 5 > length * 2):
        return _REJECTED
    if edge and (length == _SHORT or (digits > 1 and not inside)):
        return _REJECTED
    if substitutions == length and (length < _SHORT or all_ascii):
        return _REJECTED
    return found


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
    out_bits: NDArray[np.uint16],
) -> int:
    """Finds every pattern in every field, in text order. Returns the number of hits, or -1 if `out` is too small.

    prefixes, entrance_keys, entrance_nodes: see fill_entrance. edges, outs: int32[nodes + 1]. The hits' columns: field,
    first symbol, number of symbols, pattern, bits of codes (how the text differs from the pattern).
    """
    count = 0
    for field in range(fields.size - 1):
        first, end = fields[field], fields[field + 1]
        for at in range(first, end):
            if not _may_start(at, first, _LONGEST, kinds, gaps):
                continue
            hashed = np.uint64(0)
            depth = 0
            node = 0
            while at + depth < end and (depth == 0 or gaps[at + depth] != CLAUSE):
                depth += 1
                if depth <= TRUNK:
                    hashed = _mixed(hashed, looks[at + depth - 1])
                    key = _key(hashed, depth)
                    node = _node_of(key, entrance_keys, entrance_nodes) if _is_set(key, prefixes) else 0
                    if node == 0:
                        if depth == TRUNK or (depth == HEAD and not _is_set(_key(hashed, _HEAD_TAG), prefixes)):
                            break
                        continue
                else:
                    node = _child(node, int(looks[at + depth - 1]), edges, labels)
                    if node == 0:
                        break
                for slot in range(outs[node], outs[node + 1]):
                    pattern = out_patterns[slot]
                    last = at + depth - 1
                    length = depth if pattern_kinds[pattern] == MARK else _LONGEST  # 非 denies wherever it stands
                    if not _may_start(at, first, length, kinds, gaps):
                        continue
                    if pattern_kinds[pattern] != CLAIM_TRIGGER and not _may_end(
                        last, end, length, kinds, gaps, bases, bits
                    ):
                        continue  # a number follows its trigger without a break: CN201510...
                    offset = offsets[pattern]
                    difference = _compare(
                        at, depth, offset, bases, kinds, gaps, bits, sources, code_points, looks,
                        pattern_bases, pattern_looks,
                    )  # fmt: skip
                    if difference == _REJECTED:
                        continue
                    is_alone = _stands_alone(at, last, first, end, kinds, gaps)
                    is_latin = kinds[at] <= DIGIT or kinds[at] == LEET_SIGN
                    spacing = _gap_bits(at, depth, offset, is_latin, is_alone, gaps, pattern_gaps)
                    if spacing == _REJECTED or (spacing != 0 and difference & LEET):
                        continue
                    if count == out_field.size:
                        return -1
                    out_field[count] = field
                    out_symbol[count] = at
                    out_length[count] = depth
                    out_pattern[count] = pattern
                    out_bits[count] = difference | spacing
                    count += 1
                if depth == HEAD and not _is_set(_key(hashed, _HEAD_TAG), prefixes):
                    break
    return count
