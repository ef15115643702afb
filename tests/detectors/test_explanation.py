"""The sentence of an alert, as a judge would hear it."""

from __future__ import annotations

from typing import get_args

import pytest

from detectors import explanation
from detectors.patents.judge import Code
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
                "in the title, identical mark NIKE; in the title, counterfeit wording 高仿",
                "in the title, counterfeit wording 高仿; in the title, identical mark NIKE",
            ],
        ),
        (
            listing("NIKE 1:1 高*仿 加V", price="59", currency="CNY"),
            [
                "in the title, identical mark NIKE; "
                "in the title, counterfeit wording 高仿 written 高*仿 (separators); "
                "price 59.00 CNY, 6.6 % of the right's usual price; "
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
        "标题中出现“N1KE”，对应商标“NIKE”（以数字符号代字母）；标题中出现仿冒用语“高仿”；"
        "价格59.00 CNY，远低于权利人的通常价格899.00 CNY；"
        "所售商品属于核定使用商品类别；所涉权利：CN注册商标1234567“NIKE”，权利人Nike Innovate C.V.，"
        "2026-11-21状态：有效，核定使用第25类"
    )
    assert "标题中出现仿冒用语“高仿”" in coded.explanation_zh
    (claim,) = screen(listing(description="专利号 ZL202310123456.7")).alerts
    assert claim.explanation_zh.startswith("描述中出现“ZL202310123456.7”，校验位错误")


def test_a_policy_is_said() -> None:
    (alert,) = screen("NIKE shoes", right(policy="any_use")).alerts
    assert "identical mark NIKE; the right's policy is that any use matters" in alert.explanation


def test_a_false_patent_claim_names_its_fault_by_which_rule_and_as_of_when() -> None:
    (alert,) = screen(listing(description="专利号 ZL202310123456.7")).alerts
    rule = "by standard ZC 0006-2003 the check digit of 202310123456 is 6, not 7"
    assert alert.explanation.startswith(f"in the description, wrong check digit: ZL202310123456.7 ({rule})")
    assert alert.explanation_zh.startswith(f"描述中出现“ZL202310123456.7”，校验位错误（{rule}）")
    patent = right("P1", kind="design", office="CN", number="200530123456", marks=[], filed_on="2005-03-01")
    (alert,) = screen(listing(description="外观设计专利 ZL200530123456.6"), patent).alerts
    assert "term of the patent is over: ZL200530123456.6" in alert.explanation
    assert "保护期已满（filed on 2005-03-01, so over by 2015-03-01; " in alert.explanation_zh


def test_every_fault_of_a_patent_claim_has_words_in_both_languages() -> None:
    assert set(explanation._CODES) == set(explanation._CODES_ZH) == set(get_args(Code))


@pytest.mark.parametrize(
    ("title", "english", "chinese"),
    [
        (
            "小香 手袋 高仿",
            "in the title, 小香, the trade's nickname of CHANEL; in the title, c",
            "标题中出现“小香”，即“CHANEL”的行业别称；",
        ),
        (
            "小*香 手袋 高仿",
            "in the title, 小香, the trade's nickname of CHANEL, written 小*香 (separators); ",
            "标题中出现“小*香”，对应“小香”，即“CHANEL”的行业别称（插入分隔符）；",
        ),
        ("chanel 高仿", "in the title, identical mark CHANEL; ", "标题中出现“chanel”，对应商标“CHANEL”（完全相同）；"),
    ],
)
def test_a_nickname_is_said_to_be_one(title: str, english: str, chinese: str) -> None:
    (alert, _) = screen(title, right(marks=["CHANEL"])).alerts
    assert alert.explanation.startswith(english)
    assert alert.explanation_zh.startswith(chinese)


def test_a_mark_that_is_spaced_otherwise_is_given_as_registered_and_as_written() -> None:
    (alert, _) = screen("LAMER cream 高仿", right(marks=["LA MER"])).alerts
    assert alert.explanation.startswith("in the title, identical mark LA MER (written LAMER); ")
    assert alert.explanation_zh.startswith("标题中出现“LAMER”，对应商标“LA MER”（相同，仅写法不同）；")


@pytest.mark.parametrize(
    ("title", "step", "step_zh"),
    [
        ("CR🅾\ufe0fCS", "compatibility", "特殊字形"),
        ("CR🅾\ufe0eCS", "compatibility", "特殊字形"),
        ("CR🅾\ufe0f\u200bCS", "zero width", "夹隐形字符"),
        ("CR\ufe0f🅾CS", "zero width", "夹隐形字符"),
        ("CRO\ufe0fCS", "zero width", "夹隐形字符"),
    ],
)
def test_the_selector_of_an_emoji_is_no_invisible_character(title: str, step: str, step_zh: str) -> None:
    (alert,) = screen(title, right(marks=["CROCS"])).alerts
    assert f"({step}); " in alert.explanation
    assert f"（{step_zh}）；" in alert.explanation_zh


def test_wording_inside_longer_wording_is_not_read() -> None:
    title = "NIKE 1:1 replica 레플리카 加微信"
    (mark, coded) = screen(title, right()).alerts
    contact = "in the title, asks for contact outside the platform: 加微信; the right"
    assert mark.explanation.startswith(
        f"in the title, identical mark NIKE; in the title, counterfeit wording 1:1 replica; {contact}"
    )
    assert coded.explanation.startswith(
        "in the title, counterfeit wording 1:1 replica; in the title, counterfeit wording 레플리카; "
        f"in the title, identical mark NIKE; {contact}"
    )
    assert "仿冒用语“1:1 replica”；标题中出现仿冒用语“레플리카”；" in coded.explanation_zh
    assert mark.explanation_zh.count("仿冒用语") == mark.explanation_zh.count("站外") == 1


def test_two_weak_wordings_that_amount_to_a_strong_one_are_both_said_of_the_mark() -> None:
    (mark, _) = screen("NIKE 1:1 AAA", right()).alerts
    assert "counterfeit wording 1:1 (weak); in the title, counterfeit wording AAA (weak)" in mark.explanation
    assert "仿冒用语“1:1”（弱）；标题中出现仿冒用语“AAA”（弱）" in mark.explanation_zh


def test_what_lifted_a_mark_is_said_however_often_the_mark_is_there() -> None:
    (mark, _) = screen("NIKE, " * 40 + "高仿 NIKE", right()).alerts
    assert "counterfeit wording 高仿" in mark.explanation
    assert "仿冒用语“高仿”" in mark.explanation_zh
    assert len(mark.reasons) == 12


@pytest.mark.parametrize(
    ("classes", "english", "chinese"),
    [
        (["9"], "for class 9", "第9类"),
        (["9", "12"], "for classes 9 and 12", "第9、12类"),
        (["9", "12", "25"], "for classes 9, 12 and 25", "第9、12、25类"),
        ([str(n) for n in range(1, 20)], "for classes 1, 2, 3, 4, 5, 6, 7, 8 and more", "第1、2、3、4、5、6、7、8等类"),
    ],
)
def test_classes_are_listed_as_they_are_said(classes: list[str], english: str, chinese: str) -> None:
    (alert,) = screen("N1KE", right(classes=classes)).alerts
    assert alert.explanation.endswith(f"registered {english}")
    assert alert.explanation_zh.endswith(f"核定使用{chinese}")


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
