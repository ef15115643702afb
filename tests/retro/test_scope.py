"""What of a stored page becomes a retrospective alert."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from detectors.records import Alert
from sinks.clickhouse.stored_pages import Observation, Proof
from streams.retro.scope import Found, needs_sweep, offer_of, scope_of, screen_again, still_offered
from tests.detectors.floor import listing, page, right

THEN = datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 21, 10, 0, 0, 123000, tzinfo=UTC)


def entries(*rights: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"revision": revision, "op": "put", "right": one} for revision, one in enumerate(rights, 1)]


def found(title: str, *rights: dict[str, Any], screened_at: int = 0) -> list[Alert]:
    """What a sweep with these rights, changed at revisions 1, 2, ..., finds on a page screened at that revision."""
    stored = page([listing(title)], THEN)
    revisions = {one["right_id"]: revision for revision, one in enumerate(rights, 1)}
    scope = scope_of(entries(*rights), revisions, len(rights))
    return screen_again([Proof(0, stored.digest, screened_at, 99)], {stored.digest: stored}, scope, NOW).alerts


def any_use(right_id: str, mark: str, **changes: Any) -> dict[str, Any]:
    return right(right_id, marks=[mark], policy="any_use", **changes)


def test_alerts_are_marked_and_carry_the_moment_and_revision_of_the_sweep() -> None:
    (alert,) = found("ZORBEX shoes", any_use("R1", "ZORBEX"))
    assert (alert.retrospective, alert.observed_at, alert.revision) == (True, "2026-11-21T10:00:00.123Z", 1)


def test_a_right_granted_after_the_page_came_is_in_force_for_the_sweep() -> None:
    assert found("ZORBEX shoes", any_use("R1", "ZORBEX", granted_on="2026-11-20"))
    assert not found("ZORBEX shoes", any_use("R1", "ZORBEX", granted_on="2026-11-22"))


def test_a_right_that_the_first_screening_knew_raises_nothing_again() -> None:
    rights = any_use("R1", "ZORBEX"), any_use("R2", "QUVANT")
    assert [alert.right_id for alert in found("ZORBEX QUVANT", *rights, screened_at=0)] == ["R1", "R2"]
    assert [alert.right_id for alert in found("ZORBEX QUVANT", *rights, screened_at=1)] == ["R2"]


def test_a_false_patent_claim_on_the_page_is_not_what_changed() -> None:
    assert found("专利号 ZL201730999999.0 ZORBEX", any_use("R1", "QUVANT")) == []


def test_a_page_that_is_not_kept_any_more_is_passed_over() -> None:
    scope = scope_of(entries(any_use("R1", "ZORBEX")), {"R1": 1}, 1)
    assert screen_again([Proof(0, "ab", 0, 99)], {}, scope, NOW) == Found([], [])


def test_what_a_quarantine_keeps_back_is_found_apart_from_the_alerts() -> None:
    design = {"right_id": "D1", "kind": "design", "images": [{"pdq": "0f" * 32}]}
    held = {"revision": 2, "op": "allow", "allow": {"pdq": "0f" * 32, "state": "quarantined"}}
    stored = page([listing(images=[{"url": "https://a.example/1.jpg", "pdq": "0f" * 32}])], THEN)
    scope = scope_of([*entries(design), held], {"D1": 1}, 2)

    def swept(screened_at: int) -> Found:
        return screen_again([Proof(0, stored.digest, screened_at, 99)], {stored.digest: stored}, scope, NOW)

    (kept,) = swept(0).quarantined
    assert (swept(0).alerts, kept.screened, kept.alert.right_id) == ([], "quarantined", "D1")
    assert kept.alert.retrospective
    assert swept(1) == Found([], [])


def test_only_what_was_last_seen_of_an_offer_and_is_not_delisted_alerts_and_once() -> None:
    (alert,) = found("ZORBEX shoes", any_use("R1", "ZORBEX"))
    offer = offer_of(alert)
    here = Observation(alert.page, alert.listing_digest, "listed")
    assert still_offered([alert, alert], {offer: here}) == [alert]
    for seen in (
        Observation("ab", alert.listing_digest, "listed"),
        Observation(alert.page, "ab", "listed"),
        Observation(alert.page, alert.listing_digest, "delisted"),
    ):
        assert still_offered([alert], {offer: seen}) == []
    assert still_offered([alert], {}) == []


def test_a_right_that_cannot_be_read_any_more_counts_as_not_there() -> None:
    assert needs_sweep({"right_id": "R1"}, right())
    assert not needs_sweep(None, {"right_id": "R1"})
    assert not needs_sweep(right(), right(title="swoosh"))
