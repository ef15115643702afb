"""What wording says about a mark in the languages of the trade, through the pipeline: coded, denied, or innocent."""

from __future__ import annotations

import pytest

from tests.detectors.floor import listing, outcome, right, screen
from tests.detectors.wording_rows import CODED, CONTACT, DENIED, HOMOGRAPHS

FAKE, MENTION = "alert mark+coded_fake", "mention"
RIGHT = right(marks=["ZORBEX", "卓贝斯", "ゾルベックス", "조르벡스"])


def rows(table: dict[str, str]) -> list[tuple[str, str]]:
    return [(key, title) for key, titles in table.items() for title in titles.strip().splitlines()]


@pytest.mark.parametrize(("language", "title"), rows(CODED))
def test_counterfeit_wording_is_found(language: str, title: str) -> None:
    assert outcome(title, RIGHT) == FAKE


@pytest.mark.parametrize(("language", "title"), rows(DENIED))
def test_a_denial_is_no_counterfeit_wording(language: str, title: str) -> None:
    assert outcome(title, RIGHT) == MENTION


@pytest.mark.parametrize(("kind", "title"), rows(HOMOGRAPHS))
def test_wording_is_innocent_beside_goods_that_it_belongs_to(kind: str, title: str) -> None:
    assert outcome(title, RIGHT) in (MENTION, "compatible_use")


@pytest.mark.parametrize("asks", CONTACT.strip().splitlines())
def test_asking_to_leave_the_platform_adds_to_other_signals_only(asks: str) -> None:
    assert outcome(listing("ZORBEX shoes", description=asks), RIGHT) == MENTION
    alerts = screen(listing("ZORBEX replica", description=asks), RIGHT).alerts
    assert [list(alert.signals) for alert in alerts] == [["mark", "counterfeit_wording", "off_platform_contact"]] * 2
    assert [alert.reasons[-1].how for alert in alerts] == ["off_platform_contact"] * 2


def test_refusing_contact_elsewhere_is_no_signal() -> None:
    (alert, _) = screen("卓贝斯 高仿! 不做站外联系", RIGHT).alerts
    assert "off_platform_contact" not in alert.signals


def test_a_far_too_low_price_is_given_in_figures() -> None:
    held = {**RIGHT, "usual_price": {"amount": "899.00", "currency": "CNY"}}
    alert = screen(listing("ZORBEX replica", price="59.00", currency="CNY"), held).alerts[0]
    assert [(reason.text, reason.matched, reason.note) for reason in alert.reasons if reason.field == "price"] == [
        ("59.00 CNY", "899.00 CNY", "6.6 % of the right's usual price")
    ]


def test_one_weak_wording_inside_another_counts_once() -> None:
    assert outcome("ZORBEX qualité AAA", RIGHT) == MENTION


@pytest.mark.parametrize(
    "title", ["ZORBEX AAA shoes", "1:1 ZORBEX", "ZORBEX red fake", "fake red ZORBEX", "ZORBEX clone"]
)
def test_a_weak_wording_alone_says_fake_only_where_it_means_it_and_touches_the_mark(title: str) -> None:
    assert outcome(title, RIGHT) == MENTION


def test_a_wording_that_is_denied_denies_no_contact_and_nothing_further_away() -> None:
    assert outcome("卓贝斯 非高仿 加微信 A货", RIGHT) == FAKE


def test_a_nickname_leads_to_the_right_whose_mark_it_stands_for() -> None:
    bag = right("R7", marks=["Louis-Vuitton"])
    assert outcome("驴牌 手袋", bag) == MENTION
    (alert, _) = screen("驴牌 手袋 公司级", bag).alerts
    assert [(reason.matched, reason.how, reason.note) for reason in alert.reasons] == [
        ("驴牌", "nickname", "the trade's nickname of LOUIS VUITTON"),
        ("公司级", "identical", "counterfeit wording, strong"),
    ]
    assert outcome("驴牌 手袋 公司级", RIGHT) == "nothing"


@pytest.mark.parametrize("policy", ["signals", "any_use"])
def test_a_nickname_that_is_an_everyday_word_needs_counterfeit_wording_beside_it(policy: str) -> None:
    shoe = right(marks=["YEEZY"], policy=policy, usual_price={"amount": 2000, "currency": "CNY"})
    assert outcome(listing("海南椰子 水果", price="9", currency="CNY"), shoe) == MENTION
    assert outcome(listing("椰子 纯原 350", price="9", currency="CNY"), shoe) == FAKE


def test_a_right_that_names_a_nickname_as_its_own_is_found_by_it_as_by_any_alias() -> None:
    assert outcome("椰子", right(marks=["YEEZY"], aliases=["椰子"], policy="any_use")) == "alert mark"


@pytest.mark.parametrize(
    ("title", "mark"), [("爱玛仕 皮带", "爱马仕"), ("劳士力 手表", "劳力士"), ("巴宝利 风衣", "巴宝莉")]
)
def test_a_misspelled_mark_is_a_disguise_and_no_nickname(title: str, mark: str) -> None:
    assert outcome(title, right(marks=[mark])) == "alert mark"
