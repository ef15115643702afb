"""The table of who changed a right through the desk, and why. What changed stands in `watchlist_log`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, String, Table, Text

from sinks.operational.metadata import metadata

# One row for a change of a right that a person or a program made by name, written with the log's entry. An entry
# without a row came from the command line (`rightswatch rights import`, `withdraw`), or is older than the desk.
right_history = Table(
    "right_history",
    metadata,
    Column("revision", BigInteger, primary_key=True, autoincrement=False),
    Column("subject", String(600), nullable=False),  # "right:<id>"
    Column("based_on", BigInteger, nullable=False),  # the revision that was changed; 0: there was none
    Column("account_id", String(100), nullable=False),
    Column("by_name", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Index("right_history_by_subject", "subject", "revision"),
)
