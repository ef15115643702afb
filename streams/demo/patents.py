"""False claims to a Chinese patent. All numbers are invented: the office has never reached serial 9,900,000. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
INVENTION, UTILITY_MODEL, DESIGN = "1", "2", "3"
KIND_NAMES = {INVENTION: "发明专利", UTILITY_MODEL: "实用新型专利", DESIGN: "外观设计专利"}


@dataclass(frozen=True, slots=True)
class Claim:
    """`code` is the finding that the claim should lead to, `text` the sentence for the listing."""

    code: str
    text: str


def check_digit(body: str) -> str:
    """The check digit of a 12-digit patent number: year, kind, serial (standard ZC 0006-2003)."""
    rest = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11
    return "X" if rest == 10 else str(rest)


def wrong_check_digit(random: Random) -> Claim:
    """A recent number of the right shape whose check digit is wrong."""
    kind = random.choice((UTILITY_MODEL, DESIGN))
    body = _body(random, random.randint(2021, 2025), kind)
    wrong = random.choice([digit for digit in "0123456789" if digit != check_digit(body)])
    return Claim("check_digit", _sentence(KIND_NAMES[kind], f"ZL{body}.{wrong}", random))


def term_over(random: Random) -> Claim:
    """A correct number so old that its term has surely ended."""
    kind = random.choice((UTILITY_MODEL, DESIGN))
    body = _body(random, random.randint(2004, 2012), kind)
    return Claim("term_over", _sentence(KIND_NAMES[kind], f"ZL{body}.{check_digit(body)}", random))


def type_mismatch(random: Random) -> Claim:
    """A utility model's or design's correct number, called a patent for an invention."""
    body = _body(random, random.randint(2019, 2024), random.choice((UTILITY_MODEL, DESIGN)))
    return Claim("type_mismatch", _sentence(KIND_NAMES[INVENTION], f"ZL{body}.{check_digit(body)}", random))


def cited(right: Mapping[str, Any], random: Random) -> str:
    """A claim to a patent of the watchlist: false because of what the register says about it."""
    return _sentence(KIND_NAMES[str(right["number"])[6]], str(right["number"]), random)


CITED: Mapping[str, tuple[str, ...]] = {
    "claim_lapsed": ("DEMO-PAT-000002", "DEMO-PAT-000004"),
    "claim_not_granted": ("DEMO-PAT-000006",),
}
"""Kind of false claim -> the rights of the watchlist that it cites: all invented, see data/ATTRIBUTION.md."""

CLAIMS: Mapping[str, Callable[[Random], Claim]] = {
    "claim_check_digit": wrong_check_digit,
    "claim_term_over": term_over,
    "claim_type_mismatch": type_mismatch,
}


def _body(random: Random, year: int, kind: str) -> str:
    return f"{year}{kind}{random.randint(9_910_000, 9_999_999)}"


def _sentence(kind_name: str, number: str, random: Random) -> str:
    return random.choice(("{kind}号：{number}", "{kind} {number}", "国家{kind}，专利号 {number}")).format(
        kind=kind_name, number=number
    )
