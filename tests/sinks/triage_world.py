"""Groups to judge and people who judge them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sinks.operational.triage_records import Actor, Facts
from sinks.triage_policy import TriageSettings

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ANN, BOB, EVE = (Actor(f"id-{name}", name) for name in ("ann", "bob", "eve"))
NO_REVIEWS = TriageSettings(review_share=0.0)
ALL_REVIEWED = TriageSettings(review_share=1.0)
GUILTY: dict[str, Any] = {"verdict": "infringing", "reason_code": "counterfeit"}
INNOCENT: dict[str, Any] = {"verdict": "not_infringing", "reason_code": "licensed"}


def group(number: int, **changes: Any) -> Facts:
    """A group with one alert."""
    return replace(
        Facts(
            group_id=str(UUID(int=number << 64 | number)),
            alert_id=str(UUID(int=number + 1_000_000)),
            listing_digest="ab" * 32,
            revision=7,
            score=0.93,
            detector="mark",
            tier="high",
            right_id="CN-TM-1",
            subject="CN-TM-1",
            platform="taobao",
            seller="taobao:s1",
            seller_region="440300",
            group_tier="high",
            first_seen=NOW - timedelta(hours=1),
            versions={"detector": "1", "rules": "1"},
        ),
        **changes,
    )
