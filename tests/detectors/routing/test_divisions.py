"""Codes of divisions: in force, renamed, merged away, and what never was one."""

from __future__ import annotations

import pytest

from detectors.routing.divisions import divisions


def test_every_code_is_in_force_or_leads_to_codes_that_are() -> None:
    known = divisions()
    gone = [division for division in known.all() if not division.is_in_force]
    assert len(gone) > 3_000
    for division in gone:
        for code in division.successors:
            later = known.find(code)
            assert later is not None
            assert later.is_in_force, division


@pytest.mark.parametrize(
    ("code", "name", "successor"),
    [
        ("110103", "崇文区", "110101"),  # part of 东城区 since 2010
        ("320504", "金阊区", "320508"),  # part of 姑苏区 since 2012
        ("110228", "密云县", "110118"),  # a district since 2015
        ("371200", "莱芜市", "370100"),  # part of 济南市 since 2019
    ],
)
def test_a_code_of_the_past_leads_to_what_took_its_place(code: str, name: str, successor: str) -> None:
    division = divisions().find(code)
    assert division is not None
    assert division.name == name
    assert not division.is_in_force
    assert division.successors == (successor,)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("440305", "广东省深圳市南山区"),
        ("4403", "广东省深圳市"),
        ("44", "广东省"),
        ("110108", "北京市海淀区"),
        ("440305007000", "广东省深圳市南山区"),  # of a street
        ("653229", "新疆维吾尔自治区和田地区和安县"),  # set up in December 2024
    ],
)
def test_a_place_is_named_with_what_it_lies_in(code: str, name: str) -> None:
    division = divisions().find(code)
    assert division is not None
    assert divisions().full_name(division.code) == name


@pytest.mark.parametrize("code", ["", "999999", "深圳", "4403055", "４４０３０５", "44030a", "000000"])
def test_what_never_was_a_code_is_nothing(code: str) -> None:
    assert divisions().find(code) is None
