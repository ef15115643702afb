"""Where a text claims a patent.

A number alone is never a claim: EAN-13, order numbers, phone numbers and timestamps share its shape. Something must
say that a patent is meant: `ZL` or `CN` in front, 专利 or patent close by, or the name of the attribute whose value it
is. How much it says decides how much of a number must stand there (see `_is_meant`); a word that says what else the
number is (条码, order no.) outweighs all but ZL. Bounded patterns in a few passes: linear time on any text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from detectors.patents.context import BEFORE, Context, Surroundings
from detectors.patents.folding import Folded, fold, fold_with_origins
from detectors.patents.foreign import ForeignNumber, ForeignPlace, find_foreign, read_named
from detectors.patents.numbers import (
    FIRST_YEAR,
    PUBLICATION,
    RUN,
    PatentNumber,
    read_application,
    read_bare_publication,
    read_publication,
)
from detectors.patents.wording import PatentWording, patent_wording

CLAIM_TRIGGERS = (
    "专利", "專利", "patent", "pat.", "brevet", "特許", "実用新案", "意匠登録", "특허", "실용신안", "디자인등록",
    "实用新型", "外观设计", "申请号", "公开号", "公告号", "zl", "z l", "cnzl", "cn19", "cn20",
)  # fmt: skip
"""With the labels of the rule pack: a text without one of them holds no claim, unless its attribute's name does."""

