"""All that was seen in one picture of a listing, before anything is asked about rights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from detectors.pictures.copies import CopyMatch, Look
from detectors.pictures.outcomes import Refusal


@dataclass(frozen=True, slots=True)
class CloseMatch:
    """A right's picture that the second tier found in it: its digest (`RightImage.digest`), and the match."""

    registered: str
    match: CopyMatch


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line of words read in it.

    box : left, top, right and bottom in published pixels, around the line.
    confidence : from 0 to 1, as the reader says.
    """

    text: str
    box: tuple[float, float, float, float]
    confidence: float


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen in one picture.

    digest : SHA-256 of its bytes, in hex: the name under which it is fixed as evidence.
    look : the first tier, fingerprints of its views.
    close : what the second tier found among the rights' pictures.
    lines : the words in it, from top to bottom.
    looked_in : the gallery's `additions` when the second tier looked, 0: it did not. is_read : whether somebody read.
    """

    digest: str
    look: Look
    close: tuple[CloseMatch, ...] = ()
    lines: tuple[ReadLine, ...] = ()
    looked_in: int = 0
    is_read: bool = False

    @property
    def size(self) -> tuple[float, float]:
        """Height and width, published pixels."""
        whole, (across, down) = self.look.views[0].window, self.look.luma_unit
        return whole.height * down, whole.width * across


Looks = Mapping[str, Seen | Refusal]
"""What was seen in the pictures that listings name by path or by URL, or why nothing could be."""
