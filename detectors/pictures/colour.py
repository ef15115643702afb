"""A picture in colour, as people look at it and as words are read in it: within the same bounds as `decoding.py`."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Final

from PIL import Image

from detectors.pictures.decoding import or_refusal
from detectors.pictures.flattening import in_colour
from detectors.pictures.formats import Format
from detectors.pictures.jpeg import checked_header, scaled
from detectors.pictures.limits import DEFAULT_LIMITS, Limits
from detectors.pictures.outcomes import Refusal
from detectors.pictures.raster import load, opened, orientation

PREVIEW_QUALITY: Final = 85  # of JPEG
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF orientation: what shows it upright."""
_SIDEWAYS: Final = range(5, 9)


@dataclass(frozen=True, slots=True, eq=False)
class ColourPicture:
    """One picture, upright, RGB, no longer than was asked for; `height` and `width` are the published ones."""

    image: Image.Image
    height: int
    width: int

    def to_jpeg(self) -> bytes:
        """Bytes of our own making: nothing of the original but what is to be seen, no metadata, no second content."""
        written = io.BytesIO()
        self.image.save(written, "JPEG", quality=PREVIEW_QUALITY)
        return written.getvalue()


def decode_colour(data: bytes, longest: int, limits: Limits = DEFAULT_LIMITS) -> ColourPicture | Refusal:
    """Decodes a picture, whatever its bytes are; never an exception.

    longest : pixels that the longer side has at most. A smaller picture stays as it is.
    """
    return or_refusal(
        data,
        limits,
        lambda found: _jpeg(data, longest, limits) if found is Format.JPEG else _raster(data, found, longest, limits),
    )


def _jpeg(data: bytes, longest: int, limits: Limits) -> ColourPicture:
    height, width, _, turned = checked_header(data, limits)
    factor = 1
    while factor < 8 and max(height, width) >= 2 * factor * longest:
        factor *= 2
    try:
        image = Image.fromarray(scaled(data, "RGB", height, width, factor, strict=False))
    except ValueError:  # what only Pillow reads
        with opened(data, Format.JPEG, limits) as damaged:
            damaged.draft("RGB", (width // factor, height // factor))
            load(damaged)
            image = in_colour(damaged)
    return _upright(image, height, width, turned, longest)


def _raster(data: bytes, found: Format, longest: int, limits: Limits) -> ColourPicture:
    with opened(data, found, limits) as image:
        width, height = image.size
        load(image)
        return _upright(in_colour(image), height, width, orientation(image), longest)


def _upright(image: Image.Image, height: int, width: int, turned: int, longest: int) -> ColourPicture:
    image.thumbnail((longest, longest))
    turn = _TURNS.get(turned)
    if turn is not None:
        image = image.transpose(turn)
    return ColourPicture(image, *((width, height) if turned in _SIDEWAYS else (height, width)))
