"""Protected pictures and listings' pictures: what is kept of one, what is looked for of the other, and the answer.

registered = register(picture)         once, for each picture of a right
look = look_at(picture)                first tier, for each picture of a listing
compare_fingerprints(...)              for each pair of usable fingerprints that is within the right's distance
detail = look_closely(picture)         second tier, ten times as dear, for what the first did not find
find_copies(index, registered, detail) with a `FeatureIndex` that has every `Registered.features`
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image

from detectors.kernels.alignment import sample
from detectors.kernels.correspond import mirrored
from detectors.pictures.feature_index import FeatureIndex, Key, Queries, joined
from detectors.pictures.features import Features, Gray, Octave, find_features, scale_space
from detectors.pictures.hashing import Fingerprints, fingerprint_windows
from detectors.pictures.picture import Picture
from detectors.pictures.placement import Placement, Size, between, view_name
from detectors.pictures.verify import Affine, Agreement, check, level_for, place
from detectors.pictures.views import View, edges, listing_views, registered_views

REGISTERED_SIDE: Final = 320  # pixels: the longer side at which blobs of a protected picture are found
LISTING_SIDE: Final = 512  # larger: the protected picture may be a small part of it
REGISTERED_BLOBS: Final = 200
LISTING_BLOBS: Final = 500
THUMBNAIL_SIDE: Final = 128
MOST_CANDIDATES: Final = 8  # of the second tier, that are checked pixel by pixel
LEAST_VOTES: Final = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Registered:
    """What is kept of a protected picture.

    views, fingerprints : in the same order.
    features : places in pixels of the picture at `REGISTERED_SIDE`.
    thumbnail : uint8[height, width], the longer side `THUMBNAIL_SIDE`: pixels to compare.
    size : height and width in published pixels.
    luma_unit : published pixels for each pixel of the views' windows.
    """

    views: Sequence[View]
    fingerprints: Fingerprints
    features: Features
    thumbnail: npt.NDArray[np.uint8]
    size: Size
    luma_unit: tuple[float, float]

    @property
    def nbytes(self) -> int:
        """Bytes in memory, less what Python adds; tables of an index come on top."""
        arrays = (self.fingerprints.words, self.features.codes, self.features.places, self.thumbnail)
        return sum(array.nbytes for array in arrays)


@dataclass(frozen=True, slots=True, eq=False)
class Detail:
    """The second tier of a listing's picture. Large, so it is dropped once the picture is decided.

    mirror : the blobs as the mirrored picture would have them, at their places in the mirrored picture.
    size : height and width in published pixels.
    """

    octaves: Sequence[Octave]
    features: Features
    mirror: Features
    size: Size

    @property
    def queries(self) -> Queries:
        """What a `FeatureIndex` is asked."""
        return Queries(joined([self.features, self.mirror]), len(self.features))


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What is looked for of a listing's picture.

    views, fingerprints : in the same order.
    luma_unit : published pixels for each pixel of the views' windows.
    """

    views: Sequence[View]
    fingerprints: Fingerprints
    luma_unit: tuple[float, float]


@dataclass(frozen=True, slots=True)
class CopyMatch:
    """A protected picture in a listing's.

    how : "pdq", a fingerprint within the distance, or "features", found by blobs.
    view : what of the listing's picture it is: "mirror", "collage 2 of 4", "cropped, turned 2 degrees".
    registered_view : what of the protected picture.
    distance : bits between the fingerprints; None for "features".
    pairs : blobs that agree on the place; 0 for "pdq".
    agreement : how the pixels agree at the place; None if nobody looked.
    placement : the place, from published pixels of the protected picture to those of the listing's; within two pixels.
    """

    how: Literal["pdq", "features"]
    view: str
    registered_view: str
    distance: int | None
    pairs: int
    agreement: Agreement | None
    placement: Placement


def register(picture: Picture) -> Registered:
    """What is kept of a protected picture."""
    views = registered_views(picture.luma)
    gray = sized(picture.luma, REGISTERED_SIDE)
    octaves = scale_space(gray)
    thumbnail = thumbnail_of(octaves)
    features = find_features(octaves, REGISTERED_BLOBS)
    fingerprints = fingerprints_of(picture, views)
    return Registered(views, fingerprints, features, thumbnail, (picture.height, picture.width), luma_unit(picture))


def look_at(picture: Picture) -> Look:
    """The first tier of a listing's picture: fingerprints of its views."""
    views = listing_views(picture.luma)
    return Look(views, fingerprints_of(picture, views), luma_unit(picture))


