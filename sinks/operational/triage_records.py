"""What goes into the triage store and comes out of it: who acts, on which group, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from detectors.records import timestamp_text
from sinks.triage_policy import TriageSettings
from sinks.verdict_codes import OPEN

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970 in UTC."""
    return (moment - _EPOCH) // _MILLISECOND


def from_ms(milliseconds: int) -> datetime:
    return _EPOCH + milliseconds * _MILLISECOND


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the account that counts, and its name for people to read."""

    account_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A group as its alerts show it, and the alert that is judged for it: the newest, or the one that was looked at."""

    group_id: str
    alert_id: str
    listing_digest: str
    revision: int
    score: float
    detector: str
    tier: str  # of the alert
    right_id: str | None
    subject: str
    platform: str
    seller: str  # `platform:id`; empty: unknown
    seller_region: str
    group_tier: str  # the highest of the group
    first_seen: datetime
    versions: Mapping[str, str] = field(default_factory=dict)
    screened: str = ""  # why it did not alert


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The state of a group at a moment. Version 0: nobody ever touched it."""

    group_id: str
    state: str = OPEN
    version: int = 0
    claimed_by: str | None = None
    claimed_by_id: str | None = None
    claimed_until: datetime | None = None
    verdict: str | None = None
    reason_code: str | None = None
    note: str | None = None
    judged_by: str | None = None
    judged_by_id: str | None = None
    judged_at: datetime | None = None
    shelved_until: datetime | None = None
    reopened_because: str | None = None
    stage: str | None = None
    due_at: datetime | None = None
    right_id: str | None = None
    seller_region: str = ""

    def to_json(self) -> dict[str, Any]:
        """What people and programs are shown: no account ids."""
        return {
            "state": self.state,
            "version": self.version,
            "claimed_by": self.claimed_by,
            "claimed_until": _text(self.claimed_until),
            "verdict": self.verdict,
            "reason_code": self.reason_code,
            "note": self.note,
            "judged_by": self.judged_by,
            "judged_at": _text(self.judged_at),
            "shelved_until": _text(self.shelved_until),
            "due_at": _text(self.due_at),
            "reopened_because": self.reopened_because,
            "stage": self.stage,
        }


def untouched(facts: Facts, policy: TriageSettings) -> State:
    """The state of a group that nobody ever touched."""
    return State(
        group_id=facts.group_id,
        due_at=policy.due_at(facts.group_tier, facts.first_seen),
        right_id=facts.right_id,
        seller_region=facts.seller_region,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why an act on a group did not happen, and the group's state now.

    `code`: stale (its version is another), claimed (by somebody else: `by`), state (not possible in this state),
    four_eyes (a second person must look), not_yours or too_late (an undo).
    """

    group_id: str
    code: str
    state: State
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an act on some groups: the states it led to, and the refused."""

    done: tuple[State, ...] = ()
    refused: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class Shelf:
    """What keeps the open groups of a right or a seller out of the queue. `kind`: right or seller."""

    shelf_id: str
    kind: str
    value: str
    until: datetime
    note: str
    by: str

    def holds(self, right_id: str | None, seller: str) -> bool:
        return self.value == (right_id if self.kind == "right" else seller)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else timestamp_text(moment)
