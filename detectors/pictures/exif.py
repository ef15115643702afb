"""EXIF's orientation, found without reading anything else of EXIF."""

from __future__ import annotations

from typing import Final, Literal

ORIENTATION: Final = 0x0112
UPRIGHT: Final = 1
_MOST_ENTRIES = 100


def orientation_of(block: bytes) -> int:
    """1 to 8, the orientation in the first directory of a TIFF block; 1 where it has none or it is nonsense."""
    order: Literal["little", "big"] = "little" if block[:2] == b"II" else "big"

    def number(at: int, size: int) -> int:
        return int.from_bytes(block[at : at + size], order)

    directory = number(4, 4)
    for entry in range(min(number(directory, 2), _MOST_ENTRIES)):
        at = directory + 2 + 12 * entry
        if number(at, 2) == ORIENTATION:
            found = number(at + 8, 2)
            return found if 1 <= found <= 8 else UPRIGHT
    return UPRIGHT
