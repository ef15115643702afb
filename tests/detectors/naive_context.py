"""Twins of what stands around a hit: wording, denials, "for", and goods that excuse wording."""

from __future__ import annotations

from collections.abc import Sequence

from detectors.kernels import codes
from tests.detectors.naive import Hit


def weigh(
    hits: Sequence[Hit],
    kinds: Sequence[int],
    clauses: Sequence[int],
    scripts: Sequence[int],
    listing_of: Sequence[int],
    headlines: int,
) -> tuple[list[int], list[int]]:
    """The kinds with cancelled wording made innocent, and the bits for each hit.

    kinds: one for each hit. headlines: how many fields, from the first, are titles and brands.
    """
    kinds = list(kinds)
    denied: list[Hit] = []
    for number, hit in enumerate(hits):
        if kinds[number] in (*WORDING, codes.OFF_PLATFORM_CONTACT):
            rows = list(zip(hits, kinds, strict=True))
            is_wording = kinds[number] in WORDING
            is_denied = any(denies(other, kind, hit, rows, clauses, scripts) for other, kind in rows)
            is_denied |= is_wording and any(goes_on(hit, other, clauses) for other in denied)
            if any(kind == codes.INNOCENT and covers(other, hit) for other, kind in rows):
                kinds[number] = codes.INNOCENT
            elif is_denied:
                kinds[number] = codes.INNOCENT
                denied += [hit] * is_wording
    context = [0] * len(hits)
    for number, hit in enumerate(hits):
        if kinds[number] == codes.MARK:
            context[number] = surroundings(hit, hits, kinds, clauses, scripts, listing_of, headlines)
    return kinds, context


WORDING = (codes.COUNTERFEIT_STRONG, codes.COUNTERFEIT_WEAK, codes.COUNTERFEIT_BESIDE)
Rows = Sequence[tuple[Hit, int]]


def goes_on(hit: Hit, other: Hit, clauses: Sequence[int]) -> bool:
    """Whether the hit begins within a wording, which is denied, or where that ends."""
    return clauses[hit.symbol] == clauses[other.symbol] and hit.symbol <= other.symbol + other.length


def denies(other: Hit, kind: int, hit: Hit, rows: Rows, clauses: Sequence[int], scripts: Sequence[int]) -> bool:
    if kind == codes.NEGATION:
        distance = hit.symbol - (other.symbol + other.length)
    elif kind == codes.NEGATION_AFTER:
        distance = other.symbol - (hit.symbol + hit.length)
    else:
        return False
    is_spelled = scripts[other.symbol] == codes.ALPHABETIC
    reach = 16 if is_spelled else (6 if other.length > 1 else 0)
    if clauses[other.symbol] != clauses[hit.symbol] or not 0 <= distance <= reach:
        return False
    return not any(
        kind in (*WORDING, codes.INNOCENT) and longer.length > other.length and covers(longer, other)
        for longer, kind in rows
    )


def covers(longer: Hit, hit: Hit) -> bool:
    begins_before = longer.symbol <= hit.symbol
    return longer.field == hit.field and begins_before and longer.symbol + longer.length >= hit.symbol + hit.length


def surroundings(
    mark: Hit,
    hits: Sequence[Hit],
    kinds: Sequence[int],
    clauses: Sequence[int],
    scripts: Sequence[int],
    listing_of: Sequence[int],
    headlines: int,
) -> int:
    same_clause = [
        (other, kind) for other, kind in zip(hits, kinds, strict=True) if clauses[other.symbol] == clauses[mark.symbol]
    ]
    same_listing = [
        kind for other, kind in zip(hits, kinds, strict=True) if listing_of[other.field] == listing_of[mark.field]
    ]
    near = [(other, kind) for other, kind in same_clause if abs(other.symbol - mark.symbol) <= 80]
    beside = [other for other, kind in near if kind == codes.COUNTERFEIT_BESIDE]
    touches = any(
        other.symbol + other.length == mark.symbol or (other.length > 1 and other.symbol == mark.symbol + mark.length)
        for other in beside
    )
    words = [other for other in beside if other.length > 1]
    weak = [other for other, kind in near if kind == codes.COUNTERFEIT_WEAK or other in words]
    two_weak = any(one.pattern != weak[0].pattern and one.symbol >= weak[0].symbol + weak[0].length for one in weak)
    bits = 0
    if touches or two_weak or any(kind == codes.COUNTERFEIT_STRONG for _, kind in near):
        bits |= codes.IN_CODED_CLAUSE
    if mark.field < headlines and codes.COUNTERFEIT_STRONG in same_listing:
        bits |= codes.IN_CODED_LISTING
    if codes.OFF_PLATFORM_CONTACT in same_listing:
        bits |= codes.IN_CONTACT_LISTING
    rows = list(zip(hits, kinds, strict=True))
    for other, kind in same_clause:
        is_spelled = scripts[other.symbol] == codes.ALPHABETIC
        before = mark.symbol - (other.symbol + other.length)
        after = other.symbol - (mark.symbol + mark.length)
        between = (
            scripts[other.symbol + other.length : mark.symbol] or scripts[mark.symbol + mark.length : other.symbol]
        )
        is_model = all(script in (0, codes.ALPHABETIC, codes.DIGIT) for script in between)
        longer = [kind for hit, kind in rows if hit.length > other.length and covers(hit, other)]
        if (kind == codes.COMPATIBLE_BEFORE and 0 <= before <= 24) or (
            kind == codes.COMPATIBLE_AFTER and 0 <= after <= 12
        ):
            speaks = codes.INNOCENT not in longer and (other.length > 1 or is_spelled or is_model)
            bits |= codes.COMPATIBLE_USE * speaks
        if kind == codes.NEGATION and 0 <= before <= (3 if is_spelled else 0):
            bits |= codes.DENIED * (not {*WORDING, codes.INNOCENT} & {*longer})
    return bits


def excusable(patterns: Sequence[int], excused_by: Sequence[int]) -> list[int]:
    """Which of the patterns any goods excuse. excused_by: of the first patterns; the rest are marks."""
    return [row for row, pattern in enumerate(patterns) if excused_by[pattern : pattern + 1] not in ([], [0])]


def searched(wording: Sequence[int], listing_of: Sequence[int], headlines: int) -> list[int]:
    """The fields that may hold goods for wording in these fields."""
    concerned = {listing_of[field] for field in wording}
    titles = {field for field in range(min(headlines, len(listing_of))) if listing_of[field] in concerned}
    return sorted({*wording, *titles})


def excused(
    wording: Sequence[tuple[int, int, int]],
    goods: Sequence[tuple[int, int, int]],
    clauses: Sequence[int],
    listing_of: Sequence[int],
    headlines: int,
) -> list[bool]:
    """Whether each wording stands beside goods that excuse it. Both are rows of symbol, field and groups as bits."""
    return [
        any(
            groups & others
            and (
                (where < headlines and listing_of[where] == listing_of[field])
                or (clauses[place] == clauses[at] and abs(place - at) <= 80)
            )
            for place, where, others in goods
        )
        for at, field, groups in wording
    ]
