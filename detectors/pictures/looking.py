"""From a picture's bytes to what is seen in it, and to what is kept of a right's. Pure functions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from detectors.pictures.colour import decode_colour
from detectors.pictures.copies import Exemplar, Look, exemplar_of, fingerprints_of, look_at, look_closely, luma_unit
from detectors.pictures.decoding import decode
from detectors.pictures.fingerprint import USABLE_QUALITY
from detectors.pictures.gallery import Gallery
from detectors.pictures.keeping import PREVIEW_SIDE, preview
from detectors.pictures.limits import DEFAULT_LIMITS, Limits
from detectors.pictures.outcomes import Refusal
from detectors.pictures.picture import Picture
from detectors.pictures.placement import box_of
from detectors.pictures.seen import Seen
from detectors.pictures.views import registered_views

Pays = Callable[[Look], bool]
"""Given the first tier of a picture: whether the second, which costs several times as much, is worth it."""


def always(_look: Look) -> bool:
    return True


def see(
    data: bytes, gallery: Gallery | None = None, *, pays: Pays = always, limits: Limits = DEFAULT_LIMITS
) -> Seen | Refusal:
    """What is seen in a listing's picture, whatever its bytes are; it is decoded once.

    gallery : what the second tier looks for, if it pays; without one the first tier is all.
    """
    picture = decode(data, limits)
    if isinstance(picture, Refusal):
        return picture
    look = look_at(picture)
    if not (look.fingerprints.qualities >= USABLE_QUALITY).any():
        return Refusal.LOW_QUALITY
    seen = Seen(hashlib.sha256(data).hexdigest(), look)
    return _closer(picture, seen, gallery) if gallery and pays(look) else seen


def see_closer(data: bytes, seen: Seen, gallery: Gallery, limits: Limits = DEFAULT_LIMITS) -> Seen:
    """The same with what the second tier finds in it: for later, when only the bytes of the picture were kept."""
    picture = decode(data, limits) if gallery else None
    return _closer(picture, seen, gallery) if isinstance(picture, Picture) else seen


def _closer(picture: Picture, seen: Seen, gallery: Gallery) -> Seen:
    looked_in = gallery.additions  # taken first: pictures that come meanwhile count as not looked for
    return replace(seen, close=gallery.find(look_closely(picture)), looked_in=looked_in)


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """A right's picture as it is read: what its right says of it, and more, made of it when it is asked for.

    digest : SHA-256 of its bytes, in hex.
    fields : `pdq`, `quality`, `views`, `windows` and `digest` (see rights.RightImage).
    """

    digest: str
    fields: dict[str, Any]
    picture: Picture
    content: bytes = field(repr=False)

    @property
    def exemplar(self) -> Exemplar:
        """What a gallery holds of it."""
        return exemplar_of(self.picture)

    @property
    def preview(self) -> bytes:
        """The picture for people: a JPEG of at most `PREVIEW_SIDE` pixels, grey where only grey can be had of it."""
        shown = decode_colour(self.content, PREVIEW_SIDE)
        return preview(self.picture) if isinstance(shown, Refusal) else shown.to_jpeg()


def watch(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Watched | Refusal:
    """A right's picture, or why it cannot be watched for."""
    picture = decode(data, limits)
    if isinstance(picture, Refusal):
        return picture
    views = registered_views(picture.luma)
    prints = fingerprints_of(picture, views)
    if not prints[0].is_usable:
        return Refusal.LOW_QUALITY
    usable = [(view, prints[at].hex) for at, view in enumerate(views) if prints[at].is_usable]
    unit = luma_unit(picture)
    digest = hashlib.sha256(data).hexdigest()
    fields = {
        "pdq": prints[0].hex,
        "quality": prints[0].quality,
        "views": {view.name: code for view, code in usable[1:]},
        "windows": {view.name: [round(at, 1) for at in box_of(view, unit)] for view, _ in usable},
        "digest": digest,
    }
    return Watched(digest, fields, picture, data)
