"""Destinations and things to tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sinks.notices.events import ALERT, NoticeEvent, Wanted
from sinks.notices.outgoing import Answer, Fate
from sinks.notices.webhook import new_secret
from sinks.operational.notice_records import ACCOUNT, HOLDER, WEBHOOK, Destination, Draft, Owner, Taken
from sinks.operational.notice_store import NoticeStore
from tests.sinks.triage_world import group

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
OPERATOR, HOLDER_1 = Owner(ACCOUNT, "ann"), Owner(HOLDER, "h1")
TAKEN = Answer(fate=Fate.SENT, reason="HTTP 200")
FAILED = Answer(fate=Fate.AGAIN, reason="HTTP 500")
GONE = Answer(fate=Fate.GONE, reason="HTTP 410")
RIGHT: dict[str, Any] = {
    "right_id": "CN-TM-1",
    "kind": "trademark",
    "marks": ["NIKE"],
    "holder": {"id": "h1", "name": "Zephyr Sports"},
    "status": "granted",
    "expires_on": "2036-03-01",
}


def draft(**changes: Any) -> Draft:
    """A webhook of an operator that wants to hear of everything at once."""
    return replace(
        Draft(
            owner=OPERATOR,
            regions=None,
            name="ours",
            kind=WEBHOOK,
            address="https://hooks.example/in?key=s3cret-word",
            secret=new_secret(),
            wanted=Wanted(),
            digest_hour=None,
            quiet=None,
            time_zone="Asia/Shanghai",
            language="en",
            per_minute=None,
        ),
        **changes,
    )


def event(number: int = 1, *, at: datetime = NOW, **changes: Any) -> NoticeEvent:
    """An alert on CN-TM-1 that became known."""
    about = group(number)
    return replace(
        NoticeEvent(
            event=ALERT,
            key=f"alert:{about.alert_id}",
            at=at,
            group_id=about.group_id,
            alert_id=about.alert_id,
            right_id="CN-TM-1",
            kind="trademark",
            tier="high",
            detector="mark",
            seller_region="440300",
            facts={"platform": "taobao", "listing_id": f"L{number}", "title": f"N1KE shoes {number}", "url": ""},
        ),
        **changes,
    )


def tell(store: NoticeStore, *events: NoticeEvent) -> int:
    """As a source does; how many notices came of it."""
    return store.collected("alerts", events, events[-1].at)


def take(store: NoticeStore, destination: Destination, now: datetime) -> Taken:
    taken = store.take(destination.destination_id, now)
    assert taken is not None
    return taken


def fates(store: NoticeStore) -> dict[str, str]:
    """Each notice's state and reason by its alert, or by its event where it has none."""
    return {
        notice["facts"].get("listing_id", notice["event"]): f"{notice['state']} {notice['reason']}".strip()
        for notice in store.notices(None)
    }
