"""Every format but JPEG, by Pillow: one frame, held whole, brought to grey. And the JPEG that only Pillow reads."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

from detectors.pictures.exif import ORIENTATION
from detectors.pictures.flattening import flatten
from detectors.pictures.formats import Format
from detectors.pictures.limits import Limits, check_size
from detectors.pictures.outcomes import DecodingError, Note, Refusal
from detectors.pictures.picture import Luma, Picture, upright

# Pillow warns of odd files; here they have outcomes.
warnings.filterwarnings("ignore", module=r"PIL\.")

_TILE_WIDTH, _TILE_LENGTH = 322, 323  # TIFF tags: a tile is held whole, however small the picture


def decode_raster(data: bytes, found: Format, limits: Limits) -> Picture:
    """Decodes the first frame, EXIF's orientation applied, transparency on white.

    Raises DecodingError, and whatever Pillow does.
    """
    with opened(data, found, limits) as image:
        width, height = image.size
        notes = {Note.ANIMATED} if _is_animated(image) else set()
        if not load(image):
            notes.add(Note.DAMAGED)
        luma, more = flatten(image, limits)
        picture = Picture(luma=luma, height=height, width=width, format=found, notes=frozenset(notes | more))
        return upright(picture, orientation(image))


@contextmanager
def opened(data: bytes, found: Format, limits: Limits) -> Iterator[Image.Image]:
    """Pillow's picture of what may be decoded, not yet loaded. Raises DecodingError, and whatever Pillow does."""
    if found is Format.WEBP:
        check_size(*_webp_size(data), limits.max_held_pixels)
    with Image.open(io.BytesIO(data), formats=[found.name]) as image:
        check_size(image.height, image.width, limits.max_held_pixels)
        if found is Format.TIFF:
            _check_tiles(image, limits)
        yield image


def damaged_jpeg(data: bytes, factor: int, limits: Limits) -> Luma:
    """Luma of a JPEG that simplejpeg gives up, at that part of its size. Raises whatever Pillow does."""
    with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
        image.draft("L", (image.width // factor, image.height // factor))
        load(image)
        luma, _ = flatten(image, limits)
        return luma


def load(image: Image.Image) -> bool:
    """Whether all of it could be decoded; what could be is kept, as browsers do."""
    try:
        image.load()
    except Exception:  # a checksum, a length, a palette: what is wrong with a file comes in many classes
        if getattr(image, "_im", None) is None:
            raise
        image.tile = []  # type: ignore[attr-defined]  # so that Pillow takes what it has
        return False
    return True


def _is_animated(image: Image.Image) -> bool:
    try:
        return bool(getattr(image, "is_animated", False))
    except Exception:  # noqa: BLE001  # Pillow looks for a second frame, which may be anything
        return True


def orientation(image: Image.Image) -> int:
    """EXIF's, 1 (upright) where it says nothing."""
    try:
        found = image.getexif().get(ORIENTATION, 1)
    except Exception:  # noqa: BLE001  # EXIF is somebody's bytes, and the picture is there without it
        return 1
    return found if isinstance(found, int) else 1


def _webp_size(data: bytes) -> tuple[int, int]:
    """Height and width by the header: Pillow makes the canvas when it opens one."""
    kind = data[12:16]
    if kind == b"VP8X":
        width, height = data[24:27], data[27:30]
        return int.from_bytes(height, "little") + 1, int.from_bytes(width, "little") + 1
    if kind == b"VP8L":
        packed = int.from_bytes(data[21:25], "little")
        return (packed >> 14 & 0x3FFF) + 1, (packed & 0x3FFF) + 1
    if kind == b"VP8 ":
        packed = int.from_bytes(data[26:30], "little")
        return packed >> 16 & 0x3FFF, packed & 0x3FFF
    raise DecodingError(Refusal.BROKEN)


def _check_tiles(image: Image.Image, limits: Limits) -> None:
    tags = image.tag_v2  # type: ignore[attr-defined]
    if int(tags.get(_TILE_WIDTH, 0)) * int(tags.get(_TILE_LENGTH, 0)) > limits.max_held_pixels:
        raise DecodingError(Refusal.TOO_MANY_PIXELS)
