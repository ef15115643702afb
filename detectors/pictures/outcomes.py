"""What can become of a picture's bytes, each under its own name, so that it can be counted and shown."""

from __future__ import annotations

from enum import StrEnum


class Refusal(StrEnum):
    """Why a picture cannot be fingerprinted. Text and people have to do."""

    EMPTY = "empty"
    TOO_MANY_BYTES = "too_many_bytes"
    NOT_A_PICTURE = "not_a_picture"  # HTML, JSON, text: often an error page under a picture's address
    UNSUPPORTED_FORMAT = "unsupported_format"  # HEIC, JPEG XL, SVG, PDF ...: a picture that we have no decoder for
    TOO_MANY_PIXELS = "too_many_pixels"  # by its header, before anything is decoded
    TOO_MANY_SCANS = "too_many_scans"  # a progressive JPEG made to be decoded for minutes
    TOO_SMALL = "too_small"  # a side under 5 pixels, for which PDQ is not defined
    BROKEN = "broken"  # its format's own decoder gives nothing
    LOW_QUALITY = "low_quality"  # decoded, but PDQ's quality is under 50: too little in it to tell it from others


class Note(StrEnum):
    """What was odd about a picture that could be decoded all the same."""

    DAMAGED = "damaged"  # truncated or faulty; what a browser would show of it is compared
    ANIMATED = "animated"  # its first frame is compared
    TURNED = "turned"  # EXIF says how it is to be shown, and so it is
    TRANSPARENT = "transparent"  # shown on white
    INVISIBLE = "invisible"  # almost wholly transparent: compared as if it were not
    DEEP = "deep"  # more than 8 bits a channel, brought to 8
    MISLABELLED = "mislabelled"  # its bytes are another format than was declared


class DecodingError(Exception):
    """Carries a refusal out of a decoder; never leaves `decode`."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.value)
