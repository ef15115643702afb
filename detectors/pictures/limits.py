"""What a picture may cost, judged by its header before it is decoded, and how large it is worked on."""

from __future__ import annotations

from dataclasses import dataclass

from detectors.pictures.outcomes import DecodingError, Refusal

SMALLEST_SIDE = 5  # pixels; PDQ is not defined below
EXACT_SIDE = 512  # pixels; no longer pictures are decoded in full and in colour, so that their PDQ is the published one
WORKING_SIDE = 300  # pixels that the shorter side keeps: 800 px worked on at 400 move PDQ by up to 4 bits, at 200 by 28
WORKING_PIXELS = 2_000_000  # for a picture so long and thin that its shorter side would keep too many


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on what is decoded. A picture beyond them is refused under its own name."""

    max_bytes: int = 20 << 20
    max_streamed_pixels: int = 100_000_000  # a JPEG of one scan, which is decoded line by line and at an eighth
    max_held_pixels: int = 25_000_000  # anything else, which is held whole, at up to 12 bytes a pixel
    max_scanned_pixels: int = 500_000_000  # pixels times scans of a JPEG: each scan visits them all
    working_side: int = WORKING_SIDE
    working_pixels: int = WORKING_PIXELS


DEFAULT_LIMITS = Limits()


def check_size(height: int, width: int, max_pixels: int) -> None:
    """Raises DecodingError where a picture's header says that it is too large or too small."""
    if height * width > max_pixels:
        raise DecodingError(Refusal.TOO_MANY_PIXELS)
    if min(height, width) < SMALLEST_SIDE:
        raise DecodingError(Refusal.TOO_SMALL)


def halvings(height: int, width: int, limits: Limits) -> int:
    """By which of 1, 2, 4 and 8, the factors that JPEG decodes at for less, a picture is worked on smaller."""
    factor = 1
    while factor < 8 and (
        min(height, width) >= 2 * factor * limits.working_side
        or height * width > limits.working_pixels * factor * factor
    ):
        factor *= 2
    return factor
