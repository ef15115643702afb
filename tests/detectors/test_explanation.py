"""The sentence of an alert, as a judge would hear it."""

from __future__ import annotations

import pytest

from tests.detectors.floor import listing, right, screen

PRICED = right(
    office="CN",
    number="1234567",
    classes=["25"],
    holder={"name": "Nike Innovate C.V."},
    usual_price={"amount": "899", "currency": "CNY"},
)
RIGHT = "; the right: CN trade mark 1234567 NIKE of Nike Innovate C.V., in force on 2026-11-21, registered for class 25"


@pytest.mark.parametrize(
    ("offer", "sentences"),
    [
        (listing("N1KE"), ["in the title, mark NIKE written N1KE (leetspeak)"]),
        (
            listing("NIKE 高仿"),
            [
                "in the title, identical mark NIKE",
                "in the title, counterfeit wording 高仿; in the title, identical mark NIKE",
            ],
        ),
        (
            listing("NIKE 1:1 高*仿 加V", price="59", currency="CNY"),
            [
                "in the title, identical mark NIKE; price 59.00 CNY, 6.6 % of the right's usual price; "
                "in the title, asks for contact outside the platform: 加V",
                "in the title, counterfeit wording 1:1 (weak); "
                "in the title, counterfeit wording 高仿 written 高*仿 (separators); in the title, identical mark NIKE; "
                "price 59.00 CNY, 6.6 % of the right's usual price; "
                "in the title, asks for contact outside the platform: 加V",
            ],
        ),
        (
            listing("N1KE running shoes", description="see N!KE"),
            [
                "in the title, mark NIKE written N1KE (leetspeak); "
                "in the description, mark NIKE written N!KE (leetspeak); "
                "the goods offered are of a class the right is registered for"
            ],
        ),
        (listing("new", attributes={"材质": "N1KE"}), ["in the attribute 材质, mark NIKE written N1KE (leetspeak)"]),
    ],
)
def test_an_alert_says_what_was_found_where_and_against_which_right(
    offer: dict[str, str], sentences: list[str]
) -> None:
    found = [alert.explanation.removesuffix(RIGHT) for alert in screen(offer, PRICED).alerts]
    assert found == sentences


def test_the_right_is_named_last_however_much_was_found() -> None:
    (alert, *_) = screen(
        listing("N1KE " + " ".join(f"加V{number}" for number in range(40)) + " 高仿 1:1"), PRICED
    ).alerts
    assert alert.explanation.endswith(RIGHT)


def test_the_sentence_is_there_in_chinese() -> None:
    (mark, coded) = screen(listing("N1KE 高仿 跑鞋", price="59", currency="CNY"), PRICED).alerts
    assert mark.explanation_zh == (
        "标题中出现“N1KE”，对应商标“NIKE”（以数字符号代字母）；价格59.00 CNY，远低于权利人的通常价格899.00 CNY；"
        "所售商品属于核定使用商品类别；所涉权利：CN注册商标1234567“NIKE”，权利人Nike Innovate C.V.，"
        "2026-11-21状态：有效，核定使用第25类"
    )
    assert "标题中出现仿冒用语“高仿”" in coded.explanation_zh
    (claim,) = screen(listing(description="专利号 ZL202310123456.7")).alerts
    assert claim.explanation_zh.startswith("描述中出现“ZL202310123456.7”，校验位错误")


def test_a_policy_is_said() -> None:
    (alert,) = screen("NIKE shoes", right(policy="any_use")).alerts
    assert "identical mark NIKE; the right's policy is that any use matters" in alert.explanation


def test_a_false_patent_claim_names_its_fault() -> None:
    (alert,) = screen(listing(description="专利号 ZL202310123456.7")).alerts
    assert alert.explanation.startswith("in the description, check digit: ZL202310123456.7")


def test_a_lapsed_patent_is_not_said_to_be_in_force() -> None:
    patent = right("P1", kind="invention", office="CN", number="202310123456", marks=[], status="lapsed",
                   status_since="2024-01-01", status_as_of="2026-11-01")  # fmt: skip
    alerts = screen(listing(description="专利号 ZL202310123456.6"), patent).alerts
    assert "with status lapsed" in alerts[0].explanation


def test_a_long_text_is_cut() -> None:
    long = right(number="9" * 5_000, holder={"name": "x" * 5_000}, marks=["NIKE", "y" * 60], classes=["25"] * 45)
    (alert,) = screen(listing("N" + "\u2060" * 90_000 + "IKE"), long).alerts
    assert len(alert.explanation) < 500
    assert len(alert.explanation_zh) < 500
