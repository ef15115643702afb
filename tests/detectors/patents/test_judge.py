"""What is said of a claim, for each code, and what is left unsaid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from detectors.patents.claims import find_claims
from detectors.patents.judge import Finding, Offerer, judge
from detectors.patents.numbers import check_digit, number_key
from detectors.rights import Holder, Register, Right

TODAY = date(2026, 11, 21)
ALL = Register(office="CN", kinds=("invention", "utility_model", "design"), from_year=1985, to_year=2026)


def number(body: str) -> str:
    return f"ZL{body}.{check_digit(body)}"


def findings(
    text: str, *rights: Right, registers: Sequence[Register] = (), offerer: Offerer | None = None
) -> list[Finding]:
    by_number = {number_key(right.number or ""): [right] for right in rights}
    (claim,) = find_claims(text)
    return judge(
        claim,
        today=TODAY,
        rights_by_number=lambda key: by_number.get(key, []),
        registers=registers,
        offerer=offerer,
    )


def codes(text: str, *rights: Right, **more: Any) -> list[str]:
    return [f.code for f in findings(text, *rights, **more) if f.weight != "note"]


def right(body: str, **fields: Any) -> Right:
    return Right(**{"right_id": "R1", "kind": "utility_model", "office": "CN", "number": number(body), **fields})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("实用新型 " + number("202020566088"), []),
        ("ZL2025100XXXX", ["malformed"]),
        ("专利号 " + number("202450123456"), ["malformed"]),
        ("ZL202310123456.7", ["check_digit"]),
        (number("202810123456"), ["impossible_date"]),
        (number("200210123456"), ["impossible_date", "term_over"][:1]),
        ("发明专利 " + number("202020566088"), ["type_mismatch"]),
        (number("201520566088"), ["term_over"]),
        (number("201620566088"), []),
        (number("201530566088"), ["term_over"]),
        (number("202130566088"), []),
        (number("200510566088"), ["term_over"]),
        (number("200610566088"), []),
        (number("201590566088"), ["term_over"]),
        ("专利号：CN101234567A", ["not_granted"]),
        ("专利申请号：CN101234567A", []),
        ("专利申请号 201520566088." + check_digit("201520566088"), []),
    ],
)
def test_what_the_number_alone_shows(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


def test_a_note_says_why_and_the_subject_names_number_and_code() -> None:
    (finding, addition) = findings("专利 ZL202310123456.7")
    assert finding.note == "the check digit should be 6, not 7"
    assert finding.subject == "CN:202310123456.7:check_digit"
    assert (finding.matched, finding.right_id, finding.kind) == ("202310123456.7", None, "invention")
    assert (finding.text, finding.start, finding.end) == ("ZL202310123456.7", 3, 19)
    assert (addition.code, addition.weight) == ("incomplete_marking", "note")


def test_the_right_is_the_subject_when_it_is_on_the_watchlist() -> None:
    found = findings("ZL202020566088.1", right("202020566088"))
    assert {finding.subject for finding in found} == {"R1"}
    assert found[0].code == "check_digit"


def test_not_found_needs_a_complete_register_of_that_kind_and_year() -> None:
    text = number("202020566088")
    assert codes(text, registers=[ALL]) == ["not_found"]
    assert codes(text, registers=[Register(office="CN", kinds=("design",), from_year=1985, to_year=2026)]) == []
    assert codes(text, registers=[Register(office="CN", kinds=("utility_model",), from_year=2021, to_year=2026)]) == []
    assert codes(text, registers=[Register(office="EU", kinds=("utility_model",), from_year=1985, to_year=2026)]) == []
    assert codes(text, right("202020566088"), registers=[ALL]) == []
    assert codes("ZL202020566088.1", registers=[ALL]) == ["check_digit"]
    assert codes("专利申请中 " + text, registers=[ALL]) == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"status": "granted"}, []),
        ({"status": "pending"}, ["not_granted"]),
        ({"status": "withdrawn"}, ["not_granted"]),
        ({"status": "lapsed"}, []),
        ({"status": "lapsed", "status_as_of": TODAY, "status_since": date(2025, 1, 1)}, ["lapsed"]),
        ({"status": "lapsed", "status_as_of": TODAY, "status_since": date(2026, 6, 1)}, []),
        ({"status": "invalidated", "status_as_of": TODAY, "status_since": date(2026, 11, 1)}, ["lapsed"]),
        ({"status": "expired", "status_as_of": TODAY, "expires_on": date(2026, 1, 1)}, ["term_over"]),
        ({"expires_on": date(2026, 11, 20)}, ["term_over"]),
        ({"filed_on": date(2016, 2, 29)}, ["term_over"]),
        ({"filed_on": date(2020, 2, 29)}, []),
        ({"kind": "design", "filed_on": date(2021, 5, 31), "number": None}, []),
    ],
)
def test_what_the_watchlist_shows(fields: dict[str, Any], expected: list[str]) -> None:
    assert (
        codes(number("202020566088"), right("202020566088", **{"number": number("202020566088"), **fields})) == expected
    )


def test_a_recent_lapse_is_a_note_about_the_grace_period() -> None:
    lapsed = right("202020566088", status="lapsed", status_as_of=TODAY, status_since=date(2026, 6, 1))
    finding = findings(number("202020566088"), lapsed)[0]
    assert (finding.code, finding.weight) == ("lapsed", "note")
    assert "grace period" in finding.note


def test_an_invention_may_have_a_longer_term() -> None:
    finding = findings(number("200510566088"))[0]
    assert finding.weight == "medium"
    assert "compensation" in finding.note


@pytest.mark.parametrize(
    ("offerer", "mismatch"),
    [
        (Offerer(seller_name="别人的店"), True),
        (Offerer(seller_name="甲公司官方旗舰店"), False),
        (Offerer(uscc="91"), False),
        (Offerer(uscc="92"), True),
        (Offerer(), False),
        (None, False),
    ],
)
def test_a_holder_mismatch_only_adds_to_a_finding(offerer: Offerer | None, mismatch: bool) -> None:
    holder = Holder(name="甲公司", uscc="91")
    pending = right("202020566088", status="pending", holder=holder)
    found = findings(number("202020566088"), pending, offerer=offerer)
    assert ("holder_mismatch" in [finding.code for finding in found]) is mismatch
    granted = right("202020566088", holder=holder)
    assert findings(number("202020566088"), granted, offerer=offerer) == []


def test_an_old_record_of_the_same_number_accuses_nobody() -> None:
    old = right("202020566088", right_id="A", status="withdrawn", status_as_of=date(2021, 1, 1))
    new = right("202020566088", right_id="B", status="granted")
    (claim,) = find_claims("实用新型专利号 " + number("202020566088"))
    for rights in ([old, new], [new, old]):
        assert judge(claim, today=TODAY, rights_by_number=lambda _, held=rights: held) == []  # type: ignore[misc]
