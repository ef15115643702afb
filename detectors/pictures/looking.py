"""From a picture's bytes to what is looked for of it, and to what is kept of a right's. Pure functions."""

from __future__ import annotations

import hashlib
from typing import Any

from detectors.pictures.copies import look_at
from detectors.pictures.decoding import decode
from detectors.pictures.fingerprint import USABLE_QUALITY
from detectors.pictures.hashing import fingerprint_windows
from detectors.pictures.limits import DEFAULT_LIMITS, Limits
from detectors.pictures.outcomes import Refusal
from detectors.pictures.reading import read_picture
from detectors.pictures.seen import Seen
from detectors.pictures.views import edges, registered_views


def see(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Seen | Refusal:
    """What the first tier sees in a listing's picture, whatever its bytes are."""
    picture = decode(data, limits)
    if isinstance(picture, Refusal):
        return picture
    look = look_at(picture)
    if not (look.fingerprints.qualities >= USABLE_QUALITY).any():
        return Refusal.LOW_QUALITY
    return Seen(hashlib.sha256(data).hexdigest(), look)


def watched_image(data: bytes, limits: Limits = DEFAULT_LIMITS) -> dict[str, Any] | Refusal:
    """The fields `pdq`, `quality`, `views` and `digest` of a right's picture (see rights.RightImage)."""
    reading = read_picture(data, limits)
    if reading.refusal is not None or reading.picture is None or reading.fingerprint is None:
        return reading.refusal or Refusal.BROKEN
    _, *views = registered_views(reading.picture.luma)
    prints = fingerprint_windows(reading.picture, [edges(view.window) for view in views], [False] * len(views))
    usable = {view.name: prints[at].hex for at, view in enumerate(views) if prints[at].is_usable}
    digest = hashlib.sha256(data).hexdigest()
    return {"pdq": reading.fingerprint.hex, "quality": reading.fingerprint.quality, "views": usable, "digest": digest}
