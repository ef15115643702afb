"""One connection to ClickHouse over its native protocol, with our errors. One thread at a time.

Values never become part of a query's text: reads bind them on the server, inserts send them as blocks.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any

from clickhouse_driver import Client
from clickhouse_driver import errors as driver_errors
from clickhouse_driver.errors import ErrorCodes

from sinks.errors import StoreForbidden, StoreNotReady, StoreRefused, StoreUnavailable
from sinks.settings import ClickHouseSettings

# At each connection that fails the driver writes a stack of twelve lines. What we raise says it in one.
logging.getLogger("clickhouse_driver.connection").setLevel(logging.CRITICAL)

_PASSING_CODES = frozenset(
    {
        ErrorCodes.TIMEOUT_EXCEEDED,
        ErrorCodes.TOO_SLOW,
        ErrorCodes.TOO_MANY_SIMULTANEOUS_QUERIES,
        ErrorCodes.SOCKET_TIMEOUT,
        ErrorCodes.NETWORK_ERROR,
        ErrorCodes.NO_FREE_CONNECTION,
        ErrorCodes.ABORTED,
        ErrorCodes.MEMORY_LIMIT_EXCEEDED,
        ErrorCodes.TABLE_IS_READ_ONLY,
        ErrorCodes.NOT_ENOUGH_SPACE,  # a full disk has many names: by what it was to write when it was full
        ErrorCodes.CANNOT_WRITE_TO_FILE_DESCRIPTOR,
        ErrorCodes.CANNOT_WRITE_TO_OSTREAM,
        ErrorCodes.CANNOT_OPEN_FILE,
        ErrorCodes.CANNOT_CLOSE_FILE,
        ErrorCodes.CANNOT_FSYNC,
        ErrorCodes.CANNOT_CREATE_DIRECTORY,
        ErrorCodes.CANNOT_TRUNCATE_FILE,
        ErrorCodes.CANNOT_READ_FROM_FILE_DESCRIPTOR,
        ErrorCodes.STD_EXCEPTION,
        ErrorCodes.POCO_EXCEPTION,
        ErrorCodes.KEEPER_EXCEPTION,
        ErrorCodes.UNKNOWN_STATUS_OF_INSERT,
        ErrorCodes.TOO_MANY_PARTS,
        ErrorCodes.CANNOT_ALLOCATE_MEMORY,
        ErrorCodes.QUERY_WAS_CANCELLED,
    }
)
# A server whose machine is gone never says so: after half a minute of silence the connection is given up.
_KEEP_ALIVE = (10, 5, 4)  # seconds idle, seconds between probes, probes
_FORBIDDEN = {  # AUTHENTICATION_FAILED, ACCESS_DENIED and READONLY, which the driver has no names for
    516: "does not let us in: correct [clickhouse] user and password, or what is in password_file",
    497: "this user may not do that: grant it, as deploy/clickhouse/users.xml does",
    164: "this user may only read",
}
_NOT_MADE = frozenset(  # also while the tables are being made, or an older program's are changed
    {
        ErrorCodes.UNKNOWN_DATABASE,
        ErrorCodes.UNKNOWN_TABLE,
        ErrorCodes.UNKNOWN_IDENTIFIER,
        ErrorCodes.NO_SUCH_COLUMN_IN_TABLE,
    }
)
_LOST = (driver_errors.NetworkError, driver_errors.SocketTimeoutError, EOFError, OSError)
_GARBLED = (driver_errors.UnexpectedPacketFromServerError, driver_errors.PartiallyConsumedQueryError)


class Connection:
    """Connects on first use and again after a loss. Not thread-safe: make one per thread.

    Raises (every method): StoreUnavailable when the server is away or overloaded, StoreRefused when it says no.
    """

    def __init__(self, settings: ClickHouseSettings, database: str | None = None) -> None:
        self._place = settings.place
        self._query_settings = {"max_execution_time": settings.query_timeout_seconds}
        self._client = Client(
            settings.host,
            settings.port,
            database=settings.database if database is None else database,
            user=settings.user,
            password=settings.password,
            secure=settings.secure,
            ca_certs=settings.ca_file or None,
            compression=False if settings.compression == "none" else settings.compression,
            connect_timeout=settings.connect_timeout_seconds,
            send_receive_timeout=settings.write_timeout_seconds,
            tcp_keepalive=_KEEP_ALIVE,
            client_name="rightswatch",
            # The server's default is to collect inserts; our batches are large and must be stored when we commit.
            settings={"async_insert": 0, "server_side_params": True},
        )

    def query(self, sql: str, values: Mapping[str, Any] | None = None, *, as_bytes: bool = False) -> list[Any]:
        """The rows of a SELECT with a time limit; `values` fill `{name:Type}`. Texts as bytes when asked."""
        return self._execute(sql, dict(values or {}), {**self._query_settings, "strings_as_bytes": as_bytes})

    def command(self, sql: str) -> None:
        """Run one statement that returns nothing."""
        self._execute(sql, None, {})

    def insert(self, table: str, columns: Mapping[str, Sequence[Any]]) -> None:
        """Insert one batch, given column by column. It is stored when this returns; on an error it may be, or not."""
        names = ", ".join(f"`{name}`" for name in columns)
        self._execute(f"INSERT INTO {table} ({names}) VALUES", list(columns.values()), {}, columnar=True)

    def close(self) -> None:
        self._client.disconnect()

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _execute(self, sql: str, data: Any, settings: Mapping[str, Any], *, columnar: bool = False) -> list[Any]:
        try:
            rows: list[Any] = self._client.execute(sql, data, columnar=columnar, settings=dict(settings)) or []
        except _LOST as error:
            self._client.disconnect()
            raise StoreUnavailable(self._place, _first_line(error)) from error
        except _GARBLED as error:
            self._client.disconnect()
            raise StoreUnavailable(self._place, "the connection lost its place; it was closed") from error
        except driver_errors.ServerException as error:
            if error.code in _PASSING_CODES:
                raise StoreUnavailable(self._place, _first_line(error)) from error
            if error.code in _FORBIDDEN:
                raise StoreForbidden(f"{self._place}: {_FORBIDDEN[error.code]} ({_first_line(error)})") from error
            refused = StoreNotReady if error.code in _NOT_MADE else StoreRefused
            raise refused(f"{self._place} refused: {_first_line(error)}") from error
        except (driver_errors.Error, TypeError, ValueError, AttributeError) as error:
            raise StoreRefused(f"{self._place}: a value has a form it cannot take: {_first_line(error)}") from error
        return rows if isinstance(rows, list) else []


def _first_line(error: BaseException) -> str:
    """What the server said, without its stack trace."""
    if isinstance(error, driver_errors.ServerException):
        return f"code {error.code}, {str(error.message).split(' Stack trace', 1)[0].strip()[:500]}"
    return (str(error).split("\n", 1)[0] or type(error).__name__)[:500]
