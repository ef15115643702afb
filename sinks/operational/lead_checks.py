"""Whether a lead still holds: asked in the transaction that sends it, right before it is sent."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, select

from sinks.lead_codes import ALERT
from sinks.operational.force_checks import right_is_gone
from sinks.operational.lead_records import Standing
from sinks.operational.schema import watchlist_log
from sinks.operational.triage_tables import triage_group
from sinks.verdict_codes import CLOSED, INFRINGING, NOT_INFRINGING

_log, _group = watchlist_log.c, triage_group.c


def withheld(connection: Connection, row: Any, now: datetime) -> str | None:
    """Why the lead of this row is not to be sent any more, as a code; None: it still holds."""
    facts = orjson.loads(row.facts) if isinstance(row.facts, str) else row.facts
    because = None if row.right_id is None else right_is_gone(_right(connection, row.right_id), facts, now)
    return because or judged_otherwise(standing_of(connection, row.group_id), row.because)


def judged_otherwise(standing: Standing, because: str) -> str | None:
    """What speaks in judging against a lead that rests on a verdict, or was made of an alert that nobody had judged."""
    if standing.state == CLOSED and standing.verdict == INFRINGING:
        return None
    if standing.state == CLOSED and standing.verdict == NOT_INFRINGING:
        return "overruled"
    if because == ALERT:
        return None
    return "reopened" if standing.is_reopened else "verdict_undone"


def standing_of(connection: Connection, group_id: str) -> Standing:
    return standings_of(connection, [group_id])[group_id]


def standings_of(connection: Connection, group_ids: Collection[str]) -> dict[str, Standing]:
    """Of each group, those that nobody ever touched among them."""
    columns = (_group.group_id, _group.version, _group.state, _group.verdict, _group.reopened_because)
    rows = connection.execute(select(*columns).where(_group.group_id.in_(group_ids)))
    touched = {
        row.group_id: Standing(
            group_id=row.group_id,
            version=row.version,
            state=row.state,
            verdict=row.verdict,
            is_reopened=row.reopened_because is not None and row.verdict is None,
        )
        for row in rows
    }
    return {one: touched.get(one) or Standing(group_id=one) for one in group_ids}


def _right(connection: Connection, right_id: str) -> dict[str, Any] | None:
    """As the watchlist has it now; None: withdrawn."""
    wanted = select(_log.op, _log.document).where(_log.subject == f"right:{right_id}")
    row = connection.execute(wanted.order_by(_log.revision.desc()).limit(1)).one_or_none()
    return None if row is None or row.op != "put" else orjson.loads(row.document)
