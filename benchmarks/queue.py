"""`queue`: how long the questions of those who judge take on a million alerts in 300,000 groups, half of them closed.

A server of its own; alerts as the writer stores them, spread over the 30 days of the horizon. Each question is asked as
the web process asks it, documents and all. The clock runs in the client and the median of the rounds counts; processor
time stands beside it, since a busy machine makes the clock run and not the work.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from benchmarks.records import BenchmarkError, Row
from benchmarks.shared_memory import cpu_seconds_of
from sinks.clickhouse.connection import Connection
from sinks.clickhouse.migrate import migrate
from sinks.clickhouse.queue_query import Known, QueueQuery
from sinks.clickhouse.reader import AlertReader
from sinks.visible import Visible
from tools.servers.clickhouse import ClickHouseServer
from tools.servers.running import running

LIMIT_MS = 300.0
ALERTS, GROUPS, PARTS = 1_000_000, 300_000, 4
DAYS = 30
ROUNDS = 5
_ALERTS = """
INSERT INTO alerts (
    alert_id, group_id, platform, listing_id, title, seller_name, subject, right_id, kind, detector, score, tier,
    observed_at, revision, page, listing_digest, document
)
WITH toUInt64(number % {groups}) AS offer, toString(sipHash64(offer) % 20000) AS shop
SELECT
    reinterpretAsUUID(sipHash128(number)), reinterpretAsUUID(sipHash128(offer, 'group')), 'taobao', toString(offer),
    concat('N1KE shoes ', toString(number % 5000)), concat('shop ', shop), concat('R', toString(offer % 2000)),
    concat('R', toString(offer % 2000)), 'trademark', ['mark', 'logo', 'image_copy'][number % 3 + 1], 0.8,
    ['high', 'medium', 'low'][offer % 3 + 1],
    fromUnixTimestamp64Milli({now} - toInt64(sipHash64(number) % {span}), 'UTC'), 7, 'page', 'digest',
    concat('{{"seller":{{"id":"', shop, '","region":"440300"}},"reasons":[{{"note":"', repeat('z', 900), '"}}]}}')
FROM numbers({start}, {count})"""
_CLOSED = """
INSERT INTO triage_states (group_id, version, state)
SELECT reinterpretAsUUID(sipHash128(toUInt64(number), 'group')), 1, if(number % 50 = 0, 'review', 'closed')
FROM numbers({count})"""
_Question = Callable[[AlertReader], Any]


def run(quick: bool) -> Sequence[Row]:
    """Measure; raises BenchmarkError when a question finds nothing."""
    share = 10 if quick else 1
    now = datetime.now(UTC)
    with running(ClickHouseServer) as server:
        migrate(server.settings())
        with Connection(server.settings()) as connection:
            _fill(connection, now, ALERTS // share, GROUPS // share)
        with AlertReader(server.settings()) as reader:
            size = f"{ALERTS // share:,} alerts in {GROUPS // share:,} groups"
            return [row for name, ask in _questions(now) for row in _rows(f"{name}; {size}", reader, server.pid, ask)]


def _fill(connection: Connection, now: datetime, alerts: int, groups: int) -> None:
    span, at = DAYS * 86_400_000 - 3_600_000, int(now.timestamp() * 1000)
    for part in range(PARTS):
        count = alerts // PARTS
        connection.command(_ALERTS.format(groups=groups, now=at, span=span, start=part * count, count=count))
    connection.command(_CLOSED.format(count=groups // 2))


def _questions(now: datetime) -> Iterator[tuple[str, _Question]]:
    def query(**fields: Any) -> QueueQuery:
        return QueueQuery(since=now - timedelta(days=DAYS), now=now, **fields)

    pages = {
        "the urgent": query(),
        "the newest": query(sort="newest"),
        "of the high tier": query(tier="high"),
        "of one right": query(right_id="R7"),
        "with a text": query(text="shoes 123"),
        "of one region": query(visible=Visible(regions=("4403",))),
        "with a seller shelved": query(known=Known(shelved_sellers=["taobao:5"])),
        "that wait for review": query(state="review"),
        "closed, the newest": query(state="closed", sort="newest"),
    }
    for name, asked in pages.items():
        yield f"a page of groups, {name}", lambda reader, asked=asked: reader.queue(asked).groups  # type: ignore[misc]
    for by in ("seller", "right"):
        yield f"causes by {by}", lambda reader, by=by: reader.causes(query(cause_by=by))  # type: ignore[misc]
    yield "counts", lambda reader: reader.queue_counts(query()).by_state


def _rows(metric: str, reader: AlertReader, pid: int, ask: _Question) -> Iterator[Row]:
    if not ask(reader):  # the round that warms up
        raise BenchmarkError(f"{metric}: nothing is found")
    before, times = cpu_seconds_of(pid), []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        ask(reader)
        times.append((time.perf_counter() - start) * 1000)
    processor = (cpu_seconds_of(pid) - before) * 1000 / ROUNDS
    yield _limited(metric, median(times))
    yield _limited(f"{metric}, processor", processor)


def _limited(metric: str, milliseconds: float) -> Row:
    return Row(
        metric=metric,
        unit="ms",
        ours=milliseconds,
        peer=LIMIT_MS,
        peer_name="limit: at most",
        ratio=LIMIT_MS / max(milliseconds, 0.001),
    )
