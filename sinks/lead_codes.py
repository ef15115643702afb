"""The words of leads: what state one is in, what became of its listing, and what is written into its log.

They are stored for ever: a code that was once given is never renamed or taken away. Their words in people's languages
stand in dashboards/messages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from detectors.routing.rules import RIGHT_KINDS

WAITING, PERSON, SENT, WITHDRAWN, DECIDED, CLOSED = "waiting", "person", "sent", "withdrawn", "decided", "closed"
STATES = (WAITING, PERSON, SENT, WITHDRAWN, DECIDED, CLOSED)
"""`waiting`: on its way, checked again before it is sent. `person`: somebody must say where to, or that nobody is told.
`decided`: somebody did, and other leads stand for it. `closed`: the listing is gone."""
OPEN = (WAITING, PERSON, SENT)

NOT_SUBMITTED, SUBMITTED, REFUSED, TAKEN_UP, REMOVED = "not_submitted", "submitted", "refused", "waiting", "removed"
TAKEDOWNS = (NOT_SUBMITTED, SUBMITTED, REFUSED, TAKEN_UP, REMOVED)
"""What became of the complaint at the platform; `waiting`: the platform has taken it up and not decided."""

ACTS = ("made", "rechecked", "sent", "withdrawn", "place", "takedown", "closed", "overruled")
"""What a log says. `overruled`: the verdict changed after the lead was sent; whoever was told ought to hear of it."""

REASONS = (
    *("right_withdrawn", "right_not_in_force", "right_unreadable", "verdict_undone", "reopened", "overruled"),
    *("no_body", "delisted", "removed"),
)
"""Why a lead was withdrawn or closed."""

AT_ONCE, AFTER_VERDICT = "at_once", "after_verdict"
SENDINGS = (AT_ONCE, AFTER_VERDICT)
VERDICT, ALERT, RELISTED = "verdict", "alert", "relisted"
CAUSES = (VERDICT, ALERT, RELISTED)
"""What a lead was made of: a person's verdict, an alert that policy lets through, or the verdict that stands on an
offer that was taken down and is there again as it was."""
REMOVAL_TAKES = timedelta(days=1)
"""An offer that a person says is removed may still be seen for so long: platforms take their time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadSettings:
    """Leads: what is sent before a person judged it, and how soon."""

    at_once: tuple[
        str, ...
    ] = ()  # kinds whose leads wait for no verdict: trademark, design, invention, utility_model, none
    hold_minutes: float = 10.0  # a lead made of a verdict is sent so long after it: until then it can be taken back
    every_seconds: float = 2.0  # how often verdicts and alerts are looked at
    delisted_seconds: float = 60.0  # how often the listings of open leads, and of those that were gone, are looked up
    relisted_days: float = 180.0  # so long after an offer was taken down it is told at once if it is there again

    def __post_init__(self) -> None:
        if unknown := set(self.at_once) - set(RIGHT_KINDS):
            raise ValueError(f"at_once: {min(unknown)} is no kind; use {', '.join(RIGHT_KINDS)}")
        if not self.hold_minutes >= 0:
            raise ValueError("hold_minutes must be at least 0")
        if not self.relisted_days >= 0:
            raise ValueError("relisted_days must be at least 0")
        for name in ("every_seconds", "delisted_seconds"):
            if not getattr(self, name) >= 0.05:
                raise ValueError(f"{name} must be at least 0.05")

    @property
    def hold(self) -> timedelta:
        return timedelta(minutes=self.hold_minutes)
