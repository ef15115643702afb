"""Claims in listings, judged with plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from detectors.patents.claims import find_claims
from detectors.patents.judge import Finding, judge
from detectors.patents.keys import right_key
from detectors.patents.numbers import check_digit
from detectors.patents.offer import Offer
from detectors.rights import Register, Right
from tests.detectors.floor import listing, screen

TODAY = date(2026, 11, 21)
WHOLE_REGISTER = Register(office="CN", kinds=("invention", "utility_model", "design"), from_year=1985, to_year=2026)


def number(body: str) -> str:
    """A patent number with its right check digit: `ZL202020566088.9`."""
    return f"ZL{body}.{check_digit(body)}"


def right(written: str, **fields: Any) -> Right:
    return Right(**{"right_id": "R1", "kind": "utility_model", "office": "CN", "number": written, **fields})


def findings(
    text: str,
    *rights: Right,
    registers: Sequence[Register] = (),
    offered: Mapping[str, Any] | None = None,
    today: date = TODAY,
) -> list[Finding]:
    """What is found in a text with one claim; `offered` are the listing's further fields."""
    held = {right_key(one.office, one.number or ""): [one] for one in rights}
    (claim,) = find_claims(text)
    return judge(
        claim,
        today=today,
        rights_by_number=lambda key: held.get(key, []),
        registers=registers,
        offer=None if offered is None else Offer(listing(**offered)),
    )


def codes(text: str, *rights: Right, **more: Any) -> list[str]:
    """The codes that may alert."""
    return [finding.code for finding in findings(text, *rights, **more) if finding.signal]


def alerted(text: str, **fields: Any) -> set[str]:
    """The codes of the alerts that a listing with this description raises, through the whole pipeline."""
    screening = screen(listing(**{"title": "商品", "description": text, **fields}))
    return {reason.code or "" for alert in screening.alerts for reason in alert.reasons}
