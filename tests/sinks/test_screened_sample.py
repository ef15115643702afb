"""The sample of screened matches in the store: newest first, by reason and right, once however often it is written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from detectors.records import SampledMatch
from sinks.clickhouse.query import ScreenedQuery
from sinks.clickhouse.reader import AlertReader
from sinks.clickhouse.writer import TableWriter
from sinks.errors import StoreRefused


@pytest.fixture
def sampled(writer: TableWriter, make_alert: Any) -> list[SampledMatch]:
    """Three, oldest first, each written twice."""
    reasons = ("mention", "other_goods", "mention")
    matches = [
        SampledMatch(screened=reason, alert=make_alert(listing_id=str(number), after_ms=number, subject=f"R{number}"))
        for number, reason in enumerate(reasons)
    ]
    writer.insert_screened(matches)
    writer.insert_screened(matches)
    return matches


def test_the_newest_come_first_and_each_once(sampled: list[SampledMatch], reader: AlertReader) -> None:
    assert reader.screened(ScreenedQuery()) == [one.to_json() | {"reasons": _json(one)} for one in sampled[::-1]]


def _json(one: SampledMatch) -> list[dict[str, Any]]:
    return [reason.to_json() for reason in one.alert.reasons]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [({"screened": "mention"}, [2, 0]), ({"right_id": "R1"}, [1]), ({"platform": "nowhere"}, []), ({"limit": 1}, [2])],
)
def test_filters_apply(
    sampled: list[SampledMatch], reader: AlertReader, filters: dict[str, Any], expected: list[int]
) -> None:
    found = reader.screened(ScreenedQuery(**filters))
    assert [row["alert_id"] for row in found] == [sampled[number].alert.alert_id for number in expected]


def test_the_next_page_starts_behind_the_last(sampled: list[SampledMatch], reader: AlertReader) -> None:
    (last,) = reader.screened(ScreenedQuery(limit=1))
    before = datetime.fromisoformat(last["observed_at"])
    rest = reader.screened(ScreenedQuery(before=before, before_id=last["alert_id"]))
    assert [row["alert_id"] for row in rest] == [one.alert.alert_id for one in sampled[1::-1]]
    assert reader.screened(ScreenedQuery(before=datetime(2000, 1, 1, tzinfo=UTC))) == []


def test_a_limit_out_of_bounds_is_refused(reader: AlertReader) -> None:
    with pytest.raises(StoreRefused, match="limit"):
        reader.screened(ScreenedQuery(limit=0))
