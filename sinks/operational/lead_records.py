"""What goes into the lead store and comes out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from stdnum.cn import uscc

from detectors.records import timestamp_text
from detectors.routing.place import Jurisdiction
from detectors.routing.route import Routing
from sinks.errors import StoreRefused
from sinks.text import json_text
from sinks.visible import EVERYTHING, Visible

_WITH_PLACE = ("enforcement", "person")
_NAMES = UUID("6f0f4c1e-6d0c-4f0a-9d3a-5b1c2a7e9d41")  # of what is made here; any fixed one will do
Place = Mapping[str, str]
"""A division that may be competent: code, name, basis."""


def stable_id(*parts: str | None) -> str:
    """The same parts give the same id."""
    return str(uuid5(_NAMES, json_text(parts)))


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a lead is about, as the group's newest alert says.

    company_code : as the listing gives it; counts only when its check digit is right.
    facts : what a list and a notice say of the alert: title, url, seller's name, score, tier and the like.
    """

    group_id: str
    alert_id: str
    right_id: str | None
    subject: str
    kind: str
    platform: str
    listing_id: str
    seller: str
    company_code: str | None
    region: str
    observed_at: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)
    of_case: str | None = None  # where the case is known

    @property
    def case_id(self) -> str:
        """One for all that a seller (by company code where there is one) does to a right; a seller whom nobody names
        has a case for each group."""
        if self.of_case is not None:
            return self.of_case
        code = uscc.compact(self.company_code or "")
        who = code if uscc.is_valid(code) else self.seller or self.group_id
        return stable_id("case", who, self.right_id or self.subject)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A lead to be made: who is told by which rule, and of a body where it is. A `person` has no place yet."""

    recipient: str
    place: str | None
    rule: str
    clause: str
    routing_version: str
    why: tuple[str, ...] = ()
    candidates: tuple[Place, ...] = ()


def drafts_from(routing: Routing) -> list[Draft]:
    """The leads that a routing asks for, each with what it rests on."""
    return [
        Draft(
            recipient=recipient.kind,
            place=recipient.place,
            rule=recipient.rule,
            clause=recipient.clause,
            routing_version=routing.version,
            **(_explained(routing.jurisdiction) if recipient.kind in _WITH_PLACE else {}),
        )
        for recipient in routing.recipients
    ]


def _explained(jurisdiction: Jurisdiction | None) -> dict[str, Any]:
    if jurisdiction is None:
        return {}
    candidates = ({"code": one.code, "name": one.name, "basis": one.basis} for one in jurisdiction.candidates)
    return {"why": jurisdiction.why, "candidates": tuple(candidates)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """What leads are made of. `key` names it: of the same one no lead is made twice."""

    because: str  # verdict, alert, relisted
    key: str
    send_after: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """An offer whose leads are closed. `gone_at`: what was seen of it up to then is not it being there again."""

    group_id: str
    platform: str
    listing_id: str
    gone_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a group is judged now, as far as leads go. Version 0: nobody ever touched it."""

    group_id: str
    version: int = 0
    state: str | None = None
    verdict: str | None = None
    is_reopened: bool = False

    @property
    def cause(self) -> str:
        return f"verdict:{self.group_id}:{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """A lead at a moment."""

    lead_id: str
    version: int
    group_id: str
    recipient: str
    place: str | None
    state: str
    because: str
    reason: str | None
    case_id: str
    routing_version: str
    rule: str
    clause: str
    why: Sequence[str]
    candidates: Sequence[Place]
    alert_id: str
    right_id: str | None
    kind: str
    platform: str
    listing_id: str
    seller: str
    region: str
    facts: Mapping[str, Any]
    observed_at: datetime
    made_at: datetime
    send_after: datetime
    sent_at: datetime | None
    takedown: str
    takedown_at: datetime | None
    takedown_by: str | None

    def to_json(self) -> dict[str, Any]:
        return {
            "lead_id": self.lead_id,
            "version": self.version,
            "group_id": self.group_id,
            "recipient": self.recipient,
            "place": self.place,
            "state": self.state,
            "because": self.because,
            "reason": self.reason,
            "case_id": self.case_id,
            "routing": {"version": self.routing_version, "rule": self.rule, "clause": self.clause},
            "jurisdiction": {"why": list(self.why), "candidates": [dict(one) for one in self.candidates]},
            "alert_id": self.alert_id,
            "right_id": self.right_id,
            "kind": self.kind,
            "platform": self.platform,
            "listing_id": self.listing_id,
            "seller": self.seller,
            "facts": dict(self.facts),
            "observed_at": timestamp_text(self.observed_at),
            "made_at": timestamp_text(self.made_at),
            "send_after": timestamp_text(self.send_after),
            "sent_at": None if self.sent_at is None else timestamp_text(self.sent_at),
            "takedown": {
                "state": self.takedown,
                "at": None if self.takedown_at is None else timestamp_text(self.takedown_at),
                "by": self.takedown_by,
            },
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadQuery:
    """Which leads, newest first. None: any. `before`: the place of the last one that was got, as `LeadPage.next`."""

    state: str | None = None
    recipient: str | None = None
    right_id: str | None = None
    seller: str | None = None
    case_id: str | None = None
    group_id: str | None = None
    before: tuple[int, str] | None = None
    limit: int = 100
    visible: Visible = EVERYTHING


@dataclass(frozen=True, slots=True)
class LeadPage:
    """`next`: the place of the last one where there may be more."""

    leads: tuple[Lead, ...]
    next: tuple[int, str] | None


@dataclass(frozen=True, slots=True)
class Unsent:
    """How many leads of a state nobody has heard of yet, and since when the oldest waits: from when it was made for a
    person, from when it may be sent for the program; None: none waits."""

    count: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Policy:
    """Whether leads of a kind wait for a verdict; `holder_id` None: of everybody's rights."""

    kind: str
    holder_id: str | None
    sending: str
    by: str
    at: datetime


class LeadRefused(StoreRefused):
    """Not possible with the lead as it is. `code`: stale (its version is another) or state; `lead`: as it is."""

    def __init__(self, code: str, lead: Lead) -> None:
        super().__init__(f"lead {lead.lead_id}: {code}")
        self.code = code
        self.lead = lead
