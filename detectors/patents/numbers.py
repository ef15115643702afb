"""Chinese patent numbers as records. Pure arithmetic on folded text (see folding.py); no register is needed.

An application number is year, kind digit, serial and a check digit behind a dot: `97101765.4` (8+1) until
2003-09-30, `200510113767.6` (12+1) since (standard ZC 0006-2003). A patent number is `ZL` before it. A publication
number is `CN`, seven or nine digits of which the first is the kind, and a letter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

FIRST_YEAR = 1985  # the first Chinese patents were filed on 1985-04-01
LAST_SHORT_YEAR = 2003  # 8+1 digits until 2003-09-30, 12+1 from the next day on
LONG, SHORT = 12, 8  # digits without the check digit

KIND_DIGITS = {1: "invention", 2: "utility_model", 3: "design", 8: "invention", 9: "utility_model"}
_PUBLICATION_LETTERS = {1: "abc", 2: "uy", 3: "sd"}
_EARLY_LETTERS = {1: "ab", 2: "ub", 3: "sb"}  # seven digits could still carry the letters used before 1993
_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)

_PLACEHOLDERS = frozenset({"xx", "**", "##", "??"})  # ZL20151998****.*: twelve digits of which some are withheld

# A digit and what may stand before it: three signs at most, so matching takes constant time at any place.
_SIGN = re.compile(r"([\s.,。/_\-]{0,3})([0-9x*#?○〇●□])")
_EIGHT_ALONE = re.compile(r"[0-9]{8}(?![0-9x])")
_LIKELY_YEAR = re.compile(r"198[5-9]|199[0-9]|20[0-9]{2}")
_COUNTED = "件个只条支片张套盒包瓶袋双对台米斤克升年月日天号色款种大小步层格档段折元块倍项点级代次"
_DOT_LIKE = (". ", "。", ",", "-")  # what may stand for the dot before a check digit, if that ends the clause
_LAST_BLANK = " $"  # a blank before a digit that ends the clause: no dot, and yet what follows is the check digit
_CLAUSE_END = re.compile(rf"\n|\s?(?:$|,(?![0-9])|[;。!?)\]】》」』]|\(?[\u4e00-\u9fff](?<![{_COUNTED}]))")
RUN = r"[0-9](?:[\s.,。/_\-]{0,3}[0-9x*#?○〇●□]){4,27}"
PUBLICATION = re.compile(r"([0-9])((?:\s?[0-9]){8}|(?:\s?[0-9]){6})\s?([abcuysd])[0-9]?(?![0-9a-z])")
_BARE_PUBLICATION = re.compile(r"([0-9])((?:\s?[0-9]){8}|(?:\s?[0-9]){6})(?!\s?[.。x]|[0-9a-z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class PatentNumber:
    """What is written, normalised; `malformation` and `impossible_date` say whether it is possible."""

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
    def is_long(self) -> bool:
        """Whether it is an application number of twelve digits."""
        return not self.is_publication and len(self.key) == LONG

    @property
    def is_check_right(self) -> bool:
        """True as well when no check digit was written."""
        return self.check_written is None or self.check_written == self.check_computed


def check_digit(body: str) -> str:
    """The check digit of the 8 or 12 digits before it: weights 2..9, 2..5 from the left, modulo 11, 10 is X."""
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=False))
    return "X" if total % 11 == 10 else str(total % 11)


def read_application(run: str, behind: str = "") -> tuple[PatentNumber, int] | None:
    """The application number that a run of digits begins with and where it ends, or None: no number has this form.

    Blanks and signs may stand anywhere. Twelve digits are read where there are so many, eight where a dotted check
    digit or a blank ends them. `behind` is what the text goes on with: a digit that ends a clause is a check digit.
    """
    signs = [(found[1], found[2], found.end()) for found in _SIGN.finditer(run)]
    text = run + behind
    signs = [(_joined(gap, text, end), sign, end) for gap, sign, end in signs]
    digits = 0
    while digits < len(signs) and signs[digits][1].isdigit():
        digits += 1
    is_short = _is_dotted(signs, SHORT) or (_EIGHT_ALONE.match(run) and not _LIKELY_YEAR.match(run))
    for length in (SHORT,) if is_short or digits < LONG else (LONG, SHORT):
        if digits >= length and (found := _read(signs, length)):
            return found
    return None


def read_publication(match: re.Match[str]) -> PatentNumber:
    """A match of PUBLICATION as a record."""
    return _publication(match[1] + re.sub(r"\s", "", match[2]), match[3].upper())


def read_bare_publication(text: str, at: int = 0) -> tuple[PatentNumber, int] | None:
    """Seven or nine digits without their letter, and where they end."""
    match = _BARE_PUBLICATION.match(text, at)
    return (_publication(match[1] + re.sub(r"\s", "", match[2]), None), match.end()) if match else None


def parse_number(text: str) -> PatentNumber | None:
    """One number standing alone in folded text, with or without ZL or CN; None when it has no such shape."""
    bare = re.sub(r"^(?:zl|cn)[\s.:#\-]{0,3}", "", text.strip())
    publication = PUBLICATION.fullmatch(bare)
    if publication:
        return read_publication(publication)
    if text.strip().startswith("cn") and (plain := read_bare_publication(bare)) and plain[1] == len(bare):
        return plain[0]
    found = read_application(bare) if re.fullmatch(RUN, bare) else None
    return found[0] if found and found[1] == len(bare) else None


def number_key(number: str) -> str | None:
    """What a right's number is looked up by, the same for every way of writing it; None for one that is not Chinese."""
    parsed = parse_number(number.lower())
    return parsed.key if parsed else None


