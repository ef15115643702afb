"""Numbers that look like a patent's, and honest words about patents, raise nothing."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.patents.claims import find_claims
from streams.pipeline import screen_page
from tests.detectors.floor import listing, page, watchlist
from tests.detectors.patents.claimed import alerted

ROWS_OF_EACH = 120
Make = Callable[[Random], str]


def digits(random: Random, count: int) -> str:
    return "".join(random.choice("0123456789") for _ in range(count))


def day(random: Random, sign: str = "") -> str:
    return sign.join((str(random.randint(2018, 2026)), f"{random.randint(1, 12):02d}", f"{random.randint(1, 28):02d}"))


def shaped(random: Random) -> str:
    """Twelve digits that have the shape of an application number."""
    return f"{random.randint(1986, 2026)}{random.choice('12389')}{digits(random, 7)}"


LOOKALIKES: dict[str, tuple[Make, tuple[str, ...]]] = {
    "EAN-13": (lambda r: "69" + digits(r, 11), ("条码：", "EAN ", "商品条形码:", "")),
    "EAN-13 of a patent's shape": (lambda r: shaped(r) + digits(r, 1), ("条码：", "UPC ", "GTIN:", "바코드 ")),
    "mobile phone": (lambda r: "1" + r.choice("3456789") + digits(r, 9), ("电话", "手机：", "咨询热线 ", "tel:", "")),
    "telephone": (lambda r: f"0{digits(r, 2)}-{digits(r, 8)}", ("电话:", "Tel ", "")),
    "hotline": (lambda r: f"400-{digits(r, 3)}-{digits(r, 4)}", ("客服电话", "热线：", "")),
    "order": (lambda r: r.choice((digits(r, 18), shaped(r) + digits(r, 1))), ("订单号", "订单编号：", "Order No. ")),
    "parcel": (lambda r: "20" + digits(r, 11), ("运单号 ", "tracking ", "快递单号：")),
    "epoch": (lambda r: str(r.randint(10**9, 2 * 10**9) * r.choice((1, 1000))), ("时间戳", "timestamp ", "")),
    "timestamp": (lambda r: day(r) + digits(r, 6), ("下单时间 ", "生产日期", "")),
    "date": (lambda r: day(r, "-"), ("生产日期 ", "日期：", "")),
    "model": (lambda r: r.choice(("ZL", "CN", "XH", "EP-")) + digits(r, r.randint(2, 8)), ("型号：", "货号", "Model ")),
    "style code": (lambda r: "ZL" + day(r) + digits(r, 4), ("货号：", "款号 ", "SKU ", "")),
    "item number": (shaped, ("货号 ", "item no. ", "商品编码：", "品番 ", "모델명 ")),
    "ISBN": (lambda r: f"978-7-{digits(r, 3)}-{digits(r, 5)}-{digits(r, 1)}", ("ISBN ", "书号：", "")),
    "3C certificate": (lambda r: f"20{r.randint(10, 26)}01{digits(r, 10)}", ("3C证书编号：", "证书编号：", "CCC ")),
    "food licence": (lambda r: "SC" + digits(r, 14), ("生产许可证号：", "许可证 ", "")),
    "standard": (lambda r: f"GB/T {digits(r, 5)}-20{r.randint(10, 25)}", ("执行标准：", "标准号 ", "")),
    "drug approval": (lambda r: f"国药准字Z{r.randint(1990, 2023)}{digits(r, 4)}", ("批准文号：", "")),
    "medical device": (lambda r: f"粤械注准20{r.randint(14, 25)}2{digits(r, 7)}", ("注册证编号：", "")),
    "cosmetics record": (lambda r: f"粤G妆网备字20{r.randint(14, 25)}{digits(r, 6)}", ("备案号：", "")),
    "trade mark": (lambda r: digits(r, 8), ("商标注册号：", "商标申请号 ", "trademark no ")),
    "company code": (lambda r: "91" + digits(r, 15) + "X", ("统一社会信用代码：", "")),
    "serial number": (lambda r: f"{shaped(r)}.{digits(r, 1)}", ("序列号：", "机身号 ", "SN:", "S/N ", "出厂号：")),
    "number of anything": (
        lambda r: f"{shaped(r)}.{digits(r, 1)}",
        ("图号 ", "内部代码：", "会员码 ", "Art. ", "product code "),
    ),
    "batch": (lambda r: day(r) + digits(r, 5), ("批号：", "生产批次 ", "LOT ", "Batch ")),
    "chat account": (lambda r: digits(r, r.randint(6, 11)), ("QQ群 ", "微信号：wx", "扣扣号", "WhatsApp ")),
    "EAN-8": (lambda r: digits(r, 8), ("条码 ", "EAN-8 ", "")),
    "part": (lambda r: f"{digits(r, 5)}-{digits(r, 5)}", ("OE号：", "零件号 ", "P/N ", "Part No. ", "")),
    "size": (lambda r: "x".join(str(r.randint(10, 3000)) for _ in range(3)), ("尺寸：", "规格 ", "")),
    "years": (lambda r: f"{r.randint(1985, 2010)}-{r.randint(2011, 2026)}款", ("适用 ", "年份：", "")),
    "price in dollars": (lambda r: f"USD {r.randint(100_000, 700_000)}.{digits(r, 2)}", ("", "售价 ")),
    "price": (lambda r: f"{r.randint(1, 99999)}.{digits(r, 2)}", ("价格", "售价 ", "")),
}
BESIDE = (
    "",
    "专利产品，",
    "拥有多项专利，加厚不锈钢保温杯，",
    "外观设计新颖，",
    "国家专利 ",
    "patented design ",
    "Patent leather bag ",
    "特許製品 ",
    "专利号：ZL202310123456.6 ",
)


@pytest.mark.parametrize("kind", LOOKALIKES)
def test_a_number_that_is_something_else_never_alerts(kind: str) -> None:
    make, labels = LOOKALIKES[kind]
    random = Random(kind)
    texts = [
        f"{random.choice(BESIDE if label else BESIDE[:1])}{label}{make(random)} 包邮"
        for label in random.choices(labels, k=ROWS_OF_EACH)
    ]
    rows = [listing("商品", listing_id=str(row), description=text) for row, text in enumerate(texts)]
    screening = screen_page(page(rows), watchlist())
    assert [texts[int(alert.listing_id)] for alert in screening.alerts] == []


@given(st.integers(1, 40), st.data())
def test_digits_without_a_word_about_patents_are_no_claim_at_any_length(length: int, data: st.DataObject) -> None:
    run = data.draw(st.text("0123456789", min_size=length, max_size=length))
    assert find_claims(run) == []
    assert find_claims(f"新款 {run} 件") == []


@given(st.text("0123456789 .-/,xX", max_size=80))
def test_digits_and_signs_are_no_claim(text: str) -> None:
    assert find_claims(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "ZL50 装载机",
        "ZL-1234 专用轮胎",
        "专利证书号：第4567890号",
        "专利证书编号 201510958772.1",
        "专利号见包装 电话 400-800-1234",
        "专利号：见图",
        "专利号：2026-10-12",
        "专利授权日 20151012",
        "US Patent No. 10,123,456",
        "美国专利号 10123456",
        "EU design patent 001234567-0001",
        "專利 第M512345號",
        "専利 特許第6123456号 意匠登録第1512345号",
        "특허 제10-1234567호",
    ],
)
def test_honest_words_around_numbers(text: str) -> None:
    assert alerted(text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "发明人张三 专利号 {um}",
        "荣获发明专利3项，专利号：{um}",
        "本发明专利号 {um}",
        "产品外观专利号 {um}",
        "外观、实用新型专利号：{um}",
        "发明和实用新型双专利：{um}",
        "发明专利 {inv} 实用新型专利 {um}",
        "{inv}（发明专利），{um}（实用新型）",
        "{inv} 发明专利 {um} 实用新型专利",
        "utility patent No. {um}",
        "utility and design patent No. {um}",
        "实用新型 {um}（另有发明专利申请中）",
    ],
)
def test_a_kind_that_is_said_of_something_else_is_no_mismatch(text: str) -> None:
    assert alerted(text.format(um="ZL202322865413.3", inv="ZL202010566088.9")) == set()


@pytest.mark.parametrize(
    "text",
    [
        "Patent: https://www.example.com/patents",
        "Pat. www.example.com/p/202310123456",
        "Patents: example.com/virtual-marking-2023101",
    ],
)
def test_virtual_marking_is_left_alone(text: str) -> None:
    assert alerted(text, market="US") == set()
