"""Rights, alerts, judging and leads together, with a clock that stands still until it is moved."""

from __future__ import annotations

from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from prometheus_client import CollectorRegistry
from sqlalchemy import Connection

from dashboards.triage.items import facts_of
from detectors.records import Page
from detectors.watchlist.builder import WatchlistBuilder
from sinks.clickhouse.queue_groups import Group
from sinks.clickhouse.reader import AlertReader
from sinks.clickhouse.writer import TableWriter
from sinks.lead_codes import LeadSettings
from sinks.notices.events import NoticeEvent
from sinks.operational.lead_records import Lead, LeadQuery
from sinks.operational.lead_store import LeadStore
from sinks.operational.rights_store import RightsStore
from sinks.operational.triage_records import Actor
from sinks.operational.triage_store import TriageStore
from sinks.triage_policy import TriageSettings
from streams.leads.leads import Leads
from streams.leads.metrics import LeadMetrics
from streams.pipeline import screen_page
from streams.writer.rows import rows_of
from tests.streams.world import World

ANN, BOB = Actor("a1", "Ann"), Actor("b1", "Bob")
RIGHT: dict[str, Any] = {
    "right_id": "R1",
    "kind": "trademark",
    "office": "CN",
    "marks": ["ZORBEX"],
    "policy": "any_use",
    "holder": {"id": "h1"},
}
SETTINGS = LeadSettings(hold_minutes=10, every_seconds=0.1, delisted_seconds=60)
NANSHAN = {"id": "s1", "region": "440305"}
UNSURE = {"id": "s2", "region": "440000"}  # a province


class Told:
    """What would be told to whoever wants to hear."""

    def __init__(self) -> None:
        self.events: list[NoticeEvent] = []

    def enqueue(self, connection: Connection, event: NoticeEvent) -> int:
        self.events.append(event)
        return 1


class Desk:
    """Rights, alerts, judging and leads of a test's own. The clock stands still until it is moved."""

    def __init__(self, world: World, stack: ExitStack) -> None:
        self.world = world
        self.now = datetime.now(UTC).replace(microsecond=0)
        operational = world.settings.operational
        self.rights = stack.enter_context(closing(RightsStore(operational)))
        self.judging = stack.enter_context(closing(TriageStore(operational, TriageSettings(review_share=0.0))))
        self.store = stack.enter_context(closing(LeadStore(operational, SETTINGS)))
        self.told = Told()
        self.rights.apply([{"op": "put", "right": RIGHT}])
        self.leads = self.started()
        self.leads.step()

    def started(self, registry: CollectorRegistry | None = None) -> Leads:
        """As another process would begin: it remembers nothing."""
        return Leads(
            store=self.store,
            rights=self.rights,
            judging=self.judging,
            notices=self.told,
            clickhouse=self.world.settings.clickhouse,
            settings=SETTINGS,
            metrics=LeadMetrics(registry or CollectorRegistry()),
            clock=lambda: self.now,
        )

    def seen(self, title: str = "ZORBEX shoes", seller: dict[str, Any] = NANSHAN, **fields: Any) -> Group:
        """One offer, screened and stored; its group."""
        builder = WatchlistBuilder()
        for entry in self.rights.current():
            builder.apply(entry)
        line = {"platform": "taobao", "listing_id": "L1", "title": title, "seller": seller, **fields}
        page = Page(orjson.dumps(line), self.now, "listings", 0, 0)
        (alert,) = screen_page(page, builder.build()).alerts
        with TableWriter(self.world.settings.clickhouse) as writer:
            writer.insert_listings(rows_of(page))
            writer.insert_alerts([alert])
        return self.group(alert.group_id)

    def seen_innocent(self, title: str) -> None:
        """The same number with nothing in it that is found."""
        line = {"platform": "taobao", "listing_id": "L1", "title": title, "seller": NANSHAN}
        with TableWriter(self.world.settings.clickhouse) as writer:
            writer.insert_listings(rows_of(Page(orjson.dumps(line), self.now, "listings", 0, 2)))

    def group(self, group_id: str) -> Group:
        with closing(AlertReader(self.world.settings.clickhouse)) as reader:
            return reader.groups([group_id])[group_id]

    def gone(self, listing_id: str = "L1") -> None:
        line = {"platform": "taobao", "listing_id": listing_id, "title": "gone", "state": "delisted"}
        line |= {"listed_at": self.now.isoformat()}  # each time on a page of its own
        with TableWriter(self.world.settings.clickhouse) as writer:
            writer.insert_listings(rows_of(Page(orjson.dumps(line), self.now, "listings", 0, 1)))

    def judged(self, group: Group, **verdict: Any) -> None:
        self.judging.judge([facts_of(group)], ANN, self.now, **verdict)

    def overruled(self, group: Group, **verdict: Any) -> None:
        self.judging.review(facts_of(group), BOB, self.now, **verdict)

    def later(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)
        self.leads.step()

    def found(self) -> dict[str, Lead]:
        """By recipient."""
        return {lead.recipient: lead for lead in self.store.find(LeadQuery()).leads}

    def states(self) -> dict[str, str]:
        return {recipient: lead.state for recipient, lead in self.found().items()}
