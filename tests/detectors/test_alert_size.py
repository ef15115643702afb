"""No listing makes alerts that fill the memory, or one so large that the broker refuses it: that would hide it."""

from __future__ import annotations

import pytest

from detectors.alerting import TITLE_SHOWN
from detectors.patents.detector import MAX_REASONS
from tests.detectors.floor import listing, right, screen

WIDE = "\U00020000"  # four bytes in UTF-8
BROKER_BYTES = 1_000_000
EVERYTHING_LONG = {
    "url": WIDE * 4_000,
    "listed_at": WIDE * 4_000,
    "seller": dict.fromkeys(("id", "name", "uscc", "region", "url"), WIDE * 2_000),
}


@pytest.mark.parametrize(
    "hiding",
    [
        listing(WIDE * 99_000 + " NIKE replica", **EVERYTHING_LONG),
        listing("x" + WIDE * 60_000, attributes={WIDE * 18_000: "NIKE replica " * 20}),
        listing("replica NI" + "\u2060" * 99_900 + "KE", description="NI" + "\u2060" * 99_900 + "KE"),
    ],
    ids=["long texts", "a long attribute name", "invisible characters within the mark"],
)
def test_no_alert_is_too_large_for_the_broker(hiding: dict[str, object]) -> None:
    alerts = screen(hiding, right(), right("R2", marks=["NIKE", "IKE", "NI"])).alerts
    assert {"mark", "coded_fake"} == {alert.detector for alert in alerts}
    assert max(len(alert.to_bytes()) for alert in alerts) < BROKER_BYTES / 4


def test_a_false_patent_number_repeated_without_end_still_alerts() -> None:
    (alert,) = screen(listing(description="专利号 ZL202310123456.7 " * 8_000)).alerts
    assert alert.signals.keys() == {"check_digit", "incomplete_marking"}
    assert len(alert.reasons) == MAX_REASONS
    assert len(alert.to_bytes()) < 10_000


def test_a_finding_of_another_kind_is_kept_however_late_it_comes() -> None:
    same = "专利号 ZL202310123456.7 "
    patent = right(kind="invention", office="CN", number="202310123456", marks=[])
    (alert,) = screen(listing(description=same * 100 + "外观设计" + same), patent).alerts
    assert "type_mismatch" in alert.signals
    assert "type_mismatch" in {reason.code for reason in alert.reasons}


def test_a_listing_that_names_very_many_rights_is_small_in_all_its_alerts() -> None:
    rights = [right(f"R{number}", marks=[f"ZORBEX{number}Q"]) for number in range(300)]
    title = " ".join(f"ZORBEX{number}Q replica" for number in range(300)).ljust(90_000, "y")
    alerts = screen(title, *rights).alerts
    assert len(alerts) == 600
    assert sum(len(alert.to_bytes()) for alert in alerts) < 600 * 3 * TITLE_SHOWN


def test_a_mark_hidden_in_very_many_places_costs_no_more_than_it_is_long() -> None:
    (alert,) = screen(listing(description="N1KE " * 39_000), right()).alerts  # over ten seconds when quadratic
    assert len(alert.reasons) == MAX_REASONS
