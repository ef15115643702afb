"""Who did what: a log to which the database only ever adds."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from sinks.operational.database import refuse_changes
from sinks.operational.metadata import metadata

# One row: the end of the chain. Whoever appends locks it, so entries follow each other without a gap.
audit_state = Table(
    "audit_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
)

# Every act, from 1 on. `hash` is over the hash before it and the entry: audit_store.py.
audit_log = Table(
    "audit_log",
    metadata,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("by_id", String(200), nullable=False),  # the account's id
    Column("by_name", String(200), nullable=False),  # as it was called then
    Column("action", String(100), nullable=False),  # "verdict.give", "right.put" ...
    Column("subject", String(600), nullable=False),  # what it was done to
    Column("detail", Text, nullable=False),  # canonical JSON
    Column("hash", String(64), nullable=False),
    Index("audit_log_by_account", "by_id", "sequence"),
    Index("audit_log_by_action", "action", "sequence"),
    Index("audit_log_by_time", "at_ms"),
)
refuse_changes(audit_log)
