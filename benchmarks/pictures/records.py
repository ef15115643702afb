"""What is measured: cases of edited pictures, and what a system says about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from benchmarks.pictures.corpus import Picture


@dataclass(frozen=True, slots=True)
class Case:
    """A picture after edits, as bytes that a seller uploads. No edits: an untouched picture."""

    edits: tuple[str, ...]
    picture: Picture
    data: bytes


class System(Protocol):
    name: str

    def register(self, pictures: Sequence[bytes]) -> None:
        """Protects the pictures; their place is their number."""

    def look(self, data: bytes) -> frozenset[int]:
        """The numbers of the protected pictures that are in this one."""
