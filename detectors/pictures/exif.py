"""How a JPEG is to be turned: EXIF's orientation, found without reading anything else."""

from __future__ import annotations

from typing import Final, Literal

ORIENTATION: Final = 0x0112
_EXIF = b"Exif\0\0"
_APP1, _START_OF_SCAN = 0xE1, 0xDA
_MOST_SEGMENTS = 100  # before EXIF; it stands first or second
_MOST_ENTRIES = 100


def jpeg_orientation(data: bytes) -> int:
    """1 to 8 as EXIF has it; 1, upright, where a JPEG's segments do not say, or say nonsense."""
    at = 2
    for _ in range(_MOST_SEGMENTS):
        while data[at : at + 2] == b"\xff\xff":
            at += 1
        if at + 4 > len(data) or data[at] != 0xFF or data[at + 1] == _START_OF_SCAN:
            return 1
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at + 1] == _APP1 and data[at + 4 : at + 10] == _EXIF:
            return tiff_orientation(data[at + 10 : at + 2 + length])
        at += 2 + length
    return 1


def tiff_orientation(block: bytes) -> int:
    """The orientation in the first directory of a TIFF block, 1 where it has none."""
    order: Literal["little", "big"] = "little" if block[:2] == b"II" else "big"

    def number(at: int, size: int) -> int:
        return int.from_bytes(block[at : at + size], order)

    directory = number(4, 4)
    for entry in range(min(number(directory, 2), _MOST_ENTRIES)):
        at = directory + 2 + 12 * entry
        if number(at, 2) == ORIENTATION:
            found = number(at + 8, 2)
            return found if 1 <= found <= 8 else 1
    return 1
