"""A schema is upgraded while older programs go on writing: nothing is refused, everything is readable."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Table, insert

from sinks.clickhouse.connection import Connection
from sinks.clickhouse.migrate import Migration, known_migrations, migrate
from sinks.clickhouse.reader import AlertReader
from sinks.operational.database import Database
from sinks.operational.metadata import metadata
from sinks.operational.retro_store import RetroStore
from sinks.operational.rights_store import RightsStore
from sinks.operational.schema import schema_version, watchlist_log, watchlist_state
from sinks.settings import ClickHouseSettings, OperationalSettings

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
OLD = known_migrations()[:8]  # before pictures
LATER = Migration(
    99, "alerts_shade", ("ALTER TABLE alerts ADD COLUMN IF NOT EXISTS shade LowCardinality(String) DEFAULT 'none'",)
)
ROWS_AFTER = 20


class Writing:
    """Inserts one row after the other from a thread, as an older program does, and keeps what it was told is stored."""

    def __init__(self, put: Callable[[int], Any]) -> None:
        self.stored: list[Any] = []
        self.error: Exception | None = None
        self._put = put
        self._enough = threading.Condition()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """It writes before, while and after the block runs."""
        self._thread.start()
        self._wait_for_more()
        yield
        self._wait_for_more()
        self._stop.set()
        self._thread.join(60)

    def _wait_for_more(self) -> None:
        with self._enough:
            wanted = len(self.stored) + ROWS_AFTER
            assert self._enough.wait_for(lambda: self.error or len(self.stored) >= wanted, 60), "it writes nothing"

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                key = self._put(len(self.stored))
            except Exception as error:  # noqa: BLE001 - whatever it is, the test shall say so
                self.error = error
            with self._enough:
                if self.error is None:
                    self.stored.append(key)
                self._enough.notify_all()
            if self.error:
                return


def test_clickhouse_is_upgraded_while_an_older_writer_inserts(empty_clickhouse: ClickHouseSettings) -> None:
    migrate(empty_clickhouse, OLD)
    with Connection(empty_clickhouse) as older:

        def put(_number: int) -> UUID:
            alert = uuid4()
            document = f'{{"alert_id":"{alert}"}}'
            older.insert("alerts", {"alert_id": [alert], "document": [document], "observed_at": [NOW]})
            return alert

        writing = Writing(put)
        with writing.going_on():
            assert migrate(empty_clickhouse, [*known_migrations(), LATER])[-1] == LATER.version
    assert writing.error is None
    with AlertReader(empty_clickhouse) as reader, Connection(empty_clickhouse) as connection:
        for alert in (writing.stored[0], writing.stored[-1]):
            assert reader.alert(str(alert)) == {"alert_id": str(alert)}
        rows = dict(connection.query("SELECT alert_id, shade FROM alerts FINAL"))
        assert rows == dict.fromkeys(writing.stored, "none")
        listed = {row[0] for row in connection.query("SELECT alert_id FROM alerts_by_time FINAL")}
        assert listed == set(writing.stored)


def test_an_older_program_starts_on_the_upgraded_clickhouse(empty_clickhouse: ClickHouseSettings) -> None:
    migrate(empty_clickhouse)
    assert migrate(empty_clickhouse, OLD) == []


OLDER_TABLES: list[Table] = [schema_version, watchlist_state, watchlist_log]  # all that the first program had


def test_the_operational_database_is_upgraded_while_an_older_program_writes(operational: OperationalSettings) -> None:
    older = Database(operational)
    with older.creating() as connection:
        metadata.create_all(connection, tables=OLDER_TABLES)
        connection.execute(insert(schema_version).values(version=1))
        connection.execute(insert(watchlist_state).values(id=1, revision=0, published_revision=0, published_log=0))

    def put(number: int) -> int:
        document = f'{{"right_id":"R{number}","kind":"trademark","marks":["m"]}}'
        values = {"revision": number + 1, "op": "put", "subject": f"right:R{number}", "document": document}
        with older.writing() as connection:
            connection.execute(insert(watchlist_log).values(values))
            connection.execute(watchlist_state.update().values(revision=number + 1))
        return number + 1

    writing = Writing(put)
    with writing.going_on():
        RightsStore(operational).close()
    older.close()
    assert writing.error is None
    with closing(RightsStore(operational)) as rights, closing(RetroStore(operational)) as retro:
        assert [entry["revision"] for entry in rights.entries(0)] == writing.stored
        assert retro.state().revision == len(writing.stored)
