"""Protected pictures and listings' pictures: what is kept of one, what is looked for of the other, and the answer.

registered = register(picture)         once, for each picture of a right
look = look_at(picture)                first tier, for each picture of a listing
detail = look_closely(picture)         second tier, ten times as dear, for what the first did not find
compare_features(exemplar, detail, ...) for each candidate that a `FeatureIndex` names: see `gallery.py`
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from PIL import Image

from detectors.kernels.alignment import sample
from detectors.kernels.correspond import mirrored
from detectors.pictures.feature_index import Queries, joined
from detectors.pictures.features import Features, Gray, Octave, find_features, scale_space
from detectors.pictures.hashing import Fingerprints, fingerprint_windows
from detectors.pictures.picture import Picture
from detectors.pictures.placement import Placement, Size, view_name
from detectors.pictures.thumbnails import THUMBNAIL_SIDE, Thumbnail, packed_thumbnail, unpacked_thumbnail
from detectors.pictures.verify import Affine, Agreement, check, level_for, place
from detectors.pictures.views import View, edges, listing_views, registered_views

REGISTERED_SIDE: Final = 320  # pixels: the longer side at which blobs of a protected picture are found
LISTING_SIDE: Final = 512  # larger: the protected picture may be a small part of it
REGISTERED_BLOBS: Final = 200
LISTING_BLOBS: Final = 500
PLACE_STEPS: Final = 64  # to a pixel: what is kept of a place is all that is ever compared


@dataclass(frozen=True, slots=True, eq=False)
class Exemplar:
    """What the second tier keeps of a protected picture.

    features : places in pixels of the picture at `REGISTERED_SIDE`, in steps of 1 / `PLACE_STEPS`.
    packed : the thumbnail, see `thumbnails.py`.
    size : height and width in published pixels.
    """

    features: Features
    packed: bytes
    size: Size

    @property
    def thumbnail(self) -> Thumbnail:
        """uint8[height, width], the longer side `THUMBNAIL_SIDE`: pixels to compare."""
        return unpacked_thumbnail(self.packed)


@dataclass(frozen=True, slots=True, eq=False)
class Registered:
    """What is kept of a protected picture.

    views, fingerprints : the first tier, in the same order.
    luma_unit : published pixels for each pixel of the views' windows.
    exemplar : the second tier.
    """

    views: Sequence[View]
    fingerprints: Fingerprints
    luma_unit: tuple[float, float]
    exemplar: Exemplar


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
    return Registered(views, fingerprints_of(picture, views), luma_unit(picture), exemplar_of(picture))


def exemplar_of(picture: Picture) -> Exemplar:
    """The second tier of a protected picture."""
    octaves = scale_space(sized(picture.luma, REGISTERED_SIDE))
    found = find_features(octaves, REGISTERED_BLOBS)
    features = Features(np.round(found.places * PLACE_STEPS) / np.float32(PLACE_STEPS), found.codes)
    return Exemplar(features, packed_thumbnail(thumbnail_of(octaves)), (picture.height, picture.width))


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


def compare_features(exemplar: Exemplar, detail: Detail, is_mirror: bool) -> CopyMatch | None:
    """The match of a candidate of the second tier; None where it is no copy."""
    found = place(exemplar.features, REGISTERED_SIDE, detail.mirror if is_mirror else detail.features)
    if found is None:
        return None
    affine, pairs = found
    affine = unmirrored(affine, detail) if is_mirror else affine
    guess = affine * np.array([REGISTERED_SIDE / THUMBNAIL_SIDE] * 2 + [1])[[0, 1, 2, 0, 1, 2]]
    thumbnail = exemplar.thumbnail
    agreement, exact = check(thumbnail.astype(np.float32), detail.octaves, guess)
    if not agreement.is_copy:
        return None
    placement = published(exact, exemplar.size, thumbnail, detail)
    view = view_name(placement, exemplar.size, detail.size)
    return CopyMatch("features", view, "whole", None, pairs, agreement, placement)


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


def thumbnail_of(octaves: Sequence[Octave]) -> Thumbnail:
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


def published(affine: Affine, size: Size, thumbnail: Thumbnail, detail: Detail) -> Placement:
    """A place from thumbnail to working pixels, as one between published pixels."""
    a, b, tx, c, d, ty = affine.tolist()
    across = size[1] / thumbnail.shape[1]
    down = size[0] / thumbnail.shape[0]
    height, width = detail.octaves[0].levels.shape[1:]
    x, y = detail.size[1] / width, detail.size[0] / height
    return a * x / across, b * x / down, tx * x, c * y / across, d * y / down, ty * y
