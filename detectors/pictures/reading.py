"""From a picture's bytes to its fingerprint, or to the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass

from detectors.pictures.decoding import decode
from detectors.pictures.fingerprint import Fingerprint
from detectors.pictures.hashing import fingerprint
from detectors.pictures.limits import DEFAULT_LIMITS, Limits
from detectors.pictures.outcomes import Refusal
from detectors.pictures.picture import Picture


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of one picture's bytes.

    `refusal` is None where there is a fingerprint to compare. LOW_QUALITY has a picture and its fingerprint all the
    same: the picture can be shown, and other ways than PDQ may try it.
    """

    picture: Picture | None
    fingerprint: Fingerprint | None
    refusal: Refusal | None


def read_picture(data: bytes, limits: Limits = DEFAULT_LIMITS, declared: str = "") -> Reading:
    """Decodes and fingerprints a picture, whatever its bytes are; `declared` as for `decode`."""
    decoded = decode(data, limits, declared)
    if isinstance(decoded, Refusal):
        return Reading(None, None, decoded)
    found = fingerprint(decoded)
    return Reading(decoded, found, None if found.is_usable else Refusal.LOW_QUALITY)
