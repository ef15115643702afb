"""Who is told of a lead: a test for each rule, and sellers whose place is partial, wrong or contradictory."""

from __future__ import annotations

import pytest
from stdnum.cn import uscc

from detectors.routing.place import SellerFacts
from detectors.routing.route import NO_CERTAIN_PLACE, LeadFacts, Routing, route, route_to_body
from detectors.routing.rules import RoutingError, read_routing, routing_rules

SHENZHEN = SellerFacts(region="440305", platform="taobao")


def lead(
    kind: str | None,
    *detectors: str,
    codes: tuple[str, ...] = (),
    office: str | None = "CN",
    market: str | None = "CN",
    seller: SellerFacts = SHENZHEN,
) -> LeadFacts:
    return LeadFacts(kind=kind, detectors=detectors, codes=codes, office=office, market=market, seller=seller)


def told(routing: Routing) -> dict[str, str | None]:
    return {recipient.kind: recipient.place for recipient in routing.recipients}


CASES = {
    "patent_infringement": (
        lead("design", "image_copy"),
        {"aid_centre": None, "right_holder": None, "national_record": None},
    ),
    "passing_off": (
        lead(None, "patent_claim", codes=("check_digit",), office=None),
        {"enforcement": "440305", "national_record": None},
    ),
    "bad_marking": (lead(None, "patent_claim", codes=("incomplete_marking",), office=None), {"person": None}),
    "trade_mark": (lead("trademark", "mark"), {"enforcement": "440305", "national_record": None}),
    "used_patent": (
        lead("invention", "patent_claim", codes=("lapsed", "holder_mismatch")),
        {"enforcement": "440305", "right_holder": None, "national_record": None},
    ),
    "no_right": (lead(None, "coded_fake", office=None), {"person": None}),
    "abroad": (
        lead("trademark", "mark", market="US"),
        {"right_holder": None, "aid_centre": None, "national_record": None},
    ),
    "national_record": (lead("trademark", "logo"), {"enforcement": "440305", "national_record": None}),
}


def test_each_rule_of_the_table_has_a_case() -> None:
    assert set(CASES) == {rule.name for rule in routing_rules().rules}


@pytest.mark.parametrize("rule", CASES)
def test_rule(rule: str) -> None:
    facts, expected = CASES[rule]
    routing = route(facts)
    assert told(routing) == expected
    assert any(rule in (recipient.rule, NO_CERTAIN_PLACE) for recipient in routing.recipients)
    assert all(recipient.clause for recipient in routing.recipients)


def test_a_finding_of_passing_off_and_of_copying_is_told_to_both_sides() -> None:
    routing = route(lead("design", "image_copy", "patent_claim", codes=("term_over",)))
    assert set(told(routing)) == {"aid_centre", "right_holder", "enforcement", "national_record"}


def company(region: str) -> str:
    """A company code registered there."""
    digits = f"91{region}MA5DXXXX1"
    return digits + uscc.calc_check_digit(digits)


S = SellerFacts
PLACES: list[tuple[SellerFacts, str | None, tuple[str, ...]]] = [
    # the actual place decides
    (S(region="440305"), "440305", ("platform_unknown",)),
    (S(region="440300"), "440300", ("platform_unknown",)),
    (S(region="4403"), "440300", ("platform_unknown",)),
    (S(region="110108"), "110108", ("platform_unknown",)),
    (S(region="110000"), "110000", ("platform_unknown",)),  # a municipality is one city
    (S(region="31"), "310000", ("platform_unknown",)),
    (S(region=" 330110 "), "330110", ("platform_unknown",)),
    (S(region="440305007"), "440305", ("platform_unknown",)),
    (S(region="440305007003"), "440305", ("platform_unknown",)),
    (S(region="469001"), "469001", ("platform_unknown",)),  # a county without a prefecture
    (S(region="653229"), "653229", ("platform_unknown",)),  # set up in December 2024
    (S(region="440305", platform="taobao"), "440305", ()),
    (S(region="440305", platform="jd"), "440305", ()),
    # with a company code that agrees
    (S(region="440305", uscc=company("440305"), platform="taobao"), "440305", ()),
    (S(region="440305", uscc=company("440306"), platform="taobao"), "440305", ()),
    (S(region="440305", uscc=company("440000"), platform="taobao"), "440305", ()),
    (S(region="110108", uscc=company("110105"), platform="taobao"), "110108", ()),
    (S(region="440305", uscc=company("100000"), platform="taobao"), "440305", ("company_code_without_place",)),
    (S(region="440305", uscc=company("440305").lower(), platform="taobao"), "440305", ()),
    (S(region="110101", uscc=company("110103"), platform="taobao"), "110101", ()),  # registered in a district of old
    # with a company code that is wrong: no place, but the seller's own stands
    (S(region="440305", uscc="91440300708461136X", platform="taobao"), "440305", ("company_code_invalid",)),
    (S(region="440305", uscc="12345", platform="taobao"), "440305", ("company_code_invalid",)),
    (S(region="440305", uscc="暂无", platform="taobao"), "440305", ("company_code_invalid",)),
    # contradictory: for a person
    (S(region="440305", uscc=company("330110"), platform="taobao"), None, ("company_code_elsewhere",)),
    (S(region="440305", uscc=company("440100"), platform="taobao"), None, ("company_code_elsewhere",)),
    (S(region="310105", uscc=company("320500"), platform="taobao"), None, ("company_code_elsewhere",)),
    (S(region="500101", uscc=company("510100"), platform="taobao"), None, ("company_code_elsewhere",)),
    (S(region="440305", uscc="91110000600037341L", platform="taobao"), None, ("company_code_elsewhere",)),
    # partial: a province is no place of a body at county level
    (S(region="440000", platform="taobao"), None, ("place_too_wide",)),
    (S(region="44", platform="taobao"), None, ("place_too_wide",)),
    (S(region="440000", uscc=company("440305"), platform="taobao"), None, ("place_too_wide",)),
    (S(region="710000", platform="taobao"), None, ("place_too_wide",)),
    # of the past
    (S(region="110103", platform="taobao"), "110101", ("place_renamed",)),
    (S(region="320504", platform="taobao"), "320508", ("place_renamed",)),
    (S(region="110228", platform="taobao"), "110118", ("place_renamed",)),
    (S(region="371200", platform="taobao"), None, ("place_renamed", "place_was_divided")),
    (S(region="341400", platform="taobao"), None, ("place_renamed", "place_was_divided")),
    # wrong: something is said that cannot be read, so nothing else is taken for it
    (S(region="999999", platform="taobao"), None, ("place_unreadable",)),
    (S(region="广东深圳", platform="taobao"), None, ("place_unreadable",)),
    (S(region="Shenzhen", platform="taobao"), None, ("place_unreadable",)),
    (S(region="44030", platform="taobao"), None, ("place_unreadable",)),
    (S(region="US-CA", platform="taobao"), None, ("place_unreadable",)),
    (S(region="999999", uscc=company("440305"), platform="taobao"), None, ("place_unreadable",)),
    # nothing is said: the platform's domicile is competent, too
    (S(platform="taobao"), "330110", ()),
    (S(region="", platform="pinduoduo"), "310105", ()),
    (S(region="  ", platform="jd"), "110115", ()),
    (S(uscc=company("440305"), platform="taobao"), "330110", ()),
    (S(uscc="12345", platform="taobao"), "330110", ("company_code_invalid",)),
    # nothing that is certain
    (S(), None, ("platform_unknown", "no_place")),
    (S(platform="a shop of their own"), None, ("platform_unknown", "no_place")),
    (S(uscc=company("440305"), platform="elsewhere"), None, ("platform_unknown", "no_place")),
]


