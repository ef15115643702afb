"""A protected picture small, in half its bytes: in memory, too, where ten thousands of them lie."""

from __future__ import annotations

import struct
import zlib
from typing import Final

import numpy as np
import numpy.typing as npt

from detectors.errors import RightswatchError

THUMBNAIL_SIDE: Final = 128  # pixels of the longer side
_SIZE: Final = struct.Struct("<HH")
THUMBNAIL_BYTES: Final = _SIZE.size + 2 * THUMBNAIL_SIDE**2  # packed, at most

Thumbnail = npt.NDArray[np.uint8]


class KeepingError(RightswatchError):
    """Bytes that were kept of a picture are not what was written, or another program wrote them."""


def packed_thumbnail(thumbnail: Thumbnail) -> bytes:
    """Height, width, and the differences to the pixels above and to the left, which are small."""
    difference = np.diff(np.diff(thumbnail, axis=0, prepend=np.uint8(0)), axis=1, prepend=np.uint8(0))
    return _SIZE.pack(*thumbnail.shape) + zlib.compress(difference.tobytes(), 9)


def unpacked_thumbnail(content: bytes) -> Thumbnail:
    """Reads what `packed_thumbnail` wrote; never more bytes than a thumbnail has, whatever the content says.

    Raises:
        KeepingError: it is damaged.
    """
    try:
        rows, columns = _SIZE.unpack_from(content)
        reader = zlib.decompressobj()
        pixels = reader.decompress(content[_SIZE.size :], THUMBNAIL_SIDE**2 + 1)
    except (struct.error, zlib.error) as error:
        raise KeepingError("the thumbnail that was kept of a picture is damaged") from error
    if len(pixels) != rows * columns or not pixels or not reader.eof or max(rows, columns) > THUMBNAIL_SIDE:
        raise KeepingError("the thumbnail that was kept of a picture is damaged: it has another size")
    difference = np.frombuffer(pixels, np.uint8).reshape(rows, columns)
    return np.cumsum(np.cumsum(difference, axis=0, dtype=np.uint8), axis=1, dtype=np.uint8)
