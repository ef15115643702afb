"""What is asked about offers that may come back: which were taken down, and which of their contents were judged."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, case, exists, func, select

from sinks.lead_codes import CLOSED, OPEN, REMOVAL_TAKES, REMOVED
from sinks.operational.lead_records import Gone
from sinks.operational.lead_tables import lead, lead_event
from sinks.operational.triage_records import from_ms, to_ms
from sinks.operational.triage_tables import triage_event
from sinks.verdict_codes import INFRINGING, JUDGE, REVIEW

BATCH = 500
_lead, _event, _triage = lead.c, lead_event.c, triage_event.c


def gone_offers(connection: Connection, since: datetime, after: str) -> tuple[list[Gone], str | None]:
    """The offers that were taken down since then and have no open lead, at most 500 in the order of their groups' ids,
    from behind the id `after`; and where to go on (None: those were all).

    What closed a lead is the last line of its log. Of an offer that a person says is removed, the day after does not
    count, nor what was seen before it was said.
    """
    said_ms = _event.at_ms + REMOVAL_TAKES // timedelta(milliseconds=1)
    gone_ms = func.max(case((_lead.reason == REMOVED, said_ms), else_=_lead.takedown_at_ms))
    others = lead.alias()
    is_open = exists().where(others.c.group_id == _lead.group_id, others.c.state.in_(OPEN))
    of_offer = (_lead.group_id, _lead.platform, _lead.listing_id)
    wanted = (
        select(*of_offer, gone_ms.label("gone_ms"))
        .join_from(lead, lead_event, and_(_event.lead_id == _lead.lead_id, _event.version == _lead.version))
        .where(_lead.state == CLOSED, _lead.takedown_at_ms >= to_ms(since), _lead.group_id > after, ~is_open)
    )
    rows = connection.execute(wanted.group_by(*of_offer).order_by(_lead.group_id).limit(BATCH)).all()
    found = [
        Gone(group_id=row.group_id, platform=row.platform, listing_id=row.listing_id, gone_at=from_ms(row.gone_ms))
        for row in rows
    ]
    return found, rows[-1].group_id if len(rows) == BATCH else None


def judged_digests(connection: Connection, group_id: str) -> frozenset[str]:
    """The contents of a group's offer, as digests, that people found infringing."""
    wanted = select(_triage.listing_digest).where(
        _triage.group_id == group_id, _triage.verdict == INFRINGING, _triage.act.in_((JUDGE, REVIEW))
    )
    return frozenset(connection.scalars(wanted))
