"""Where a right holds and where a listing is offered, as two-letter codes (ISO 3166, and the offices' EU and BX)."""

from __future__ import annotations

from collections.abc import Iterable

_MEMBERS = {
    "EU": frozenset(
        "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905
    ),
    "BX": frozenset({"BE", "LU", "NL"}),
    "UK": frozenset({"GB"}),  # what many write for it
    "EL": frozenset({"GR"}),
}


def with_members(codes: Iterable[str]) -> frozenset[str]:
    """The codes, and the countries of those that stand for several: an EU trade mark holds in Germany."""
    own = frozenset(codes)
    return own.union(*(_MEMBERS.get(code, ()) for code in own))


def market_code(market: str | None) -> str:
    """A listing's market as a code; "" for everywhere, which is also what a market that is no code means."""
    code = (market or "").strip().upper()
    return code if len(code) == 2 and code.isascii() and code.isalpha() else ""
