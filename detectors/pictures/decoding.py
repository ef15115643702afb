"""From a picture's bytes to its luma, or to the reason why not. Pure functions; never an exception."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from PIL import Image

from detectors.pictures.formats import Format, sniff
from detectors.pictures.jpeg import decode_jpeg
from detectors.pictures.limits import DEFAULT_LIMITS, Limits
from detectors.pictures.outcomes import DecodingError, Note, Refusal
from detectors.pictures.picture import Picture
from detectors.pictures.raster import decode_raster

_MEDIA_TYPES = frozenset(Format)
Decoded = TypeVar("Decoded")


def decode(data: bytes, limits: Limits = DEFAULT_LIMITS, declared: str = "") -> Picture | Refusal:
    """Decodes a picture, whatever its bytes are.

    declared : the media type that its sender named, if any. It decides nothing; a wrong one is noted.
    """
    picture = or_refusal(
        data,
        limits,
        lambda found: decode_jpeg(data, limits) if found is Format.JPEG else decode_raster(data, found, limits),
    )
    named = declared.partition(";")[0].strip().lower()
    if isinstance(picture, Picture) and named in _MEDIA_TYPES and named != picture.format:
        return replace(picture, notes=picture.notes | {Note.MISLABELLED})
    return picture


def or_refusal(data: bytes, limits: Limits, work: Callable[[Format], Decoded]) -> Decoded | Refusal:
    """What a decoder, told the format, makes of the bytes, or the reason why nothing; never an exception."""
    if not data:
        return Refusal.EMPTY
    if len(data) > limits.max_bytes:
        return Refusal.TOO_MANY_BYTES
    try:
        return work(sniff(data))
    except DecodingError as error:
        return error.refusal
    except Image.DecompressionBombError:
        return Refusal.TOO_MANY_PIXELS
    except Exception:  # noqa: BLE001  # hostile bytes bring up whatever a decoder did not think of: KeyError, MemoryError
        return Refusal.BROKEN
