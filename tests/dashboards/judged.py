"""Offers that were seen and judged, for the figures and their pages. The numbers are chosen to be worked out by hand.

Of 12 offers with a disguised mark of CN-TM-1002, 10 are judged, 8 as infringing: precision 8 / 10. Of what was
screened, 4 of 400 matches are kept, one for a hundred, all of the right CN-TM-1002 and judged, one as infringing: about
100 were missed. Of 12 alerts about 9.6 infringe: the miss rate is 100 / 109.6.
"""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

from detectors.records import Alert, timestamp_text
from sinks.clickhouse.connection import Connection
from sinks.clickhouse.query import ScreenedQuery
from sinks.clickhouse.reader import AlertReader
from sinks.clickhouse.writer import TableWriter
from sinks.operational.calibration_store import CalibrationStore
from sinks.operational.rights_store import RightsStore
from streams.calibration.evidence import Judgements
from streams.calibration.proposing import propose_now
from tests.dashboards.service import Stores, offer
from tests.sinks.verdict_rows import GUILTY, INNOCENT, Given, give

RIGHT = "CN-TM-1002"


def judged_offers(stores: Stores) -> tuple[Alert, ...]:
    """The alerts, judged or not."""
    at = datetime.now(UTC) - timedelta(hours=3)
    alerts = stores.seen(*(offer(number, "Qu1llon pens") for number in range(12)), at=at, live=False)
    assert {alert.right_id for alert in alerts} == {RIGHT}
    stores.sampled(*(offer(number, "Quillon pens") for number in range(100, 104)), at=at)
    with (
        TableWriter(stores.clickhouse) as writer,
        Connection(stores.clickhouse) as connection,
        AlertReader(stores.clickhouse) as reader,
    ):
        writer.insert_screenings([_screening(at, {"mention": 400})])
        words = [GUILTY] * 8 + [INNOCENT] * 2
        verdicts = [Given(alert=alert, **word) for alert, word in zip(alerts, words, strict=False)]
        for place, row in enumerate(reader.screened(ScreenedQuery())):
            match = Alert.from_json({name: value for name, value in row.items() if name != "screened"})
            word = {**INNOCENT, "reason_code": "descriptive"} if place else {**GUILTY, "reason_code": "unlicensed_mark"}
            verdicts.append(Given(alert=match, stage="screened", version=0, screened=row["screened"], **word))
        give(connection, verdicts)
    return alerts


def proposed(stores: Stores) -> str:
    """Let the verdicts suggest a calibration; its version."""
    now = datetime.now(UTC)
    with (
        closing(CalibrationStore(stores.operational)) as calibrations,
        closing(RightsStore(stores.operational)) as rights,
    ):
        proposal = propose_now(Judgements(stores.clickhouse).evidence(now - timedelta(days=9), now), rights, now)
        return calibrations.keep(proposal.document, proposal.changes(), now)


def _screening(at: datetime, screened: dict[str, int]) -> dict[str, Any]:
    counts = {"listings": 500, "matches": 412, "alerts": 12, "dead": 0}
    place = {"topic": "listings", "partition": 0, "offset": 7, "revision": 2, "versions": {}}
    return {
        "observed_at": timestamp_text(at), "page": "ab" * 32, **place, **counts, "screened": screened, "warnings": {},
    }  # fmt: skip
