"""Every code that needs no register is found in every way of writing a number, and a true number raises nothing."""

from __future__ import annotations

import pytest

from detectors.patents.numbers import check_digit
from tests.detectors.floor import listing, screen
from tests.detectors.patents.claimed import alerted

FORMS = {  # {y} year, {k} kind digit, {s} serial, {c} check digit; each names what is written otherwise
    "label and ZL": "专利号：ZL{y}{k}{s}.{c}",
    "no ZL": "专利号：{y}{k}{s}.{c}",
    "no dot": "专利号：ZL{y}{k}{s}{c}",
    "no ZL, no dot": "专利号{y}{k}{s}{c}",
    "blanks": "专利号：ZL {y} {k} {s}.{c}",
    "blanks anywhere": "专利号： ZL {y} {k}{s_spaced} . {c}",
    "wide blanks": "专利号：ZL\u3000{y}\u3000{k}\u3000{s}.{c}",
    "no-break spaces": "专利号：ZL{y}\u00a0{k}\u00a0{s}.{c}\u00a0",
    "HTML residue": "专利号：ZL{y}&nbsp;{k}&nbsp;{s}.{c}&nbsp;",
    "tags": "<p>专利号：<b>ZL</b>{y}<br/>{k} {s}.{c}</p>",
    "hyphens": "专利号：ZL{y}-{k}-{s}-{c}",
    "middle dot": "专利号：ZL{y}{k}{s}·{c}",
    "full width": "专利号：ＺＬ{y_wide}{k}{s}．{c}",
    "zero-width": "专利号：Z\u200bL{y}\u2060{k}{s}.\ufeff{c}",
    "small letters": "专利号 zl{y} {k} {s}.{c}",
    "colon behind ZL": "专利 ZL：{y}{k}{s}.{c}",
    "ZL No.": "专利 ZL No. {y}{k}{s}.{c}",
    "ZL alone": "全新正品 ZL{y} {k} {s}.{c} 包邮",
    "CN": "专利号：CN{y}{k}{s}.{c}",
    "CN alone": "CN{y}{k}{s}.{c}",
    "application label": "专利申请号：{y}{k}{s}.{c}",
    "traditional": "專利號：ZL{y}{k}{s}.{c}",
    "spaced label": "专 利 号 ： ZL{y}{k}{s}.{c}",
    "brackets": "国家专利（专利号：ZL {y} {k} {s}.{c}）",
    "lenticular brackets": "【专利号】ZL{y}{k}{s}.{c}",
    "footnote": "专利号：ZL{y}{k}{s}.{c}*",
    "Patent No.": "Patent No. {y}{k}{s}.{c}",
    "Patent No. ZL": "Patent No.: ZL{y}{k}{s}.{c}",
    "Chinese Patent": "Chinese Patent No. ZL {y} {k} {s}.{c}",
    "Pat.": "Pat. ZL{y}{k}{s}.{c}",
    "Japanese": "中国特許番号 ZL{y}{k}{s}.{c}",
    "Korean": "특허 등록번호: ZL{y}{k}{s}.{c}",
    "blank before the check digit": "专利号：ZL{y}{k}{s}. {c}",
    "the same before more words": "国家专利 ZL{y}{k}{s}. {c} 仿冒必究",
    "ideographic full stop": "专利号为ZL{y}{k}{s}。{c}，仿冒必究",
    "hyphen before the check digit": "（专利号：ZL{y}{k}{s}-{c}）",
    "line break behind": "专利号：ZL{y}{k}{s}. {c}\n304不锈钢",
    "CN and ZL": "CN-ZL{y}{k}{s}.{c}",
    "CN and ZL joined": "CNZL{y}{k}{s}.{c}",
    "spaced ZL alone": "全新正品 Z L {y}{k}{s}.{c}",
    "brackets behind ZL": "ZL（{y}{k}{s}.{c}）",
    "kind of patent as its label": "外观设计、实用新型、发明专利（{y}{k}{s}.{c}）",
    "second of a list": "专利号：ZL202322865413.3、ZL{y}{k}{s}.{c}",
    "second of a bare list": "专利号：202322865413.3、{y}{k}{s}.{c}",
    "sign of the year": "专利号：ZL{y}年{k}{s}.{c}",
    "sign of the year, no label": "全新正品 ZL{y}年第{k}{s}.{c}",
    "blank for the dot": "专利号：ZL{y}{k}{s} {c}",
    "blanks for all": "国家专利 ZL {y} {k} {s} {c}，仿冒必究",
    "range": "专利号：ZL202322865413.3至ZL{y}{k}{s}.{c}",
}
NUMBERS = {  # code -> year, kind digit, serial, and how far the check digit is off
    "check_digit": ("2023", "1", "0123456", 1),
    "impossible_date": ("2031", "2", "0566088", 0),
    "term_over": ("2012", "2", "0566088", 0),
    "malformed": ("2023", "5", "0123456", 0),
}
APART = {
    "ZL alone",
    "spaced ZL alone",
    "kind of patent as its label",
    "second of a list",
    "second of a bare list",
    "range",
    "sign of the year, no label",
}
"""Where other words or numbers stand between the kind and the number."""


