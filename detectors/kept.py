"""What is worked out of a number when it is first asked for, and kept for as long as its page is looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")


class Kept(dict[int, Value]):
    """Reading it makes what is missing. A look into it that finds something calls no Python."""

    def __init__(self, make: Callable[[int], Value]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, number: int) -> Value:
        value = self[number] = self._make(number)
        return value
