"""The table of the calibration that verdicts suggest. The one in force stands in `watchlist_log`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, String, Table, Text

from sinks.operational.metadata import metadata

# One row, or none: the calibration that verdicts suggest, until somebody puts it in force or it is overtaken.
calibration_proposal = Table(
    "calibration_proposal",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", String(60), nullable=False),
    Column("based_on", String(60), nullable=False),  # the version that was in force then; empty: none
    Column("document", Text, nullable=False),
    Column("changes", Text, nullable=False),  # JSON: how it differs from the one in force
    Column("made_at_ms", BigInteger, nullable=False),
)