def malformation(number: PatentNumber) -> str | None:
    """Why no such number can have been given, in English, or None."""
    kind = number.kind_digit
    if not number.is_publication:
        return None if number.kind else f"the kind digit {kind} stands for no kind of patent (standard ZC 0006-2003)"
    letters = _PUBLICATION_LETTERS.get(kind)
    if letters is None:
        return f"a Chinese publication number starts with 1, 2 or 3, not {kind}"
    if len(number.serial) == 6:
        letters += _EARLY_LETTERS[kind]
    if number.kind_letter and number.kind_letter.lower() not in letters:
        return f"the letter {number.kind_letter} does not belong to Chinese publication numbers that start with {kind}"
    return None


def impossible_date(number: PatentNumber, today: date) -> str | None:
    """Why the year cannot be, in English, or None."""
    if number.year is None:
        return None
    if len(number.key) == SHORT and number.year > LAST_SHORT_YEAR:
        return f"numbers of 8 digits ended on 2003-09-30 (standard ZC 0006-2003), but this one says {number.year}"
    if number.year > today.year:
        return f"the year of filing, {number.year}, had not come on {today}"
    if number.year < FIRST_YEAR:
        return f"the first Chinese patents were filed in {FIRST_YEAR}, but this number says {number.year}"
    if number.is_long and number.year < LAST_SHORT_YEAR:
        return f"numbers of 12 digits began on 2003-10-01 (standard ZC 0006-2003), but this one says {number.year}"
    return None


_Sign = tuple[str, str, int]  # what stands before it, the sign, where it ends


def _is_dotted(signs: list[_Sign], at: int) -> bool:
    """Whether the sign there is a check digit behind a dot, and nothing follows without a break."""
    return len(signs) > at and _is_dot(signs[at][0]) and (len(signs) == at + 1 or signs[at + 1][0] != "")


def _is_dot(gap: str) -> bool:
    """A dot, with a blank behind it only if one stands before: "958772. 5 pieces" may be the end of a sentence."""
    return gap.strip() == "." and (gap[-1] == "." or gap[0] != ".")


def _joined(gap: str, text: str, end: int) -> str:
    """`gap`, but a mere dot where the sign that ends at `end` counts nothing: `958772. 5，`, `958772。5`."""
    if gap == " ":
        return _LAST_BLANK if _CLAUSE_END.match(text, end) else gap
    return "." if gap in _DOT_LIKE and _CLAUSE_END.match(text, end) else gap


def _read(signs: list[_Sign], length: int) -> tuple[PatentNumber, int] | None:
    body = "".join(sign for _, sign, _ in signs[:length])
    end = signs[length - 1][2]
    if len(signs) == length:
        return _application(body, None, is_dotted=False), end
    gap, sign, check_end = signs[length]
    is_last = len(signs) == length + 1 or signs[length + 1][0] != ""
    is_last = is_last or (
        (sign.isdigit() or _is_dot(gap)) and signs[length + 1][1] in "x*#?"
    )  # 0566088.1x2, a star for a footnote
    if sign in "0123456789x" and is_last:
        is_cut_short = len(body) == SHORT and gap == "" and LAST_SHORT_YEAR % 100 < int(body[:2]) < FIRST_YEAR % 100
        is_grouped = gap == "-" == signs[4][0]  # 2023-1-0123456-7
        is_plain = _is_dot(gap) or is_grouped or (gap == "" and not is_cut_short)
        is_plain = is_plain or (gap == _LAST_BLANK and length == LONG)
        if is_plain or sign.upper() == check_digit(body):  # behind another sign it may be anything unless it is right
            return _application(body, sign.upper(), is_dotted="." in gap), check_end
    is_cut_off = length == SHORT and len(signs) > length + 1 and sign + signs[length + 1][1] in _PLACEHOLDERS
    is_ended = gap not in ("", ".") or (gap == "" and sign in "x*#?" and not is_cut_off)
    return (_application(body, None, is_dotted=False), end) if is_ended else None


def _application(body: str, check: str | None, *, is_dotted: bool) -> PatentNumber:
    """Of short numbers, years above 03 are read as 20yy only when they cannot be 19yy."""
    if len(body) == LONG:
        year, kind, serial = int(body[:4]), body[4], body[5:]
    else:
        year, kind, serial = int(body[:2]), body[2], body[3:]
        year += 1900 if year >= FIRST_YEAR % 100 else 2000
    return PatentNumber(
        normalised=body if check is None else f"{body}.{check}",
        key=body,
        year=year,
        kind_digit=int(kind),
        serial=serial,
        check_written=check,
        check_computed=check_digit(body),
        is_dotted=is_dotted,
    )


def _publication(digits: str, letter: str | None) -> PatentNumber:
    return PatentNumber(
        normalised=f"CN{digits}{letter or ''}",
        key=f"CN{digits}",
        year=None,
        kind_digit=int(digits[0]),
        serial=digits[1:],
        check_written=None,
        check_computed=None,
        is_publication=True,
        kind_letter=letter,
    )
