"""Numbers of other offices: recognised, judged by the watchlist's entry, and otherwise only where it is certain."""

from __future__ import annotations

from datetime import date

import pytest

from detectors.patents.claims import find_claims
from detectors.patents.foreign import ForeignNumber, foreign_key
from tests.detectors.patents.claimed import codes, findings, right


@pytest.mark.parametrize(
    ("text", "normalised"),
    [
        ("US Patent No. 10,123,456", "US 10123456"),
        ("U.S. Pat. No. 9,876,543", "US 9876543"),
        ("Patent No. D651,432", "US D651432"),
        ("美国专利号 10123456", "US 10123456"),
        ("专利号：US10123456B2", "US 10123456 B2"),
        ("US20150123456A1 patent", "US 20150123456 A1"),
        ("patent RE: USRE45,678", "US RE45678"),
        ("European patent EP1234567B1", "EP 1234567 B1"),
        ("patent WO 2015/123456", "WO 2015123456"),
        ("特許第6123456号", "JP 6123456 特许"),
        ("意匠登録第1512345号", "JP 1512345 意匠登录"),
        ("특허 등록번호 제10-1234567호", "KR 101234567"),
        ("KR 10-2015-0012345 patent", "KR 1020150012345"),
        ("TWM512345U patent", "TW M512345 U"),
    ],
)
def test_the_shapes_of_other_offices(text: str, normalised: str) -> None:
    (claim,) = find_claims(text)
    assert isinstance(claim.number, ForeignNumber)
    assert claim.number.normalised == normalised


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("US Patent No. D534,331", ["term_over"]),
        ("US design patent D656,490", ["term_over"]),
        ("US design patent D656,491", []),
        ("US design patent D1,000,001", []),
        ("US Patent No. 4,123,456", []),
        ("Patent No. US20150123456A1", ["not_granted"]),
        ("Patent No. WO2019123456A1", ["not_granted"]),
        ("Patent No. WO2035123456", ["impossible_date", "not_granted"]),
        ("PCT patent application no. WO2019123456A1", []),
        ("Patent No. EP1234567A1", ["not_granted"]),
        ("Patent No. EP1234567B1", []),
    ],
)
def test_only_what_is_certain_is_said_without_a_register(text: str, expected: list[str]) -> None:
    assert codes(text) == expected if find_claims(text) else expected == []


def test_the_note_on_a_us_design_names_the_grant_it_is_measured_by() -> None:
    note = findings("US Patent No. D534,331")[0].note
    assert "granted no later than D534340, on 2007-01-02" in note
    assert "14 years from grant (35 USC 173)" in note


@pytest.mark.parametrize("written", ["D0651432", "US D651,432 S1", "D651432", "US-D651432"])
def test_every_way_of_writing_a_right_has_the_same_key(written: str) -> None:
    assert foreign_key("US", written) == "US D651432"


def test_a_number_on_the_watchlist_is_judged_by_its_entry() -> None:
    text = "US Patent No. 8,087,209"
    over = right("08087209", kind="invention", office="US", expires_on=date(2026, 1, 1))
    lapsed = right(
        "08087209",
        kind="invention",
        office="US",
        status="lapsed",
        status_since=date(2020, 1, 1),
        status_as_of=date(2026, 1, 1),
    )
    held = right("08087209", kind="invention", office="US", expires_on=date(2029, 1, 1))
    assert codes(text, over) == ["term_over"]
    assert codes(text, lapsed) == ["lapsed"]
    assert codes(text, held) == []
