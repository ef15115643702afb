"""The fingerprint of a picture: 256 bits of PDQ and a quality, and how it is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from detectors.errors import RightswatchError

BITS: Final = 256
USABLE_QUALITY: Final = 50  # below, PDQ says itself, a fingerprint must be discarded
MATCH_DISTANCE: Final = 31  # bits: the published threshold
_HEX = re.compile(r"[0-9a-fA-F]{64}")


class FingerprintError(RightswatchError):
    """A fingerprint that is not one: not 64 hexadecimal digits, or a quality out of range."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """words : four 64-bit integers, the highest bits first: side by side in hex they are PDQ's published form."""

    words: tuple[int, int, int, int]
    quality: int = 100

    def __post_init__(self) -> None:
        if len(self.words) != 4 or any(not 0 <= word < 1 << 64 for word in self.words):
            raise FingerprintError("a fingerprint has four words of 64 bits")
        if not 0 <= self.quality <= 100:
            raise FingerprintError(f"a fingerprint's quality is 0 to 100, not {self.quality}")

    @classmethod
    def from_hex(cls, text: str, quality: int = 100) -> Fingerprint:
        """Reads PDQ's published form. Raises FingerprintError."""
        if not _HEX.fullmatch(text):
            raise FingerprintError(f"a PDQ fingerprint is 64 hexadecimal digits, not {text[:80]!r}")
        first, second, third, fourth = (int(text[at : at + 16], 16) for at in range(0, 64, 16))
        return cls((first, second, third, fourth), quality)

    @property
    def hex(self) -> str:
        """PDQ's published form: 64 hexadecimal digits."""
        return "".join(f"{word:016x}" for word in self.words)

    @property
    def is_usable(self) -> bool:
        """Whether there is enough in the picture to compare it; if not, text and people have to do."""
        return self.quality >= USABLE_QUALITY

    def distance(self, other: Fingerprint) -> int:
        """Bits that differ, 0 to 256."""
        return sum((one ^ two).bit_count() for one, two in zip(self.words, other.words, strict=True))
