"""What was decided about what was observed: the last word about each group, and counts of everything."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from detectors.records import Alert, SampledMatch
from sinks.clickhouse.connection import Connection
from sinks.clickhouse.judged import JudgedReader, Sampled
from sinks.clickhouse.writer import TableWriter
from sinks.settings import ClickHouseSettings
from sinks.visible import EVERYTHING, Visible
from tests.sinks.conftest import START, MakeAlert
from tests.sinks.verdict_rows import GUILTY, INNOCENT, Given, give

DAY = timedelta(days=1)
PERIOD = START - DAY, START + DAY


@pytest.fixture
def judged(clickhouse: ClickHouseSettings) -> Iterator[JudgedReader]:
    with JudgedReader(clickhouse) as reader:
        yield reader


def words(judged: JudgedReader, **seen: Any) -> list[tuple[str, bool]]:
    """Detector and verdict of what was found, in their order."""
    found = judged.observed(*PERIOD, Visible(**seen) if seen else EVERYTHING).findings
    return sorted((one.judged.detector, one.judged.is_infringing) for one in found)


def raised(writer: TableWriter, make_alert: MakeAlert, **changes: Any) -> Alert:
    alert = make_alert(**changes)
    writer.insert_alerts([alert])
    return alert


def test_a_finding_has_its_signals_its_score_and_what_was_said(
    judged: JudgedReader, writer: TableWriter, connection: Connection, make_alert: MakeAlert
) -> None:
    alert = raised(writer, make_alert, signals={"mark": 0.3, "disguise": 0.55}, score=0.685)
    give(connection, [Given(alert=alert)])
    (finding,) = judged.observed(*PERIOD, EVERYTHING).findings
    assert (finding.group_id, finding.verdict, finding.reason_code) == (alert.group_id, "infringing", "counterfeit")
    one = finding.judged
    assert (one.right_id, one.detector, one.signals) == ("CN-TM-1", "mark", frozenset({"mark", "disguise"}))
    assert (one.score, one.is_infringing, one.screened) == (0.685, True, "")
    assert judged.evidence(*PERIOD) == [one]


def test_the_last_word_counts_and_what_was_taken_back_does_not(
    judged: JudgedReader, writer: TableWriter, connection: Connection, make_alert: MakeAlert
) -> None:
    reviewed, undone, nothing_left = (raised(writer, make_alert, detector=name) for name in ("mark", "logo", "design"))
    overruled = Given(alert=undone, stage="review", version=2, **INNOCENT)
    alone = Given(alert=nothing_left)
    give(connection, [
        Given(alert=reviewed, **GUILTY),
        Given(alert=reviewed, stage="review", version=2, **INNOCENT),
        Given(alert=reviewed, stage="expert", version=3, **GUILTY),  # advice, until somebody judges by it
        Given(alert=undone, **GUILTY),
        overruled,
        Given(alert=undone, stage="undo", version=3, undoes=overruled.verdict_id, **INNOCENT),
        alone,
        Given(alert=nothing_left, stage="undo", version=2, undoes=alone.verdict_id),
    ])  # fmt: skip
    assert words(judged) == [("logo", True), ("mark", False)]


def test_a_verdict_is_about_the_content_that_was_judged_whichever_detector_found_it(
    judged: JudgedReader, writer: TableWriter, connection: Connection, make_alert: MakeAlert
) -> None:
    alert = raised(writer, make_alert, listing_id="one")
    raised(writer, make_alert, listing_id="one", detector="coded_fake")
    edited = make_alert(listing_id="one", detector="logo")
    writer.insert_alerts([edited._replace(listing_digest="cd" * 32)])
    give(connection, [Given(alert=alert)])
    assert words(judged) == [("coded_fake", True), ("mark", True)]


def test_only_what_was_observed_in_the_period_and_may_be_seen(
    judged: JudgedReader, writer: TableWriter, connection: Connection, make_alert: MakeAlert
) -> None:
    for alert in (
        raised(writer, make_alert, detector="mark"),
        raised(writer, make_alert, detector="logo", after_ms=-2 * 86_400_000),
        raised(writer, make_alert, detector="design", subject="CN-TM-2", seller={"region": "110000"}),
    ):
        give(connection, [Given(alert=alert)])
    assert words(judged) == [("design", True), ("mark", True)]
    assert words(judged, holders=frozenset({"h"}), rights=frozenset({"CN-TM-2"})) == [("design", True)]
    assert words(judged, regions=("44",)) == []
    observed = judged.observed(*PERIOD, Visible(regions=("11",)))
    assert observed.raised["everything"] == {"": 1}


def test_what_was_raised_is_counted_by_offer_and_right(
    judged: JudgedReader, writer: TableWriter, make_alert: MakeAlert
) -> None:
    raised(writer, make_alert, listing_id="one")
    raised(writer, make_alert, listing_id="one", detector="coded_fake")
    raised(writer, make_alert, subject="claim", right_id=None, detector="patent_claim")
    counts = judged.observed(*PERIOD, EVERYTHING).raised
    assert counts["right_id"] == {"CN-TM-1": 1, "": 1}
    assert counts["detector"] == {"mark": 1, "coded_fake": 1, "patent_claim": 1}
    assert counts["everything"] == {"": 2}


def test_the_sample_is_counted_with_its_weight_and_what_was_said_about_it(
    judged: JudgedReader, writer: TableWriter, connection: Connection, make_alert: MakeAlert
) -> None:
    """Two of the share of 500 that were screened for any reason but one, and one kept whole."""
    missed, silent, kept = (make_alert(signals={"mark": 0.3}, score=0.3) for _ in range(3))
    writer.insert_screened(
        [
            SampledMatch(screened="mention", alert=missed),
            SampledMatch(screened="mention", alert=silent),
            SampledMatch(screened="quarantined", alert=kept),
        ]
    )
    writer.insert_screenings([screening({"mention": 480, "own_shop": 20, "quarantined": 7})])
    give(connection, [Given(alert=missed, stage="screened", version=0, screened="mention")])
    observed = judged.observed(*PERIOD, EVERYTHING)
    assert observed.weight == 250
    assert observed.sampled["right_id"] == {"CN-TM-1": Sampled(2, 1)}
    (finding,) = observed.screened
    assert (finding.group_id, finding.judged.screened, finding.judged.is_infringing) == (
        missed.group_id,
        "mention",
        True,
    )
    assert finding.judged.signals == frozenset({"mark"})
    assert observed.findings == ()


def test_without_anything_there_are_no_figures(judged: JudgedReader) -> None:
    observed = judged.observed(*PERIOD, EVERYTHING)
    assert (observed.findings, observed.screened, observed.weight) == ((), (), 1)
    assert judged.evidence(*PERIOD) == []


def screening(screened: dict[str, int]) -> dict[str, Any]:
    return {
        "observed_at": "2026-11-21T10:00:00.000Z",
        "page": "ab" * 32,
        "topic": "listings",
        "partition": 0,
        "offset": 1,
        "revision": 7,
        "versions": {},
        "listings": 1000,
        "matches": 507,
        "alerts": 0,
        "dead": 0,
        "screened": screened,
        "warnings": {},
    }


def test_figures_as_they_stood_leave_out_what_was_judged_or_taken_back_later(
    judged: JudgedReader, writer: TableWriter, connection: Connection, make_alert: MakeAlert
) -> None:
    early, late = raised(writer, make_alert), raised(writer, make_alert)
    given = Given(alert=early, **GUILTY)
    undo = Given(alert=early, stage="undo", version=2, after=timedelta(hours=2), undoes=given.verdict_id, **GUILTY)
    give(connection, [given, undo, Given(alert=late, after=timedelta(hours=2), **INNOCENT)])

    def groups(known: timedelta) -> list[str]:
        return [one.group_id for one in judged.observed(*PERIOD, EVERYTHING, START + known).findings]

    assert groups(timedelta(hours=1)) == [early.group_id]
    assert groups(timedelta(hours=3)) == [late.group_id]
