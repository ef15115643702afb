"""What is wrong with a claim to a Chinese patent. Pure: the day, the rights and the registers are handed in.

Terms run from filing: invention 20 years, utility model 10, design 15, or 10 when filed before 2021-06-01. A number
tells only the year of filing, so a term counts as over only when it is over even for a filing on 31 December;
divisionals keep the parent's date, which makes the year an upper bound. Where the right is known its dates are used.

Lapsed: a status without `status_as_of` proves nothing and finds nothing. Within GRACE_DAYS of `status_since` fees can
still be paid late and rights restored, and stock marked before may be sold on: the finding is then a note that
must not alert. Invalidated rights were void from the start, so no grace.

A number that already fails (malformed, check_digit, impossible_date) is not looked up in a register as well: it
cannot be there, and `not_found` would say the same thing twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from detectors.patents.claims import ClaimSpan, Context
from detectors.patents.numbers import PatentNumber, impossible_date, malformation
from detectors.rights import Holder, Licensee, Register, Right

Code = Literal[
    "malformed",
    "check_digit",
    "impossible_date",
    "type_mismatch",
    "term_over",
    "not_granted",
    "lapsed",
    "not_found",
    "holder_mismatch",
    "incomplete_marking",
]
ADDS_ONLY: frozenset[Code] = frozenset({"holder_mismatch", "incomplete_marking"})
"""Codes that only ever stand beside another finding."""

Weight = Literal["high", "medium", "low", "note"]
"""How much a finding is worth: high is certain, medium wants a look, low may well be harmless, a note never alerts."""

GRACE_DAYS = 243  # 6 months of late payment and 2 to ask for restoration
TERM_YEARS = {"invention": 20, "utility_model": 10, "design": 15}
OLD_DESIGN_TERM_YEARS = 10  # designs filed before 2021-06-01
_NAMES = {"invention": "an invention", "utility_model": "a utility model", "design": "a design"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offerer:
    """Who makes the claim, as far as the listing says."""

    platform: str | None = None
    seller_id: str | None = None
    seller_name: str | None = None
    uscc: str | None = None
    brand: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing wrong with one claim. The span is in code points of the field as received, the end exclusive."""

    code: Code
    subject: str  # the right's id, or "CN:" + number + ":" + code
    right_id: str | None
    kind: str | None
    matched: str  # the number, normalised
    start: int
    end: int
    text: str
    note: str
    weight: Weight


RightsByNumber = Callable[[str], Sequence[Right]]
"""Rights by `numbers.number_key`: the digits without check digit, or CN and the digits of a publication number."""


def judge(
    claim: ClaimSpan,
    *,
    today: date,
    rights_by_number: RightsByNumber,
    registers: Sequence[Register] = (),
    offerer: Offerer | None = None,
) -> list[Finding]:
    """Everything wrong with one claim, gravest first as the codes are listed; empty when it may be true.

    Args:
        claim: from `claims.find_claims`.
        today: the page's day; nothing here reads a clock.
        rights_by_number: the watchlist's rights with this key; rights of other offices are passed over.
        registers: what the watchlist declares complete.
        offerer: for holder_mismatch; None leaves that out.
    """
    number = claim.number
    if number is None:
        return [_finding("malformed", claim, None, "no Chinese patent number has this form", "high")]
    right = _right(number, rights_by_number)
    findings = [_finding(code, claim, right, note, weight) for code, note, weight in _faults(claim, number, today)]
    if right is None:
        if not findings and not claim.is_pending and _is_register_complete(number, registers):
            note = f"the watchlist holds the whole register of {number.year} for this kind, without this number"
            findings.append(_finding("not_found", claim, None, note, "medium"))
        findings += [_finding(code, claim, right, note, weight) for code, note, weight in _term_by_year(claim, today)]
    else:
        findings += [_finding(c, claim, right, n, w) for c, n, w in _by_right(claim, right, today)]
    if findings:
        findings += [_finding(c, claim, right, n, "note") for c, n in _additions(claim, number, right, offerer)]
    return findings


def _finding(code: Code, claim: ClaimSpan, right: Right | None, note: str, weight: Weight) -> Finding:
    matched = claim.number.normalised if claim.number else claim.written
    return Finding(
        code=code,
        subject=right.right_id if right else f"CN:{matched}:{code}",
        right_id=right.right_id if right else None,
        kind=right.kind if right else (claim.number.kind if claim.number else None),
        matched=matched,
        start=claim.start,
        end=claim.end,
        text=claim.text,
        note=note,
        weight=weight,
    )


def _right(number: PatentNumber, rights_by_number: RightsByNumber) -> Right | None:
    chinese = [right for right in rights_by_number(number.key) if right.office in (None, "CN")]
    return min(chinese, key=_precedence) if chinese else None


def _precedence(right: Right) -> tuple[bool, int, str]:
    """Of several records of one number the one that speaks for the claim, then the newest: nobody is to be accused
    because an old record was left on the watchlist."""
    return right.status != "granted", -(right.status_as_of or date.min).toordinal(), right.right_id


