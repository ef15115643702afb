"""Makes leads of what people decided and, where policy says so, of new alerts; sends them; closes what is gone, and
tells again what is back.

One process at a time does it, whoever holds the lock. Each source is read behind a cursor that is kept, from a little
before it: what was written a moment ago may become visible out of order. What is read twice is made once, since a lead
knows its cause; so a process may die anywhere.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Protocol

from sqlalchemy import Connection

from detectors.routing.rules import RIGHT_KINDS
from sinks.clickhouse.lead_source import LeadSource, Offered, StoredAlert
from sinks.errors import StoreError, StoreNotReady, StoreUnavailable
from sinks.lead_codes import ALERT, AT_ONCE, SENT, VERDICT, LeadSettings
from sinks.notices.events import LEAD, NoticeEvent
from sinks.operational.lead_records import Cause, Gone, Lead, Policy, Standing
from sinks.operational.lead_store import LeadStore
from sinks.operational.rights_store import RightsStore
from sinks.operational.triage_records import from_ms
from sinks.settings import ClickHouseSettings
from sinks.verdict_codes import CLOSED, INFRINGING, NOT_INFRINGING
from sinks.visible import holder_id_of
from streams.broker.retry import Retry
from streams.leads.drafting import about_of, drafts_of
from streams.leads.metrics import LeadMetrics
from streams.leads.offered_again import Judging, OfferedAgain

logger = logging.getLogger(__name__)
MARGIN: Final = timedelta(seconds=60)  # no act and no insert takes so long
RECORD_ONLY = ("national_record", "person")
"""Recipients that nobody is told for: what is put on record, and what waits for a person, stands on the page."""


class Telling(Protocol):
    """Where events go that people want to hear of, as sinks.operational.notice_store has it."""

    def enqueue(self, connection: Connection, event: NoticeEvent) -> int: ...


class Leads:
    """Run `run` as a task. Not thread-safe: one step at a time."""

    def __init__(
        self,
        *,
        store: LeadStore,
        rights: RightsStore,
        judging: Judging,
        notices: Telling,
        clickhouse: ClickHouseSettings,
        settings: LeadSettings,
        metrics: LeadMetrics,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._rights = rights
        self._notices = notices
        self._clickhouse = clickhouse
        self._settings = settings
        self._metrics = metrics
        self._clock = clock
        self._followed: dict[str, int] = {}  # group -> version, of what is read again within the margin
        self._known_alerts: set[str] = set()
        self._looked_at: datetime | None = None
        self._again = OfferedAgain(store=store, rights=rights, judging=judging, settings=settings, clock=clock)

    async def run(self, max_pause_seconds: float) -> None:
        """Work until cancelled. Stores that are away are waited for."""
        retry = Retry(what="making leads", errors=(StoreError,), max_pause_seconds=max_pause_seconds)
        while True:
            await retry.run(lambda: asyncio.to_thread(self.step))
            await asyncio.sleep(self._settings.every_seconds)

    def step(self) -> None:
        """All that is to be done now. Blocking. Raises StoreUnavailable, StoreRefused: it is done again."""
        with self._store.lock() as held:
            if held:
                self._send()  # what is due needs no other store, and waits for none
                with closing(LeadSource(self._clickhouse)) as source:
                    self._follow_verdicts(source)
                    self._follow_alerts(source)
                    self._close_gone(source)
                    self._tell_again(source)
                self._send()
        now = self._clock()
        for state, unsent in self._store.unsent(now).items():
            self._metrics.waiting.labels(state).set(unsent.count)
            waited = (now - unsent.since).total_seconds() if unsent.since else 0.0
            self._metrics.oldest.labels(state).set(waited)

    def _follow_verdicts(self, source: LeadSource) -> None:
        since = self._store.cursor("verdicts", self._clock()) - MARGIN
        followed, self._followed = self._followed, {}
        place: tuple[int, str] | None = None
        while found := self._store.judged(since, place):
            for _, standing in found:
                known = {**followed, **self._followed}.get(standing.group_id, -1)
                if known < standing.version:
                    self._or_pass_over(standing.group_id, partial(self._follow, standing, source))
                self._followed[standing.group_id] = standing.version
            place = found[-1][0]
            self._store.move("verdicts", from_ms(place[0]))

    def _or_pass_over(self, group_id: str, work: Callable[[], None]) -> None:
        """One group that no lead can be made of must not keep all others from theirs, nor end the process."""
        try:
            work()
        except (StoreUnavailable, StoreNotReady):
            raise  # all groups wait alike
        except Exception:
            logger.exception("group %s: no lead could be made of it", group_id)
            self._metrics.failed.inc()

    def _follow(self, standing: Standing, source: LeadSource) -> None:
        for lead in self._store.follow(standing.group_id, self._clock()):
            self._metrics.withdrawn.labels(lead.reason or "").inc()
        if standing.state == CLOSED and standing.verdict == INFRINGING:
            send_after = self._clock() + self._settings.hold
            self._make(standing.group_id, Cause(because=VERDICT, key=standing.cause, send_after=send_after), source)

    def _follow_alerts(self, source: LeadSource) -> None:
        begun = self._clock()
        since = self._store.cursor("alerts", begun)
        policies = self._store.policies.all()
        kinds = {kind for kind in RIGHT_KINDS if self._store.policies.default(kind) == AT_ONCE}
        kinds |= {one.kind for one in policies if one.sending == AT_ONCE}
        known, self._known_alerts = self._known_alerts, set()
        for alert in _stored(source, since - MARGIN, kinds) if kinds else ():
            if alert.alert_id not in known:
                self._or_pass_over(alert.group_id, partial(self._let_through, alert, policies, source))
            self._known_alerts.add(alert.alert_id)
        if begun - since > MARGIN / 2:
            self._store.move("alerts", begun)  # also past what policy did not let through: it applies to new alerts

    def _let_through(self, alert: StoredAlert, policies: list[Policy], source: LeadSource) -> None:
        """What policy sends at once, unless a person has said that it is innocent."""
        right = None if alert.right_id is None else self._rights.get(alert.right_id)
        holder = None if right is None else holder_id_of(right)
        standing = self._store.standing(alert.group_id)
        is_innocent = standing.state == CLOSED and standing.verdict == NOT_INFRINGING
        if self._store.policies.sending(policies, alert.kind, holder) == AT_ONCE and not is_innocent:
            cause = Cause(because=ALERT, key=f"alert:{alert.alert_id}", send_after=self._clock())
            self._make(alert.group_id, cause, source)

    def _make(self, group_id: str, cause: Cause, source: LeadSource) -> None:
        alerts = source.alerts(group_id)
        if not alerts:
            logger.warning("group %s: no lead, since none of its alerts is in the store", group_id)
            return
        right_id = alerts[0]["right_id"]
        right = None if right_id is None else self._rights.get(right_id)
        drafts = drafts_of(alerts, right, source.market(alerts[0]))
        for lead in self._store.make(about_of(alerts), drafts, cause, self._clock()):
            self._metrics.made.labels(lead.recipient).inc()

    def _send(self) -> None:
        while due := self._store.due(self._clock()):
            for lead_id in due:
                lead = self._store.send(lead_id, self._clock(), self._tell)
                if lead is not None and lead.state == SENT:
                    self._metrics.sent.labels(lead.recipient).inc()
                elif lead is not None:
                    self._metrics.withdrawn.labels(lead.reason or "").inc()

    def _tell(self, connection: Connection, lead: Lead) -> None:
        """In the transaction that sends it."""
        if lead.recipient in RECORD_ONLY:
            return
        judged = {} if lead.because == ALERT else {"verdict": INFRINGING}
        routed = {"lead_id": lead.lead_id, "case_id": lead.case_id, "recipient": lead.recipient, "place": lead.place}
        event = NoticeEvent(
            event=LEAD,
            key=f"lead:{lead.lead_id}:{lead.version}",
            at=self._clock(),
            group_id=lead.group_id,
            alert_id=lead.alert_id,
            right_id=lead.right_id,
            kind=lead.kind,
            tier=str(lead.facts.get("tier", "")),
            detector=str(lead.facts.get("detector", "")),
            seller_region=lead.region,
            facts={**lead.facts, **routed, **judged},
        )
        self._notices.enqueue(connection, event)

    def _tell_again(self, source: LeadSource) -> None:
        """What was taken down and is offered again."""
        for gone, seen in self._again.due(source):

            def work(gone: Gone = gone, seen: Offered = seen) -> None:
                for lead in self._again.follow(gone, seen, source):
                    self._metrics.made.labels(lead.recipient).inc()

            self._or_pass_over(gone.group_id, work)

    def _close_gone(self, source: LeadSource) -> None:
        """Leads whose listing was last seen as taken down."""
        now = self._clock()
        if self._looked_at is not None and (now - self._looked_at).total_seconds() < self._settings.delisted_seconds:
            return
        after: str | None = ""
        while after is not None:
            offers, after = self._store.offers(after)
            for (platform, listing_id), seen in source.gone(offers).items():
                self._metrics.closed.inc(len(self._store.delisted(platform, listing_id, seen, now)))
        self._looked_at = now


def _stored(source: LeadSource, since: datetime, kinds: set[str]) -> Iterator[StoredAlert]:
    after = ""
    while found := source.stored(since, after, kinds):
        yield from found
        since, after = found[-1].stored_at, found[-1].alert_id
