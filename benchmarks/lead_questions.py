"""What the tasks and pages of leads and notices ask of PostgreSQL, each as they ask it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from hashlib import md5
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from benchmarks.lead_rows import Amount
from sinks.lead_codes import ALERT
from sinks.notices.events import ALERT as NEW_ALERT
from sinks.notices.events import LEAD, NoticeEvent
from sinks.notices.outgoing import Answer, Fate
from sinks.operational.lead_records import About, Cause, Draft, Lead, LeadQuery
from sinks.operational.lead_store import LeadStore
from sinks.operational.lead_tables import lead
from sinks.operational.notice_records import HOLDER, Owner
from sinks.operational.notice_store import NoticeStore
from sinks.operational.notice_tables import notice
from sinks.visible import Visible

ACT_MS = 50.0  # what a task does with one lead or notice, or asks before it does
PAGE_MS = 300.0  # what somebody waits for, and what is done for many at once
ALERT_MS = 20.0  # of an alert that many want to hear of
HOUR = timedelta(hours=1)
CHUNK = 500  # events in one transaction of the collector
_SENT = Answer(fate=Fate.SENT, reason="HTTP 200")
Ask = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Question:
    """`asked`: the same of other leads each time, so that what changes something is measured as often as the rest."""

    name: str
    limit_ms: float
    asked: Sequence[Ask]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """`rounds`: how often each is asked; `connection`: reads which leads and notices there are."""

    leads: LeadStore
    notices: NoticeStore
    connection: Connection
    amount: Amount
    rounds: int

    def questions(self) -> Iterator[Question]:
        """In an order in which none finds less for those before it."""
        yield from self._pages_of_leads()
        yield from self._pages_of_notices()
        yield from self._looks()
        yield from self._acts_on_leads()
        yield from self._acts_on_notices()

    def _pages_of_leads(self) -> Iterator[Question]:
        some = self._leads(lead.c.state == "sent")
        holder, region = Visible(holders=frozenset({"h1"})), Visible(regions=("4403",))
        of_one = frozenset({f"h{self.amount.holders - 1}"})
        queries: dict[str, Callable[[Any], LeadQuery]] = {
            "the newest": lambda _: LeadQuery(),
            "that wait for a person": lambda _: LeadQuery(state="person"),
            "that are due": lambda _: LeadQuery(state="waiting"),
            "of one recipient": lambda _: LeadQuery(recipient="person"),
            "of the right that has most": lambda _: LeadQuery(right_id="R1"),
            "of a right": lambda one: LeadQuery(right_id=one.right_id),
            "of a seller": lambda one: LeadQuery(seller=one.seller),
            "of a case": lambda one: LeadQuery(case_id=one.case_id, limit=50),
            "of an alert's group": lambda one: LeadQuery(group_id=one.group_id),
            "a hundred thousand back": lambda one: LeadQuery(before=(one.made_at_ms, one.lead_id)),
            "of a holder": lambda _: LeadQuery(visible=holder),
            "of a holder with few": lambda _: LeadQuery(visible=Visible(holders=of_one)),
            "of a holder, for a person": lambda _: LeadQuery(state="person", visible=holder),
            "of a region": lambda _: LeadQuery(visible=region),
            "of a region, for a person": lambda _: LeadQuery(state="person", visible=region),
        }
        for name, query in queries.items():
            yield self._each(f"/leads, {name}", PAGE_MS, some, partial(self._found, query))
        for name, visible in (("all", Visible()), ("a holder's", holder), ("a region's", region)):
            yield self._again(f"/leads, counts, {name}", PAGE_MS, partial(self.leads.counts, visible))
        yield self._again("/leads, of a region that has none", PAGE_MS, lambda: self._has_none("9901"))
        yield self._each("/leads, one with its log", ACT_MS, some, lambda one: self.leads.log(one.lead_id))

    def _pages_of_notices(self) -> Iterator[Question]:
        some = self._notices(notice.c.state == "dead")
        mine = [Owner(HOLDER, "h1")]
        pages: dict[str, Callable[[Any], object]] = {
            "all": lambda _: self.notices.notices(None),
            "not delivered": lambda _: self.notices.notices(None, state="dead"),
            "of a destination": lambda one: self.notices.notices(None, destination_id=one.destination_id),
            "of the busiest destination": lambda _: self.notices.notices(None, destination_id=self._busiest()),
            "not delivered, of a destination": lambda one: self.notices.notices(
                None, state="dead", destination_id=one.destination_id
            ),
            "of an alert": lambda one: self.notices.notices(None, alert_id=one.alert_id),
            "a holder's": lambda _: self.notices.notices(mine),
            "a holder's, waiting": lambda _: self.notices.notices(mine, state="waiting"),
            "one with its tries": lambda one: self.notices.notice(one.notice_id, None),
        }
        for name, page in pages.items():
            yield self._each(f"/notices, {name}", PAGE_MS, some, page)
        now = self.amount.until
        yield self._again("/notices, destinations of all", PAGE_MS, lambda: self.notices.destinations.all(None, now))
        yield self._again("/notices, destinations of one", ACT_MS, lambda: self.notices.destinations.all(mine, now))

    def _looks(self) -> Iterator[Question]:
        """What the tasks ask again and again."""
        now = self.amount.until
        yield self._again("leads: what was judged in an hour", PAGE_MS, lambda: self.leads.judged(now - HOUR))
        yield self._again("leads: what is due", ACT_MS, lambda: self.leads.due(now))
        yield self._again("leads: 500 listings of open ones", ACT_MS, lambda: self.leads.offers()[0])
        yield self._again("leads: how many wait, and how long", ACT_MS, lambda: self.leads.unsent(now))
        yield self._again("notices: which destinations are due", PAGE_MS, lambda: self.notices.due(now))
        yield self._again("notices: verdicts of an hour", PAGE_MS, lambda: self.notices.verdicts(now - HOUR))
        yield self._again("notices: how many wait", PAGE_MS, lambda: self.notices.figures(now))

    def _acts_on_leads(self) -> Iterator[Question]:
        now, tell = self.amount.until, self._tell
        sent = self._leads(lead.c.state == "sent")
        yield self._each(
            "leads: follow a verdict", ACT_MS, sent, lambda one: self.leads.follow(one.group_id, now) or True
        )
        yield self._each("leads: make those of an alert", ACT_MS, range(self.rounds), self._make)
        due = [self.leads.get(one) for one in self.leads.due(now)[: self.rounds]]
        yield self._each(
            "leads: check one again and send it", ACT_MS, due, lambda one: self.leads.send(one.lead_id, now, tell)
        )
        yield self._each(
            "leads: close those of a listing that is gone",
            ACT_MS,
            sent[self.rounds // 2 :] or sent,
            lambda one: self.leads.delisted("taobao", one.listing_id, now, now),
        )

    def _acts_on_notices(self) -> Iterator[Question]:
        now, later = self.amount.until, iter(range(1, 1_000_000))
        due = self.notices.due(now)
        taken = []

        def take(destination_id: str) -> object:
            taken.append(self.notices.take(destination_id, now))
            return True

        yield self._each("notices: claim the next", ACT_MS, due[: self.rounds], take)
        claimed = [one for one in taken if one is not None]
        yield self._each("notices: settle one", ACT_MS, claimed, lambda one: self.notices.settle(one, _SENT, now, 0.5))
        yield self._again(
            f"notices: enqueue {CHUNK} alerts, each for some 50 destinations",
            CHUNK * ALERT_MS,
            lambda: self.notices.collected("alerts", [self._event(next(later)) for _ in range(CHUNK)], now),
        )
        yield self._again(
            "notices: give up those of disabled destinations", PAGE_MS, lambda: self.notices.expire(now) or True
        )

    def _make(self, number: int) -> object:
        now = self.amount.until
        group = f"00000000-0000-4000-8000-{number:012}"
        about = About(
            group_id=group,
            alert_id=group,
            right_id="R1",
            subject="R1",
            kind="trademark",
            platform="taobao",
            listing_id=f"new {number}",
            seller="taobao:s1",
            company_code=None,
            region="440305",
            observed_at=now,
        )
        drafts = [
            Draft(recipient=recipient, place=None, rule="trade_mark", clause="art. 60", routing_version="1")
            for recipient in ("right_holder", "national_record", "person")
        ]
        return self.leads.make(about, drafts, Cause(because=ALERT, key=f"alert:{group}", send_after=now), now)

    def _tell(self, connection: Connection, sent: Lead) -> object:
        """As streams.leads does."""
        facts = {"recipient": sent.recipient, "verdict": "infringing"}
        return self.notices.enqueue(connection, self._about(LEAD, f"lead:{sent.lead_id}", sent.right_id or "R1", facts))

    def _event(self, number: int) -> NoticeEvent:
        return self._about(NEW_ALERT, f"alert:new {number}", f"R{number % self.amount.rights + 1}", {})

    def _about(self, event: str, key: str, right_id: str, facts: dict[str, Any]) -> NoticeEvent:
        return NoticeEvent(
            event=event,
            key=key,
            at=self.amount.until,
            group_id="00000000-0000-4000-8000-000000000000",
            alert_id="00000000-0000-4000-8000-000000000000",
            right_id=right_id,
            kind="trademark",
            tier="high",
            detector="mark",
            seller_region="440305",
            facts=facts,
        )

    def _busiest(self) -> str:
        return str(UUID(md5(b"destination1", usedforsecurity=False).hexdigest()))  # as the rows were made

    def _found(self, query: Callable[[Any], LeadQuery], one: Any) -> object:
        return self.leads.find(query(one)).leads

    def _has_none(self, region: str) -> bool:
        return not self.leads.find(LeadQuery(visible=Visible(regions=(region,)))).leads

    def _leads(self, chosen: Any) -> Sequence[Any]:
        """Some that are spread over the table."""
        wanted = select(lead).where(chosen, lead.c.lead_id > "5").order_by(lead.c.lead_id)
        return self.connection.execute(wanted.limit(self.rounds)).all()

    def _notices(self, chosen: Any) -> Sequence[Any]:
        wanted = select(notice).where(chosen, notice.c.notice_id > "5").order_by(notice.c.notice_id)
        return self.connection.execute(wanted.limit(self.rounds)).all()

    def _each(self, name: str, limit_ms: float, of: Sequence[Any], ask: Callable[[Any], object]) -> Question:
        return Question(name, limit_ms, [partial(ask, one) for one in of])

    def _again(self, name: str, limit_ms: float, ask: Ask) -> Question:
        return Question(name, limit_ms, [ask] * self.rounds)
