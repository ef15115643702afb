"""Chinese patent numbers as records. Pure arithmetic on folded text (NFKC, lower case); no register is needed.

An application number is year, kind digit, serial and a check digit behind a dot: `97101765.4` (8+1) until
2003-09-30, `200510113767.6` (12+1) since. A patent number is `ZL` before it. A publication number is `CN`, seven or
nine digits of which the first is the kind, and a letter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

FIRST_YEAR = 1985  # the first Chinese patents were filed on 1985-04-01
LAST_SHORT_YEAR = 2003  # 8+1 digits until 2003-09-30, 12+1 from the next day on

KIND_DIGITS = {1: "invention", 2: "utility_model", 3: "design", 8: "invention", 9: "utility_model"}
_PUBLICATION_LETTERS = {1: "abc", 2: "uy", 3: "sd"}
_EARLY_LETTERS = {1: "ab", 2: "ub", 3: "sb"}  # seven digits could still carry the letters used before 1993
_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)

# Two separators at most between the parts, so matching takes constant time at any place of a text.
_GAP = r"[\s\-]{0,2}"
_CHECK = r"(?:\s?[.·。・‧•]([0-9x])|([0-9x]))?(?![0-9x*#?×])"
LONG_NUMBER = re.compile(rf"([0-9]{{4}}){_GAP}([0-9]){_GAP}([0-9]{{7}}){_CHECK}")
SHORT_NUMBER = re.compile(rf"([0-9]{{2}}){_GAP}([0-9]){_GAP}([0-9]{{5}}){_CHECK}")
PUBLICATION = re.compile(r"([0-9])\s?([0-9]{8}|[0-9]{6})\s?([abcuysd])(?![0-9]{2}|[a-z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class PatentNumber:
    """What is written, normalised; whether it is possible is for `problem` to say."""

    normalised: str  # `202310123456.7`, the check digit as written or left out; `CN101234567B`
    key: str  # without check digit, to look a right up by: `202310123456`; `CN101234567`
    year: int | None  # of filing; None for a publication
    kind_digit: int
    serial: str
    check_written: str | None
    check_computed: str | None
    is_publication: bool = False
    is_dotted: bool = False
    kind_letter: str | None = None

    @property
    def kind(self) -> str | None:
        """invention, utility_model or design; None when the kind digit stands for nothing."""
        return KIND_DIGITS.get(self.kind_digit)

    @property
    def is_check_right(self) -> bool:
        """True as well when no check digit was written."""
        return self.check_written is None or self.check_written == self.check_computed


def check_digit(body: str) -> str:
    """The check digit of the 8 or 12 digits before it: weights 2..9, 2..5 from the left, modulo 11, 10 is X."""
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=False))
    return "X" if total % 11 == 10 else str(total % 11)


def read_long(match: re.Match[str]) -> PatentNumber:
    """A match of LONG_NUMBER as a record."""
    return _application(match, int(match[1]))


def read_short(match: re.Match[str]) -> PatentNumber:
    """A match of SHORT_NUMBER as a record; years above 03 are read as 20yy only when they cannot be 19yy."""
    year = int(match[1])
    return _application(match, year + (1900 if year >= FIRST_YEAR % 100 else 2000))


def _application(match: re.Match[str], year: int) -> PatentNumber:
    body = match[1] + match[2] + match[3]
    written = match[4] or match[5]
    check = None if written is None else written.upper()
    return PatentNumber(
        normalised=body if check is None else f"{body}.{check}",
        key=body,
        year=year,
        kind_digit=int(match[2]),
        serial=match[3],
        check_written=check,
        check_computed=check_digit(body),
        is_dotted=match[4] is not None,
    )


def read_publication(match: re.Match[str]) -> PatentNumber:
    """A match of PUBLICATION as a record."""
    digits, letter = match[1] + match[2], match[3].upper()
    return PatentNumber(
        normalised=f"CN{digits}{letter}",
        key=f"CN{digits}",
        year=None,
        kind_digit=int(match[1]),
        serial=match[2],
        check_written=None,
        check_computed=None,
        is_publication=True,
        kind_letter=letter,
    )


def parse_number(text: str) -> PatentNumber | None:
    """One number standing alone in folded text, with or without ZL or CN; None when it has no such shape."""
    bare = re.sub(r"^(?:zl|cn)[\s.:#\-]{0,3}", "", text.strip())
    for pattern, read in ((LONG_NUMBER, read_long), (SHORT_NUMBER, read_short), (PUBLICATION, read_publication)):
        found = pattern.fullmatch(bare)
        if found:
            return read(found)
    return None


def number_key(number: str) -> str | None:
    """What a right's number is looked up by, the same for every way of writing it; None for one that is not Chinese."""
    parsed = parse_number(number.lower())
    return parsed.key if parsed else None


def malformation(number: PatentNumber) -> str | None:
    """Why no such number can have been given, in English, or None."""
    kind = number.kind_digit
    if not number.is_publication:
        if number.kind is None:
            return f"the kind digit {kind} stands for no kind of patent"
        return None
    letters = _PUBLICATION_LETTERS.get(kind)
    if letters is None:
        return f"a publication number starts with 1, 2 or 3, not {kind}"
    if len(number.serial) == 6:
        letters += _EARLY_LETTERS[kind]
    if (number.kind_letter or "").lower() not in letters:
        return f"the letter {number.kind_letter} does not belong to numbers that start with {kind}"
    return None


def impossible_date(number: PatentNumber, today: date) -> str | None:
    """Why the year cannot be, in English, or None."""
    if number.year is None:
        return None
    if len(number.key) == 8 and number.year > LAST_SHORT_YEAR:
        return f"numbers of 8 digits ended in 2003, but this one says {number.year}"
    if number.year > today.year:
        return f"the year {number.year} has not come yet"
    if number.year < FIRST_YEAR:
        return f"there was no Chinese patent law in {number.year}"
    if len(number.key) == 12 and number.year < LAST_SHORT_YEAR:
        return f"numbers of 12 digits began in 2003, but this one says {number.year}"
    return None
