"""What a group robot takes is never exceeded: not by two processes that send at once on PostgreSQL, not across a kill,
not while what is too much becomes digests. And all is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from sinks.notices.events import DIGEST
from sinks.notices.outgoing import Answer
from sinks.operational.notice_records import DINGTALK, FEISHU, WECOM, Taken
from sinks.operational.notice_store import NoticeStore
from sinks.operational.rights_store import RightsStore
from sinks.settings import OperationalSettings
from streams.notices.sender import NoticeSender
from tests.sinks.notice_world import MINUTE, NOW, RIGHT, TAKEN, draft, event, tell
from tests.streams.notice_desk import Hand, Listener, most_within, sender
from tools.servers.postgresql import PostgreSQLServer


@dataclass
class Robot(Listener):
    """While it answers one process, the other sends all that the outbox lets it: `others` are the senders."""

    others: list[NoticeSender] = field(default_factory=list)
    meetings: int = 0

    async def deliver(self, taken: Taken, now: datetime) -> Answer:
        answer = await super().deliver(taken, now)
        if self.others:
            other, before = self.others.pop(), len(self.heard)
            await other.send()
            self.meetings += len(self.heard) > before
            self.others.append(other)
        return answer


@contextmanager
def stores_of_two(server: PostgreSQLServer) -> Iterator[tuple[NoticeStore, NoticeStore]]:
    """As two processes have them, over one database."""
    with server.database() as url, ExitStack() as stack:
        settings = OperationalSettings(url=url)
        stack.enter_context(closing(RightsStore(settings))).apply([{"op": "put", "right": RIGHT}])
        first, second = (stack.enter_context(closing(NoticeStore(settings))) for _ in range(2))
        yield first, second


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("kind", "at_once", "pause", "per_minute", "per_second"),
    [(DINGTALK, 45, 3, 20, None), (WECOM, 45, 3, 20, None), (FEISHU, 130, 1, 100, 5)],
)
async def test_two_processes_and_a_killed_one_together_keep_a_robots_limit(
    kind: str, at_once: int, pause: int, per_minute: int, per_second: int | None, postgresql_server: PostgreSQLServer
) -> None:
    clock = Hand()
    killed: list[Taken] = []
    with stores_of_two(postgresql_server) as stores:
        to = stores[0].destinations.add(draft(kind=kind), "ann", NOW)
        robot = Robot(clock, TAKEN, seconds=0.05)
        first, second = (sender(store, robot, clock) for store in stores)
        robot.others.append(second)
        clock.pass_by(minutes=1)  # at the full hour one of the robots is left alone
        tell(stores[0], *(event(number, at=clock.now) for number in range(1, at_once + 1)))
        while clock.now < NOW + 5 * MINUTE:
            if clock.now >= NOW + (1 + len(killed)) * MINUTE and len(killed) < 2:
                taken = stores[1].take(to.destination_id, clock.now)
                if taken is not None:  # delivered, and then that process is killed: nothing says so
                    robot.heard.append((clock.now, taken))
                    killed.append(taken)
            await first.send()
            clock.pass_by(seconds=pause)
        left = [one for one in stores[0].notices(None) if one["state"] != "sent"]
    times = sorted(at for at, _ in robot.heard)
    assert robot.meetings, "both sent"
    assert len(killed) == 2
    assert most_within(times, MINUTE) <= per_minute
    assert per_second is None or most_within(times, timedelta(seconds=1)) <= per_second
    assert [taken for _, taken in robot.heard if taken.event == DIGEST], "there was more than it takes in a minute"
    told = Counter(one.alert_id for _, taken in robot.heard for one in taken.told)
    again = {one.alert_id for taken in killed for one in taken.told}
    assert len(told) == at_once
    assert {alert_id for alert_id, count in told.items() if count > 1} == again
    assert left == []
