"""The table of how far rights' changes were read for groups that they touch."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, Table

from sinks.operational.metadata import metadata

reopening_state = Table(
    "reopening_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("read_revision", BigInteger, nullable=False),
)
