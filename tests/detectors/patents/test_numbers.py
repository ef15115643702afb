"""Numbers in every way of writing, the check digit, and what cannot be a number."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.patents.numbers import check_digit, impossible_date, malformation, number_key, parse_number

TODAY = date(2026, 11, 21)
VALID = [
    "97101765.4",
    "95115608.X",
    "00814037.5",
    "01800565.9",
    "200510113767.6",
    "200510096239.4",
    "200820132792.8",
    "201110047567.0",
    "201310245354.8",
    "201580045311.2",
    "201580003807.3",
    "201710601862.3",
    "201811564288.X",
    "201821844933.9",
    "201830072131.X",
    "201830634838.5",
    "201930288275.3",
    "202010566088.9",
    "202322865413.3",
    "202411064734.6",
]

BODIES = st.one_of(
    st.builds(
        lambda year, kind, serial: f"{year}{kind}{serial:07d}",
        st.integers(2004, 2026),
        st.sampled_from("12389"),
        st.integers(0, 9_999_999),
    ),
    st.builds(
        lambda year, kind, serial: f"{year:02d}{kind}{serial:05d}",
        st.sampled_from([*range(85, 100), 0, 1, 2, 3]),
        st.sampled_from("12389"),
        st.integers(0, 99_999),
    ),
)


@pytest.mark.parametrize("number", VALID)
def test_real_numbers_are_right(number: str) -> None:
    parsed = parse_number(number.lower())
    assert parsed is not None
    assert parsed.is_check_right
    assert parsed.normalised == number
    assert malformation(parsed) is None
    assert impossible_date(parsed, TODAY) is None


@pytest.mark.parametrize(
    ("body", "digit"), [("202310123456", "6"), ("202410123456", "0"), ("201910123456", "X"), ("97101765", "4")]
)
def test_the_check_digit_is_computed(body: str, digit: str) -> None:
    assert check_digit(body) == digit


@given(BODIES, st.data())
def test_every_single_digit_error_and_adjacent_swap_is_caught(body: str, data: st.DataObject) -> None:
    right = check_digit(body)
    at = data.draw(st.integers(0, len(body) - 1))
    wrong = data.draw(st.sampled_from([d for d in "0123456789" if d != body[at]]))
    assert check_digit(body[:at] + wrong + body[at + 1 :]) != right
    swap = data.draw(st.integers(0, len(body) - 2))
    if body[swap] != body[swap + 1]:
        assert check_digit(body[:swap] + body[swap + 1] + body[swap] + body[swap + 2 :]) != right


@pytest.mark.parametrize(
    "written",
    [
        "ZL201510958772.0",
        "ZL 2015 1 0958772.0",
        "zl2015109587720",
        "201510958772.0",
        "CN201510958772.0",
        "201510958772",
        " ZL:2015-1-0958772.0 ",
    ],
)
def test_every_way_of_writing_a_right_has_the_same_key(written: str) -> None:
    assert number_key(written) == "201510958772"


@pytest.mark.parametrize(("written", "key"), [("CN101234567B", "CN101234567"), ("D123456", None), ("1234567", None)])
def test_publication_numbers_and_foreign_ones(written: str, key: str | None) -> None:
    assert number_key(written) == key


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("202740123456", "kind digit 4"),
        ("cn501234567a", "1, 2 or 3"),
        ("cn101234567u", "letter U"),
        ("cn10123c", None),
    ],
)
def test_malformed_numbers_are_explained(written: str, why: str | None) -> None:
    number = parse_number(written)
    if why is None:
        assert number is None
    else:
        assert number is not None
        assert why in (malformation(number) or "")


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("202710123456", "had not come on 2026-11-21"),
        ("200210123456", "began on 2003-10-01"),
        ("197010123456", "first Chinese patents"),
        ("04123456", "ended on 2003-09-30"),
        ("200310123456", None),
        ("03123456", None),
    ],
)
def test_impossible_years_are_explained(written: str, why: str | None) -> None:
    number = parse_number(written)
    assert number is not None
    found = impossible_date(number, TODAY)
    assert found is None if why is None else why in (found or "")
