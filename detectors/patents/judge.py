"""What is wrong with a claim to a patent. Pure: the day, the rights, the registers and the offer are handed in.

First what the number alone shows, then what the watchlist's entry for it shows or, where a whole register is
declared, that there is none. A number that already fails is not looked up in a register as well: it cannot be there,
and `not_found` would say the same thing twice. Every note can be read aloud: what, by which rule, as of when.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from detectors.patents.claims import ClaimSpan
from detectors.patents.context import Context
from detectors.patents.foreign import US_DESIGN_TERM_YEARS, ForeignNumber, over_design_term
from detectors.patents.numbers import PatentNumber, impossible_date, malformation
from detectors.patents.offer import Offer, is_somebody_else
from detectors.patents.status import over_by_right, status_findings
from detectors.patents.terms import TermOver, over_by_year
from detectors.rights import Register, Right

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

_NAMES = {"invention": "an invention", "utility_model": "a utility model", "design": "a design"}
_Fault = tuple[Code, str | None, str]  # code, signal, note


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing wrong with a claim. `subject` is the right's id, or office, number and code where no right is known."""

    code: Code
    subject: str
    right_id: str | None
    kind: str | None
    matched: str
    start: int
    end: int
    text: str
    note: str
    signal: str | None  # the name of its weight in weights.toml; None: a note, which never alerts by itself


RightsByNumber = Callable[[str], Sequence[Right]]
"""Rights by `keys.right_key`: `202310123456`, `CN101234567`, `US D651432`."""


def judge(
    claim: ClaimSpan,
    *,
    today: date,
    rights_by_number: RightsByNumber,
    registers: Sequence[Register] = (),
    offer: Offer | None = None,
) -> list[Finding]:
    """Everything wrong with one claim, gravest first as the codes are listed; empty when nothing is.

    Args:
        claim: from `claims.find_claims`.
        today: the page's day; nothing here reads a clock.
        rights_by_number: the watchlist's rights with this key.
        registers: what the watchlist declares complete.
        offer: the listing, for what depends on the goods, the market and the seller; None leaves that out.
    """
    number = claim.number
    if number is None:
        note = "no Chinese patent number has this form: 8 or 12 digits and a check digit (standard ZC 0006-2003)"
        return [_finding("malformed", claim, None, note, "malformed")]
    right = _right(number, rights_by_number)
    if isinstance(number, ForeignNumber):
        faults = list(_abroad(claim, number, right, today))
    else:
        faults = _chinese(claim, number, right, today, registers, offer)
    findings = [_finding(code, claim, right, note, signal) for code, signal, note in faults]
    findings += [_finding(code, claim, right, note, None) for code, note in _additions(claim, right, today, offer)]
    return findings


def _finding(code: Code, claim: ClaimSpan, right: Right | None, note: str, signal: str | None) -> Finding:
    number = claim.number
    matched = number.normalised if number else claim.written
    place = matched.replace(" ", ":", 1) if isinstance(number, ForeignNumber) else f"CN:{matched}"
    return Finding(
        code=code,
        subject=right.right_id if right else f"{place}:{code}",
        right_id=right.right_id if right else None,
        kind=right.kind if right else (number.kind if number else None),
        matched=matched,
        start=claim.start,
        end=claim.end,
        text=claim.text,
        note=note,
        signal=signal,
    )


def _right(number: PatentNumber | ForeignNumber, rights_by_number: RightsByNumber) -> Right | None:
    offices = (number.office,) if isinstance(number, ForeignNumber) else (None, "CN")
    rights = [right for right in rights_by_number(number.key) if right.office in offices]
    return min(rights, key=_precedence) if rights else None


def _precedence(right: Right) -> tuple[bool, int, str]:
    """Of several records of one number the one that speaks for the claim, then the newest: nobody is to be accused
    because an old record was left on the watchlist."""
    return right.status != "granted", -(right.status_as_of or date.min).toordinal(), right.right_id


def _chinese(
    claim: ClaimSpan,
    number: PatentNumber,
    right: Right | None,
    today: date,
    registers: Sequence[Register],
    offer: Offer | None,
) -> list[_Fault]:
    faults = list(_by_number(claim, number, right, today))
    if right is None and not faults and not claim.is_pending and _is_register_complete(number, registers):
        held = f"the watchlist is declared to hold the whole Chinese register of {number.year} for this kind"
        faults.append(("not_found", "not_found", f"{held}; this number is not in it, seen on {today}"))
    faults += _terms(claim, number, right, today, offer)
    if right is not None and not claim.is_pending:
        faults += [(found.code, found.signal, found.note) for found in status_findings(right, today)]
    return faults


