"""A sender with a clock in the test's hands, and receivers on a small internet of the test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry

from dashboards.catalogue import MESSAGES, Catalogues
from sinks.notices.outgoing import Answer
from sinks.operational.notice_records import Taken
from sinks.operational.notice_store import NoticeStore
from sinks.operational.rights_store import RightsStore
from sinks.settings import OperationalSettings
from streams.configuration.sections import NoticesSettings
from streams.notices.channels import Channels
from streams.notices.mail import Mailer
from streams.notices.metrics import NoticeMetrics
from streams.notices.posting import AddressCheck, open_posting
from streams.notices.sender import Delivering, NoticeSender
from tests.fetching.net import Net
from tests.sinks.notice_world import NOW, RIGHT

WORDS = Catalogues(MESSAGES)
PUBLIC_URL = "https://watch.example"


@dataclass
class Hand:
    """A clock that moves when the test says so."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Listener:
    """Takes what is delivered, each with an answer and a time that delivering took."""

    clock: Hand
    answer: Answer
    seconds: float = 0.0
    heard: list[tuple[datetime, Taken]] = field(default_factory=list)

    async def deliver(self, taken: Taken, now: datetime) -> Answer:
        self.heard.append((now, taken))
        self.clock.pass_by(seconds=self.seconds)
        return self.answer


@contextmanager
def notice_store(folder: Path) -> Iterator[NoticeStore]:
    """An empty store with CN-TM-1 on the watchlist."""
    operational = OperationalSettings.sqlite(folder / "operational.db")
    with closing(RightsStore(operational)) as rights:
        rights.apply([{"op": "put", "right": RIGHT}])
    with closing(NoticeStore(operational)) as store:
        yield store


def sender(store: NoticeStore, channels: Delivering, clock: Hand) -> NoticeSender:
    metrics = NoticeMetrics(CollectorRegistry())
    return NoticeSender(store=store, channels=channels, metrics=metrics, clock=clock, random=lambda: 0.5)


@asynccontextmanager
async def outside(net: Net, **settings: Any) -> AsyncIterator[tuple[Channels, AddressCheck]]:
    """The real channels into the test's net, and the check of addresses."""
    ports = tuple(str(port) for port in sorted(net.ports))
    chosen = NoticesSettings(**{"extra_ports": ports, "timeout_seconds": 2.0, **settings})
    async with open_posting(chosen, net.world) as (poster, check):
        mailer = Mailer(settings=chosen) if chosen.can_mail else None
        yield Channels(poster=poster, mailer=mailer, words=WORDS, public_url=PUBLIC_URL), check


def most_within(times: list[datetime], span: timedelta) -> int:
    """How many of the moments, in order, lie within any half-open span."""
    most = first = 0
    for last, at in enumerate(times):
        while at - times[first] >= span:
            first += 1
        most = max(most, last - first + 1)
    return most
