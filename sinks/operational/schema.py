"""The tables of the operational database and their version: the only place that creates or changes them."""

from __future__ import annotations

import secrets

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    func,
    insert,
    select,
)
from sqlalchemy.exc import OperationalError as DatabaseAway

from sinks.errors import StoreError, StoreForbidden, StoreRefused
from sinks.operational import (
    account_tables,  # noqa: F401 - `prepare` creates its tables
    calibration_tables,  # noqa: F401 - `prepare` creates its tables
    lead_tables,
    notice_tables,  # noqa: F401 - `prepare` creates its tables
    right_history_tables,  # noqa: F401 - `prepare` creates its tables
    triage_tables,  # noqa: F401 - `prepare` creates its tables
)
from sinks.operational.audit_tables import audit_state
from sinks.operational.database import Database
from sinks.operational.metadata import metadata
from sinks.operational.reopening_tables import reopening_state
from sinks.operational.right_list_tables import right_list_state

SCHEMA_VERSION = 1
FIRST_LOGS = 2**40  # no two databases number their logs alike: a snapshot of one's log is none of the other's

schema_version = Table("schema_version", metadata, Column("version", Integer, primary_key=True, autoincrement=False))

# One row. Whoever changes the watchlist locks it, so revisions are handed out one after the other.
watchlist_state = Table(
    "watchlist_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("revision", BigInteger, nullable=False),
    Column("published_revision", BigInteger, nullable=False),
    Column("published_log", BigInteger, nullable=False),  # one more each time that the log is begun anew
)

# Every change ever made. An entry holds from `revision` until before `superseded_by`: what held at a revision is a
# plain condition, and nothing is ever deleted.
watchlist_log = Table(
    "watchlist_log",
    metadata,
    Column("revision", BigInteger, primary_key=True, autoincrement=False),
    Column("op", String(10), nullable=False),  # put, withdraw, register, rules, calibrate, allow, disallow
    Column("subject", String(600), nullable=False),  # "right:<id>", "register:<its terms>", "allow:<pdq>", or the op
    Column("document", Text, nullable=False),  # canonical JSON of what holds; empty when withdrawn
    Column("superseded_by", BigInteger, nullable=True),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("watchlist_log_by_subject", "subject", "revision"),
    Index("watchlist_log_current", "superseded_by", "revision"),
    Index("watchlist_log_by_op", "op", "superseded_by", "revision"),  # few allowed pictures among a million rights
)

# One row: how far the log was read for changes that need a sweep over the stored listings.
retro_state = Table(
    "retro_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("read_revision", BigInteger, nullable=False),
)

# The rights for which stored listings are still to be swept, each once, at the revision of its newest change.
retro_right = Table(
    "retro_right",
    metadata,
    Column("subject", String(600), primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("sweep", BigInteger, nullable=True),  # the sweep it is in; null while it waits for one
    Index("retro_right_by_sweep", "sweep"),
)

# Every sweep ever begun and how far it is. The cursor stands in the order in which ClickHouse stored the proofs.
retro_sweep = Table(
    "retro_sweep",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("revision", BigInteger, nullable=False),  # of the watchlist that it sweeps with
    Column("rights", Integer, nullable=False),  # when it began
    Column("begun_at_ms", BigInteger, nullable=False),
    Column("cursor_second", BigInteger, nullable=False),
    Column("cursor_page", String(64), nullable=False),
    Column("batch_at_ms", BigInteger, nullable=True),  # when the batch in hand was begun
    Column("pages", BigInteger, nullable=False),
    Column("alerts", BigInteger, nullable=False),
    Column("finished_at_ms", BigInteger, nullable=True),
)

# The rights' pictures that were given as files, by the SHA-256 of their bytes: what the second tier compares, and what
# people are shown. A row is never changed; rights of any revision may name it.
watched_picture = Table(
    "watched_picture",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("features", LargeBinary, nullable=False),  # as detectors/pictures/keeping.py packs them
    Column("preview", LargeBinary, nullable=False),  # a JPEG
    Column("height", Integer, nullable=False),  # as published, in pixels
    Column("width", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)


def prepare(database: Database) -> None:
    """Create what is missing. Safe to repeat, and when several processes start at once. A database that is not fit for
    use is closed.

    Raises:
        StoreRefused: a newer program made the schema.
        StoreForbidden: an older one did, or none, and this user may not change it; or it is not let in.
        StoreUnavailable: as the database says.
    """
    try:
        _create(database)
    except StoreForbidden as error:
        database.close()
        if isinstance(error.__cause__, DatabaseAway):  # it is not let in at all
            raise
        raise StoreForbidden(
            f"{error}; tables are an older program's: run `rightswatch migrate` as a user that may change them, "
            "then grants.sql"
        ) from error
    except StoreError:
        database.close()
        raise


def _index(database: Database, connection: Connection) -> None:
    """Make the indexes that tables of an older program lack. On millions of rows that takes seconds, in which nobody
    writes to them."""
    present = database.index_names(connection)
    for table in metadata.sorted_tables:
        for index in table.indexes:
            if index.name not in present:
                index.create(connection)
    for name in present.intersection(lead_tables.REPLACED):
        connection.exec_driver_sql(f"DROP INDEX {name}")


def _create(database: Database) -> None:
    with database.creating() as connection:
        metadata.create_all(connection)
        _index(database, connection)
        if connection.scalar(select(retro_state.c.id)) is None:
            connection.execute(insert(retro_state).values(id=1, read_revision=0))
        if connection.scalar(select(right_list_state.c.id)) is None:
            connection.execute(insert(right_list_state).values(id=1, read_revision=0))
        if connection.scalar(select(reopening_state.c.id)) is None:  # what changed before was decided about since
            newest = connection.scalar(select(watchlist_state.c.revision)) or 0
            connection.execute(insert(reopening_state).values(id=1, read_revision=newest))
        if connection.scalar(select(audit_state.c.id)) is None:
            connection.execute(insert(audit_state).values(id=1, sequence=0, hash="0" * 64))
        version = connection.scalar(select(func.max(schema_version.c.version)))
        if version is None:
            connection.execute(insert(schema_version).values(version=SCHEMA_VERSION))
            begin = {"revision": 0, "published_revision": 0, "published_log": secrets.randbelow(FIRST_LOGS)}
            connection.execute(insert(watchlist_state).values(id=1, **begin))
        elif version > SCHEMA_VERSION:
            raise StoreRefused(
                f"{database.place}: its schema has version {version}, this program knows "
                f"versions up to {SCHEMA_VERSION}. Run the newer rightswatch, or name another database in the settings."
            )
