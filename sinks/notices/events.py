"""What can be told, and who wants to hear it. Pure data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sinks.notices.outgoing import shortened
from sinks.text import storable
from sinks.visible import region_of

ALERT, VERDICT, LEAD, DELISTED = "alert", "verdict", "lead", "delisted"
EVENTS = (ALERT, VERDICT, LEAD, DELISTED)
"""What a destination may ask for. `alert`: at once, before anybody judged it."""
TEST, DIGEST = "test", "digest"
"""What it is sent beside them: a person's test, and several notices in one message."""
_MOST_BYTES = {"title": 300, "url": 600, "seller": 200, "listing_id": 200}  # a digest of 20 stays below a robot's bound


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeEvent:
    """One thing that happened. Whoever tells it twice with the same `key` has told it once.

    at : when it became known here; only destinations that were there by then hear of it.
    facts : what a message says of it; see `facts_of`.
    """

    event: str
    key: str  # of at most 200 characters
    at: datetime
    group_id: str
    alert_id: str
    right_id: str | None
    kind: str
    tier: str
    detector: str
    seller_region: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a destination wants to hear of. An empty tuple: all of them."""

    events: tuple[str, ...] = (ALERT, VERDICT, LEAD, DELISTED)
    kinds: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    detectors: tuple[str, ...] = ()
    right_ids: tuple[str, ...] = ()

    def takes(self, event: NoticeEvent) -> bool:
        return event.event in self.events and all(
            not chosen or value in chosen
            for chosen, value in (
                (self.kinds, event.kind),
                (self.tiers, event.tier),
                (self.detectors, event.detector),
                (self.right_ids, event.right_id),
            )
        )


def event_of(alert: Mapping[str, Any], *, event: str, key: str, at: datetime, **facts: Any) -> NoticeEvent:
    """What happened to an alert (its JSON), with more facts of the event's own, such as `verdict`."""
    return NoticeEvent(
        event=event,
        key=key,
        at=at,
        group_id=str(alert["group_id"]),
        alert_id=str(alert["alert_id"]),
        right_id=alert.get("right_id"),
        kind=str(alert.get("kind", "")),
        tier=str(alert.get("tier", "")),
        detector=str(alert.get("detector", "")),
        seller_region=region_of(alert),
        facts=facts_of(alert) | facts,
    )


def facts_of(alert: Mapping[str, Any]) -> dict[str, Any]:
    """What a message says of an alert: ids, where it is offered, and the beginning of its texts."""
    seller = alert.get("seller")
    name = (seller.get("name") or seller.get("id") or "") if isinstance(seller, Mapping) else ""
    texts = {"title": alert.get("title"), "url": alert.get("url"), "seller": name, "listing_id": alert["listing_id"]}
    return {
        "platform": alert.get("platform", ""),
        **{key: shortened(storable(str(text or "")), _MOST_BYTES[key]) for key, text in texts.items()},
        "subject": alert.get("subject", ""),
        "score": alert.get("score"),
        "observed_at": alert.get("observed_at"),
    }
