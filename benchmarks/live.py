"""`live`: 500 clients on the live stream of one web process, 100 alerts a second, from the alert's sending to a client.

The web process as it ships, with Valkey, ClickHouse and the broker that the settings name, else the embedded ones. The
alerts are real ones of the pipeline, each with an id and a sending time of its own, sent one every 10 ms by this
process. The clients are in a second process (`live_clients.py`): a fifth of them cut their connection again and again
and come back with the id they saw last; once, all of them are cut in one moment; some never read. Every client's
alerts are compared with what was sent: one that misses one, gets one twice or one that it must not see, fails the run.
All of it is done once with accounts off, and once with accounts of which half see the rights of one holder only.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from benchmarks.live_clients import Outcome, Plan, Reader, sent_at
from benchmarks.pipeline import about_two_percent
from benchmarks.records import BenchmarkError, Row
from benchmarks.service import Process, Stores, free_port, prepared, running, wait_until_ready
from benchmarks.shared_memory import cpu_seconds_of, memory_of
from benchmarks.work import OBSERVED_AT, listings, pages
from dashboards.access.granting import granted
from dashboards.access.roles import Permission, Role
from detectors.records import Alert, Page
from sinks.live import LiveStream
from sinks.operational.account_store import AccountStore
from streams.pipeline import screen_page

LISTINGS = 10_000  # of which the alerts are taken, again and again
PAGE_LISTINGS = 100
ALERTS_PER_SECOND = 100
LATENCY_LIMIT_MS = 1_000
CLIENT_KIB_LIMIT = 256  # of the web process's memory
HOLDERS = 10
ACCOUNTS = 25  # of those that see everything, as many of the others
SETTLE_SECONDS = 3.0
DROP_SECONDS = 60.0
MILLISECOND = 1_000_000  # nanoseconds


@dataclass(frozen=True, slots=True)
class Size:
    """Alerts are sent for twice `seconds`; in between all clients are cut at once."""

    clients: int
    slow: int
    seconds: float


QUICK, FULL = Size(100, 2, 6.0), Size(500, 5, 20.0)


@dataclass(frozen=True, slots=True)
class Taken:
    outcome: Outcome
    alerts: int
    cores: float  # processor time a second of the web process
    grown: int  # bytes of its memory, by its clients
    dropped: int  # slow clients that it ended
    appended: Sequence[int]  # nanoseconds that Valkey took for each alert, sorted: what the machine leaves to be had


def run(quick: bool) -> Sequence[Row]:
    """Measure; raises BenchmarkError when a process does not start, or a client misses an alert or has it twice."""
    size = QUICK if quick else FULL
    bodies = pages(rows := listings(LISTINGS), PAGE_LISTINGS)
    expected, watchlist = about_two_percent(rows, bodies)
    alerts = [alert for body in bodies for alert in screen_page(Page(body, OBSERVED_AT), watchlist).alerts]
    holders = {right["right_id"]: f"holder-{number % HOLDERS}" for number, right in enumerate(expected.rights)}
    rights = [right | {"holder": {"id": holders[right["right_id"]], "name": "A holder"}} for right in expected.rights]
    with prepared(rights) as stores:
        with _web(stores) as (web, port):
            alone = _checked(_measured(stores, web, port, alerts, size, [Reader()]), size)
        readers = _readers(stores, [holders[alert.right_id or ""] for alert in alerts])
        with _web(stores, RIGHTSWATCH_WEB_ACCOUNTS="yes") as (web, port):
            scoped = _checked(_measured(stores, web, port, alerts, size, readers), size)
    every, half = f"{size.clients} clients", f"{size.clients} clients with accounts, half see one of {HOLDERS} holders"
    return [*_rows(alone, size, every), *_rows(scoped, size, half)]


def _readers(stores: Stores, holders: Sequence[str]) -> list[Reader]:
    """Accounts with a key each: in turn one that sees everything, and one that sees what is about one holder's rights.

    `holders` are those whose rights the alerts are about, which are sent again and again.
    """
    readers = []
    with closing(AccountStore(stores.connections.operational)) as store:
        for number in range(2 * ACCOUNTS):
            holder = f"holder-{number // 2 % HOLDERS}" if number % 2 else None
            role = Role.RIGHTS_HOLDER if holder else Role.OPERATOR
            now = datetime.now(UTC)
            grants = granted(roles=[role], holders=[holder] if holder else None)
            account = store.create(f"reader-{number}", grants, now=now)
            key, _ = store.keys.issue(account.account_id, label="live", scopes=[Permission.READ_ALERTS], now=now)
            remainders = frozenset(place for place, one in enumerate(holders) if one == holder) if holder else None
            readers.append(Reader(key, remainders))
    return readers


@contextmanager
def _web(stores: Stores, **settings: str) -> Iterator[tuple[Process, int]]:
    port = free_port()
    command = [sys.executable, "-m", "streams", "web", "--port", str(port), "--data-dir", str(stores.folder)]
    with running(command, stores.folder / "web.log", {**stores.environment, **settings}) as process:
        wait_until_ready(process, port)
        yield process, port


def _measured(
    stores: Stores, web: Process, port: int, alerts: Sequence[Alert], size: Size, readers: Sequence[Reader]
) -> Taken:
    cutting = size.clients // 5
    plan = Plan(port=port, clients=size.clients, cutting=cutting, slow=size.slow, readers=readers, cycle=len(alerts))
    time.sleep(SETTLE_SECONDS)  # what a start leaves to do is none of the clients'
    memory, dropped = memory_of(web.pid).anonymous, _dropped(port)
    command = [sys.executable, "-m", "benchmarks.live_clients", plan.to_text()]
    with subprocess.Popen(  # noqa: S603 - our own program
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as clients:
        try:
            _hear(clients, "the clients are not connected")
            cpu, start = cpu_seconds_of(web.pid), time.monotonic()
            appended = asyncio.run(_send(stores, alerts, size, clients))
            seconds, cpu = time.monotonic() - start, cpu_seconds_of(web.pid) - cpu
            grown = memory_of(web.pid).anonymous - memory
            _await_drops(port, dropped + size.slow)
            _tell(clients, f"end {len(appended)}")
            outcome = Outcome(**orjson.loads(_hear(clients, "the clients give no figures")))
        finally:
            clients.kill()
    return Taken(outcome, len(appended), cpu / seconds, grown, _dropped(port) - dropped, appended)


async def _send(stores: Stores, alerts: Sequence[Alert], size: Size, clients: subprocess.Popen[str]) -> list[int]:
    """At fixed times; how long each took, sorted. In the middle all clients are cut."""
    total = int(2 * size.seconds * ALERTS_PER_SECOND)
    documents = [alert.to_json() for alert in alerts]
    appended = list[int]()
    start = time.monotonic()
    async with LiveStream(stores.connections.redis) as live:
        for number in range(total):
            await asyncio.sleep(max(0.0, start + number / ALERTS_PER_SECOND - time.monotonic()))
            if number == total // 2:
                _tell(clients, "cut")
            document = documents[number % len(documents)] | sent_at(number, now := time.monotonic_ns())
            await live.append([orjson.dumps(document)])
            appended.append(time.monotonic_ns() - now)
    if (rate := total / (time.monotonic() - start)) < 0.95 * ALERTS_PER_SECOND:
        raise BenchmarkError(f"only {rate:.0f} alerts a second could be sent")
    return sorted(appended)


def _tell(clients: subprocess.Popen[str], line: str) -> None:
    if clients.stdin is not None:
        clients.stdin.write(f"{line}\n")
        clients.stdin.flush()


def _hear(clients: subprocess.Popen[str], otherwise: str) -> str:
    line = clients.stdout.readline() if clients.stdout is not None else ""
    if not line:
        raise BenchmarkError(f"{otherwise}: their process ended; see above")
    return line


def _dropped(port: int) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    found = re.search(r"^rightswatch_web_live_dropped_total (\S+)$", text, re.MULTILINE)
    return int(float(found[1])) if found else 0


def _await_drops(port: int, wanted: int) -> None:
    deadline = time.monotonic() + DROP_SECONDS
    while time.monotonic() < deadline and _dropped(port) < wanted:
        time.sleep(1.0)


def _checked(taken: Taken, size: Size) -> Taken:
    outcome = taken.outcome
    if outcome.missing or outcome.beyond or outcome.repeated or outcome.gaps or outcome.refused:
        raise BenchmarkError(
            f"{outcome.incomplete} of {size.clients} clients miss alerts ({outcome.missing} in all); {outcome.beyond}"
            f" came to one that must not see them; {outcome.repeated} came twice; {outcome.gaps} clients were told of a"
            f" gap; {outcome.refused} connections were refused, {outcome.ended} ended"
        )
    if taken.dropped != size.slow:
        raise BenchmarkError(f"{taken.dropped} clients were dropped, and {size.slow} did not read")
    return taken


def _rows(taken: Taken, size: Size, clients: str) -> Sequence[Row]:
    outcome = taken.outcome
    work = f"{clients}, {ALERTS_PER_SECOND} alerts/s"
    steady = f"{work}, {len(outcome.steady):,} deliveries"
    within = f"limit: {LATENCY_LIMIT_MS // 1_000} s"
    kib = taken.grown / 1024 / (size.clients + size.slow)
    return [
        _latency(f"alert sent to client, p50 ({steady})", outcome.steady, 0.5, within),
        _latency("the same, p99", outcome.steady, 0.99, within),
        _latency("the same, the slowest", outcome.steady, 1.0, within),
        _latency("of that for Valkey to take an alert, p99", taken.appended, 0.99, within),
        _latency("the same, the slowest", taken.appended, 1.0, within),
        _latency(f"from coming back to what was missed, p99 ({outcome.cuts:,} cuts)", outcome.resumed, 0.99, within),
        _latency("alert sent to client around the moment when all are cut, p99", outcome.herd, 0.99, within),
        Row(
            metric=f"clients with each of {taken.alerts:,} alerts that is theirs, once ({work}, {outcome.cuts:,} cuts)",
            unit="clients",
            ours=size.clients - outcome.incomplete,
            peer=size.clients,
            peer_name="limit: all",
            ratio=1 - outcome.incomplete / size.clients,
        ),
        Row(
            metric=f"processor time of the web process ({work})",
            unit="cores",
            ours=taken.cores,
            peer=1.0,
            peer_name="limit: one core",
            ratio=1 / taken.cores,
        ),
        Row(
            metric=f"its memory for each client ({size.slow} of them never read; each was dropped)",
            unit="KiB",
            ours=kib,
            peer=CLIENT_KIB_LIMIT,
            peer_name="limit: at most",
            ratio=CLIENT_KIB_LIMIT / kib if kib > 0 else float("inf"),
        ),
    ]


def _latency(metric: str, nanoseconds: Sequence[int], share: float, limit: str) -> Row:
    """Of sorted ones."""
    ours = nanoseconds[min(len(nanoseconds) - 1, int(share * len(nanoseconds)))] / MILLISECOND
    return Row(
        metric=metric, unit="ms", ours=ours, peer=LATENCY_LIMIT_MS, peer_name=limit, ratio=LATENCY_LIMIT_MS / ours
    )
