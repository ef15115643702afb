"""What a JPEG's segments say before its first scan: how it is to be turned, and what it will cost to decode.

Reads on over rubbish between segments, as libjpeg does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from detectors.pictures.exif import UPRIGHT, orientation_of

_EXIF = b"Exif\0\0"
_START_OF_SCAN, _APP1 = 0xDA, 0xE1
_SEQUENTIAL = frozenset({0xC0, 0xC1})  # Huffman frames that come line by line if one scan has all components
_BARE = frozenset({0x01, *range(0xD0, 0xDA)})  # markers without a segment
_MOST_SEGMENTS = 1000


@dataclass(frozen=True, slots=True)
class JpegHeader:
    """`scans`: 1 for a JPEG that is decoded line by line; else how many markers of a scan there are, so at least how
    often every pixel may be visited, the picture being held whole meanwhile.
    """

    orientation: int
    scans: int


def read_header(data: bytes) -> JpegHeader:
    """What the segments of a JPEG say. Of a JPEG that says nothing sensible the worst is thought."""
    orientation, components = UPRIGHT, 0
    for marker, start, end in _segments(data):
        if marker == _APP1 and data[start : start + 6] == _EXIF and orientation == UPRIGHT:
            orientation = orientation_of(data[start + 6 : end])
        elif marker in _SEQUENTIAL and end - start > 5:
            components = data[start + 5]
        elif marker == _START_OF_SCAN:
            if components and data[start : start + 1] == bytes([components]):
                return JpegHeader(orientation, 1)
            return JpegHeader(orientation, max(2, data.count(b"\xff\xda", start - 4)))
    return JpegHeader(orientation, 2)


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Each marker up to the first scan's, with where its content begins and ends."""
    at = 2
    for _ in range(_MOST_SEGMENTS):
        at = data.find(b"\xff", at)
        if at < 0 or at + 4 > len(data):
            return
        marker = data[at + 1]
        if marker in (0x00, 0xFF) or marker in _BARE:
            at += 1 if marker == 0xFF else 2
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        yield marker, at + 4, at + 2 + length
        if marker == _START_OF_SCAN:
            return
        at += 2 + max(length, 2)
