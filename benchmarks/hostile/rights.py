"""The watchlist that hostile listings are screened against: real marks, and marks that are themselves a trap."""

from __future__ import annotations

from typing import Any

from streams.demo.pack import load_rights, marks

REAL = 2_000
TRAPS = (
    "aaaa", "aaaaaaaa", "aaaaaaab", "abab", "ababab", "baaaaaaa", "oooo", "illi", "o.o.o.o", "xxxxxxxxxxxxxxxxxxxx",
    "H&M", "3M", "C-A", "耐耐耐", "十十十", "是是", "石狮", "木木木", "林森", "口口口", "ナナナ", "나나나", "กกกก",
    "ееее", "tmtm", "周黑鸭", "元气气气",
)  # fmt: skip
OFTEN = ("NIKE", "耐克", "aaaa")  # marks of several rights


def hostile_rights() -> list[dict[str, Any]]:
    """Rights with every rule that screening knows: prices, licences, territories, classes, phrases, policies."""
    named = [*marks(REAL), *(_trade_mark(f"TRAP-{number}", [mark]) for number, mark in enumerate(TRAPS))]
    often = [_trade_mark(f"OFTEN-{number}-{mark}", [mark, "Nike Air"], number) for number in range(3) for mark in OFTEN]
    patents = [right for right in load_rights() if right["kind"] != "trademark"][:200]
    return [*named, *often, *patents]


def _trade_mark(right_id: str, names: list[str], variant: int = 0) -> dict[str, Any]:
    right: dict[str, Any] = {"right_id": right_id, "kind": "trademark", "marks": names}
    if variant == 0:
        return {**right, "policy": "any_use", "allow": [{"phrase": "not a"}]}
    if variant == 1:
        return {**right, "classes": ["25"], "usual_price": {"amount": "900", "currency": "CNY"}}
    return {**right, "territories": ["CN"], "licensees": [{"seller_id": "s1", "platforms": ["jd"]}]}