@pytest.mark.parametrize(("seller", "place", "why"), PLACES, ids=[str(number) for number in range(len(PLACES))])
def test_the_body_at_a_certain_place_is_told_and_else_a_person(
    seller: SellerFacts, place: str | None, why: tuple[str, ...]
) -> None:
    routing = route(lead("trademark", "mark", seller=seller))
    assert routing.jurisdiction is not None
    assert routing.jurisdiction.why == why
    if place is None:
        assert told(routing) == {"person": None}
        assert routing.recipients[0].rule == NO_CERTAIN_PLACE
    else:
        assert told(routing) == {"enforcement": place, "national_record": None}


def test_where_goods_ship_from_is_read_where_nothing_else_is_told_and_never_called_the_sellers_place() -> None:
    shipped = route(lead("trademark", "mark", seller=SellerFacts(ships_from="350300", platform="taobao")))
    assert told(shipped) == {"enforcement": "350300", "national_record": None}
    assert shipped.jurisdiction is not None
    assert shipped.jurisdiction.why == ("ships_from_only",)
    assert [one.basis for one in shipped.jurisdiction.candidates] == ["ships_from", "platform_domicile"]
    own = route(lead("trademark", "mark", seller=SellerFacts(region="440305", ships_from="350300"))).jurisdiction
    assert own is not None
    assert [(one.basis, one.code) for one in own.candidates] == [("actual_place", "440305")]


def test_there_are_fifty_sellers() -> None:
    assert len(PLACES) >= 50


def test_a_person_is_shown_the_places_that_may_be_meant() -> None:
    seller = SellerFacts(region="440305", uscc=company("330110"), platform="jd")
    found = route(lead("trademark", "mark", seller=seller)).jurisdiction
    assert found is not None
    assert [(one.basis, one.name) for one in found.candidates] == [
        ("actual_place", "广东省深圳市南山区"),
        ("company_code", "浙江省杭州市余杭区"),
        ("platform_domicile", "北京市大兴区"),
    ]


@pytest.mark.parametrize(
    ("text", "told_as"),
    [
        ("", "at least one"),
        ("[[rule]]\nclause='x'\nto=['person']", "rule 1: name"),
        ("[[rule]]\nname='a'\nto=['person']", "'a': clause"),
        ("[[rule]]\nname='a'\nclause='x'\nto=['police']", "'a': to: 'police' is none of"),
        ("[[rule]]\nname='a'\nclause='x'\nto=[]", "'a': to: name at least one"),
        (
            "[[rule]]\nname='a'\nclause='x'\nto=['person']\nwhen={detectors=['nose']}",
            "when.detectors: 'nose' is none of",
        ),
        ("[[rule]]\nname='a'\nclause='x'\nto=['person']\nwhen={moon='full'}", "when.moon: is no condition"),
        ("[[rule]]\nname='a'\nclause='x'\nto=['person']\nelse=1", "else: is no field"),
        ("[[rule]]\nname='a'\nclause='x'\nto=['person']\n[[rule]]\nname='a'\nclause='x'\nto=['person']", "two rules"),
        ("[[rule]]\nname='a'\nclause='x'\nto=['person']\n[domiciles]\nshop='110103'", "domiciles.shop"),
        ("[[rule", "routing.toml"),
    ],
)
def test_a_fault_in_the_table_is_told_with_its_place(text: str, told_as: str) -> None:
    with pytest.raises(RoutingError, match=told_as):
        read_routing(text)


def test_the_body_that_a_person_names_is_told_and_it_goes_on_record() -> None:
    assert told(route_to_body("440305", "art. 60")) == {"enforcement": "440305", "national_record": None}
