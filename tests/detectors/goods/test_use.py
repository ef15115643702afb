"""What a mark does on the goods offered decides whether it alerts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.detectors.floor import listing, outcome, right, screen

ALERT = "alert mark"
SHOES = right(marks=["NIKE", "耐克"], classes=["25"])
PHONES = right(
    marks=["Apple", "苹果"], classes=["9"], usual_price={"amount": "6000", "currency": "CNY"}, policy="any_use"
)
CHEAP_PHONES = {**PHONES, "policy": "signals"}


def at(title: str, price: str, **fields: Any) -> dict[str, Any]:
    return listing(title, price=price, currency="CNY", **fields)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("N1KE running shoes", ALERT),
        ("N1KE backpack", ALERT),  # bags are near clothing
        ("N1KE fresh fruit, vegetables", "other_goods"),
        ("N1KE sunflower oil", ALERT),  # no goods word: unknown
        ("耐·克 运动鞋", ALERT),
        ("耐·克 红烧牛肉 方便面", "other_goods"),
        ("replica NIKE sneakers", "alert mark+coded_fake"),
        ("replica NIKE dog food", "other_goods"),
    ],
)
def test_a_mark_for_shoes_does_not_alert_on_fruit(title: str, expected: str) -> None:
    assert outcome(title, SHOES) == expected


@pytest.mark.parametrize(
    "changes",
    [{"classes": []}, {"well_known": True}, {"classes": ["35"]}, {"classes": ["41", "43"]}, {"classes": ["?"]}],
)
def test_rights_that_the_gate_does_not_bind(changes: dict[str, Any]) -> None:
    assert outcome("N1KE fresh fruit, vegetables", right(**{"classes": ["25"], **changes})) == ALERT


def test_the_category_speaks_too() -> None:
    assert outcome(listing("N1KE classic", category="Grocery > Vegetables"), SHOES) == "other_goods"
    assert outcome(listing("N1KE classic", category="Sports > Sneakers"), SHOES) == ALERT


def test_a_mark_is_no_word_for_its_own_goods() -> None:
    assert outcome("苹果 N代 耳机 充电器", PHONES) == ALERT
    assert outcome("Αpple original", PHONES) == ALERT  # the disguised word itself is no fruit
    assert outcome(listing("Αpple original", category="Apple"), PHONES) == ALERT


def test_an_alert_says_that_the_goods_match() -> None:
    (alert,) = screen("N1KE running shoes", SHOES).alerts
    assert "goods_match" in alert.signals
    (alert,) = screen("N1KE backpack", SHOES).alerts
    assert "goods_match" not in alert.signals


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("HРX", "short_mark"),  # the Р is Cyrillic
        ("HРX printer", ALERT),  # the goods fit
        ("HРX replica", "alert mark+coded_fake"),  # a second signal
    ],
)
def test_a_short_mark_needs_more_than_a_disguise(title: str, expected: str) -> None:
    assert outcome(title, right(marks=["HPX"], classes=["9"])) == expected


def test_a_short_mark_of_a_right_without_classes_needs_a_second_signal() -> None:
    assert outcome("HРX printer", right(marks=["HPX"])) == "short_mark"
    assert outcome("HРX printer", right(marks=["HPX"], policy="any_use")) == ALERT


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"condition": "used"}, "resale"),
        ({"condition": "refurbished"}, "resale"),
        ({"title": "二手 苹果 手机"}, "resale"),
        ({"title": "Pre-owned Apple smartphone"}, "resale"),
        ({"title": "中古 Apple スマホ"}, "resale"),
        ({"title": "중고 Apple 스마트폰"}, "resale"),
        ({"title": "Apple Handy gebraucht, Smartphone"}, "resale"),
        ({"attributes": {"成色": "九成新"}}, "resale"),
        ({"title": "二手 苹果 手机", "condition": "new"}, ALERT),
        ({"condition": "used", "price": "100"}, ALERT),  # no used phone costs that
        ({"condition": "used", "title": "Αpple smartphone"}, ALERT),
        ({"condition": "used", "title": "Apple replica smartphone"}, "alert mark+coded_fake"),
    ],
)
def test_used_goods_at_a_plausible_price_are_resale(fields: dict[str, Any], expected: str) -> None:
    offer = {**at("Apple smartphone", "3000"), **fields}
    assert outcome(offer, PHONES) == expected


@pytest.mark.parametrize(
    ("title", "marks", "expected"),
    [
        ("红富士苹果 新鲜水果 10斤", ["苹果"], "descriptive"),
        ("苹果 新款手机", ["苹果"], ALERT),
        ("Apple, fresh fruit, box of 5 kg", ["Apple"], "descriptive"),
        ("山西小米 五谷杂粮 5斤", ["小米"], "descriptive"),
        ("小米 充电宝", ["小米"], ALERT),
        ("Men's Polo Shirt", ["POLO"], "descriptive"),
        ("POLO eau de toilette", ["POLO"], ALERT),
        ("Orange juice 1l", ["Orange"], "descriptive"),
        ("Αpple, fresh fruit", ["Apple"], ALERT),  # an honest grocer spells it plainly
    ],
)
def test_a_plain_word_for_the_goods_is_descriptive(title: str, marks: list[str], expected: str) -> None:
    assert outcome(title, right(marks=marks, policy="any_use")) == expected


def test_a_mark_that_the_listing_gives_as_its_brand_is_not_descriptive() -> None:
    assert outcome(listing("Polo Shirt", brand="Polo"), right(marks=["POLO"], policy="any_use")) == ALERT


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("苹果 手机 全新", ALERT),
        ("苹果 手机壳", "mention"),  # a case costs little
        ("Apple phone case", "mention"),
        ("烟台苹果 5斤", "mention"),  # apples, as far as anybody can tell
        ("苹果 全新 正品", "mention"),
        ("红富士苹果 新鲜水果 5斤", "other_goods"),
    ],
)
def test_a_low_price_counts_only_beside_the_rights_own_goods(title: str, expected: str) -> None:
    assert outcome(at(title, "30"), CHEAP_PHONES) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("适用于耐克 鞋带", "compatible_use"),
        ("适用于耐克 运动鞋", ALERT),
        ("sneakers compatible with NIKE", ALERT),
        ("sneakers for NIKE", "compatible_use"),  # "for" may be said of anything
        ("insoles compatible with NIKE sneakers", "compatible_use"),
        ("laces compatible with NIKE Pegasus 40 sneakers", "compatible_use"),
        ("charger compatible with NIKE", "compatible_use"),
    ],
)
def test_compatible_with_is_a_pretext_beside_goods_without_parts(title: str, expected: str) -> None:
    assert outcome(title, SHOES) == expected


def test_a_pretext_is_named_in_the_alert() -> None:
    (alert,) = screen("sneakers compatible with NIKE", SHOES).alerts
    assert "doubtful_fit" in alert.signals
