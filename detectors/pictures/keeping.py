"""What is kept of a protected picture in few bytes: for the second tier, and for people to look at.

Little-endian: magic, checksum of all that follows, counts and sizes; x, y and scale of each blob in 1 / `PLACE_STEPS`
pixels, as uint16; their codes; the thumbnail. Nothing is lost, so it finds what it found before it was kept.
"""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Final

import numpy as np
from PIL import Image

from detectors.pictures.copies import PLACE_STEPS, REGISTERED_BLOBS, Exemplar
from detectors.pictures.features import Features
from detectors.pictures.picture import Picture
from detectors.pictures.thumbnails import THUMBNAIL_BYTES, KeepingError, unpacked_thumbnail

PREVIEW_SIDE: Final = 640  # pixels of the longer side
PREVIEW_QUALITY: Final = 80  # of the JPEG
_MAGIC: Final = b"RWP1"
_HEAD: Final = struct.Struct("<4sI")
_SIZES: Final = struct.Struct("<HII")  # blobs, published height and width
_BLOB: Final = 3 * 2 + 32  # bytes: a place and a code
KEPT_BYTES: Final = _HEAD.size + _SIZES.size + REGISTERED_BLOBS * _BLOB + THUMBNAIL_BYTES  # at most


def packed(exemplar: Exemplar) -> bytes:
    """What the second tier keeps of a picture, in about 14 kB."""
    sizes = _SIZES.pack(len(exemplar.features), *exemplar.size)
    places = np.round(exemplar.features.places * PLACE_STEPS).astype("<u2")
    body = sizes + places.tobytes() + exemplar.features.codes.astype("<u8").tobytes() + exemplar.packed
    return _HEAD.pack(_MAGIC, zlib.crc32(body)) + body


def unpacked(content: bytes) -> Exemplar:
    """Reads what `packed` wrote.

    Raises:
        KeepingError: it is damaged, or not of this version.
    """
    if not _HEAD.size + _SIZES.size <= len(content) <= KEPT_BYTES:
        raise KeepingError(f"what was kept of a picture is damaged: it has {len(content)} bytes")
    magic, checksum = _HEAD.unpack_from(content)
    if magic != _MAGIC:
        raise KeepingError(f"what was kept of a picture is of another version: it begins with {magic!r}")
    body = content[_HEAD.size :]
    if zlib.crc32(body) != checksum:
        raise KeepingError("what was kept of a picture is damaged: its checksum does not hold")
    count, height, width = _SIZES.unpack_from(body)
    if _SIZES.size + count * _BLOB > len(body):
        raise KeepingError(f"what was kept of a picture is damaged: it has no room for {count} blobs")
    places = np.frombuffer(body, "<u2", 3 * count, _SIZES.size).reshape(-1, 3)
    codes = np.frombuffer(body, "<u8", 4 * count, _SIZES.size + places.nbytes).reshape(-1, 4)
    features = Features(places.astype(np.float32) / np.float32(PLACE_STEPS), codes.astype(np.uint64))
    exemplar = Exemplar(features, body[_SIZES.size + count * _BLOB :], (height, width))
    unpacked_thumbnail(exemplar.packed)
    return exemplar


def preview(picture: Picture) -> bytes:
    """The picture for people: a grey JPEG of at most `PREVIEW_SIDE` pixels, made anew, with no byte of what came in."""
    image = Image.fromarray(np.clip(np.round(picture.luma), 0, 255).astype(np.uint8))
    image.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE), Image.Resampling.LANCZOS)
    content = BytesIO()
    image.save(content, "JPEG", quality=PREVIEW_QUALITY)
    return content.getvalue()
