"""Verdicts as they stand in ClickHouse."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from detectors.records import Alert
from sinks.clickhouse.columns import digest_bytes, milliseconds
from sinks.clickhouse.connection import Connection

_numbers = itertools.count(1)
_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A verdict about an alert, or a match that was none."""

    alert: Alert
    verdict: str = "infringing"
    reason_code: str = "counterfeit"
    stage: str = "judge"
    version: int = 1
    screened: str = ""
    after: timedelta = timedelta(minutes=1)  # the alert was observed
    undoes: UUID = _NOBODY
    verdict_id: UUID = field(default_factory=lambda: UUID(int=next(_numbers)))


def give(connection: Connection, verdicts: Iterable[Given]) -> None:
    """Store them."""
    rows = [_row(one) for one in verdicts]
    if rows:
        connection.insert("verdicts", {name: [row[name] for row in rows] for name in rows[0]})


GUILTY: Mapping[str, Any] = {"verdict": "infringing", "reason_code": "counterfeit"}
INNOCENT: Mapping[str, Any] = {"verdict": "not_infringing", "reason_code": "licensed"}


def _row(one: Given) -> dict[str, Any]:
    alert = one.alert
    return {
        "group_id": UUID(alert.group_id),
        "judged_at": milliseconds(alert.observed_at) + one.after // timedelta(milliseconds=1),
        "alert_id": UUID(alert.alert_id),
        "verdict": one.verdict,
        "reason_code": one.reason_code,
        "note": "",
        "judged_by": "ann",
        "listing_digest": digest_bytes(alert.listing_digest),
        "revision": alert.revision,
        "verdict_id": one.verdict_id,
        "stage": one.stage,
        "undoes": one.undoes,
        "group_version": one.version,
        "score": alert.score,
        "detector": alert.detector,
        "tier": alert.tier,
        "right_id": alert.right_id,
        "subject": alert.subject,
        "platform": alert.platform,
        "seller_region": "",
        "screened": one.screened,
        "versions": "{}",
    }
