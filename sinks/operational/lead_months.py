"""Reads the logs of the leads that a month has to tell of: those with something in it, and those open since."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, select, union

from sinks.lead_codes import OPEN, REMOVED
from sinks.lead_figures import HORIZON_MS, LeadMonth, LogLine, month_of_leads
from sinks.operational.lead_records import LeadQuery
from sinks.operational.lead_rows import conditions_of
from sinks.operational.lead_tables import lead, lead_event
from sinks.operational.triage_records import to_ms
from sinks.visible import Visible

ROWS = 1_000  # fetched at once: a month's log need not fit into memory
_lead, _event = lead.c, lead_event.c


def read_month(connection: Connection, after: datetime, before: datetime, visible: Visible) -> LeadMonth:
    """`after` is inclusive, `before` exclusive. What a lead does to the figures is decided by its log alone."""
    after_ms, before_ms = to_ms(after), to_ms(before)
    # A lead of neither kind was over before the month. A join: of "open, or one of these" PostgreSQL asks each anew.
    told = union(
        select(_event.lead_id).where(_event.at_ms >= after_ms), select(_lead.lead_id).where(_lead.state.in_(OPEN))
    ).subquery()
    wanted = (
        select(_lead.group_id, _lead.recipient, _lead.place, _lead.observed_at_ms, lead_event)
        .join_from(lead, told, told.c.lead_id == _lead.lead_id)
        .join(lead_event, _event.lead_id == _lead.lead_id)
        .where(_lead.made_at_ms >= after_ms - HORIZON_MS, _event.at_ms < before_ms)
        .where(conditions_of(LeadQuery(visible=visible)))
        .order_by(_lead.group_id, _lead.lead_id, _event.version)
    )
    rows = connection.execute(wanted.execution_options(yield_per=ROWS))
    return month_of_leads(_lines(rows), after_ms)


def _lines(rows: Any) -> Iterator[LogLine]:
    for row in rows:
        detail = orjson.loads(row.detail)
        yield LogLine(
            group_id=row.group_id,
            lead_id=row.lead_id,
            recipient=row.recipient,
            place=row.place,
            act=row.act,
            reason=row.reason,
            at_ms=row.at_ms,
            alerted_ms=detail.get("observed_ms", row.observed_at_ms) if row.act == "made" else None,
            takedown=_takedown(row, detail),
            on_ms=detail.get("on_ms"),
        )


def _takedown(row: Any, detail: dict[str, Any]) -> str | None:
    """A listing that was seen to be gone is removed, whoever had it removed."""
    if row.act == "takedown":
        return str(detail["to"])
    return REMOVED if row.act == "closed" and row.reason == "delisted" else None
