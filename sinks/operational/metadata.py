"""Where every table of the operational database is registered: `schema.py` creates what stands in it."""

from __future__ import annotations

from sqlalchemy import MetaData

metadata = MetaData()
