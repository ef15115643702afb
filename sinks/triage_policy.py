"""How alerts are judged: what an operator may set, and what follows from it for a group. Pure functions, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

TIERS = ("high", "medium", "low")
_SHARES = 2**64


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageSettings:
    """Judging: deadlines, claims, second reviews, and how far back the queue looks."""

    high_hours: float = 4.0  # a group of this tier is to be judged so long after it was first seen
    medium_hours: float = 24.0
    low_hours: float = 72.0
    review_share: float = 0.05  # of the verdicts, chosen at random, that a second person looks at
    review_tiers: tuple[str, ...] = ()  # tiers of which a second person looks at every verdict: high, medium, low
    lease_minutes: float = 10.0  # a claim ends so long after its owner's last act
    undo_minutes: float = 10.0  # so long a person may take back the last act
    longest_shelf_hours: float = 24.0  # nothing is shelved for longer
    horizon_days: int = 30  # the queue shows groups whose last alert is at most so old
    flood_groups: float = 10.0  # more new groups in ten minutes for each operator at work are a flood
    outbox_seconds: float = 0.5  # how often states and verdicts are moved to ClickHouse and the live stream

    def __post_init__(self) -> None:
        if not 0 <= self.review_share <= 1:
            raise ValueError("review_share must be between 0 and 1")
        if unknown := set(self.review_tiers) - set(TIERS):
            raise ValueError(f"review_tiers: {min(unknown)} is no tier; use {', '.join(TIERS)}")
        if not 1 <= self.horizon_days <= 400:
            raise ValueError("horizon_days must be between 1 and 400")
        if not 0 < self.longest_shelf_hours <= 24:
            raise ValueError("longest_shelf_hours must be above 0 and at most 24")
        if not self.outbox_seconds >= 0.05:
            raise ValueError("outbox_seconds must be at least 0.05")
        for name in ("high_hours", "medium_hours", "low_hours", "lease_minutes", "undo_minutes", "flood_groups"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be above 0")

    @property
    def lease(self) -> timedelta:
        return timedelta(minutes=self.lease_minutes)

    @property
    def undo(self) -> timedelta:
        return timedelta(minutes=self.undo_minutes)

    def due_at(self, tier: str, first_seen: datetime) -> datetime:
        """When a group of this tier is to be judged at the latest. A tier we do not know has as long as a low one."""
        hours = {"high": self.high_hours, "medium": self.medium_hours}.get(tier, self.low_hours)
        return first_seen + timedelta(hours=hours)

    def asks_review(self, group_id: str, tier: str) -> bool:
        """Whether a second person is to look at a verdict on this group: the same answer each time it is asked.

        By a hash of the id: in an id itself not every bit is random, some say of which kind of UUID it is.
        """
        drawn = int.from_bytes(sha256(UUID(group_id).bytes).digest()[:8])
        return tier in self.review_tiers or drawn < self.review_share * _SHARES
