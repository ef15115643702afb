"""What the watchlist's entry says against a claim to its number: the term's end, the status with its day, the grant.

A status without `status_as_of` proves little, since it may be out of date. Lapsed rights can be revived for some
months (fees paid late, restoration), so a lapse younger than GRACE_DAYS is a note that does not alert, and one that was
looked up within that time weighs less. Invalidated rights were void from the start, so no grace. Goods marked before a
right ended may lawfully be sold on (Implementing Rules 2023 art. 101): every such finding says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from detectors.patents.terms import TERM_YEARS, TermOver, over_by_filing, over_on
from detectors.rights import Right

GRACE_DAYS = 243  # 6 months of late payment and 2 to ask for restoration (Implementing Rules 2023 art. 115)
PENDING_DAYS = 243  # a utility model or design is granted within months: an older "pending" may be out of date
SAFE_HARBOUR = "goods marked before that may lawfully be sold on (Implementing Rules art. 101)"

StatusCode = Literal["not_granted", "lapsed"]


@dataclass(frozen=True, slots=True)
class StatusFinding:
    """`signal` names the weight; None for a note that must not alert."""

    code: StatusCode
    signal: str | None
    note: str


def over_by_right(right: Right, today: date) -> Iterator[TermOver] | None:
    """The term, if the entry's dates show that it is over; None when it has no dates to tell by."""
    if right.status == "pending":
        return iter(())
    if right.expires_on:
        return over_on(right.expires_on, today)
    is_chinese = right.office in (None, "CN") and right.kind in TERM_YEARS
    return over_by_filing(right.kind, right.filed_on, today) if right.filed_on and is_chinese else None


def status_findings(right: Right, today: date) -> Iterator[StatusFinding]:
    """What the status says against a claim that the right is in force."""
    since = f" since {right.status_since}" if right.status_since else ""
    as_of = f"the watchlist has it as {right.status}{since}, as of {right.status_as_of or 'an unknown day'}"
    if right.status in ("pending", "withdrawn"):
        yield StatusFinding("not_granted", _not_granted_signal(right, today), _not_granted_note(right, as_of))
    elif right.status in ("lapsed", "invalidated", "expired") and right.status_as_of:
        is_said = right.status == "expired" and any(over_by_right(right, today) or ())  # as term_over
        yield from () if is_said else (_lapse(right, as_of, today),)


def _not_granted_note(right: Right, as_of: str) -> str:
    return f"{as_of}: an application is no patent, and may not be called one (Implementing Rules art. 101)"


def _not_granted_signal(right: Right, today: date) -> str:
    if right.status_as_of is None:
        return "weak_claim"
    is_old = right.status == "pending" and (today - right.status_as_of).days > PENDING_DAYS
    return "weak_claim" if is_old else "not_granted"


def _lapse(right: Right, as_of: str, today: date) -> StatusFinding:
    since = right.status_since
    if right.status == "invalidated":
        note = f"{as_of}: it counts as void from the start (Patent Law art. 47); {SAFE_HARBOUR}"
        return StatusFinding("lapsed", "lapsed", note)
    if since is None:
        return StatusFinding("lapsed", "weak_claim", f"{as_of}; since when is not known; {SAFE_HARBOUR}")
    if (today - since).days <= GRACE_DAYS:
        note = f"{as_of}: within the grace period it may be restored (Implementing Rules art. 115); {SAFE_HARBOUR}"
        return StatusFinding("lapsed", None, note)
    if right.status_as_of and (right.status_as_of - since).days <= GRACE_DAYS:
        note = f"{as_of}, when it could still be restored; {SAFE_HARBOUR}"
        return StatusFinding("lapsed", "lapsed_unconfirmed", note)
    return StatusFinding("lapsed", "lapsed", f"{as_of}; {SAFE_HARBOUR}")
