"""The sentence of an alert, as a judge would hear it."""

from __future__ import annotations

import pytest

from tests.detectors.floor import listing, right, screen

PRICED = right(usual_price={"amount": "899", "currency": "CNY"})


@pytest.mark.parametrize(
    ("offer", "sentences"),
    [
        (listing("N1KE"), ["mark NIKE written N1KE (leetspeak)"]),
        (listing("NIKE 高仿"), ["identical mark NIKE", "counterfeit wording 高仿; identical mark NIKE"]),
        (
            listing("NIKE 1:1 高*仿 加V", price="59", currency="CNY"),
            [
                "identical mark NIKE; price 59.00 CNY, 6.6 % of the right's usual price; "
                "asks for contact outside the platform: 加V",
                "counterfeit wording 1:1 (weak); counterfeit wording 高仿 written 高*仿 (separators); "
                "identical mark NIKE; "
                "price 59.00 CNY, 6.6 % of the right's usual price; asks for contact outside the platform: 加V",
            ],
        ),
    ],
)
def test_an_alert_says_what_was_found(offer: dict[str, str], sentences: list[str]) -> None:
    assert [alert.explanation for alert in screen(offer, PRICED).alerts] == sentences


def test_a_policy_is_said() -> None:
    (alert,) = screen("NIKE shoes", right(policy="any_use")).alerts
    assert alert.explanation == "identical mark NIKE; the right's policy is that any use matters"


def test_a_false_patent_claim_names_its_fault() -> None:
    (alert,) = screen(listing(description="专利号 ZL202310123456.7")).alerts
    assert alert.explanation.startswith("check digit: ")


def test_a_long_text_is_cut() -> None:
    (alert,) = screen(listing("N" + "\u2060" * 90_000 + "IKE"), right()).alerts
    assert len(alert.explanation) < 200
