"""Nice classes as bit sets: bit n is class n, 1 to 34 goods, 35 to 45 services. 0 means unknown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

LAST_CLASS = 45
GOODS = sum(1 << number for number in range(1, 35))
_NUMBER = re.compile(r"\d{1,9}")


def class_bits(numbers: Iterable[int]) -> int:
    """The bit set of class numbers; numbers that are no class have no bit."""
    bits = 0
    for number in numbers:
        if 1 <= number <= LAST_CLASS:
            bits |= 1 << number
    return bits


@cache
def registered_bits(classes: tuple[str, ...]) -> int:
    """The classes of a right as written in its record ("25", "025", "Class 25"); anything else has no bit."""
    return class_bits(int(number[0]) for text in classes if (number := _NUMBER.search(text)))


def class_numbers(bits: int) -> tuple[int, ...]:
    return tuple([number for number in range(1, min(bits.bit_length(), LAST_CLASS + 1)) if bits >> number & 1])
