"""`leads`: how long the tasks and pages of leads and notices wait for PostgreSQL, with a million and three million.

A server of its own, which need not survive a power cut: waiting for its disk is in no figure. Three thousand
destinations, of which half have something due. Each question is asked as the web process asks it, transactions and
documents and all, of other leads and notices each time; the median of the rounds counts. Processor time, the server's
and ours, stands beside it, since a busy machine makes the clock run and not the work.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from statistics import median

from sqlalchemy import create_engine

from benchmarks.lead_questions import Asking, Question
from benchmarks.lead_rows import Amount, fill
from benchmarks.records import BenchmarkError, Row
from benchmarks.shared_memory import cpu_seconds_of_family
from sinks.lead_codes import LeadSettings
from sinks.operational.lead_store import LeadStore
from sinks.operational.notice_store import NoticeStore
from sinks.settings import OperationalSettings
from tools.servers.postgresql import PostgreSQLServer
from tools.servers.running import running

UNTIL = datetime(2026, 11, 21, 10, 17, tzinfo=UTC)  # no minute in which a robot is left alone
ROUNDS = 11


def amount_of(share: int) -> Amount:
    """A part of the whole; destinations and accounts a tenth of it at least."""
    few = min(share, 10)
    return Amount(
        leads=1_000_000 // share,
        notices=3_000_000 // share,
        destinations=3_000 // few,
        rights=100_000 // share,
        holders=1_200 // few,
        accounts=400 // few,
        sellers=200_000 // share,
        until=UNTIL,
    )


def run(quick: bool) -> Sequence[Row]:
    """Measure; raises BenchmarkError when a question finds nothing."""
    amount = amount_of(10 if quick else 1)
    size = f"{amount.leads:,} leads, {amount.notices:,} notices, {amount.destinations:,} destinations"
    with running(PostgreSQLServer) as server, server.database() as url, filled(url, amount) as asking:
        return [row for one in asking.questions() for row in _rows(one, size, server.pid)]


@contextmanager
def filled(url: str, amount: Amount) -> Iterator[Asking]:
    """The stores over tables with that much in them. `url`: of an empty database on PostgreSQL."""
    settings = OperationalSettings(url=url)
    with closing(LeadStore(settings, LeadSettings())) as leads, closing(NoticeStore(settings)) as notices:
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                fill(connection, amount)
                yield Asking(leads=leads, notices=notices, connection=connection, amount=amount, rounds=ROUNDS)
        finally:
            engine.dispose()


def _rows(question: Question, size: str, pid: int) -> Iterator[Row]:
    first, *others = question.asked
    if not first():  # the round that warms up
        raise BenchmarkError(f"{question.name}: nothing is found")
    before, times = cpu_seconds_of_family(pid) + time.process_time(), []
    for ask in others:
        start = time.perf_counter()
        ask()
        times.append((time.perf_counter() - start) * 1000)
    processor = (cpu_seconds_of_family(pid) + time.process_time() - before) * 1000 / len(others)
    yield _limited(f"{question.name}; {size}", median(times), question.limit_ms)
    yield _limited(f"{question.name}, processor; {size}", processor, question.limit_ms)


def _limited(metric: str, milliseconds: float, limit_ms: float) -> Row:
    return Row(
        metric=metric,
        unit="ms",
        ours=milliseconds,
        peer=limit_ms,
        peer_name="limit: at most",
        ratio=limit_ms / max(milliseconds, 0.001),
    )
