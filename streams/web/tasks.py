"""What the web process does beside its answers, each as a task of its own until the process ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from random import SystemRandom
from typing import Any

from prometheus_client import CollectorRegistry

from dashboards.catalogue import MESSAGES, Catalogues
from sinks.clickhouse.migrate import migrate
from sinks.clickhouse.notice_source import NoticeSource
from sinks.clickhouse.reader import AlertReader
from sinks.clickhouse.triage_rows import TriageWriter
from sinks.errors import StoreUnavailable
from sinks.live import LiveStream
from sinks.operational.account_store import AccountStore
from streams.broker.retry import Retry
from streams.calibration.evidence import Judgements
from streams.calibration.task import Calibrating, keep_calibrating
from streams.configuration.connections import Connections
from streams.configuration.sections import NoticesSettings
from streams.desk.listing import keep_listed
from streams.leads.leads import Leads
from streams.leads.metrics import LeadMetrics
from streams.notices.channels import Channels
from streams.notices.collecting import Collector
from streams.notices.mail import Mailer
from streams.notices.metrics import NoticeMetrics
from streams.notices.posting import Poster
from streams.notices.sender import NoticeSender
from streams.reopening.reopener import Reopener
from streams.settings import Settings
from streams.triage.metrics import OutboxMetrics, QueueMetrics
from streams.triage.outbox import OutboxMover
from streams.triage.queue_figures import report_queue
from streams.web.stores import WebStores

HOUR_SECONDS = 3600.0
Work = Coroutine[Any, Any, None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What the tasks work with. `address`: where the pages are, as this process listens."""

    address: str
    settings: Settings
    connections: Connections
    stores: WebStores
    judgements: Judgements
    live: LiveStream
    poster: Poster
    registry: CollectorRegistry
    clock: Callable[[], datetime]

    def works(self) -> dict[str, Work]:
        """By the names of their tasks. Which process of several does a piece of work, its lock decides."""
        pause, stores = self.settings.writer.retry_max_seconds, self.stores
        found = {
            "tables": _create_tables(self.connections, pause),
            "listing": keep_listed(stores.listed, pause),
            "calibrating": keep_calibrating(self._calibrating(), pause),
            "outbox": self._mover().run(self.settings.triage.outbox_seconds, pause),
            "queue": report_queue(
                AlertReader(self.connections.clickhouse), self.settings.triage, QueueMetrics(self.registry), self.clock
            ),
            "reopening": self._reopener().run(pause),
            "leads": self._leads().run(pause),
            "notices": self._sender().run(self.settings.notices.poll_seconds, pause),
            "collecting": self._collector().run(self.settings.notices.poll_seconds, pause),
        }
        if stores.accounts is not None:
            found["forget"] = _forget(stores.accounts, self.clock, pause)
        return found

    def _calibrating(self) -> Calibrating:
        return Calibrating(
            settings=self.settings.calibration,
            store=self.stores.calibrations,
            watched=self.stores.rights,
            evidence=self.judgements.evidence,
            audit=self.stores.audit,
            clock=self.clock,
        )

    def _mover(self) -> OutboxMover:
        return OutboxMover(
            outbox=self.stores.judging.outbox,
            writer=TriageWriter(self.connections.clickhouse),
            live=self.live,
            metrics=OutboxMetrics(self.registry),
            clock=self.clock,
        )

    def _reopener(self) -> Reopener:
        return Reopener(
            store=self.stores.reopenings,
            rights=self.stores.rights,
            judging=self.stores.judging,
            clickhouse=self.connections.clickhouse,
            policy=self.settings.triage,
            clock=self.clock,
        )

    def _leads(self) -> Leads:
        return Leads(
            store=self.stores.leads,
            rights=self.stores.rights,
            judging=self.stores.judging,
            notices=self.stores.notices,
            clickhouse=self.connections.clickhouse,
            settings=self.settings.leads,
            metrics=LeadMetrics(self.registry),
            clock=self.clock,
        )

    def _sender(self) -> NoticeSender:
        return NoticeSender(
            store=self.stores.notices,
            channels=channels_of(self.settings.notices, self.poster, self.address),
            metrics=NoticeMetrics(self.registry),
            clock=self.clock,
            random=SystemRandom().random,
        )

    def _collector(self) -> Collector:
        source = NoticeSource(self.connections.clickhouse)
        return Collector(store=self.stores.notices, source=source, clock=self.clock)


def channels_of(notices: NoticesSettings, poster: Poster, address: str) -> Channels:
    """Links lead to the public URL of the settings, without one to the address that this process was given."""
    return Channels(
        poster=poster,
        mailer=Mailer(settings=notices) if notices.can_mail else None,
        words=Catalogues(MESSAGES),
        public_url=(notices.public_url or address).rstrip("/"),
    )


async def _create_tables(connections: Connections, max_pause_seconds: float) -> None:
    """Beside the server, since pages can say that ClickHouse is away; the writer does the same."""
    retry = Retry(what="creating the tables", errors=(StoreUnavailable,), max_pause_seconds=max_pause_seconds)
    await retry.run(lambda: asyncio.to_thread(migrate, connections.clickhouse))


async def _forget(accounts: AccountStore, clock: Callable[[], datetime], max_pause_seconds: float) -> None:
    """Each hour, what is kept of sessions and failures that nobody needs any more."""
    while True:
        retry = Retry(what="forgetting old sessions", errors=(StoreUnavailable,), max_pause_seconds=max_pause_seconds)
        await retry.run(lambda: asyncio.to_thread(accounts.prune, clock()))
        await asyncio.sleep(HOUR_SECONDS)
