"""What the watchlist's entry says against a claim: term, status with its day, grace, and who offers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from detectors.rights import Holder, Licensee
from tests.detectors.patents.claimed import TODAY, codes, findings, number, right

NUMBER = number("202020566088")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"status": "granted"}, []),
        ({"status": "pending"}, ["not_granted"]),
        ({"status": "pending", "status_as_of": TODAY}, ["not_granted"]),
        ({"status": "withdrawn", "status_as_of": TODAY}, ["not_granted"]),
        ({"status": "lapsed"}, []),
        ({"status": "lapsed", "status_as_of": TODAY, "status_since": date(2025, 1, 1)}, ["lapsed"]),
        ({"status": "lapsed", "status_as_of": TODAY, "status_since": date(2026, 6, 1)}, []),
        ({"status": "invalidated", "status_as_of": TODAY, "status_since": date(2026, 11, 1)}, ["lapsed"]),
        ({"status": "expired", "status_as_of": TODAY, "expires_on": date(2026, 1, 1)}, ["term_over"]),
        ({"expires_on": date(2026, 11, 20)}, ["term_over"]),
        ({"expires_on": date(2026, 11, 21)}, []),
        ({"filed_on": date(2016, 2, 29)}, ["term_over"]),
        ({"filed_on": date(2020, 2, 29)}, []),
        ({"kind": "design", "filed_on": date(2016, 11, 20)}, ["term_over"]),
        ({"kind": "design", "filed_on": date(2021, 6, 1)}, []),
        ({"kind": "invention", "filed_on": date(2005, 6, 1), "expires_on": date(2029, 6, 1)}, []),
    ],
)
def test_what_the_watchlist_shows(fields: dict[str, Any], expected: list[str]) -> None:
    assert codes(NUMBER, right(NUMBER, **fields)) == expected


@pytest.mark.parametrize(
    ("fields", "signal"),
    [
        ({"status": "pending"}, "weak_claim"),
        ({"status": "pending", "status_as_of": date(2025, 1, 1)}, "weak_claim"),
        ({"status": "pending", "status_as_of": date(2026, 11, 1)}, "not_granted"),
        ({"status": "withdrawn", "status_as_of": date(2020, 1, 1)}, "not_granted"),
        ({"status": "lapsed", "status_since": date(2025, 1, 1), "status_as_of": date(2026, 11, 1)}, "lapsed"),
        (
            {"status": "lapsed", "status_since": date(2025, 1, 1), "status_as_of": date(2025, 3, 1)},
            "lapsed_unconfirmed",
        ),
        ({"status": "lapsed", "status_since": date(2026, 6, 1), "status_as_of": date(2026, 11, 1)}, None),
        ({"status": "lapsed", "status_as_of": date(2026, 11, 1)}, "weak_claim"),
    ],
)
def test_a_status_weighs_what_its_day_allows(fields: dict[str, Any], signal: str | None) -> None:
    finding = findings(NUMBER, right(NUMBER, **fields))[0]
    assert finding.signal == signal
    assert f"as of {fields.get('status_as_of') or 'an unknown day'}" in finding.note


def test_a_recent_lapse_names_the_grace_period_and_the_safe_harbour() -> None:
    lapsed = right(NUMBER, status="lapsed", status_as_of=TODAY, status_since=date(2026, 6, 1))
    note = findings(NUMBER, lapsed)[0].note
    assert "grace period" in note
    assert "art. 115" in note
    assert "goods marked before that may lawfully be sold on" in note


def test_an_application_published_and_granted_since_is_no_finding() -> None:
    assert codes("专利号：CN101234567A", right("CN101234567B", kind="invention")) == []


HOLDER = Holder(name="甲公司", uscc="91")
LICENSEE = Licensee(seller_id="s7", name="乙店", to_date=date(2025, 12, 31))


@pytest.mark.parametrize(
    ("offered", "mismatch"),
    [
        ({"seller": {"name": "别人的店"}}, True),
        ({"seller": {"name": "甲公司官方旗舰店"}}, False),
        ({"brand": "甲公司"}, False),
        ({"seller": {"uscc": "91"}}, False),
        ({"seller": {"uscc": "92"}}, True),
        ({"seller": {"id": "s7", "name": "乙店"}}, True),
        ({}, False),
    ],
)
def test_a_holder_mismatch_is_a_note_and_a_licence_that_ended_counts_no_more(
    offered: dict[str, Any], mismatch: bool
) -> None:
    held = right(NUMBER, holder=HOLDER, licensees=(LICENSEE,))
    found = findings(NUMBER, held, offered=offered)
    assert ("holder_mismatch" in [finding.code for finding in found]) is mismatch
    assert all(finding.signal is None for finding in found)
