"""Twins of kernels/owners.py and groups.py: who owns what was found, and what that decides."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from detectors.kernels import codes, groups


def owned(
    patterns: Sequence[int], sources: Sequence[int], owners: Sequence[Sequence[int]]
) -> list[tuple[int, int, int]]:
    """Place, right and text. owners: the rights of each text."""
    return [
        (place, right, sources[pattern]) for place, pattern in enumerate(patterns) for right in owners[sources[pattern]]
    ]


def grouped(keys: Sequence[int], hits: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Where each run of equal keys begins, and what its hits say. hits: bits and context, one for each key."""
    found = []
    for _, run in groupby(range(len(keys)), key=lambda place: keys[place]):
        places = list(run)
        here = [hits[place] for place in places]
        said = 0
        if any(bits & (codes.DISGUISES | codes.LIKELY) for bits, _ in here):
            said |= groups.LIFTED
        for lifting in (codes.IN_CODED_CLAUSE, codes.IN_CODED_LISTING, codes.IN_DOMAIN):
            if any(context & lifting for _, context in here):
                said |= groups.LIFTED
        if all(context & codes.COMPATIBLE_USE for _, context in here):
            said |= groups.COMPATIBLE
        if all(bits & codes.WEAK for bits, _ in here):
            said |= groups.SIMILAR
        found.append((places[0], said))
    return found


class Right(NamedTuple):
    force_from: int
    force_to: int
    territory_set: int
    any_use: bool
    has_price: bool
    has_no_parts: bool


def decided(said: int, right: Right, day: int, is_known: bool, covered: Sequence[bool]) -> int:
    """The reason of one group. covered: which sets of territories the listing's market is in."""
    if day < right.force_from or day > right.force_to:
        return groups.LAPSED_RIGHT
    if not covered[right.territory_set]:
        return groups.OTHER_TERRITORY
    is_compatible = bool(said & groups.COMPATIBLE)
    lifts = (said & groups.LIFTED, is_known, right.any_use, right.has_price, is_compatible and right.has_no_parts)
    if any(lifts):
        return groups.OPEN
    if is_compatible:
        return groups.COMPATIBLE_ONLY
    return groups.SIMILAR_ONLY if said & groups.SIMILAR else groups.MENTION
