"""The tables that rights are listed and searched by: made from `watchlist_log`, and no source of anything."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text

from sinks.operational.metadata import metadata

# One row: how far the log was read.
right_list_state = Table(
    "right_list_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("read_revision", BigInteger, nullable=False),
)

# One row for each right that ever was on the watchlist.
right_list = Table(
    "right_list",
    metadata,
    Column("subject", String(600), primary_key=True),  # "right:<id>"
    Column("revision", BigInteger, nullable=False),  # of its last change
    Column("document_revision", BigInteger, nullable=False),  # of its last form; older when it was withdrawn
    Column("is_held", Boolean, nullable=False),  # not withdrawn
    Column("holder_id", String(200), nullable=True),  # as `holder_key` says
    Column("kind", String(20), nullable=False),
    Column("status", String(20), nullable=False),
    Column("words", Text, nullable=False),  # folded: what a search for text looks into
    Index("right_list_by_holder", "holder_id", "subject"),
)