LIKELY_END = 2100  # years up to here may be meant where no plain label says so
_SIGNS = r"[\dx*＊×Ｘｘ#＃?？○〇●□]"
_BETWEEN = r"(?:[\W_\u115f\u1160\u3164\uffa0]|&[a-z#0-9]{2,6};?|<[a-z/!][^<>]{0,60}>)"
_PLAUSIBLE = re.compile(
    rf"[\dx*＊×Ｘｘ○〇●□](?:{_BETWEEN}*?{_SIGNS}){{4}}", re.IGNORECASE
)  # five signs, no word between
_START = re.compile(
    r"(?=[zc0-9x*#○〇●□])(?:(?<![a-z])(?P<prefix>(?:cn[\s\-.]?)?z\s?l|cn)[\s.:#号_()\[\]*\-]{0,4}(?:no\.?\s?)?|(?<![0-9])(?<![0-9]\.))"
    rf"(?:(?P<run>{RUN})|(?P<blank>(?<![a-z0-9])[x*#○〇●□]{{5,20}}(?:\.[x*])?(?![a-z0-9])))"
)
_GROUPED = re.compile(r"[0-9]{4}[\s.\-]{0,2}[0-9][\s.\-]{0,2}[0-9]{7}")  # as offices write it
_DATE = re.compile(r"(?:19|20)[0-9]{2}([-./\s])(?:0?[1-9]|1[0-2])\1(?:[12][0-9]|3[01]|0?[1-9])(?![0-9])")
_DAY = re.compile(r"[0-9]{4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")  # how numbers begin that count by days
_YEAR_SIGN = re.compile(  # ZL2024年10123456.7, ZL2024年第...
    r"(?:zl|专利|号)[\s:.是为]{0,3}(?:19|20)[0-9]{2}(年\s?第?)(?=\s?[0-9](?:[\s.\-]{0,2}[0-9x*]){7,8}(?![0-9]))"
)
_ONE_STRETCH = re.compile(r"[0-9x*#?○〇●□](?:[\s.\-]?[0-9x*#?○〇●□])*")
_NO_SIGN = re.compile(r"[^0-9x*#?○〇●□]")
_YEAR_AND_MORE = re.compile(r"(?:198[5-9]|199[0-9]|200[3-9]|20[12][0-9]).{5}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimSpan:
    """One claim to a patent: `text` stands at [start, end) of the field as received, in code points."""

    start: int
    end: int
    text: str
    written: str  # folded, without separators: what to call a number that is none
    number: PatentNumber | ForeignNumber | None  # None: no number has such a form
    prefix: str | None  # "zl", "cn" or None
    context: Context
    stated_kinds: frozenset[str]  # of invention, utility_model, design; one of them is meant
    is_pending: bool  # the text says that it is an application
    has_notice: bool  # ... and that it is not granted yet


def claim_triggers(wording: PatentWording) -> tuple[str, ...]:
    """What to look for in every text: a label that holds another trigger is found by that one."""
    labels = [label for label in wording.roles if wording.roles[label] in ("label", "word")]
    return (*CLAIM_TRIGGERS, *(label for label in labels if not any(trigger in label for trigger in CLAIM_TRIGGERS)))


def find_claims(text: str, name: str = "", wording: PatentWording | None = None) -> list[ClaimSpan]:
    """Every claim to a patent in one text field as received, in order, without overlaps.

    `name` is the attribute's whose value the text is: it introduces the value like words before a number. `wording` is
    the rule pack's, as shipped when left out.
    """
    if not _PLAUSIBLE.search(text):
        return []
    folded = _without_year_signs(fold_with_origins(text))
    wording = wording or patent_wording()
    if name:
        folded = _introduced(name, folded, wording)
    return [claim for claim in _Reader(text, folded, wording).claims() if claim.start >= 0]


def _without_year_signs(folded: Folded) -> Folded:
    """The text with blanks for 年第 inside a number."""
    text = folded.text
    for found in _YEAR_SIGN.finditer(text) if "年" in text else ():
        text = text[: found.start(1)] + " " * len(found[1]) + text[found.end(1) :]
    return Folded(text, folded.origins)


def _introduced(name: str, value: Folded, wording: PatentWording) -> Folded:
    """`name: value`, where what comes from the name has the origin -1; 专利 alone is read as 专利号."""
    head = fold(name).strip()
    if head in wording.number_attributes:
        head += "号" if head == "专利" else " no"
    head += ":"
    return Folded(head + value.text, [*[-1] * len(head), *value.origins])


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    prefix: str | None
    number: PatentNumber | ForeignNumber | None
    context: Context


class _Reader:
    """Goes through one folded text from number to number."""

    def __init__(self, received: str, folded: Folded, wording: PatentWording) -> None:
        self._received = received
        self._folded = folded
        self._text = folded.text
        self._around = Surroundings(folded.text, wording)

    def claims(self) -> Iterator[ClaimSpan]:
        previous_end = 0
        for found in self._numbers():
            kinds, kinds_end = self._around.stated_kinds(found.start, found.end, previous_end)
            first, last = self._folded.span(found.start, found.end)
            yield ClaimSpan(
                start=first,
                end=last,
                text=self._received[max(first, 0) : last],
                written=_NO_SIGN.sub("", self._text[found.start : found.end]).upper(),
                number=found.number,
                prefix=found.prefix,
                context=found.context,
                stated_kinds=kinds,
                is_pending=self._around.is_pending(found.start, found.end, previous_end),
                has_notice=self._around.has_notice(found.start, found.end, previous_end),
            )
            previous_end = kinds_end

    def _numbers(self) -> Iterator[_Found]:
        position, previous_end = 0, 0
        foreign = find_foreign(self._text)[::-1]
        while start := _START.search(self._text, position):
            while foreign and foreign[-1].end <= start.start():
                yield from self._foreign(foreign.pop(), previous_end)
            if foreign and foreign[-1].start < start.end():
                place = foreign.pop()
                position = max(place.end, position)
                yield from self._foreign(place, previous_end)
                previous_end = place.end
                continue
            if found := self._found(start, previous_end):
                yield found
                position = previous_end = found.end
            else:
                position = _after_digits(self._text, start)
        for place in reversed(foreign):
            yield from self._foreign(place, previous_end)

    def _foreign(self, place: ForeignPlace, previous_end: int) -> Iterator[_Found]:
        context = self._around.context(place.start, place.end, previous_end)
        if context is not Context.OTHER:
            yield _Found(place.start, place.end, None, place.number, context)

    def _found(self, start: re.Match[str], previous_end: int) -> _Found | None:
        begin = start.start()
        context = self._around.context(begin, start.end(), previous_end)
        if start["prefix"]:
            return self._chinese(start, context, previous_end)
        is_grouped = _GROUPED.match(self._text, begin) is not None
        if context <= Context.NONE and not is_grouped:
            return None  # the end of most numbers, and cheap
        office = self._around.office(begin, previous_end)
        if office is not None and office != "CN":
            return self._named(begin, office, context)
        return self._chinese(start, context, previous_end) if is_grouped or context >= Context.DOCUMENT else None

    def _named(self, begin: int, office: str, context: Context) -> _Found | None:
        """A number behind the name of another office: 美国专利号 10123456."""
        place = read_named(self._text, begin, office)
        return _Found(begin, place.end, None, place.number, context) if place and context > Context.NONE else None

    def _chinese(self, start: re.Match[str], context: Context, previous_end: int) -> _Found | None:
        begin, prefix = start.start(), _prefix(start)
        read = self._read(start, context)
        number, end = read or (None, start.end())
        if read and context <= Context.NONE:
            context = self._around.context(begin, end, previous_end)
        if number is None:
            end = self._malformed_end(start, context)
        elif not _is_meant(number, prefix, context, self._text[start.start("run") : end]):
            return None
        return _Found(begin, end, prefix, number, context) if end else None

    def _read(self, start: re.Match[str], context: Context) -> tuple[PatentNumber, int] | None:
        """The number, well formed or at least complete, and where it ends."""
        if not start["run"]:
            return None
        at, prefix = start.start("run"), _prefix(start)
        if prefix or context >= Context.DOCUMENT:
            publication = PUBLICATION.match(self._text, at)
            if publication:
                return read_publication(publication), publication.end()
            bare = read_bare_publication(self._text, at)
            if bare and _may_be_publication(bare[0], prefix, context):
                return bare
        application = read_application(start["run"], self._behind(start))
        return (application[0], at + application[1]) if application else None

    def _behind(self, start: re.Match[str]) -> str:
        """The next signs, less a bracket that was not opened before the number: `3) length` is an item of a list."""
        behind = self._text[start.end() : start.end() + 3]
        before = self._text[max(start.start() - BEFORE, 0) : start.start()]
        return behind if before.rfind("(") > before.rfind(")") else behind.replace(")", "-")

    def _malformed_end(self, start: re.Match[str], context: Context) -> int:
        """Where a run of signs ends that must be meant as a patent's number but is none; 0 when it is not meant so.

        `ZL50` is a wheel loader and `ZL-1234` a model, so ZL alone needs a year, nine signs or more, and a placeholder
        or a last digit behind a dot.
        """
        is_named = context is Context.NAMED or (_prefix(start) == "zl" and context >= Context.BESIDE)
        if start["blank"]:
            return start.end() if is_named else 0
        at = start.start("run")
        stretch = _ONE_STRETCH.match(start["run"])
        if stretch is None or _DATE.match(self._text, at):
            return 0
        signs = _NO_SIGN.sub("", stretch[0])
        if is_named:
            return at + stretch.end() if len(signs) >= 5 else 0
        is_patent_like = _YEAR_AND_MORE.match(signs) and (not signs.isdigit() or stretch[0][-2] == ".")
        return at + stretch.end() if _prefix(start) == "zl" and is_patent_like else 0


def _prefix(start: re.Match[str]) -> str | None:
    """zl also for what is written Z L or CN-ZL."""
    prefix: str | None = start["prefix"]
    return "zl" if prefix and "z" in prefix else prefix


def _after_digits(text: str, start: re.Match[str]) -> int:
    position = start.start("run") if start["run"] else start.end()
    while position < len(text) and "0" <= text[position] <= "9":
        position += 1
    return max(position, start.start() + 1)


def _may_be_publication(number: PatentNumber, prefix: str | None, context: Context) -> bool:
    """Whether seven or nine digits without a letter are meant as a publication number: `CN 204567890`.

    Behind 专利号 alone digits that begin like a year are a number cut short.
    """
    if number.kind_digit not in (1, 2, 3) or prefix == "zl":
        return False
    is_plain = prefix == "cn" or context is Context.DOCUMENT
    return is_plain or (len(number.key) == 11 and not _YEAR_AND_MORE.match(number.key[2:]))


def _is_meant(number: PatentNumber, prefix: str | None, context: Context, run: str) -> bool:
    """Whether a number of the right shape is a claim, given what stands around it.

    ZL needs a word about patents, a dot before the check digit, or a likely year and kind (with 13 digits any kind
    digit but the 0 of a date). A bare number needs 专利号; behind "patent no." it needs twelve digits of a likely year;
    near 专利 it needs a dot as well, or beside it a right check digit or an X, or thirteen digits together that begin
    with no day. A publication number needs a label, or
    CN and a letter or 专利 beside it.
    """
    is_likely = number.is_long and number.year is not None and FIRST_YEAR <= number.year < LIKELY_END
    is_likely = is_likely and (number.kind is not None or number.is_dotted)
    is_proved = number.check_written is not None and (number.is_check_right or number.check_written == "X")
    if context is Context.OTHER:
        return prefix == "zl" and is_likely and number.is_dotted
    if number.is_publication:
        return context >= (Context.BESIDE if prefix else Context.DOCUMENT) or (
            prefix is not None and number.kind_letter is not None and context is Context.NEAR
        )
    if prefix == "zl":
        is_whole = is_likely or (number.is_long and number.kind_digit != 0 and number.check_written is not None)
        return context is not Context.NONE or number.is_dotted or is_whole
    if context is Context.NAMED:
        return _DATE.match(run) is None
    if context is Context.NAMED_ABROAD:
        return is_likely
    if context is not Context.NONE:
        is_whole = run.isdecimal() and number.kind is not None and not _DAY.match(run)  # an order's number has a day
        is_believed = is_proved or (is_whole and number.check_written is not None)
        return is_likely and (number.is_dotted or (is_believed and context is not Context.NEAR))
    return prefix == "cn" and is_likely and number.is_dotted
