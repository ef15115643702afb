"""The name of an attribute says what its value is, and the kind of patent may stand in an attribute of its own."""

from __future__ import annotations

import pytest

from detectors.patents.detector import MAX_SUBJECTS
from tests.detectors.floor import listing, screen
from tests.detectors.patents.claimed import alerted, number


@pytest.mark.parametrize(
    "name", ["专利号", "專利號", "专利", "专利申请号", "Patent No.", "patent number", "Patent", "特許番号"]
)
def test_a_value_needs_no_trigger_of_its_own_when_the_name_says_patent(name: str) -> None:
    (alert,) = screen(listing("杯子", attributes={"颜色": "红", name: "202310123456.7"})).alerts
    reason = alert.reasons[0]
    assert (reason.code, reason.field, reason.text) == ("check_digit", f"attributes.{name}", "202310123456.7")
    assert (reason.start, reason.end) == (0, 14)


@pytest.mark.parametrize("name", ["货号", "型号", "条码", "订单号", "3C证书编号", "许可证号", "专利证书编号", "颜色"])
def test_a_value_under_another_name_is_no_claim(name: str) -> None:
    assert alerted("杯子", attributes={name: "2023101234567"}) == set()
    assert alerted("国家专利产品", attributes={name: "202310123456.7"}) == set()


def test_the_kind_stated_in_its_own_attribute_is_compared_with_the_number() -> None:
    attributes = {"专利类型": "发明专利", "专利号": number("202020566088")}
    assert alerted("杯子", attributes=attributes) == {"type_mismatch"}
    assert alerted("杯子", attributes={**attributes, "专利类型": "发明专利,实用新型专利"}) == set()


@pytest.mark.parametrize("field", ["title", "description", "brand"])
def test_titles_brands_and_descriptions_are_searched(field: str) -> None:
    (alert,) = screen(listing(**{"title": "杯子", field: "杯子 专利号ZL202310123456.7"})).alerts
    assert alert.reasons[0].field == field


def test_what_only_adds_is_screened_when_it_stands_alone() -> None:
    screening = screen(listing("杯子", description=number("202020566088")))
    assert not screening.alerts
    assert dict(screening.screened) == {"incomplete_marking": 1}


def test_a_text_full_of_false_numbers_raises_a_bounded_number_of_alerts() -> None:
    text = " ".join(f"ZL2031201{serial:05d}.x" for serial in range(3 * MAX_SUBJECTS))
    screening = screen(listing("杯子", description=text))
    assert len(screening.alerts) == MAX_SUBJECTS
    assert screening.screened["too_many_claims"] > 0
