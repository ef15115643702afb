"""Which of a listing's pictures do not count, because they are near an entry of the allow-list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from detectors.watchlist.allowed import ALLOWED, QUARANTINED, RELEASED, AllowedPictures

if TYPE_CHECKING:
    from detectors.copy_evidence import Shown

REASONS = {ALLOWED: "allow_list", QUARANTINED: "quarantined"}
WHOLE_PICTURE = ""
Picture = tuple[int, int]
"""The listing's place in the page, and the picture's among its own."""

Spared = Mapping[tuple[Picture, str], str]
"""For parts of pictures that do not count (`part_of`): the reason."""
NOTHING_SPARED: Spared = {}


def part_of(view: str) -> str:
    """What a view shows: one cell of a collage, or the picture. A cell may be somebody's picture beside another's."""
    return view.partition(",")[0] if view.startswith("collage ") else WHOLE_PICTURE


def spared_parts(shown: Sequence[Shown], pictures: Iterable[Picture], allowed: AllowedPictures) -> Spared:
    """The parts of these pictures of which any view is near an entry that does not want it to alert.

    A picture that is allowed looks different without its border or in a mirror, and every view may be near a right's.
    """
    if not len(allowed):
        return NOTHING_SPARED
    wanted = set(pictures)
    views = [one for one in shown if (one.listing, one.image) in wanted]
    words = np.array([one.fingerprint.words for one in views], np.uint64).reshape(-1, 4)
    states: dict[tuple[Picture, str], set[str]] = {}
    for one, entry in zip(views, allowed.nearest(words), strict=True):
        if entry is not None:
            states.setdefault(((one.listing, one.image), part_of(one.view)), set()).add(entry.state)
    return {part: reason for part, found in states.items() if (reason := _reason(found))}


def _reason(states: set[str]) -> str | None:
    """What a person said of one view goes for the others too."""
    if RELEASED in states:
        return None
    return REASONS[ALLOWED if ALLOWED in states else QUARANTINED]


def spared_by(spared: Spared, one: Shown) -> str | None:
    """Why this view does not count; None: it does. A cell of a picture that is spared as a whole is spared with it."""
    picture = one.listing, one.image
    return spared.get((picture, part_of(one.view))) or spared.get((picture, WHOLE_PICTURE))
