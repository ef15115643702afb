"""What speaks for a copy, a near fingerprint or a right's picture found by its pixels, and how it is said."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from detectors.pictures.copies import CopyMatch
from detectors.pictures.fingerprint import BITS, Fingerprint
from detectors.pictures.placement import Box, Placement, between, common, has, placed, relative
from detectors.pictures.seen import CloseMatch
from detectors.pictures.verify import COPIED
from detectors.records import Reason
from detectors.rights import Right
from detectors.watchlist.pictures import WHOLE

FEATURES: Final = "features"
_NUMBERS = re.compile(r"\d+")


class Part(NamedTuple):
    """Where a view is: the picture's digest, its window and all of the picture in published pixels."""

    digest: str
    box: Box
    is_mirrored: bool
    whole: Box


class Shown(NamedTuple):
    """A view of a listing's picture: the listing's place in the page, the picture's among its own, its fingerprint.

    part : None where only a fingerprint came along.
    """

    listing: int
    image: int
    view: str
    fingerprint: Fingerprint
    part: Part | None = None


class CloseShown(NamedTuple):
    """A right's picture that the second tier found in a listing's, and the usable views of that.

    whole : all of the listing's picture, in published pixels.
    """

    listing: int
    image: int
    digest: str
    whole: Box
    close: CloseMatch
    views: tuple[Shown, ...]


class Copy(NamedTuple):
    """A view of a listing's picture near one of a right's: which of its pictures, which view of that, and how far."""

    shown: Shown
    number: int
    view: int
    distance: int

    @property
    def nearness(self) -> tuple[float, ...]:
        """Smaller is better evidence."""
        return (self.distance,)

    @property
    def views(self) -> tuple[Shown, ...]:
        """The listing's views that show it: where one of them is allowed, it does not count."""
        return (self.shown,)

    def reason(self, right: Right) -> Reason:
        image, part = right.images[self.number], self.shown.part
        window = image.window(self.view)
        whole = image.window(WHOLE)
        placement = None
        if part and window and whole:
            placement = relative(between(window, part.box, part.is_mirrored), whole, part.whole)
        return Reason(
            field=f"images[{self.shown.image}]",
            text=self.shown.fingerprint.hex,
            matched=image.path or image.pdq or "",
            how="pdq",
            note=None if self.view == WHOLE else f"{image.views[self.view - 1][0]} of the right's picture",
            distance=self.distance,
            threshold=right.image_distance,
            view=self.shown.view,
            picture=part and part.digest,
            registered=image.digest,
            placement=_rounded(placement),
        )


class CloseCopy(NamedTuple):
    """A right's picture, by its number, that was found in a listing's by its pixels; `views` as for `Copy`."""

    shown: CloseShown
    number: int
    views: tuple[Shown, ...]

    @classmethod
    def of(cls, shown: CloseShown, number: int, right: Right) -> CloseCopy:
        """Shown by the views that have the middle of what is to be seen of the right's picture.

        In a collage that is the cell it is in, and the whole. Where nobody knows how large it is, all views count.
        """
        window = right.images[number].window(WHOLE)
        if window is None:
            return cls(shown, number, shown.views)
        left, top, end, bottom = common(placed(shown.close.match.placement, window), shown.whole)
        x, y = (left + end) / 2, (top + bottom) / 2
        views = tuple(view for view in shown.views if view.part and has(view.part.box, x, y))
        return cls(shown, number, views or shown.views)

    @property
    def nearness(self) -> tuple[float, ...]:
        """A fingerprint near a right's is better evidence: everybody can work it out again."""
        agreement = self.shown.close.match.agreement
        return BITS, -agreement.share if agreement else 0.0

    def reason(self, right: Right) -> Reason:
        image, match = right.images[self.number], self.shown.close.match
        whole = image.window(WHOLE)
        return Reason(
            field=f"images[{self.shown.image}]",
            text=self.views[0].fingerprint.hex,
            matched=image.path or image.pdq or "",
            how=FEATURES,
            note=_agreement(match),
            view=match.view,
            picture=self.shown.digest,
            registered=self.shown.close.registered,
            placement=_rounded(whole and relative(match.placement, whole, self.shown.whole)),
        )


def agreement_numbers(note: str) -> tuple[str, str, str]:
    """Of the note of a `FEATURES` reason: the points, and how many of how many parts; "?" for what it does not say."""
    points, same, compared, *_ = [*_NUMBERS.findall(note), "?", "?", "?"]
    return points, same, compared


def _agreement(match: CopyMatch) -> str:
    """A part is a block of pixels; the same: they correlate by 0.9 or more. What a banner or badge covers is left."""
    points, found = f"{match.pairs} points agree on its place", match.agreement
    if found is None:
        return points
    is_bare = found.share >= COPIED
    same, compared = (found.agreeing, found.visible) if is_bare else (found.uncovered_agreeing, found.uncovered)
    return f"{points}, and {same} of {compared} parts compared there are the same"


def _rounded(placement: Placement | None) -> tuple[float, ...] | None:
    """To what can be seen: a hundredth of a pixel of 10,000."""
    return placement and tuple(round(number, 6) for number in placement)
