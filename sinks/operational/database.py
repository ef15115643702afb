"""The connection to the operational database, and everything that differs between SQLite and PostgreSQL.

No other module may hold SQL that only one of them understands.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, func, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.exc import OperationalError as DatabaseAway
from sqlalchemy.exc import TimeoutError as PoolTimeout

from sinks.errors import StoreForbidden, StoreRefused, StoreUnavailable
from sinks.settings import OperationalSettings

_PUBLISHER_LOCK = 7_245_001  # the numbers name our PostgreSQL advisory locks; any fixed ones will do
_SCHEMA_LOCK = 7_245_002
_SWEEPER_LOCK = 7_245_003
_FLOOD_LOCK = 7_245_004
_OUTBOX_LOCKS = {"store": 7_245_005, "show": 7_245_105}
_CALIBRATION_LOCK = 7_245_010
_REOPENING_LOCK = 7_245_011
_NOTICE_LOCKS = {"collect": 7_245_012, "send": 7_245_112}
_LEADS_LOCK = 7_245_013
# A server whose machine is gone never says so: libpq would wait for it for two hours.
_POSTGRESQL_PATIENCE = {
    "connect_timeout": 5,  # seconds
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 30_000,  # milliseconds that what was sent may stay without an acknowledgement
}
_NO_PRIVILEGE = "42501"


class Database:
    """A pool of connections, usable from any thread.

    Raises (every method): StoreUnavailable when it is away or locked too long, StoreRefused when it says no.
    """

    def __init__(self, settings: OperationalSettings) -> None:
        self.place = settings.place
        url = _usable_url(settings)
        self._is_sqlite = url.get_backend_name() == "sqlite"
        self._path = url.database or ""
        self._lock_timeout = f"{round(settings.lock_timeout_seconds * 1000)}ms"
        with self._errors():
            self._engine = _sqlite_engine(url, settings) if self._is_sqlite else _postgresql_engine(url)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database and changes nothing."""
        with self._errors(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is alone from its start on SQLite; on PostgreSQL lock the rows you depend on."""
        engine = self._engine.execution_options(rightswatch_writes=True)
        with self._errors(), engine.begin() as connection:
            if not self._is_sqlite:  # which waits for ever unless told; SQLite was told when it was opened
                connection.execute(select(func.set_config("lock_timeout", self._lock_timeout, True)))
            yield connection

    @contextmanager
    def creating(self) -> Iterator[Connection]:
        """A writing transaction in which no other process creates tables."""
        with self.writing() as connection:
            if not self._is_sqlite:
                connection.execute(select(func.pg_advisory_xact_lock(_SCHEMA_LOCK)))
            yield connection

    @contextmanager
    def publisher_lock(self) -> Iterator[bool]:
        """Whether this caller is now the only publisher. Never waits; a holder that dies lets go."""
        with self._only_one("publishing", _PUBLISHER_LOCK) as held:
            yield held

    @contextmanager
    def sweeper_lock(self) -> Iterator[bool]:
        """Whether this caller is now the only one that sweeps stored listings. Never waits; a holder that dies lets go.

        On PostgreSQL the lock is lost with its connection: then two may sweep for a while, and raise the same alerts.
        """
        with self._only_one("sweeping", _SWEEPER_LOCK) as held:
            yield held

    def insert_missing(self, connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Adds rows whose primary key is not there; others are left as they are."""
        if rows:
            adding = sqlite.insert(table) if self._is_sqlite else postgresql.insert(table)
            connection.execute(adding.on_conflict_do_nothing(), rows)

    def index_names(self, connection: Connection) -> frozenset[str]:
        """The indexes that there are, those of expressions among them."""
        of_sqlite = "SELECT name FROM sqlite_master WHERE type = 'index'"
        of_postgresql = "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()"
        return frozenset(connection.scalars(text(of_sqlite if self._is_sqlite else of_postgresql)))

    @contextmanager
    def flood_lock(self) -> Iterator[bool]:
        """Whether this caller is now the only one that watches for floods. Never waits; a holder that dies lets go."""
        with self._only_one("flood", _FLOOD_LOCK) as held:
            yield held

    @contextmanager
    def outbox_lock(self, lane: str) -> Iterator[bool]:
        """Whether this caller now alone moves what judging tells: to the `store` or the `show`. Never waits; a holder
        that dies lets go.
        """
        with self._only_one(f"outbox-{lane}", _OUTBOX_LOCKS[lane]) as held:
            yield held

    @contextmanager
    def calibration_lock(self) -> Iterator[bool]:
        """Whether this caller is now the only one that proposes a calibration. Never waits; a holder that dies lets
        go."""
        with self._only_one("calibration", _CALIBRATION_LOCK) as held:
            yield held

    @contextmanager
    def reopening_lock(self) -> Iterator[bool]:
        """Whether this caller now alone opens groups again whose right changed. Never waits; a holder that dies lets
        go.
        """
        with self._only_one("reopening", _REOPENING_LOCK) as held:
            yield held

    @contextmanager
    def notices_lock(self, lane: str) -> Iterator[bool]:
        """Whether this caller now alone may `collect` what is to be told, or `send` it. Never waits; a holder that dies
        lets go.
        """
        with self._only_one(f"notices-{lane}", _NOTICE_LOCKS[lane]) as held:
            yield held

    @contextmanager
    def leads_lock(self) -> Iterator[bool]:
        """Whether this caller now alone makes and sends leads. Never waits; a holder that dies lets go."""
        with self._only_one("leads", _LEADS_LOCK) as held:
            yield held

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _only_one(self, work: str, number: int) -> Iterator[bool]:
        with self._file_lock(work) if self._is_sqlite else self._advisory_lock(number) as held:
            yield held

    @contextmanager
    def _file_lock(self, work: str) -> Iterator[bool]:
        with Path(f"{self._path}.{work}").open("ab") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True  # closing the file lets go

    @contextmanager
    def _advisory_lock(self, number: int) -> Iterator[bool]:
        with self._errors(), self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            held = bool(connection.scalar(select(func.pg_try_advisory_lock(number))))
            try:
                yield held
            finally:
                if held:
                    connection.execute(select(func.pg_advisory_unlock(number)))

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Ours for theirs, without the statement's values: they may be somebody's secrets."""
        try:
            yield
        except (DatabaseAway, PoolTimeout) as error:
            if "password authentication failed" in str(error):  # psycopg has no code for what fails on connecting
                raise StoreForbidden(
                    f"{self.place} does not let us in: correct the user in [operational] url and the password there or "
                    "in password_file"
                ) from error
            raise StoreUnavailable(self.place, _first_line(error)) from error
        except DBAPIError as error:
            if error.connection_invalidated:
                raise StoreUnavailable(self.place, _first_line(error)) from error
            refused = StoreForbidden if getattr(error.orig, "sqlstate", "") == _NO_PRIVILEGE else StoreRefused
            raise refused(f"{self.place} refused: {_first_line(error)}") from error
        except SQLAlchemyError as error:
            raise StoreRefused(f"{self.place}: {_first_line(error)}") from error


def refuse_changes(table: Table) -> None:
    """Have the database itself refuse to change or delete a row of the table, by triggers made with it."""
    name, said = table.name, f"{table.name}: entries are never changed"
    statements = {
        "sqlite": [
            f"CREATE TRIGGER {name}_no_{act.lower()} BEFORE {act} ON {name} BEGIN SELECT RAISE(ABORT, '{said}'); END"
            for act in ("UPDATE", "DELETE")
        ],
        "postgresql": [
            f"CREATE OR REPLACE FUNCTION {name}_refuse() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION '{said}'; END $$",
            f"CREATE TRIGGER {name}_no_change BEFORE UPDATE OR DELETE ON {name}"
            f" FOR EACH ROW EXECUTE FUNCTION {name}_refuse()",
            f"CREATE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {name}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {name}_refuse()",
        ],
    }

    @event.listens_for(table, "after_create")
    def make(_table: Table, connection: Connection, **_options: Any) -> None:
        for statement in statements[connection.dialect.name]:
            connection.exec_driver_sql(statement)


def _usable_url(settings: OperationalSettings) -> URL:
    try:
        url = make_url(settings.url)
        url.get_dialect()
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise StoreRefused(
            f"[operational] url: cannot be used ({settings.place}); write sqlite:////absolute/path.db or postgresql+psycopg://..."
        ) from error
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise StoreRefused(f"[operational] url: {url.get_backend_name()} is not supported; use sqlite or postgresql")
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise StoreRefused("[operational] url: rights must be kept in a file; write sqlite:////absolute/path.db")
    return url


def _postgresql_engine(url: URL) -> Engine:
    """What the URL itself says of these goes first."""
    patience = {key: value for key, value in _POSTGRESQL_PATIENCE.items() if key not in url.query}
    return create_engine(url, pool_pre_ping=True, connect_args=patience)


def _sqlite_engine(url: URL, settings: OperationalSettings) -> Engine:
    engine = create_engine(url, connect_args={"timeout": settings.lock_timeout_seconds})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # the source of truth: a commit survives a power cut

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A deferred transaction that reads and then writes fails at once when another has written in between.
        writes = connection.get_execution_options().get("rightswatch_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _first_line(error: SQLAlchemyError) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    return str(cause).split("\n", 1)[0][:300]
