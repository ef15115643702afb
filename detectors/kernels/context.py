"""What stands around a hit: counterfeit wording, its negation and its innocent uses, "compatible with"."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.codes import (
    COMPATIBLE_AFTER,
    COMPATIBLE_BEFORE,
    COMPATIBLE_USE,
    COUNTERFEIT_STRONG,
    COUNTERFEIT_WEAK,
    IN_CODED_CLAUSE,
    IN_CODED_LISTING,
    INNOCENT,
    MARK,
    NEGATION,
)
from detectors.kernels.jit import inline, kernel

_NEGATION_REACH = 6  # symbols between "not" and what it denies: "not a replica"
_BEFORE_REACH = 24  # symbols between "for" and the mark: "compatible with the new iPhone"
_AFTER_REACH = 12  # symbols between the mark and "호환"
_CODED_REACH = 80  # symbols between a mark and the wording about it: sentences often end in nothing but a dot


@inline
def _is_cancelled(
    hit: int,
    kinds: NDArray[np.uint8],
    fields: NDArray[np.int32],
    symbols: NDArray[np.int32],
    lengths: NDArray[np.int32],
    clauses: NDArray[np.int32],
) -> bool:
    """Whether a counterfeit wording is denied, or is part of a longer innocent phrase."""
    begin, end = symbols[hit], symbols[hit] + lengths[hit]
    other = hit - 1
    while other >= 0 and fields[other] == fields[hit] and symbols[other] > begin - 64:
        other_end = symbols[other] + lengths[other]
        if kinds[other] == INNOCENT and other_end >= end:
            return True
        near = other_end <= begin and begin - other_end <= _NEGATION_REACH
        if kinds[other] == NEGATION and near and clauses[symbols[other]] == clauses[begin]:
            return True
        other -= 1
    other = hit + 1
    while other < kinds.size and fields[other] == fields[hit] and symbols[other] == begin:
        if kinds[other] == INNOCENT and symbols[other] + lengths[other] >= end:
            return True
        other += 1
    return False


@inline
def _is_coded(
    hit: int,
    kinds: NDArray[np.uint8],
    patterns: NDArray[np.int32],
    symbols: NDArray[np.int32],
    clauses: NDArray[np.int32],
) -> bool:
    """One strong wording, or two different weak ones, in the mark's clause and not far from it."""
    at = symbols[hit]
    clause = clauses[at]
    other = hit
    while other > 0 and symbols[other - 1] >= at - _CODED_REACH and clauses[symbols[other - 1]] == clause:
        other -= 1
    first_weak = -1
    while other < kinds.size and symbols[other] <= at + _CODED_REACH and clauses[symbols[other]] == clause:
        if kinds[other] == COUNTERFEIT_STRONG:
            return True
        if kinds[other] == COUNTERFEIT_WEAK:
            if first_weak < 0:
                first_weak = other
            elif patterns[other] != patterns[first_weak] and symbols[other] != symbols[first_weak]:
                return True
        other += 1
    return False


@inline
def _is_compatible_use(
    hit: int,
    kinds: NDArray[np.uint8],
    symbols: NDArray[np.int32],
    lengths: NDArray[np.int32],
    clauses: NDArray[np.int32],
) -> bool:
    begin, end = symbols[hit], symbols[hit] + lengths[hit]
    other = hit - 1
    while other >= 0 and symbols[other] > begin - 64 and clauses[symbols[other]] == clauses[begin]:
        distance = begin - (symbols[other] + lengths[other])
        if kinds[other] == COMPATIBLE_BEFORE and 0 <= distance <= _BEFORE_REACH:
            return True
        other -= 1
    other = hit + 1
    while other < kinds.size and symbols[other] - end <= _AFTER_REACH and clauses[symbols[other]] == clauses[begin]:
        if kinds[other] == COMPATIBLE_AFTER and symbols[other] >= end:
            return True
        other += 1
    return False


@kernel
def weigh_context(
    kinds: NDArray[np.uint8],
    patterns: NDArray[np.int32],
    fields: NDArray[np.int32],
    symbols: NDArray[np.int32],
    lengths: NDArray[np.int32],
    clauses: NDArray[np.int32],
    listing_of: NDArray[np.int32],
    headlines: int,
    listings: int,
    context: NDArray[np.uint8],
) -> None:
    """Fills `context`, uint8[hits], with the bits of codes for each mark hit.

    kinds, patterns, fields, symbols, lengths: one per hit, in text order; counterfeit hits that turn out to be
    cancelled get the kind INNOCENT. clauses: int32 per symbol. listing_of: int32 per field. Fields before
    `headlines` are titles and brands, which speak for the whole listing.
    """
    strong = np.zeros(listings, np.bool_)
    for hit in range(kinds.size):
        if kinds[hit] == COUNTERFEIT_STRONG or kinds[hit] == COUNTERFEIT_WEAK:
            if _is_cancelled(hit, kinds, fields, symbols, lengths, clauses):
                kinds[hit] = INNOCENT
            elif kinds[hit] == COUNTERFEIT_STRONG:
                strong[listing_of[fields[hit]]] = True
    for hit in range(kinds.size):
        if kinds[hit] != MARK:
            continue
        bits = IN_CODED_CLAUSE if _is_coded(hit, kinds, patterns, symbols, clauses) else 0
        if fields[hit] < headlines and strong[listing_of[fields[hit]]]:
            bits |= IN_CODED_LISTING
        if _is_compatible_use(hit, kinds, symbols, lengths, clauses):
            bits |= COMPATIBLE_USE
        context[hit] = bits
