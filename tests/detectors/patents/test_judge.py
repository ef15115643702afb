"""What is said of a claim, for each code, and what is left unsaid."""

from __future__ import annotations

from datetime import date

import pytest

from detectors.patents.claims import find_claims
from detectors.patents.judge import judge
from detectors.rights import Register
from tests.detectors.patents.claimed import TODAY, WHOLE_REGISTER, codes, findings, number, right


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
        ("专利申请号 " + number("201520566088")[2:], []),
    ],
)
def test_what_the_number_alone_shows(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


def test_a_note_says_what_by_which_rule_and_the_subject_names_number_and_code() -> None:
    (finding, addition) = findings("专利 ZL202310123456.7")
    assert finding.note == "by standard ZC 0006-2003 the check digit of 202310123456 is 6, not 7"
    assert finding.subject == "CN:202310123456.7:check_digit"
    assert (finding.matched, finding.right_id, finding.kind) == ("202310123456.7", None, "invention")
    assert (finding.text, finding.start, finding.end) == ("ZL202310123456.7", 3, 19)
    assert (addition.code, addition.signal) == ("incomplete_marking", None)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("专利号：ZL2025100XXXX", "standard ZC 0006-2003"),
        ("发明专利 " + number("202020566088"), "the kind digit 2 is that of a utility model (standard ZC 0006-2003)"),
        (number("201520566088"), "lasts 10 years from filing (Patent Law art. 42); seen on 2026-11-21"),
        (number("203120566088"), "had not come on 2026-11-21"),
        ("专利号：CN101234567A", "may not be called a patent (Implementing Rules art. 101)"),
    ],
)
def test_a_note_can_be_read_aloud_with_its_source(text: str, source: str) -> None:
    assert source in findings(text)[0].note


def test_the_right_is_the_subject_when_it_is_on_the_watchlist() -> None:
    found = findings("ZL202020566088.1", right(number("202020566088")))
    assert {finding.subject for finding in found} == {"R1"}
    assert found[0].code == "check_digit"


def test_not_found_needs_a_complete_register_of_that_kind_and_year() -> None:
    text, held = number("202020566088"), right(number("202020566088"))
    assert codes(text, registers=[WHOLE_REGISTER]) == ["not_found"]
    assert codes(text, registers=[Register(office="CN", kinds=("design",), from_year=1985, to_year=2026)]) == []
    assert codes(text, registers=[Register(office="CN", kinds=("utility_model",), from_year=2021, to_year=2026)]) == []
    assert codes(text, registers=[Register(office="EU", kinds=("utility_model",), from_year=1985, to_year=2026)]) == []
    assert codes(text, held, registers=[WHOLE_REGISTER]) == []
    assert codes("ZL202020566088.1", registers=[WHOLE_REGISTER]) == ["check_digit"]
    assert codes("专利申请中 " + text, registers=[WHOLE_REGISTER]) == []


@pytest.mark.parametrize(
    ("year", "offered", "signal"),
    [
        (2005, {"title": "保温杯"}, "term_over_compensable"),
        (2005, {"title": "感冒药 胶囊"}, "weak_claim"),
        (2000, {"title": "感冒药 胶囊"}, "term_over"),
    ],
)
def test_compensation_lowers_the_weight_of_an_inventions_end(year: int, offered: dict[str, str], signal: str) -> None:
    written = number("200510566088") if year == 2005 else number("00105660")
    (finding, *_) = findings("发明专利 " + written, offered=offered)
    assert (finding.code, finding.signal) == ("term_over", signal)
    assert ("compensation" in finding.note) is (signal != "term_over")


@pytest.mark.parametrize(
    ("text", "offered", "missing"),
    [
        ("专利申请中 实用新型 202322865413.3", {"title": "杯", "market": "CN"}, True),
        ("实用新型 专利申请号：202322865413.3（专利申请，尚未授权）", {"title": "杯", "market": "CN"}, False),
        ("Patent pending, utility model patent no. 202322865413.3", {"title": "cup", "market": "US"}, False),
        ("Patent pending, utility model patent no. 202322865413.3", {"title": "cup", "market": "CN"}, True),
    ],
)
def test_an_application_must_carry_the_notice_where_chinese_rules_hold(
    text: str, offered: dict[str, str], missing: bool
) -> None:
    found = findings(text, offered=offered)
    assert all(finding.code == "incomplete_marking" and finding.signal is None for finding in found)
    assert any("尚未授权" in finding.note for finding in found) is missing


def test_an_old_record_of_the_same_number_accuses_nobody() -> None:
    old = right(number("202020566088"), right_id="A", status="withdrawn", status_as_of=date(2021, 1, 1))
    new = right(number("202020566088"), right_id="B", status="granted")
    (claim,) = find_claims("实用新型专利号 " + number("202020566088"))
    for rights in ([old, new], [new, old]):
        assert judge(claim, today=TODAY, rights_by_number=lambda _, held=rights: held) == []  # type: ignore[misc]
