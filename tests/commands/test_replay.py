"""Replaying alerts from what was kept: identical, different with the field named, or not reproduced."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from detectors.pictures.looking import see
from detectors.pictures.seen import ReadLine, Seen
from detectors.records import Page
from detectors.watchlist import WatchlistBuilder
from sinks.operational.changes import right_subject
from streams.pipeline import screen_page
from streams.replay import Difference, ReplayError, compare, replay
from tests.detectors.pictures.made import encoded, photograph

RIGHT = {"right_id": "R1", "kind": "trademark", "marks": ["LUMORA"], "title": "as it was"}
ENTRY = {"revision": 5, "op": "put", "right": RIGHT}
OFFER = {"platform": "p", "listing_id": "1", "title": "高仿 LUMORA 手提包", "price": "10"}
PAGE = Page(orjson.dumps(OFFER), datetime(2026, 11, 21, 10, tzinfo=UTC), "listings", 0, 7)


@dataclass(frozen=True, slots=True)
class Kept:
    """An alert store and a rights history in memory."""

    alerts: Mapping[str, dict[str, Any]]
    the_page: Page | None
    entries: tuple[Mapping[str, Any], ...] = (ENTRY,)
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    seen: Mapping[str, Seen] = field(default_factory=dict)

    def alert(self, alert_id: str) -> dict[str, Any] | None:
        return self.alerts.get(alert_id)

    def page(self, digest: str) -> Page | None:
        return self.the_page

    def picture(self, digest: str) -> bytes | None:
        return self.pictures.get(digest)

    def looks(self, page: str) -> Mapping[str, Seen]:
        return self.seen

    def at(self, revision: int, right_ids: Collection[str] | None = None) -> Iterable[Mapping[str, Any]]:
        return [entry for entry in self.entries if right_ids is None or _is_wanted(entry, right_ids)]


def _is_wanted(entry: Mapping[str, Any], right_ids: Collection[str]) -> bool:
    subjects = {right_subject(right_id) for right_id in right_ids}
    return entry["op"] in ("rules", "calibrate") or right_subject(entry["right"]["right_id"]) in subjects


@pytest.fixture
def kept() -> Kept:
    return kept_under(ENTRY)


def kept_under(*entries: Mapping[str, Any]) -> Kept:
    builder = WatchlistBuilder()
    for entry in entries:
        builder.apply(entry)
    builder.apply({"op": "checkpoint", "revision": 9})
    alerts = screen_page(PAGE, builder.build()).alerts
    return Kept({alert.alert_id: orjson.loads(alert.to_bytes()) for alert in alerts}, PAGE, entries)


def test_every_alert_is_reproduced_to_the_last_field(kept: Kept) -> None:
    results = [replay(alert_id, kept, kept) for alert_id in kept.alerts]
    assert len(results) == 2
    assert all(result.is_identical for result in results)


def test_the_rules_of_then_count_not_those_that_ship() -> None:
    rules = {"revision": 6, "op": "rules", "rules": {"weights": "[signals]\ncounterfeit_wording = 0.9"}}
    kept = kept_under(ENTRY, rules)
    assert {alert["score"] for alert in kept.alerts.values()} == {0.93}
    assert all(replay(alert_id, kept, kept).is_identical for alert_id in kept.alerts)
    shipped = replace(kept, entries=(ENTRY,))
    assert all(replay(alert_id, shipped, shipped).has_other_versions for alert_id in kept.alerts)


def test_the_calibration_of_then_counts() -> None:
    scores = {
        detector: {"counterfeit_wording+mark": {"score": score}}
        for detector, score in (("mark", 0.9), ("coded_fake", 0.8))
    }
    document = {"form": 1, "made_at": "2026-11-29T12:00:00.000Z", "scores": scores, "thresholds": {}}
    kept = kept_under(ENTRY, {"revision": 6, "op": "calibrate", "calibration": document})
    assert {alert["score"] for alert in kept.alerts.values()} == {0.9, 0.8}
    assert all(replay(alert_id, kept, kept).is_identical for alert_id in kept.alerts)
    forgotten = replace(kept, entries=(ENTRY,))
    assert all(replay(alert_id, forgotten, forgotten).has_other_versions for alert_id in kept.alerts)


def test_the_moment_of_the_alert_counts_not_that_of_the_page_kept(kept: Kept) -> None:
    earlier = replace(kept, the_page=Page(PAGE.body, datetime(2020, 1, 1, tzinfo=UTC)))
    assert all(replay(alert_id, earlier, earlier).is_identical for alert_id in kept.alerts)


def test_a_difference_names_its_field_and_other_versions_are_said(kept: Kept) -> None:
    alert_id, document = next(iter(kept.alerts.items()))
    other = {**document, "score": 0.1, "versions": {**document["versions"], "rules": "older"}}
    result = replay(alert_id, replace(kept, alerts={alert_id: other}), kept)
    assert not result.is_identical
    assert {difference.field for difference in result.differences} == {"score", "versions.rules"}
    assert result.has_other_versions


def test_an_alert_that_does_not_come_up_again_is_not_reproduced(kept: Kept) -> None:
    alert_id = next(iter(kept.alerts))
    result = replay(alert_id, kept, replace(kept, entries=()))
    assert (result.replayed, result.is_identical) == (None, False)


def test_of_an_offer_that_stands_twice_on_the_page_the_stored_one_is_compared(kept: Kept) -> None:
    body = orjson.dumps({**OFFER, "url": "https://elsewhere.invalid/"}) + b"\n" + PAGE.body
    twice = replace(kept, the_page=Page(body, PAGE.observed_at))
    for alert_id, document in kept.alerts.items():
        here = {**document, "page": Page(body, PAGE.observed_at).digest}
        assert replay(alert_id, replace(twice, alerts={alert_id: here}), twice).is_identical


@pytest.mark.parametrize("lost", ["alert", "page"])
def test_what_is_not_kept_any_more_is_said(kept: Kept, lost: str) -> None:
    alert_id = next(iter(kept.alerts))
    store = replace(kept, alerts={}) if lost == "alert" else replace(kept, the_page=None)
    with pytest.raises(ReplayError, match=f"alert {alert_id}: "):
        replay(alert_id, store, store)


def test_compare_goes_into_objects_and_names_what_only_one_side_has() -> None:
    assert compare({"a": {"b": 1, "c": 2}, "d": [1]}, {"a": {"b": 1, "c": 3}, "d": [1], "e": 0}) == (
        Difference("a.c", 2, 3),
        Difference("e", "(absent)", 0),
    )


def test_an_alert_of_a_sweep_is_reproduced_and_one_that_is_older_than_the_mark_too(kept: Kept) -> None:
    swept = {alert_id: {**alert, "retrospective": True} for alert_id, alert in kept.alerts.items()}
    older = {alert_id: {n: v for n, v in alert.items() if n != "retrospective"} for alert_id, alert in swept.items()}
    for alerts in (swept, older):
        assert all(replay(alert_id, replace(kept, alerts=alerts), kept).is_identical for alert_id in alerts)


PICTURE = encoded(photograph(), "JPEG", quality=85)
SEEN = see(PICTURE)
SHOWN = "https://a.example/2.jpg"
SHOWING = {**OFFER, "images": [{"url": "https://a.example/1.jpg"}, {"url": SHOWN}]}


@pytest.fixture
def pictured() -> Kept:
    """An alert about the second picture of an offer, with that picture's bytes."""
    assert isinstance(SEEN, Seen)
    image = {"path": "bridge.jpg", "pdq": SEEN.look.fingerprints[0].hex}
    entry = {"revision": 5, "op": "put", "right": {"right_id": "R1", "kind": "design", "images": [image]}}
    builder = WatchlistBuilder()
    builder.apply(entry)
    page = replace(PAGE, body=orjson.dumps(SHOWING))
    (alert,) = screen_page(page, builder.build(), looks={SHOWN: SEEN}).alerts
    return Kept({alert.alert_id: orjson.loads(alert.to_bytes())}, page, (entry,), {SEEN.digest: PICTURE})


