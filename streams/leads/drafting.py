"""From a group's alerts to its leads: what they are about, and whom the routing table names. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from detectors.routing.place import SellerFacts
from detectors.routing.route import LeadFacts, route
from sinks.notices.events import facts_of
from sinks.operational.lead_records import About, Draft, drafts_from
from sinks.visible import region_of

Alert = Mapping[str, Any]


def about_of(alerts: Sequence[Alert]) -> About:
    """What leads of a group are about, by its newest alert."""
    alert = alerts[0]
    seller = _seller(alert)
    own = str(seller.get("id") or seller.get("name") or "")
    return About(
        group_id=alert["group_id"],
        alert_id=alert["alert_id"],
        right_id=alert["right_id"],
        subject=alert["subject"],
        kind=alert["kind"],
        platform=alert["platform"],
        listing_id=alert["listing_id"],
        seller=f"{alert['platform']}:{own}" if own else "",
        company_code=_text(seller.get("uscc")),
        region=region_of(alert),
        observed_at=datetime.fromisoformat(alert["observed_at"]),
        facts={**facts_of(alert), "tier": alert["tier"], "detector": alert["detector"]},
    )


def drafts_of(alerts: Sequence[Alert], right: Mapping[str, Any] | None, market: str | None) -> list[Draft]:
    """Who is told of a group. `right`: as it is now; None: there is none, or no more."""
    alert = alerts[0]
    codes = {reason["code"] for one in alerts for reason in one["reasons"] if reason.get("code")}
    facts = LeadFacts(
        kind=alert["kind"] if alert["right_id"] is not None else None,
        detectors=tuple(sorted({one["detector"] for one in alerts})),
        codes=tuple(sorted(codes)),
        office=_text((right or {}).get("office")),
        market=market.upper() if market else None,
        seller=SellerFacts(
            region=_text(_seller(alert).get("region")),
            ships_from=_text(alert.get("ships_from")),
            uscc=_text(_seller(alert).get("uscc")),
            platform=alert["platform"],
        ),
    )
    return drafts_from(route(facts))


def _seller(alert: Alert) -> Mapping[str, Any]:
    seller = alert.get("seller")
    return seller if isinstance(seller, Mapping) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
