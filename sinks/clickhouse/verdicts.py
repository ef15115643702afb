"""The verdicts that people gave, in the order in which they gave them, each once: labelled data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from detectors.records import timestamp_text
from sinks.clickhouse.columns import milliseconds
from sinks.clickhouse.connection import Connection
from sinks.visible import EVERYTHING, Visible

VERDICTS = "(SELECT * FROM verdicts LIMIT 1 BY verdict_id)"
"""Every verdict once: a row whose answer was lost on its way may have been sent twice."""
MOST_VERDICTS = 1_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NOBODY = UUID(int=0)
_FIELDS = (
    "verdict_id, toUnixTimestamp64Milli(judged_at), stage, group_id, group_version, alert_id, verdict, reason_code,"
    " note, judged_by, detector, score, tier, right_id, subject, platform, lower(hex(listing_digest)), revision,"
    " undoes, screened, seller_region, versions"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictQuery:
    """Which verdicts, oldest first. `since` is inclusive; `behind` is the last one got, for the next page."""

    since: datetime | None = None
    behind: tuple[datetime, str] | None = None
    limit: int = MOST_VERDICTS
    visible: Visible = EVERYTHING


def read_verdicts(connection: Connection, query: VerdictQuery) -> list[dict[str, Any]]:
    """Verdicts as JSON, with all that was judged; `undoes` names the verdict that an undo takes back."""
    clauses, values = query.visible.conditions()
    if query.since is not None:
        clauses.append("judged_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')")
        values["since"] = milliseconds(query.since)
    if query.behind is not None:
        clauses.append("(toUnixTimestamp64Milli(judged_at), verdict_id) > ({at:Int64}, {id:UUID})")
        values |= {"at": milliseconds(query.behind[0]), "id": UUID(query.behind[1])}
    rows = connection.query(
        f"SELECT {_FIELDS} FROM {VERDICTS} WHERE {' AND '.join(clauses or ['true'])}"  # noqa: S608 - our own words
        " ORDER BY judged_at, verdict_id LIMIT {size:UInt32}",
        {**values, "size": query.limit},
    )
    return [_verdict(row) for row in rows]


def _verdict(row: Any) -> dict[str, Any]:
    verdict_id, at, stage, group_id, version, alert_id, verdict, reason, note, by, detector, score, tier, *rest = row
    right_id, subject, platform, digest, revision, undoes, screened, region, versions = rest
    return {
        "verdict_id": str(verdict_id),
        "judged_at": timestamp_text(_EPOCH + timedelta(milliseconds=at)),
        "stage": stage,
        "verdict": verdict,
        "reason_code": reason or None,
        "note": note,
        "judged_by": by,
        "group_id": str(group_id),
        "group_version": version,
        "alert_id": str(alert_id),
        "listing_digest": digest,
        "revision": revision,
        "detector": detector,
        "score": score,
        "tier": tier,
        "right_id": right_id,
        "subject": subject,
        "platform": platform,
        "seller_region": region,
        "screened": screened or None,
        "undoes": None if undoes == _NOBODY else str(undoes),
        "versions": orjson.loads(versions or b"{}"),
    }
