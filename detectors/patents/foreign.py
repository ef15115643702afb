"""Patent numbers of other offices: recognised, so that they are neither taken for Chinese ones nor judged as such.

None of these has a check digit in common use. Without a register only this can be said: a document that is always an
application (WO, a US or EP number with the letter A), a year that has not come, and a US design so early that its
term, counted from grant, is over. Everything else is left alone; a number on the watchlist is judged by its entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

_KIND_CODE = r"\s?(?P<code>[abcesuyp][0-9]?)?(?![a-z0-9]|\.[0-9])"
_SERIES = r"(?P<series>des\.?\s?|d\s?|re\s?|pp\s?)?"
_US_DIGITS = r"(?P<digits>[0-9]{1,2},[0-9]{3},[0-9]{3}|[0-9]{3},[0-9]{3}|(?:19|20)[0-9]{2}/?[0-9]{7}|[0-9]{6,8})"
_SHAPES = (
    ("US", re.compile(rf"(?<![a-z0-9])(?!usd[\s:])(?:us|u\.s\.?)[\s\-]?{_SERIES}{_US_DIGITS}{_KIND_CODE}")),
    ("US", re.compile(r"(?<![a-z0-9])(?P<series>d)\s?(?P<digits>[0-9]{3},[0-9]{3}|[0-9]{6})(?![0-9,a-z])")),
    ("US", re.compile(r"(?<![a-z0-9])(?:us)?\s?(?P<series>re|pp)\s?(?P<digits>[0-9]{2},?[0-9]{3})(?![0-9,a-z])")),
    ("EP", re.compile(rf"(?<![a-z0-9])ep[\s\-]?(?P<digits>[0-9]{{7}}|[0-9](?:\s[0-9]{{3}}){{2}}){_KIND_CODE}")),
    ("WO", re.compile(rf"(?<![a-z0-9])wo[\s\-]?(?P<digits>(?:19|20)[0-9]{{2}}[/\s]?[0-9]{{5,6}}){_KIND_CODE}")),
    ("JP", re.compile(rf"(?<![a-z0-9])jp[\s\-]?(?P<digits>[0-9]{{7,10}}){_KIND_CODE}")),
    ("KR", re.compile(rf"(?<![a-z0-9])kr[\s\-]?(?P<digits>[123]0-?(?:[0-9]{{4}}-?)?[0-9]{{7}}){_KIND_CODE}")),
    ("TW", re.compile(rf"(?<![a-z0-9])tw[\s\-]?(?P<digits>[imd]?[0-9]{{6,9}}){_KIND_CODE}")),
    ("JP", re.compile(r"(?P<series>特许|实用新案登录|意匠登录)\s?第\s?(?P<digits>[0-9]{3,8})\s?号")),
    ("KR", re.compile(r"(?:특허|실용신안|디자인|등록)[^0-9\n]{0,12}(?P<digits>[123]0-(?:[0-9]{4}-)?[0-9]{7})(?!\d)")),
)
_NAMED_SHAPES = {  # behind the office's name and a label
    "US": re.compile(rf"{_SERIES}{_US_DIGITS}{_KIND_CODE}"),
    "EP": re.compile(rf"(?P<digits>[0-9]{{7}}|[0-9](?:\s[0-9]{{3}}){{2}}){_KIND_CODE}"),
    "TW": re.compile(rf"(?P<digits>[imd]?[0-9]{{6,9}}){_KIND_CODE}"),
}
_ANY = re.compile(
    r"(?=[uewjktd第1-3])(?:(?<![a-z0-9])(?:us|u\.s|ep|wo|jp|kr|tw)[\s.\-]{0,2}[a-z]{0,3}\.?\s?[0-9]|"
    r"(?<![a-z])d\s?[0-9]{3},?[0-9]{3}|第\s?[0-9]{3,8}\s?号|[123]0-[0-9]{4})"
)
US_DESIGN_GRANTS = (("D534340", date(2007, 1, 2)), ("D656490", date(2012, 3, 27)), ("D680199", date(2013, 4, 16)))
"""US designs and the day they were granted (USPTO grant data). Numbers rise with time: lower ones are no younger."""
US_DESIGN_TERM_YEARS = 14  # from grant, for applications filed before 2015-05-13 (35 USC 173)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignNumber:
    """A number of an office other than the Chinese one."""

    office: str
    normalised: str  # `US D651432`, `EP 1234567 B1`, `WO 2015123456`
    key: str  # to look a right up by: `US D651432`, `EP 1234567`
    kind: str | None  # what the number alone tells
    year: int | None = None
    is_application: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignPlace:
    """`number` stands at [start, end) of the folded text."""

    start: int
    end: int
    number: ForeignNumber


def find_foreign(text: str) -> list[ForeignPlace]:
    """Every number that carries its office's letters or form, in order, without overlaps."""
    if not _ANY.search(text):
        return []
    places = sorted(_shaped(text), key=lambda place: (place.start, -place.end))
    kept: list[ForeignPlace] = []
    for place in places:
        if not kept or place.start >= kept[-1].end:
            kept.append(place)
    return kept


def read_named(text: str, at: int, office: str) -> ForeignPlace | None:
    """The number at `at`, behind the name of its office."""
    shape = _NAMED_SHAPES.get(office)
    match = shape.match(text, at) if shape else None
    return ForeignPlace(start=at, end=match.end(), number=_number(office, match)) if match else None


def foreign_key(office: str, number: str) -> str:
    """What a right's number is looked up by, the same for every way of writing it."""
    bare = re.sub(r"[\s.,/\-]|第|号", "", number.lower())
    bare = bare.removeprefix(office.lower())
    match = re.fullmatch(r"([a-z]*)0*([0-9]+)(?:[abcesuyp][0-9]?)?", bare)
    return f"{office} {match[1].upper()}{match[2]}" if match else f"{office} {bare.upper()}"


def over_design_term(number: ForeignNumber, today: date) -> tuple[str, date, date] | None:
    """For a US design whose term is surely over: a number granted no earlier, its grant and the term's end."""
    if number.office != "US" or number.kind != "design" or number.is_application:
        return None
    serial = int(number.key.removeprefix("US D"))
    for known, granted in US_DESIGN_GRANTS:
        if serial <= int(known[1:]):
            end = granted.replace(year=granted.year + US_DESIGN_TERM_YEARS)
            return (known, granted, end) if today > end else None
    return None


def _shaped(text: str) -> Iterator[ForeignPlace]:
    for office, shape in _SHAPES:
        for match in shape.finditer(text):
            yield ForeignPlace(start=match.start(), end=match.end(), number=_number(office, match))


def _number(office: str, match: re.Match[str]) -> ForeignNumber:
    groups = match.groupdict()
    digits = re.sub(r"[\s,/\-]", "", groups["digits"]).upper()
    series = re.sub(r"[\s.]", "", groups.get("series") or "").upper()
    code = (groups.get("code") or "").upper()
    if office == "US":
        series = "D" if series == "DES" else series
    elif office == "JP":
        series, code = "", code or series
    digits = digits.lstrip("0") or "0"
    year = int(digits[:4]) if office == "WO" or (office == "US" and len(digits) == 11) else None
    return ForeignNumber(
        office=office,
        normalised=" ".join(part for part in (office, series + digits, code) if part),
        key=f"{office} {series}{digits}",
        kind="design" if series == "D" else "invention" if office in ("WO", "EP") or series == "RE" else None,
        year=year,
        is_application=office == "WO" or (office in ("US", "EP") and (code.startswith("A") or year is not None)),
    )
