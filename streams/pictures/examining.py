"""What is seen in a picture's bytes, and what may be spent on that: the one place where costly looks are decided."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from detectors.pictures.looking import see
from detectors.pictures.outcomes import Refusal
from detectors.pictures.seen import Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What speaks for and against a costly look.

    risk : the best text alert's score among the listings that show it, 0 for none.
    queue_age_seconds : how long the oldest message in hand has waited.
    """

    risk: float
    queue_age_seconds: float


Examine = Callable[[bytes, Worth], Seen | Refusal]
"""Pure, and safe to call in a thread. Asked once for each content, as long as what was seen is remembered."""


def examine(data: bytes, worth: Worth) -> Seen | Refusal:
    """The first tier, whatever it is worth: it costs a few milliseconds."""
    return see(data)