def _faults(claim: ClaimSpan, number: PatentNumber, today: date) -> Iterator[tuple[Code, str, Weight]]:
    """What the number alone shows."""
    form = malformation(number)
    if form:
        yield "malformed", form, "high"
    if not number.is_check_right:
        yield "check_digit", f"the check digit should be {number.check_computed}, not {number.check_written}", "high"
    year = impossible_date(number, today)
    if year:
        yield "impossible_date", year, "high"
    if claim.stated_kind and number.kind and claim.stated_kind != number.kind:
        note = f"the text says {_NAMES[claim.stated_kind]}, the number is that of {_NAMES[number.kind]}"
        yield "type_mismatch", note, "high"
    if number.kind_letter == "A" and claim.context >= Context.NAMED_ABROAD and not claim.is_pending:
        yield "not_granted", "the letter A marks a published application, given here as a patent number", "low"


def _term_by_year(claim: ClaimSpan, today: date) -> Iterator[tuple[Code, str, Weight]]:
    number = claim.number
    if number is None or number.year is None or number.kind is None or claim.is_pending:
        return
    if impossible_date(number, today):
        return
    last_day = date(number.year + _term(number.kind, date(number.year, 12, 31)), 12, 31)
    if today > last_day:
        yield "term_over", *_term_note(number.kind, f"filed in {number.year}, over by {last_day} at the latest")


def _term(kind: str, filed: date) -> int:
    if kind == "design" and filed < date(2021, 6, 1):
        return OLD_DESIGN_TERM_YEARS
    return TERM_YEARS[kind]


def _term_note(kind: str, text: str) -> tuple[str, Weight]:
    if kind == "invention":
        return f"{text}, unless the term was lengthened by compensation", "medium"
    return text, "high"


def _by_right(claim: ClaimSpan, right: Right, today: date) -> Iterator[tuple[Code, str, Weight]]:
    """What the watchlist's entry shows."""
    last_day = _last_day(right)
    if right.kind in TERM_YEARS and not claim.is_pending:
        if last_day and today > last_day and right.status != "pending":
            yield "term_over", *_term_note(right.kind, f"the term ended on {last_day}")
        elif last_day is None:
            yield from _term_by_year(claim, today)
    since = f" since {right.status_since}" if right.status_since else ""
    as_of = f"{right.status}{since} as of {right.status_as_of or 'an unknown day'}"
    if right.status in ("pending", "withdrawn") and not claim.is_pending:
        weight: Weight = "high" if right.status_as_of else "low"  # a status without its day may be out of date
        yield "not_granted", f"the watchlist has this number as an application only: {as_of}", weight
    elif right.status in ("lapsed", "invalidated", "expired") and right.status_as_of and not claim.is_pending:
        if right.status == "expired" and last_day and today > last_day:
            return  # term_over says it
        yield "lapsed", *_lapse_note(right, as_of, today)


def _last_day(right: Right) -> date | None:
    if right.expires_on or right.filed_on is None or right.kind not in TERM_YEARS:
        return right.expires_on
    year = right.filed_on.year + _term(right.kind, right.filed_on)
    try:
        return right.filed_on.replace(year=year)
    except ValueError:  # 29 February
        return date(year, 3, 1)


def _lapse_note(right: Right, as_of: str, today: date) -> tuple[str, Weight]:
    since = right.status_since
    if right.status != "invalidated" and since is not None and (today - since).days <= GRACE_DAYS:
        return f"{as_of}: within the grace period, the right may be restored", "note"
    if since is None:
        return f"{as_of}: since when is not known, goods marked before may be sold on", "low"
    return f"{as_of}: goods marked before that may be sold on", "medium"


def _is_register_complete(number: PatentNumber, registers: Sequence[Register]) -> bool:
    year, kind = number.year, number.kind
    return (
        year is not None
        and kind is not None
        and any(r.office == "CN" and kind in r.kinds and r.from_year <= year <= r.to_year for r in registers)
    )


def _additions(
    claim: ClaimSpan, number: PatentNumber, right: Right | None, offerer: Offerer | None
) -> Iterator[tuple[Code, str]]:
    if right is not None and offerer is not None and _is_somebody_else(right, offerer):
        yield "holder_mismatch", "neither the seller nor the brand is the holder or a licensee on the watchlist"
    missing = [] if claim.stated_kind else ["the kind of patent"]
    if number.check_written is None and not number.is_publication:
        missing.append("the check digit")
    if missing:
        yield "incomplete_marking", f"the marking leaves out {' and '.join(missing)}"


def _is_somebody_else(right: Right, offerer: Offerer) -> bool:
    """Whether the offerer can be told apart from the holder and every licensee; False when nothing can be compared."""
    shops = {(shop.platform, shop.seller_id) for shop in right.holder.sellers}
    if offerer.seller_id and {(offerer.platform, offerer.seller_id), (None, offerer.seller_id)} & shops:
        return False
    known: list[Holder | Licensee] = [right.holder, *right.licensees]
    if offerer.seller_id and any(licensee.seller_id == offerer.seller_id for licensee in right.licensees):
        return False
    codes = {party.uscc for party in known if party.uscc}
    names = {party.name.casefold() for party in known if party.name}
    if offerer.uscc and offerer.uscc in codes:
        return False
    ours = [name.casefold() for name in (offerer.seller_name, offerer.brand) if name]
    if any(name in own or own in name for name in names for own in ours):
        return False
    return bool((offerer.uscc and codes) or (ours and names) or (offerer.seller_id and shops))
