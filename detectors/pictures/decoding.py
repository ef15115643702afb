"""From a picture's bytes to its luma, or to the reason why not. Pure functions; never an exception."""

from __future__ import annotations

from dataclasses import replace

from PIL import Image

from detectors.pictures.formats import Format, sniff
from detectors.pictures.jpeg import decode_jpeg
from detectors.pictures.limits import DEFAULT_LIMITS, Limits
from detectors.pictures.outcomes import DecodingError, Note, Refusal
from detectors.pictures.picture import Picture
from detectors.pictures.raster import decode_raster

_MEDIA_TYPES = frozenset(Format)


def decode(data: bytes, limits: Limits = DEFAULT_LIMITS, declared: str = "") -> Picture | Refusal:
    """Decodes a picture, whatever its bytes are.

    declared : the media type that its sender named, if any. It decides nothing; a wrong one is noted.
    """
    if not data:
        return Refusal.EMPTY
    if len(data) > limits.max_bytes:
        return Refusal.TOO_MANY_BYTES
    try:
        found = sniff(data)
        picture = decode_jpeg(data, limits) if found is Format.JPEG else decode_raster(data, found, limits)
    except DecodingError as error:
        return error.refusal
    except Image.DecompressionBombError:
        return Refusal.TOO_MANY_PIXELS
    except Exception:  # noqa: BLE001  # hostile bytes bring up whatever a decoder did not think of: KeyError, MemoryError
        return Refusal.BROKEN
    named = declared.partition(";")[0].strip().lower()
    if named in _MEDIA_TYPES and named != found:
        return replace(picture, notes=picture.notes | {Note.MISLABELLED})
    return picture
