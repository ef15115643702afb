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
import numpy.typing as npt
from PIL import Image

from detectors.errors import RightswatchError
from detectors.pictures.copies import PLACE_STEPS, REGISTERED_BLOBS, THUMBNAIL_SIDE, Exemplar
from detectors.pictures.features import Features
from detectors.pictures.picture import Picture

PREVIEW_SIDE: Final = 640  # pixels of the longer side
PREVIEW_QUALITY: Final = 80  # of the JPEG
PREVIEW_BYTES: Final = PREVIEW_SIDE * PREVIEW_SIDE  # at most: a byte a pixel, which a JPEG of that quality stays below
_MAGIC: Final = b"RWP1"
_HEAD: Final = struct.Struct("<4sI")
_SIZES: Final = struct.Struct("<HHHII")  # blobs, the thumbnail's height and width, published height and width
_BLOB: Final = 3 * 2 + 32  # bytes: a place and a code
_THUMBNAIL: Final = struct.Struct("<HH")
KEPT_BYTES: Final = _HEAD.size + _SIZES.size + REGISTERED_BLOBS * _BLOB + 2 * THUMBNAIL_SIDE**2  # at most


class KeepingError(RightswatchError):
    """Bytes that were kept of a picture are not what was written, or another program wrote them."""


def packed(exemplar: Exemplar) -> bytes:
    """What the second tier keeps of a picture, in about 14 kB."""
    sizes = _SIZES.pack(len(exemplar.features), *exemplar.thumbnail.shape, *exemplar.size)
    places = np.round(exemplar.features.places * PLACE_STEPS).astype("<u2")
    body = sizes + places.tobytes() + exemplar.features.codes.astype("<u8").tobytes() + _deflated(exemplar.thumbnail)
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
    count, rows, columns, height, width = _SIZES.unpack_from(body)
    places = np.frombuffer(body, "<u2", 3 * count, _SIZES.size).reshape(-1, 3)
    codes = np.frombuffer(body, "<u8", 4 * count, _SIZES.size + places.nbytes).reshape(-1, 4)
    thumbnail = _inflated(body[_SIZES.size + count * _BLOB :], rows, columns)
    features = Features(places.astype(np.float32) / np.float32(PLACE_STEPS), codes.astype(np.uint64))
    return Exemplar(features, thumbnail, (height, width))


def packed_thumbnail(thumbnail: npt.NDArray[np.uint8]) -> bytes:
    """Half its bytes: for memory, where ten thousands of them lie."""
    return _THUMBNAIL.pack(*thumbnail.shape) + _deflated(thumbnail)


def unpacked_thumbnail(content: bytes) -> npt.NDArray[np.uint8]:
    return _inflated(content[_THUMBNAIL.size :], *_THUMBNAIL.unpack_from(content))


def preview(picture: Picture) -> bytes:
    """The picture for people: a grey JPEG of at most `PREVIEW_SIDE` pixels, made anew, with no byte of what came in."""
    image = Image.fromarray(np.clip(np.round(picture.luma), 0, 255).astype(np.uint8))
    image.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE), Image.Resampling.LANCZOS)
    content = BytesIO()
    image.save(content, "JPEG", quality=PREVIEW_QUALITY)
    return content.getvalue()


def _deflated(thumbnail: npt.NDArray[np.uint8]) -> bytes:
    """Differences to the pixels above and to the left, which are small."""
    difference = np.diff(np.diff(thumbnail, axis=0, prepend=np.uint8(0)), axis=1, prepend=np.uint8(0))
    return zlib.compress(difference.tobytes(), 9)


def _inflated(content: bytes, rows: int, columns: int) -> npt.NDArray[np.uint8]:
    """Never more bytes than the thumbnail has, whatever the content says."""
    reader = zlib.decompressobj()
    try:
        pixels = reader.decompress(content, rows * columns + 1)
    except zlib.error as error:
        raise KeepingError("the thumbnail that was kept of a picture is damaged") from error
    if len(pixels) != rows * columns or not reader.eof or max(rows, columns) > THUMBNAIL_SIDE:
        raise KeepingError("the thumbnail that was kept of a picture is damaged: it has another size")
    difference = np.frombuffer(pixels, np.uint8).reshape(rows, columns)
    return np.cumsum(np.cumsum(difference, axis=0, dtype=np.uint8), axis=1, dtype=np.uint8)
