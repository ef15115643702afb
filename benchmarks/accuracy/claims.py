"""Patent claims that the number alone proves false, claims that may be true, and numbers that are no claims.

Serial numbers are invented: from 9,900,000 on, which the Chinese office has never reached (99,000 on in the old form).
Today is in 2026 (systems.OBSERVED_AT). The rules are those of ZC 0006-2003 and of the terms from filing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from benchmarks.accuracy.corpus import Corpus
from benchmarks.accuracy.making import listing, random_for
from benchmarks.accuracy.records import Case, Group, Wanted

WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
FULL_WIDTH = str.maketrans("0123456789XZL.", "０１２３４５６７８９ＸＺＬ．")
KINDS = {"1": "发明专利", "2": "实用新型专利", "3": "外观设计专利"}
NUMBERS = (  # y year, t kind digit, s serial, c check digit
    *("ZL{y}{t}{s}.{c}", "ZL {y}{t}{s}.{c}", "ZL{y} {t} {s}.{c}", "ZL {y} {t} {s}.{c}", "ZL{y}{t} {s}.{c}"),
    *("zl{y}{t}{s}.{c}", "Zl{y}{t}{s}.{c}", "ZL：{y}{t}{s}.{c}", "ZL:{y} {t}{s}.{c}", "ZL{y}-{t}-{s}.{c}"),
    *("ZL{y}{t}{s}．{c}", "ZL{y}{t}{s}·{c}", "ZL{y}{t}{s}.{c}&nbsp;", "ZL\u00a0{y}\u00a0{t}\u00a0{s}.{c}"),
    *("ZL{y}{t}{s}. {c}", "CN{y}{t}{s}.{c}", "ZL{y}{t}{s}{c}"),
)
LABELS = (
    *("专利号：{n}", "专利号 {n}", "专利号{n}", "【专利号】{n}", "本产品专利号为{n}，仿冒必究", "国家专利 {n}"),
    *("专利编号：{n}", "已获国家专利（{n}）", "專利號：{n}", "中国专利{n}"),
    *("Patent No. {n}", "Patent No: {n}", "Chinese patent {n}", "{n}"),
)
STATED = (
    "{k}号：{n}",
    "{k} {n}",
    "{k}（{n}）",
    "已获{k}，专利号{n}",
    "{k}证书号 专利号：{n}",
    "本品为{k}产品 专利号:{n}",
)


def claims(corpus: Corpus, count: int) -> Iterator[Group]:
    """One row for each code that needs no register, and one for claims that may be true."""
    makers: tuple[tuple[str, Callable[[Random], str]], ...] = (
        ("malformed", _malformed),
        ("check_digit", _wrong_check),
        ("impossible_date", _impossible_date),
        ("type_mismatch", _type_mismatch),
        ("term_over", _term_over),
        ("true_claim", _true),
    )
    offers = [offer for offer in corpus.honest if offer.is_chinese]
    for code, make in makers:
        rng = random_for(f"claim_{code}")
        cases = []
        is_true = code == "true_claim"
        for number in range(count):
            name, offer, text = f"claim_{code}-{number}", rng.choice(offers), make(rng)
            cases.append(Case(listing=_with(rng, name, offer.title, text), code=None if is_true else code))
        wanted: Wanted = "silence" if is_true else "alert"
        yield Group(
            name=code if is_true else f"claim_{code}",
            wanted=wanted,
            headline="signals",
            cases=tuple(cases),
            counts=False,
        )


def _with(rng: Random, name: str, title: str, text: str) -> dict[str, object]:
    """The text in the title, the description or an attribute of a real listing."""
    where = rng.randrange(4)
    if where == 0:
        return listing(name, f"{title} {text}")
    if where == 1:
        return listing(name, title, attributes={"专利信息": text, "材质": "棉"})
    return listing(name, title, description=f"{title}。{text}。全国联保")


def _written(rng: Random, year: int, kind: str, *, check: str | None = None, wide: bool = True) -> str:
    """A number in one of its written forms, with its check digit unless another is given."""
    serial = f"{rng.randint(9_900_000, 9_999_999)}"
    right = check_digit(f"{year}{kind}{serial}")
    text = rng.choice(NUMBERS).format(y=year, t=kind, s=serial, c=right if check is None else check)
    return text.translate(FULL_WIDTH) if wide and rng.random() < 0.1 else text


def _labelled(rng: Random, number: str) -> str:
    """A bare {n} stands for numbers that carry their own ZL; CN alone says application, so it gets a label."""
    labels = LABELS if number.strip()[:2].upper() in ("ZL", "ＺＬ") else LABELS[:-1]
    return rng.choice(labels).format(n=number)


def _malformed(rng: Random) -> str:
    """A kind digit that stands for nothing, a digit too many or missing, or a placeholder."""
    year, serial = rng.randint(2008, 2025), str(rng.randint(9_900_000, 9_999_999))
    kind = rng.choice("123")
    wrong = rng.choice("4567")
    forms = (
        f"ZL{year}{wrong}{serial}.{check_digit(f'{year}{wrong}{serial}')}",
        f"ZL{year} {wrong} {serial}.{check_digit(f'{year}{wrong}{serial}')}",
        f"ZL{year}{kind}{serial}{rng.randint(0, 9)}{rng.randint(0, 9)}.{rng.randint(0, 9)}",
        f"ZL{year}{kind}{serial[:5]}.{rng.randint(0, 9)}",
        f"ZL{year}{kind}XXXXXXX.X",
        f"ZL{year}{kind}00XXXX",
        f"ZL{year}{kind}{serial[:3]}****.*",
    )
    return rng.choice(LABELS).format(n=rng.choice(forms))


def _wrong_check(rng: Random) -> str:
    year, kind, serial = rng.randint(2018, 2025), rng.choice("123"), str(rng.randint(9_900_000, 9_999_999))
    right = check_digit(f"{year}{kind}{serial}")
    wrong = rng.choice([digit for digit in "0123456789X" if digit != right])
    text = rng.choice(NUMBERS).format(y=year, t=kind, s=serial, c=wrong)
    return _labelled(rng, text)


def _impossible_date(rng: Random) -> str:
    """A year to come, the long form before 2003, or the short form after."""
    form = rng.randrange(3)
    if form == 2:
        body = f"{rng.randint(5, 24):02d}{rng.choice('123')}{rng.randint(99_000, 99_999)}"
        return rng.choice(LABELS).format(n=f"ZL{body}.{check_digit(body)}")
    year = rng.randint(2028, 2049) if form == 0 else rng.randint(1986, 2002)
    return _labelled(rng, _written(rng, year, rng.choice("123")))


def _type_mismatch(rng: Random) -> str:
    stated, real = rng.sample("123", 2)
    number = _written(rng, rng.randint(2018, 2025), real)
    return rng.choice(STATED).format(k=KINDS[stated], n=number)


def _term_over(rng: Random) -> str:
    """Utility models and designs filed by 2015, inventions by 2005: over on any day of 2026 after 31 December 2025."""
    kind = rng.choice("1233")
    year = 2004 if kind == "1" else rng.randint(2005, 2014)
    return _labelled(rng, _written(rng, year, kind))


def _true(rng: Random) -> str:
    """Right form, check digit, kind and term."""
    kind = rng.choice("123")
    number = _written(rng, rng.randint(2010 if kind == "1" else 2018, 2025), kind)
    if rng.random() < 0.5:
        return rng.choice(STATED).format(k=KINDS[kind], n=number)
    return _labelled(rng, number)


def check_digit(body: str) -> str:
    """Weights 2 to 9 and 2 to 5 from the left, the sum modulo 11, ten written X (ZC 0006-2003)."""
    rest = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=False)) % 11
    return "X" if rest == 10 else str(rest)