def look_closely(picture: Picture) -> Detail:
    """The second tier of a listing's picture: its blobs, and its pixels to compare."""
    gray = sized(picture.luma, LISTING_SIDE)
    octaves = scale_space(gray)
    features = find_features(octaves, LISTING_BLOBS)
    return Detail(octaves, features, mirror_of(features, gray.shape[1]), (picture.height, picture.width))


def find_copies(
    index: FeatureIndex[Key], registered: Mapping[Key, Registered], detail: Detail
) -> Iterator[tuple[Key, CopyMatch]]:
    """The protected pictures that are in a listing's, found by blobs. Each key of the index is one of `registered`."""
    for candidate in index.candidates(detail.queries, MOST_CANDIDATES, LEAST_VOTES):
        match = compare_features(registered[candidate.key], detail, candidate.is_mirror)
        if match:
            yield candidate.key, match


def compare_features(registered: Registered, detail: Detail, is_mirror: bool) -> CopyMatch | None:
    """The match of a candidate of the second tier; None where it is no copy."""
    found = place(registered.features, REGISTERED_SIDE, detail.mirror if is_mirror else detail.features)
    if found is None:
        return None
    affine, pairs = found
    affine = unmirrored(affine, detail) if is_mirror else affine
    guess = affine * np.array([REGISTERED_SIDE / THUMBNAIL_SIDE] * 2 + [1])[[0, 1, 2, 0, 1, 2]]
    agreement, exact = check(registered.thumbnail.astype(np.float32), detail.octaves, guess)
    if not agreement.is_copy:
        return None
    placement = published(exact, registered, detail)
    view = view_name(placement, registered.size, detail.size)
    return CopyMatch("features", view, "whole", None, pairs, agreement, placement)


def compare_fingerprints(registered: Registered, registered_view: int, look: Look, view: int) -> CopyMatch:
    """The match of a candidate of the first tier: views by their numbers, as the index found them near each other."""
    ours, theirs = registered.views[registered_view], look.views[view]
    distance = registered.fingerprints[registered_view].distance(look.fingerprints[view])
    placement = between(ours, registered.luma_unit, theirs, look.luma_unit)
    return CopyMatch("pdq", theirs.name, ours.name, distance, 0, None, placement)


def luma_unit(picture: Picture) -> tuple[float, float]:
    height, width = picture.luma.shape
    return picture.width / width, picture.height / height


def fingerprints_of(picture: Picture, views: Sequence[View]) -> Fingerprints:
    return fingerprint_windows(picture, [edges(view.window) for view in views], [view.is_mirrored for view in views])


def sized(luma: Gray, side: int) -> Gray:
    """The picture with its longer side at `side` pixels, smaller or larger."""
    height, width = luma.shape
    zoom = side / max(height, width)
    size = max(1, round(width * zoom)), max(1, round(height * zoom))
    method = Image.Resampling.BOX if zoom < 0.5 else Image.Resampling.BICUBIC
    return np.ascontiguousarray(np.asarray(Image.fromarray(luma).resize(size, method), np.float32))


def thumbnail_of(octaves: Sequence[Octave]) -> npt.NDArray[np.uint8]:
    """The picture small, as blurred as `check` will see the other one."""
    zoom = REGISTERED_SIDE / THUMBNAIL_SIDE
    octave, level = level_for(octaves, zoom)
    height, width = (max(1, round(length / zoom)) for length in octaves[0].levels.shape[1:])
    small = np.empty((height, width), np.float32)
    step = zoom / octave.zoom
    sample(octave.levels[level], np.array([step, 0, 0, 0, step, 0]), small)
    return np.clip(np.round(small), 0, 255).astype(np.uint8)


def mirror_of(features: Features, width: int) -> Features:
    codes = np.empty_like(features.codes)
    mirrored(features.codes, codes)
    places = features.places.copy()
    places[:, 0] = width - 1 - places[:, 0]
    return Features(places, codes)


def unmirrored(affine: Affine, detail: Detail) -> Affine:
    """A place in the mirrored picture as one in the picture."""
    turned = affine.copy()
    turned[:3] *= -1
    turned[2] += detail.octaves[0].levels.shape[2] - 1
    return turned


def published(affine: Affine, registered: Registered, detail: Detail) -> Placement:
    """A place from thumbnail to working pixels, as one between published pixels."""
    a, b, tx, c, d, ty = affine.tolist()
    across = registered.size[1] / registered.thumbnail.shape[1]
    down = registered.size[0] / registered.thumbnail.shape[0]
    height, width = detail.octaves[0].levels.shape[1:]
    x, y = detail.size[1] / width, detail.size[0] / height
    return a * x / across, b * x / down, tx * x, c * y / across, d * y / down, ty * y
