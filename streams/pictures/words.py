"""What was seen in a picture, and the words read in it beside that."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

from detectors.pictures.copies import look_at
from detectors.pictures.decoding import decode
from detectors.pictures.outcomes import Refusal
from detectors.pictures.picture import Picture
from detectors.pictures.seen import ReadLine, Seen

Reader = Callable[[bytes], tuple[ReadLine, ...]]
"""From a picture's bytes, whatever they are, to the words in it: `WordReader`."""


def with_words(seen: Seen | Refusal, data: bytes, reader: Reader | None) -> Seen | Refusal:
    """What was seen, with the words of the picture; without a reader as it was.

    A picture of nothing but words has too little else in it for a fingerprint, and is read all the same.
    """
    if reader is None or (isinstance(seen, Refusal) and seen is not Refusal.LOW_QUALITY):
        return seen
    lines = reader(data)
    if isinstance(seen, Seen):
        return replace(seen, lines=lines, is_read=True)
    picture = decode(data) if lines else None
    if not isinstance(picture, Picture):
        return seen
    return Seen(hashlib.sha256(data).hexdigest(), look_at(picture), lines=lines, is_read=True)