def _by_number(claim: ClaimSpan, number: PatentNumber, right: Right | None, today: date) -> Iterator[_Fault]:
    """What the number alone shows."""
    if form := malformation(number):
        yield "malformed", "malformed", form
    if not number.is_check_right:
        digits = f"by standard ZC 0006-2003 the check digit of {number.key} is {number.check_computed}"
        yield "check_digit", "check_digit", f"{digits}, not {number.check_written}"
    if year := impossible_date(number, today):
        yield "impossible_date", "impossible_date", year
    if claim.stated_kinds and number.kind and number.kind not in claim.stated_kinds:
        stated = " or ".join(_NAMES[kind] for kind in sorted(claim.stated_kinds))
        digit = f"the kind digit {number.kind_digit} is that of {_NAMES[number.kind]} (standard ZC 0006-2003)"
        yield "type_mismatch", "type_mismatch", f"the text says {stated}, but {digit}"
    is_sold_as_patent = claim.context >= Context.NAMED_ABROAD and not claim.is_pending
    if number.kind_letter == "A" and is_sold_as_patent and right is None:
        yield "not_granted", "application_number", _PUBLISHED.format(number.normalised)


_PUBLISHED = (
    "{} is the number of a published application, given here as a patent's; an application may not be called a patent "
    "(Implementing Rules art. 101); whether one was granted on it is to be looked up"
)


def _terms(
    claim: ClaimSpan, number: PatentNumber, right: Right | None, today: date, offer: Offer | None
) -> Iterator[_Fault]:
    if claim.is_pending:
        return
    overs = over_by_right(right, today) if right is not None else None
    if overs is None:
        if number.year is None or number.kind is None or impossible_date(number, today):
            return
        overs = over_by_year(number.kind, number.year, today)
    for over in overs:
        yield "term_over", _term_signal(over, offer), over.note


def _term_signal(over: TermOver, offer: Offer | None) -> str:
    if not over.is_compensable:
        return "term_over"
    return "weak_claim" if offer is not None and offer.is_pharma else "term_over_compensable"


def _abroad(claim: ClaimSpan, number: ForeignNumber, right: Right | None, today: date) -> Iterator[_Fault]:
    """What can be said of another office's number; without a right only what is certain."""
    if claim.context <= Context.NONE or claim.is_pending:
        return
    if number.year is not None and number.year > today.year:
        yield "impossible_date", "impossible_date", f"the year {number.year} had not come on {today}"
    if number.is_application and claim.context >= Context.NAMED_ABROAD and right is None:
        yield "not_granted", "application_number", _PUBLISHED.format(number.normalised)
    if right is not None:
        for over in over_by_right(right, today) or ():
            yield "term_over", "term_over", over.note
        for found in status_findings(right, today):
            yield found.code, found.signal, found.note
    elif ended := over_design_term(number, today):
        known, granted, end = ended
        rule = f"US designs filed before 2015-05-13 last {US_DESIGN_TERM_YEARS} years from grant (35 USC 173)"
        yield "term_over", "term_over", f"granted no later than {known}, on {granted}; {rule}, so until {end} at most"


def _is_register_complete(number: PatentNumber, registers: Sequence[Register]) -> bool:
    year, kind = number.year, number.kind
    return (
        year is not None
        and kind is not None
        and any(r.office == "CN" and kind in r.kinds and r.from_year <= year <= r.to_year for r in registers)
    )


def _additions(claim: ClaimSpan, right: Right | None, today: date, offer: Offer | None) -> Iterator[tuple[Code, str]]:
    """What never alerts by itself."""
    if right is not None and offer is not None and is_somebody_else(right, offer, today):
        held = f"as of {right.status_as_of}" if right.status_as_of else "on the watchlist"
        yield "holder_mismatch", f"neither the seller nor the brand is known as the holder or a licensee, {held}"
    number = claim.number
    if not isinstance(number, PatentNumber):
        return
    missing = [] if claim.stated_kinds else ["the kind of patent"]
    if number.check_written is None and not number.is_publication:
        missing.append("the check digit")
    if claim.is_pending and not claim.has_notice and (offer is None or offer.needs_notice):
        missing.append("the notice 专利申请，尚未授权")
    if missing:
        yield "incomplete_marking", f"the marking leaves out {' and '.join(missing)} (CNIPA order 63, marking measures)"
