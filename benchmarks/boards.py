"""`boards`: how long each query of ClickHouse on the Grafana boards takes on ten million listings and a million alerts.

A server of its own on the machine's cores, rows spread over 30 days, and the newest alerts in twenty parts that are not
merged, as the writer leaves them. Each query is expanded as the plugin would, for its board's own range and for all 30
days, with nothing chosen: the most that it may have to read. The clock runs in the client, rows and all; the median of
the rounds counts. Processor time stands beside it, since a busy machine makes the clock run and not the work.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median

from benchmarks.board_rows import Amount, fill, fill_in_small_parts
from benchmarks.records import BenchmarkError, Row
from benchmarks.shared_memory import cpu_seconds_of
from dashboards.grafana.boards import BOARDS
from dashboards.grafana.model import Board, Listed, Sql
from dashboards.grafana.rules import RULES
from sinks.clickhouse.connection import Connection
from sinks.clickhouse.migrate import migrate
from tools.grafana_macros import Range, expand_sql
from tools.servers.clickhouse import ClickHouseServer
from tools.servers.running import running

LIMIT_MS = 300.0
DAYS = 30
ROUNDS = 5
POINTS = 720  # of a panel, about
PARTS, PART_ALERTS = 20, 1_000
UNITS = {"m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One query over one range."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Taken:
    milliseconds: float
    processor_milliseconds: float


def run(quick: bool) -> Sequence[Row]:
    """Measure; raises BenchmarkError when a query finds nothing."""
    share = 10 if quick else 1
    amount = Amount(10_000_000 // share, 1_000_000 // share, DAYS, datetime.now(UTC))
    with running(ClickHouseServer) as server:
        migrate(server.settings())
        with Connection(server.settings()) as connection:
            fill(connection, amount)
            fill_in_small_parts(connection, amount, PARTS, PART_ALERTS)
            measured = [(one, _taken(connection, server.pid, one)) for one in _queries(amount)]
    size = f"{_named(amount.listings)} listings and {_named(amount.alerts)} alerts"
    return list(_rows(measured, size))


def _queries(amount: Amount) -> Iterator[Asked]:
    everything = timedelta(days=amount.days)
    for board in BOARDS:
        for panel in board.panels():
            for query in panel.queries:
                if isinstance(query, Sql):
                    for span in sorted({_span(board), everything}):
                        yield _asked(f"{board.name}.{panel.name}", query, amount, span)
        for variable in board.variables:
            if isinstance(variable, Listed):
                yield _asked(f"{board.name}, values of {variable.name}", variable.query, amount, everything)
    for rule in RULES:
        if isinstance(rule.query, Sql):
            yield _asked(f"alert rule {rule.name}", rule.query, amount, everything)


def _span(board: Board) -> timedelta:
    """As `now-6h` says."""
    many, unit = board.since.removeprefix("now-")[:-1], board.since[-1]
    return timedelta(**{UNITS[unit]: int(many)})


def _asked(name: str, query: Sql, amount: Amount, span: timedelta) -> Asked:
    step = max(timedelta(minutes=1), span / POINTS)
    text = expand_sql(query.text, Range(amount.until - span, amount.until, step))
    depends = text != expand_sql(query.text, Range(amount.until - span * 2, amount.until, step))
    hours = round(span.total_seconds() / 3600)
    return Asked(f"{name}, {hours} h" if depends else name, text)


def _taken(connection: Connection, pid: int, asked: Asked) -> Taken:
    if not connection.query(asked.text):  # the round that warms up
        raise BenchmarkError(f"{asked.name} finds nothing")
    before = cpu_seconds_of(pid)
    times = [_milliseconds(lambda: connection.query(asked.text)) for _ in range(ROUNDS)]
    return Taken(median(times), (cpu_seconds_of(pid) - before) * 1000 / ROUNDS)


def _milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def _rows(measured: Sequence[tuple[Asked, Taken]], size: str) -> Iterator[Row]:
    seen: set[str] = set()
    for asked, taken in measured:
        if asked.name not in seen:  # one whose range makes no difference is asked for once
            seen.add(asked.name)
            yield _limited(f"{asked.name}; {size}", taken.milliseconds)
            yield _limited(f"{asked.name}, processor; {size}", taken.processor_milliseconds)


def _limited(metric: str, milliseconds: float) -> Row:
    return Row(
        metric=metric,
        unit="ms",
        ours=milliseconds,
        peer=LIMIT_MS,
        peer_name="limit: at most",
        ratio=LIMIT_MS / max(milliseconds, 0.001),
    )


def _named(many: int) -> str:
    return f"{many // 1_000_000} M" if many >= 1_000_000 else f"{many // 1_000} k"
