"""What the patents of the watchlist are looked up by."""

from __future__ import annotations

from detectors.patents.foreign import foreign_key
from detectors.patents.numbers import number_key


def right_key(office: str | None, number: str) -> str:
    """The same key for every way of writing a number: `202310123456`, `CN101234567`, `US D651432`."""
    if office in (None, "CN"):
        return number_key(number) or number
    return foreign_key(office, number)