def written(form: str, year: str, kind: str, serial: str, off: int = 0) -> str:
    digit = check_digit(year + kind + serial)
    if off:
        digit = "0123456789"[(int(digit) + off) % 10]
    wide = year.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    spaced = f"{serial[:2]} {serial[2:]}"
    return form.format(y=year, k=kind, s=serial, c=digit, y_wide=wide, s_spaced=spaced)


@pytest.mark.parametrize(
    ("code", "form"),
    [(code, form) for code in NUMBERS for form in FORMS if (code, form) != ("term_over", "application label")],
)
def test_a_false_number_alerts_however_it_is_written(code: str, form: str) -> None:
    assert code in alerted(written(FORMS[form], *NUMBERS[code]))


@pytest.mark.parametrize("form", FORMS)
def test_a_true_number_alerts_in_no_form(form: str) -> None:
    assert alerted(written(FORMS[form], "2020", "2", "0566088")) == set()


@pytest.mark.parametrize("form", [form for form in FORMS if form not in APART])
@pytest.mark.parametrize(
    "kind",
    ["发明专利", "外观设计专利", "Invention patent", "Design patent", "発明特許", "意匠", "발명특허", "디자인특허"],
)
def test_the_wrong_kind_of_patent_alerts_before_every_form(kind: str, form: str) -> None:
    assert "type_mismatch" in alerted(f"{kind} " + written(FORMS[form], "2020", "2", "0566088"))


@pytest.mark.parametrize("form", FORMS)
def test_the_span_of_an_alert_is_the_number_as_received(form: str) -> None:
    text = "耐克 ﬁne 𝐍 " + written(FORMS[form], *NUMBERS["check_digit"])
    (alert,) = screen(listing("商品", description=text)).alerts
    reason = alert.reasons[0]
    assert reason.start is not None
    assert text[reason.start : reason.end] == reason.text
    assert reason.matched == "202310123456.7"
    assert reason.text.rstrip("*")[-1] == "7"


@pytest.mark.parametrize("form", ["ZL{}", "ZL {}", "专利号：{}", "Patent No. {}"])
def test_a_number_that_begins_like_a_day_is_a_claim_behind_a_label(form: str) -> None:
    """ZL2004100100006: 1 October 2004 by its first eight digits."""
    assert "term_over" in alerted(form.format("2004100100006"))
    assert "check_digit" in alerted(form.format("2004100100005"))


@pytest.mark.parametrize("label", ["专利", "专利：", "国家专利 ", "实用新型专利:"])
def test_thirteen_digits_directly_behind_a_word_about_patents_are_a_claim(label: str) -> None:
    assert "check_digit" in alerted(label + "2023255234567")
    assert alerted(label + "2023101234567") == set()  # 12 October 2023 and something


@pytest.mark.parametrize(
    "text",
    [
        "ZL202322865413. 5件装",
        "ZL202322865413. 5 pieces",
        "ZL202322865413. 2）材质",
        "ZL202322865413-2 件",
        "ZL202322865413 5件装",
    ],
)
def test_what_is_counted_behind_a_number_is_no_check_digit(text: str) -> None:
    assert alerted(f"专利号：{text}") == set()


@pytest.mark.parametrize(
    "text",
    [
        "ZL202020566088.9号（发明）",
        "ZL（202020566088.9）（外观设计）",
        "第ZL202020566088.9号（发明专利）",
        "已获发明专利，专利编号：202020566088.9",
        "Invention patent, patent nr. 202020566088.9",
    ],
)
def test_the_wrong_kind_of_patent_alerts_behind_a_number_and_a_bracket(text: str) -> None:
    assert "type_mismatch" in alerted(text)


@pytest.mark.parametrize(
    "text",
    [
        "专利号：ZL2025100XXXX",
        "ZL2025100XXXX",
        "专利号：XXXXXXXX",
        "专利号：ZL2023********.*",
        "专利号：ZL20151998****.*",
        "专利号 2015109587XXX.X",
        "专利 ZL2015109587",
        "专利号：201510958",
        "专利号：12345678901",
        "专利号：ZL2023101234567890",
        "Patent No. ZL20231012345",
        "公告号：CN204567890S",
        "专利号：CN504567890A",
    ],
)
def test_placeholders_wrong_lengths_and_wrong_letters_are_malformed(text: str) -> None:
    assert "malformed" in alerted(text)


@pytest.mark.parametrize("text", ["专利号：04123456.7", "ZL04123456.7", "专利号：ZL200210123456.5", "专利号：12345678"])
def test_a_number_whose_length_does_not_fit_its_year_has_an_impossible_date(text: str) -> None:
    assert "impossible_date" in alerted(text)


@pytest.mark.parametrize("text", ["专利号：CN110123456A", "专利号：CN 110123456 A", "Patent No. CN110123456A"])
def test_an_application_published_is_no_patent(text: str) -> None:
    assert "not_granted" in alerted(text)
