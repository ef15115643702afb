"""Where a seller is, as far as a listing tells, and which body that makes competent.

SAMR's complaint measures (2022): against a seller on a platform the body at the seller's actual place or at the
platform's domicile is competent, at county level (art. 12); a company code's region is where the company was
registered, which is a hint and no place. What is not certain is for a person to decide: a lead at the wrong body is
lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from stdnum.cn import uscc

from detectors.routing.divisions import Division, Divisions

Basis = Literal["actual_place", "ships_from", "platform_domicile", "company_code"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SellerFacts:
    """What a listing says of its seller, as received: anything may be missing or wrong."""

    region: str | None = None  # seller's own place
    ships_from: str | None = None  # where the goods do: read where the seller's own place is not told, and called that
    uscc: str | None = None
    platform: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A division whose body may be competent, and what speaks for it."""

    code: str
    name: str
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Jurisdiction:
    """`place` is None where no place is certain; then `candidates` are what a person may choose from.

    why : codes of what was read and what spoke against it, in order; their words stand in the catalogues.
    """

    place: Candidate | None
    candidates: tuple[Candidate, ...]
    why: tuple[str, ...]


def jurisdiction(seller: SellerFacts, domiciles: dict[str, str], known: Divisions) -> Jurisdiction:
    """The place whose body is competent for a seller.

    domiciles : platform -> code of the division where its operator has its seat.
    """
    why: list[str] = []
    actual = _actual(seller, known, why)
    registered = _registered(seller.uscc, known, why)
    seat = _seat(seller.platform, domiciles, known, why)
    candidates = tuple(one for one in (actual, registered, seat) if one is not None)
    place = _certain(actual, registered, seat, why)
    return Jurisdiction(place=place, candidates=candidates, why=tuple(why))


def _certain(
    actual: Candidate | None, registered: Candidate | None, seat: Candidate | None, why: list[str]
) -> Candidate | None:
    if actual is not None:
        if _is_too_wide(actual):
            why.append("place_too_wide")
            return None
        if registered is not None and not _agree(actual.code, registered.code):
            why.append("company_code_elsewhere")
            return None
        return None if "place_was_divided" in why else actual
    if "place_unreadable" in why:  # something is said of the place: a guess beside it would hide it
        return None
    if seat is None:
        why.append("no_place")
    return seat


def _actual(seller: SellerFacts, known: Divisions, why: list[str]) -> Candidate | None:
    text = (seller.region or "").strip()
    basis: Basis = "actual_place" if text else "ships_from"
    text = text or (seller.ships_from or "").strip()
    if not text:
        return None
    if basis == "ships_from":
        why.append("ships_from_only")
    division = known.find(text)
    if division is None:
        why.append("place_unreadable")
        return None
    present = _present(division, known, why)
    return None if present is None else _candidate(present, known, basis)


def _registered(code: str | None, known: Divisions, why: list[str]) -> Candidate | None:
    text = uscc.compact(code or "")
    if not text:
        return None
    if not uscc.is_valid(text):
        why.append("company_code_invalid")
        return None
    division = known.find(text[2:8])
    if division is None:  # 100000: the national registry says nothing of the place
        why.append("company_code_without_place")
        return None
    present = _present(division, known, [])
    return None if present is None else _candidate(present, known, "company_code")


def _seat(platform: str, domiciles: dict[str, str], known: Divisions, why: list[str]) -> Candidate | None:
    code = domiciles.get(platform)
    if code is None:
        why.append("platform_unknown")
        return None
    division = known.find(code)
    return None if division is None else _candidate(division, known, "platform_domicile")


def _present(division: Division, known: Divisions, why: list[str]) -> Division | None:
    """The division in force at that place."""
    if division.is_in_force:
        return division
    why.append("place_renamed")
    if len(division.successors) != 1 or division.level == "prefecture":
        why.append("place_was_divided")
    return known.find(division.successors[0]) if division.successors else None


def _candidate(division: Division, known: Divisions, basis: Basis) -> Candidate:
    return Candidate(code=division.code, name=known.full_name(division.code), basis=basis)


def _is_too_wide(place: Candidate) -> bool:
    """A province says too little; but the four municipalities are one city each."""
    return place.code.endswith("0000") and place.code[:2] not in ("11", "12", "31", "50")


def _agree(place: str, registered: str) -> bool:
    """Whether both lie in one prefecture, or one says no more than the province."""
    length = 2 if registered.endswith("0000") or place[:2] in ("11", "12", "31", "50") else 4
    return place[:length] == registered[:length]
