"""What stands around a hit: counterfeit wording, its negation and its innocent uses, "compatible with"."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.codes import (
    ALPHABETIC,
    COMPATIBLE_AFTER,
    COMPATIBLE_BEFORE,
    COMPATIBLE_USE,
    COUNTERFEIT_BESIDE,
    COUNTERFEIT_STRONG,
    COUNTERFEIT_WEAK,
    DENIED,
    DIGIT,
    IN_CODED_CLAUSE,
    IN_CODED_LISTING,
    IN_CONTACT_LISTING,
    INNOCENT,
    MARK,
    NEGATION,
    NEGATION_AFTER,
    OFF_PLATFORM_CONTACT,
)
from detectors.kernels.jit import inline, kernel

_WINDOW = 64  # symbols: the longest phrase there is
_DENIAL_REACH = 6  # symbols between 拒绝 and what it denies; where a word is one symbol: 非, and none between
_SPELLED_REACH = 16  # the same for words of letters: "not a cheap replica", "keine billige Replika"
_ARTICLE_REACH = 3  # symbols between "not" and the mark: "not a LUMORA"
_BEFORE_REACH = 24  # symbols between "for" and the mark: "compatible with the new iPhone"
_AFTER_REACH = 12  # symbols between the mark and "호환"
_CODED_REACH = 80  # symbols between a mark and the wording about it: sentences often end in nothing but a dot


@inline
def _is_wording(kind: int) -> bool:
    """Whether it is the kind of a counterfeit wording, whatever that needs to be believed."""
    return kind == COUNTERFEIT_STRONG or kind == COUNTERFEIT_WEAK or kind == COUNTERFEIT_BESIDE


@inline
def _is_covered(
    hit: int,
    least: int,
    counterfeit_too: bool,
    kinds: NDArray[np.uint8],
    fields: NDArray[np.int32],
    symbols: NDArray[np.int32],
    lengths: NDArray[np.int32],
) -> bool:
    """Whether the hit is part of an innocent phrase (or a counterfeit wording) of `least` symbols or more."""
    begin, end = symbols[hit], symbols[hit] + lengths[hit]
    other = hit
    while other > 0 and fields[other - 1] == fields[hit] and symbols[other - 1] > begin - _WINDOW:
        other -= 1
    while other < kinds.size and fields[other] == fields[hit] and symbols[other] <= begin:
        covers = lengths[other] >= least and symbols[other] + lengths[other] >= end
        if covers and (kinds[other] == INNOCENT or (counterfeit_too and _is_wording(kinds[other]))):
            return True
        other += 1
    return False


@inline
def _denies(
    negation: int,
    distance: int,
    kinds: NDArray[np.uint8],
    fields: NDArray[np.int32],
    symbols: NDArray[np.int32],
    lengths: NDArray[np.int32],
    scripts: NDArray[np.uint8],
) -> bool:
    """Whether a negation reaches over `distance` symbols, and is one: "no" in "no box" and 非 in 非常 are none."""
    if scripts[symbols[negation]] == ALPHABETIC:
        reach = _SPELLED_REACH
    else:
        reach = _DENIAL_REACH if lengths[negation] > 1 else 0
    if distance < 0 or distance > reach:
        return False
    return not _is_covered(negation, lengths[negation] + 1, True, kinds, fields, symbols, lengths)


@inline
def _is_denied_wording(
    hit: int,
    kinds: NDArray[np.uint8],
    fields: NDArray[np.int32],
    symbols: NDArray[np.int32],
    lengths: NDArray[np.int32],
    clauses: NDArray[np.int32],
    scripts: NDArray[np.uint8],
) -> bool:
    """Whether a negation denies the wording, before it or after it in its clause."""
    begin, end = symbols[hit], symbols[hit] + lengths[hit]
    other = hit - 1
    while other >= 0 and symbols[other] > begin - _WINDOW and clauses[symbols[other]] == clauses[begin]:
        distance = begin - (symbols[other] + lengths[other])
        if kinds[other] == NEGATION and _denies(other, distance, kinds, fields, symbols, lengths, scripts):
            return True
        other -= 1
    other = hit + 1
    while other < kinds.size and symbols[other] <= end + _SPELLED_REACH and clauses[symbols[other]] == clauses[begin]:
        distance = symbols[other] - end
        if kinds[other] == NEGATION_AFTER and _denies(other, distance, kinds, fields, symbols, lengths, scripts):
            return True
        other += 1
    return False


@inline
def _is_coded(
    hit: int,
    wording: int,
    kinds: NDArray[np.uint8],
    patterns: NDArray[np.int32],
    symbols: NDArray[np.int32],
    lengths: NDArray[np.int32],
    clauses: NDArray[np.int32],
) -> bool:
    """One strong wording, or two different weak ones side by side, in the mark's clause and not far from it.

    Of the weak ones those that mean "fake" are enough where they touch the mark. A word of one character (假, 仿)
    speaks of what follows it and says nothing elsewhere: 暑假, 仿皮. wording: the first one that is not too far before
    the mark.
    """
    at = symbols[hit]
    other, first_weak = wording, -1
    while other < hit and clauses[symbols[other]] < clauses[at]:
        other += 1
    while other < kinds.size and symbols[other] <= at + _CODED_REACH and clauses[symbols[other]] == clauses[at]:
        if kinds[other] == COUNTERFEIT_STRONG:
            return True
        is_word = lengths[other] > 1
        if kinds[other] == COUNTERFEIT_BESIDE and (
            symbols[other] + lengths[other] == at or (is_word and symbols[other] == at + lengths[hit])
        ):
            return True
        if kinds[other] == COUNTERFEIT_WEAK or (kinds[other] == COUNTERFEIT_BESIDE and is_word):
            if first_weak < 0:
                first_weak = other
            elif (
                patterns[other] != patterns[first_weak] and symbols[other] - symbols[first_weak] >= lengths[first_weak]
            ):
                return True
        other += 1
    return False


@inline
def _speaks_of(
    phrase: int,
    mark: int,
    reach: int,
    kinds: NDArray[np.uint8],
    fields: NDArray[np.int32],
    symbols: NDArray[np.int32],
    lengths: NDArray[np.int32],
    scripts: NDArray[np.uint8],
) -> bool:
    """Whether a word such as "for" reaches the mark and is one: "for" in "for men" and 用 in 家用 are none.

    A word of one character (用, 配, 용) speaks of what it stands beside: nothing but a model may be between.
    """
    first, last = symbols[phrase] + lengths[phrase], symbols[mark]
    if symbols[phrase] > symbols[mark]:
        first, last = symbols[mark] + lengths[mark], symbols[phrase]
    if last < first or last - first > reach:
        return False
    if lengths[phrase] == 1 and scripts[symbols[phrase]] != ALPHABETIC:
        for between in range(first, last):
            if scripts[between] > DIGIT:
                return False
    return not _is_covered(phrase, lengths[phrase] + 1, False, kinds, fields, symbols, lengths)


@inline
def _is_compatible_use(
    hit: int,
    behind: int,
    ahead: int,
    kinds: NDArray[np.uint8],
    fields: NDArray[np.int32],
    symbols: NDArray[np.int32],
    lengths: NDArray[np.int32],
    clauses: NDArray[np.int32],
    scripts: NDArray[np.uint8],
) -> bool:
    """Whether the mark is named as what the goods are for: 适用于 before it, 専用 after it.

    One character after it must follow the mark or another script, or it is the end of a word: 家用. behind: the last
    hit before the mark that may say so; ahead: the first one after it.
    """
    begin, end = symbols[hit], symbols[hit] + lengths[hit]
    other = behind
    while other >= 0 and symbols[other] > begin - _WINDOW and clauses[symbols[other]] == clauses[begin]:
        if kinds[other] == COMPATIBLE_BEFORE and _speaks_of(
            other, hit, _BEFORE_REACH, kinds, fields, symbols, lengths, scripts
        ):
            return True
        other -= 1
    other = ahead
    while other < kinds.size and symbols[other] - end <= _AFTER_REACH and clauses[symbols[other]] == clauses[begin]:
        if kinds[other] == COMPATIBLE_AFTER and _speaks_of(
            other, hit, _AFTER_REACH, kinds, fields, symbols, lengths, scripts
        ):
            return True
        other += 1
    return False


@inline
def _is_denied(
    hit: int,
    behind: int,
    kinds: NDArray[np.uint8],
    fields: NDArray[np.int32],
    symbols: NDArray[np.int32],
    lengths: NDArray[np.int32],
    clauses: NDArray[np.int32],
    scripts: NDArray[np.uint8],
) -> bool:
    """Whether a negation stands directly before the mark, or an article between: "not LUMORA", "keine LUMORA".

    behind: the last hit before the mark that may be one.
    """
    begin, other = symbols[hit], behind
    while other >= 0 and symbols[other] > begin - _WINDOW and clauses[symbols[other]] == clauses[begin]:
        distance = begin - (symbols[other] + lengths[other])
        reach = _ARTICLE_REACH if scripts[symbols[other]] == ALPHABETIC else 0
        is_negation = kinds[other] == NEGATION and 0 <= distance <= reach
        if is_negation and not _is_covered(other, lengths[other] + 1, True, kinds, fields, symbols, lengths):
            return True
        other -= 1
    return False


@kernel
def weigh_context(
    kinds: NDArray[np.uint8],
    patterns: NDArray[np.int32],
    fields: NDArray[np.int32],
    symbols: NDArray[np.int32],
    lengths: NDArray[np.int32],
    clauses: NDArray[np.int32],
    scripts: NDArray[np.uint8],
    listing_of: NDArray[np.int32],
    headlines: int,
    listings: int,
    context: NDArray[np.uint8],
) -> None:
    """Fills `context`, uint8[hits], with the bits of codes for each mark hit.

    kinds, patterns, fields, symbols, lengths: one per hit, in text order; wording that turns out to be cancelled gets
    the kind INNOCENT. clauses: int32, rising from hit to hit, and scripts: uint8 (classes of codes), per symbol.
    listing_of: int32 per field. Fields before `headlines` are titles and brands, which speak for the whole listing.
    """
    strong = np.zeros(listings, np.bool_)
    contact = np.zeros(listings, np.bool_)
    denied, denied_clause = -1, -1  # where the wording denied in this clause ends: 非高仿A货 denies both
    for hit in range(kinds.size):
        kind, begin = kinds[hit], symbols[hit]
        is_wording = _is_wording(kind)
        if not is_wording and kind != OFF_PLATFORM_CONTACT:
            continue
        if clauses[begin] != denied_clause:
            denied, denied_clause = -1, clauses[begin]
        if _is_covered(hit, 1, False, kinds, fields, symbols, lengths):
            kinds[hit] = INNOCENT
        elif (is_wording and begin <= denied) or _is_denied_wording(
            hit, kinds, fields, symbols, lengths, clauses, scripts
        ):
            kinds[hit] = INNOCENT
            if is_wording:
                denied = max(denied, begin + lengths[hit])
        elif kind == COUNTERFEIT_STRONG:
            strong[listing_of[fields[hit]]] = True
        elif kind == OFF_PLATFORM_CONTACT:
            contact[listing_of[fields[hit]]] = True
    wording, behind, ahead = 0, -1, 0  # what is nearest is noted on the way: most marks have nothing near
    for hit in range(kinds.size):
        if kinds[hit] == COMPATIBLE_BEFORE or kinds[hit] == NEGATION:
            behind = hit
        if kinds[hit] != MARK:
            continue
        begin = symbols[hit]
        while wording < kinds.size and not (_is_wording(kinds[wording]) and symbols[wording] >= begin - _CODED_REACH):
            wording += 1
        while ahead < kinds.size and (ahead < hit or kinds[ahead] != COMPATIBLE_AFTER):
            ahead += 1
        bits = IN_CODED_CLAUSE if _is_coded(hit, wording, kinds, patterns, symbols, lengths, clauses) else 0
        if fields[hit] < headlines and strong[listing_of[fields[hit]]]:
            bits |= IN_CODED_LISTING
        if contact[listing_of[fields[hit]]]:
            bits |= IN_CONTACT_LISTING
        if _is_compatible_use(hit, behind, ahead, kinds, fields, symbols, lengths, clauses, scripts):
            bits |= COMPATIBLE_USE
        if _is_denied(hit, behind, kinds, fields, symbols, lengths, clauses, scripts):
            bits |= DENIED
        context[hit] = bits