def test_an_alert_about_a_fetched_picture_follows_from_the_bytes_that_were_kept(pictured: Kept) -> None:
    (alert_id,) = pictured.alerts
    assert replay(alert_id, pictured, pictured).is_identical


def test_what_a_sweep_found_by_what_had_been_seen_follows_from_that(pictured: Kept) -> None:
    assert isinstance(SEEN, Seen)
    (alert_id,) = pictured.alerts
    swept = replace(pictured, pictures={}, seen={SHOWN: SEEN})
    assert replay(alert_id, swept, swept).is_identical


def test_a_picture_that_is_not_kept_is_named(pictured: Kept) -> None:
    (alert_id,) = pictured.alerts
    gone = replace(pictured, pictures={})
    with pytest.raises(ReplayError, match=r"its picture [0-9a-f]{64} is not in the store"):
        replay(alert_id, gone, gone)


BAD_NUMBER = "ZL201730000000.5"  # its check digit is 6


def test_a_patent_number_read_in_a_picture_is_judged_again_though_no_right_has_it() -> None:
    assert isinstance(SEEN, Seen)
    read = replace(SEEN, lines=(ReadLine(f"外观设计专利号：{BAD_NUMBER}", (0, 0, 400, 20), 0.99),), is_read=True)
    builder = WatchlistBuilder()
    builder.apply(ENTRY)
    page = replace(PAGE, body=orjson.dumps({**SHOWING, "title": "bag"}))
    (alert,) = screen_page(page, builder.build(), looks={SHOWN: read}).alerts
    document = orjson.loads(alert.to_bytes())
    kept = Kept({alert.alert_id: document}, page, (ENTRY,), {SEEN.digest: PICTURE}, {SHOWN: read})
    assert (document["detector"], document["right_id"]) == ("logo", None)
    assert replay(alert.alert_id, kept, kept).is_identical
