"""Numbers that look like patent numbers and are not: none may alert, with or without the word patent elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from benchmarks.accuracy.corpus import Corpus
from benchmarks.accuracy.making import listing, random_for
from benchmarks.accuracy.records import Case, Group

ELSEWHERE = ("", "", "", "国家专利产品 ", "专利技术 ", "Patented design. ")  # half of them


def look_alike_numbers(corpus: Corpus, count: int) -> Group:
    rng = random_for("look_alike_numbers")
    cases = []
    for number in range(count):
        name, offer = f"look_alike_number-{number}", rng.choice(corpus.honest)
        text = MAKERS[number % len(MAKERS)](rng)
        about = rng.choice(ELSEWHERE)
        if number % 3:
            made = listing(name, f"{about}{offer.title}", description=f"{offer.title}。{text}")
        else:
            made = listing(name, f"{about}{offer.title} {text}")
        cases.append(Case(listing=made))
    return Group(name="look_alike_number", wanted="silence", headline="signals", cases=tuple(cases))


def _digits(rng: Random, count: int) -> str:
    return "".join(str(rng.randrange(10)) for _ in range(count))


def _ean(rng: Random) -> str:
    body = rng.choice(("690", "692", "697", "200", "201", "202", "400")) + _digits(rng, 9)
    check = -sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body)) % 10
    return f"{rng.choice(('条形码：', '条码 ', 'EAN ', 'EAN-13: ', 'GTIN ', ''))}{body}{check}"


def _isbn(rng: Random) -> str:
    return f"ISBN {rng.choice(('978', '979'))}{rng.choice(('', '-'))}{_digits(rng, 10)}"


def _phone(rng: Random) -> str:
    label, country = rng.choice(("客服电话：", "联系 ", "Tel: ")), rng.choice(("", "+86 ", "0086"))
    return f"{label}{country}1{rng.choice('35789')}{_digits(rng, 9)}"


def _order(rng: Random) -> str:
    day = f"{rng.randint(2018, 2026)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    label = rng.choice(("订单号：", "订单编号 ", "Order no. ", "货号：", "批号 ", "款号"))
    return f"{label}{day}{_digits(rng, rng.choice((4, 5, 10)))}"


def _timestamp(rng: Random) -> str:
    label = rng.choice(("更新 ", "", "t=", "上架时间 "))
    return f"{label}{rng.randint(1_500_000_000_000, 1_790_000_000_000)}"


def _parcel(rng: Random) -> str:
    return f"{rng.choice(('运单号 ', '快递单号：', 'Tracking '))}{rng.choice(('SF', 'YT', '', 'JD'))}{_digits(rng, 13)}"


def _standard(rng: Random) -> str:
    code = rng.choice(("GB/T ", "GB ", "QB/T ", "FZ/T ", "Q/"))
    return f"执行标准：{code}{_digits(rng, rng.choice((4, 5)))}{rng.choice(('', '.1'))}-{rng.randint(2000, 2025)}"


def _certificate(rng: Random) -> str:
    year = rng.randint(2010, 2025)
    return rng.choice(
        (
            f"3C证书编号：{year}0116{_digits(rng, 8)}",
            f"生产许可证号：SC{_digits(rng, 14)}",
            f"粤ICP备{year}{_digits(rng, 6)}号",
            f"备案号：粤G妆网备字{year}{_digits(rng, 6)}",
            f"注册证编号：粤械注准{year}2{_digits(rng, 6)}",
            f"批准文号：国食健注G{year}{_digits(rng, 4)}",
            f"国妆特字G{year}{_digits(rng, 4)}",
            f"商标注册证第{_digits(rng, 8)}号",
            f"Model {year}{rng.choice('123')}{_digits(rng, 7)}",
            f"软著登字第{_digits(rng, 7)}号",
        )
    )


MAKERS: tuple[Callable[[Random], str], ...] = (
    _ean, _isbn, _phone, _order, _timestamp, _parcel, _standard, _certificate, _certificate,
)  # fmt: skip
