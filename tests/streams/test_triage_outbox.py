"""What people decided reaches ClickHouse and the live stream once, whatever dies or is away meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from prometheus_client import CollectorRegistry

from sinks.clickhouse.connection import Connection
from sinks.clickhouse.migrate import migrate
from sinks.clickhouse.triage_rows import TriageWriter
from sinks.clickhouse.verdicts import VerdictQuery, read_verdicts
from sinks.errors import LiveUnavailable, StoreUnavailable
from sinks.live import START, LiveStream
from sinks.operational.triage_store import TriageStore
from sinks.settings import ClickHouseSettings, OperationalSettings, RedisSettings
from streams.embedded import Endpoints
from streams.triage.metrics import OutboxMetrics
from streams.triage.outbox import OutboxMover
from tests.sinks.triage_world import ANN, BOB, EVE, GUILTY, INNOCENT, MINUTE, NO_REVIEWS, NOW, group
from tests.streams.world import until

pytestmark = pytest.mark.asyncio
ONE = group(1)
STATES = "SELECT toString(group_id), version, state, verdict, judged_by FROM triage_states FINAL ORDER BY group_id"


@pytest.fixture(scope="module")
def clickhouse(stack: Endpoints) -> Iterator[ClickHouseSettings]:
    settings = ClickHouseSettings(
        host="127.0.0.1",
        port=stack.clickhouse_port or 0,
        user=stack.clickhouse_user or "",
        password=stack.clickhouse_password or "",
        database="test_triage_outbox",
    )
    migrate(settings)
    yield settings
    with Connection(settings, database="default") as connection:
        connection.command(f"DROP DATABASE {settings.database}")


@pytest.fixture
def connection(clickhouse: ClickHouseSettings) -> Iterator[Connection]:
    with Connection(clickhouse) as connection:
        for table in ("verdicts", "triage_states"):
            connection.command(f"TRUNCATE TABLE {table}")
        yield connection


@pytest.fixture
def store(tmp_path: Path) -> Iterator[TriageStore]:
    with closing(TriageStore(OperationalSettings.sqlite(tmp_path / "o.db"), NO_REVIEWS)) as store:
        yield store


class Shown:
    """A live stream that keeps what it gets, unless it is away."""

    def __init__(self) -> None:
        self.changes: list[dict[str, Any]] = []
        self.is_away = False

    async def append_triage(self, changes: Sequence[str]) -> None:
        if self.is_away:
            raise LiveUnavailable("Redis", "away")
        self.changes += [orjson.loads(change) for change in changes]


class Dying(TriageWriter):
    """Dies once it has inserted, before anybody can note it."""

    def insert_states(self, announced: Sequence[Any]) -> None:
        super().insert_states(announced)
        raise KeyboardInterrupt


def mover(
    store: TriageStore, writer: TriageWriter, live: Shown | None = None, metrics: OutboxMetrics | None = None
) -> OutboxMover:
    return OutboxMover(
        outbox=store.outbox,
        writer=writer,
        live=live or Shown(),
        metrics=metrics or OutboxMetrics(CollectorRegistry()),
        clock=lambda: NOW,
    )


async def test_a_verdict_is_stored_with_all_that_was_judged(
    store: TriageStore, clickhouse: ClickHouseSettings, connection: Connection
) -> None:
    store.judge([ONE], ANN, NOW, **GUILTY, note="a \ud800 copy")
    with TriageWriter(clickhouse) as writer:
        await mover(store, writer).store()
    (verdict,) = read_verdicts(connection, VerdictQuery())
    assert verdict == {
        "verdict_id": verdict["verdict_id"],
        "judged_at": "2026-11-21T10:00:00.000Z",
        "stage": "judge",
        "verdict": "infringing",
        "reason_code": "counterfeit",
        "note": "a \ufffd copy",
        "judged_by": "ann",
        "group_id": ONE.group_id,
        "group_version": 1,
        "alert_id": ONE.alert_id,
        "listing_digest": "ab" * 32,
        "revision": 7,
        "detector": "mark",
        "score": 0.93,
        "tier": "high",
        "right_id": "CN-TM-1",
        "subject": "CN-TM-1",
        "platform": "taobao",
        "seller_region": "440300",
        "screened": None,
        "undoes": None,
        "versions": {"detector": "1", "rules": "1"},
    }
    assert connection.query(STATES) == [(ONE.group_id, 1, "closed", "infringing", "ann")]


async def test_each_stage_is_told_apart_and_an_undo_names_what_it_takes_back(
    store: TriageStore, clickhouse: ClickHouseSettings, connection: Connection
) -> None:
    store.judge([ONE], ANN, NOW, **GUILTY)
    store.undo(ONE, ANN, NOW + MINUTE)
    store.ask_expert(ONE, ANN, NOW + 2 * MINUTE, note="?")
    store.opinion(ONE, EVE, NOW + 3 * MINUTE, note="!", **INNOCENT)
    store.judge([ONE], ANN, NOW + 4 * MINUTE, **GUILTY)
    store.review(ONE, BOB, NOW + 5 * MINUTE, **INNOCENT)
    store.judge_screened(replace(ONE, screened="mention"), ANN, NOW + 6 * MINUTE, **INNOCENT)
    with TriageWriter(clickhouse) as writer:
        await mover(store, writer).store()
    verdicts = read_verdicts(connection, VerdictQuery())
    assert [one["stage"] for one in verdicts] == ["judge", "undo", "expert", "judge", "review", "screened"]
    assert verdicts[1]["undoes"] == verdicts[0]["verdict_id"]
    assert [one["screened"] for one in verdicts][-1] == "mention"
    assert connection.query(STATES) == [(ONE.group_id, 6, "closed", "not_infringing", "bob")]


async def test_a_process_that_dies_between_storing_and_noting_it_loses_and_doubles_nothing(
    store: TriageStore, clickhouse: ClickHouseSettings, connection: Connection
) -> None:
    groups = [group(number) for number in range(1, 21)]
    store.judge(groups, ANN, NOW, **GUILTY)
    with Dying(clickhouse) as dying, pytest.raises(KeyboardInterrupt):
        mover(store, dying)._store()
    store.undo(groups[0], ANN, NOW)
    with TriageWriter(clickhouse) as writer:
        await mover(store, writer).store()
        await mover(store, writer).store()
    assert connection.query("SELECT count(), uniqExact(verdict_id) FROM verdicts") == [(21, 21)]
    states = connection.query(STATES)
    assert [(row[1], row[2]) for row in states] == [(2, "open")] + [(1, "closed")] * 19
    assert store.outbox.waiting().rows == 0


async def test_a_row_that_was_sent_twice_all_the_same_is_read_once(
    store: TriageStore, clickhouse: ClickHouseSettings, connection: Connection
) -> None:
    store.judge([ONE], ANN, NOW, **GUILTY)
    with TriageWriter(clickhouse) as writer:
        await mover(store, writer).store()
    connection.command("INSERT INTO verdicts SELECT * FROM verdicts")
    assert len(read_verdicts(connection, VerdictQuery())) == 1


async def test_a_store_that_is_away_holds_up_only_what_goes_to_it(
    store: TriageStore, clickhouse: ClickHouseSettings, connection: Connection
) -> None:
    live, metrics = Shown(), OutboxMetrics(CollectorRegistry())
    store.claim([ONE], ANN, NOW - 2 * MINUTE)
    store.judge([ONE], ANN, NOW - MINUTE, **GUILTY)
    with TriageWriter(replace(clickhouse, port=1)) as away, pytest.raises(StoreUnavailable):
        await mover(store, away).store()
    with TriageWriter(clickhouse) as writer:
        moving = mover(store, writer, live, metrics)
        await moving.show()
        assert [change["state"]["state"] for change in live.changes] == ["open", "closed"]
        running = asyncio.create_task(moving.run(0.05, 0.1))
        await until(lambda: not store.outbox.waiting().rows)
        live.is_away = True
        store.undo(ONE, ANN, NOW)
        await until(lambda: not store.outbox.waiting().rows)
        live.is_away = False
        await until(lambda: len(live.changes) == 3)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert live.changes[-1]["state"]["version"] == 2
    assert connection.query(STATES)[0][:3] == (ONE.group_id, 2, "open")


async def test_how_long_the_oldest_has_waited_is_reported(store: TriageStore, clickhouse: ClickHouseSettings) -> None:
    registry = CollectorRegistry()
    store.judge([ONE], ANN, NOW - 2 * MINUTE, **GUILTY)
    with TriageWriter(replace(clickhouse, port=1)) as away:
        running = asyncio.create_task(mover(store, away, metrics=OutboxMetrics(registry)).run(0.05, 0.1))
        await until(lambda: registry.get_sample_value("rightswatch_triage_outbox_age_seconds"))
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert registry.get_sample_value("rightswatch_triage_outbox_rows") == 2
    assert registry.get_sample_value("rightswatch_triage_outbox_age_seconds") == 120


async def test_only_one_process_moves_at_a_time(store: TriageStore, clickhouse: ClickHouseSettings) -> None:
    store.judge([ONE], ANN, NOW, **GUILTY)
    live = Shown()
    with TriageWriter(clickhouse) as writer, store.outbox.moving("store") as held, store.outbox.moving("show") as shown:
        assert held
        assert shown
        await mover(store, writer, live).store()
        await mover(store, writer, live).show()
    assert (store.outbox.waiting().rows, live.changes) == (2, [])


async def test_changes_stand_in_the_stream_of_alerts_in_their_order(stack: Endpoints, store: TriageStore) -> None:
    url = f"redis://:{stack.redis_password}@127.0.0.1:{stack.redis_port}/0"
    async with LiveStream(RedisSettings(url, f"triage:{id(store)}:")) as live:
        await live.append([b'{"alert_id":"1"}'])
        await live.append_triage(['{"group_id":"2"}'])
        read = await live.read(START, 0)
    assert [body for _, body in read.entries] == [b'{"alert_id":"1"}', b'{"group_id":"2"}']
