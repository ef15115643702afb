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
    before : what was seen when this very content was examined last; None at first sight.
    """

    risk: float
    queue_age_seconds: float
    before: Seen | Refusal | None = None


Examine = Callable[[bytes, Worth], Seen | Refusal]
"""Called in one thread; what it returns is remembered by content, and handed back as `before` the next time."""


def examine(data: bytes, worth: Worth) -> Seen | Refusal:
    """The first tier, whatever it is worth: it costs a few milliseconds, once for each content."""
    return see(data) if worth.before is None else worth.before
