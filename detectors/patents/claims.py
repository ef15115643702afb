"""Where a text claims a Chinese patent.

A number alone is never a claim: EAN-13, order numbers, phone numbers and timestamps share its shape. Something must
say that a patent is meant: `ZL` or `CN` in front, or 专利 or patent close by. How much it says decides how much of a
number must stand there (see `_is_meant`). One pass of bounded patterns: linear time on any text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from detectors.patents.folding import Folded, fold, fold_with_origins
from detectors.patents.numbers import (
    LONG_NUMBER,
    PUBLICATION,
    SHORT_NUMBER,
    PatentNumber,
    read_long,
    read_publication,
    read_short,
)

CLAIM_TRIGGERS = ("专利", "專利", "patent", "pat.", "zl", "cn19", "cn20")
"""No text without one of these, folded as `folding.fold` does, holds a claim."""

_TRIGGER = re.compile("专利|專利|patent|pat\\.|(?<![a-z])zl|(?<![a-z])cn(?:19|20)")
_START = re.compile(r"(?<![0-9])(?<![0-9][.,])(?:(?<![a-z])(zl|cn)(?:[\s.:#号\-]{0,3}))?(?=[0-9])")
_RUN = re.compile(r"[0-9](?:[\s.\-]?[0-9x*#?×]){3,30}")

FIRST_LIKELY, LIKELY_END = 1985, 2100  # years that a number without a plain label may carry
_BEFORE, _AFTER = 40, 24  # how far around a number words are looked for, in folded characters
_WEAK_REACH, _KIND_REACH = 24, 32
_FILL = r"[\s:.,、为是()\[\]【】#*\"'“”\-]{0,6}"
_NAMED = re.compile(rf"(?:专利|專利)(?:申请|申請|公告|公开)?(?:号|號)(?:码|碼)?{_FILL}(?:no\.?)?{_FILL}$")
_NAMED_ABROAD = re.compile(rf"\bpat(?:ents?)?\.?\s{{0,2}}(?:nos?\b|numbers?\b|num\b|#){_FILL}$")
_WEAK_BEFORE = re.compile(r"专利|專利|patent|\bpat\.")
_WEAK_AFTER = re.compile(r"^[^0-9]{0,6}(?:专利|專利|patent)")
_FOREIGN = re.compile(
    r"(?:美国|日本|欧洲|欧盟|韩国|德国|台湾|\b(?:us|u\.s\.?|ep|eu|jp|kr|tw|de|european|japanese|korean))"
    r"[^0-9]{0,6}?(?:专利|專利|pat)"
)
_OTHER_OFFICE = re.compile(r"(?:^|[^a-z])(?!zl|cn|no)[a-z]{2}[\s.:\-]{0,2}$")
_PENDING = re.compile(
    r"专利申请中|专利申请号|專利申請號|尚未授权|尚未授權|未授权|申请中|申请号|已受理|正在申请|"
    r"pending|pat\.? pend|applied for|application no"
)
_TYPES = re.compile(
    r"(?P<design>外观设计|外觀設計|外观专利|外观|design patent)|(?P<utility_model>实用新型|實用新型|utility model)|"
    r"(?P<invention>发明|發明|invention)"
)
_TYPE_AFTER = re.compile(
    r"^[\s(（\[【,，]{0,3}(?:" + _TYPES.pattern + r")(?:专利)?(?![^,，。;；)）\]】]{0,3}[:：号zl])"
)
_READERS = {LONG_NUMBER: read_long, PUBLICATION: read_publication, SHORT_NUMBER: read_short}


class Context(IntEnum):
    """How plainly the text says that the number is a patent's."""

    NONE = 0
    NEAR = 1  # 专利 or patent stands close by
    NAMED_ABROAD = 2  # "patent no.", which any office's number may follow
    NAMED = 3  # 专利号


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimSpan:
    """One claim to a patent: `text` stands at [start, end) of the field as received, in code points."""

    start: int
    end: int
    text: str
    written: str  # folded, without separators: what to call a number that is none
    number: PatentNumber | None  # None: no number has such a form
    prefix: str | None  # "zl", "cn" or None
    context: Context
    stated_kind: str | None  # invention, utility_model, design
    is_pending: bool  # the text says that it is an application not yet granted


def find_claims(text: str) -> list[ClaimSpan]:
    """Every claim to a Chinese patent in one text field as received, in order, without overlaps."""
    shown = fold(text)
    for trigger in CLAIM_TRIGGERS:  # four times as fast as the pattern alone, and seldom true
        if trigger in shown:
            break
    else:
        return []
    if not _TRIGGER.search(shown):
        return []
    folded = fold_with_origins(text)
    return list(_claims(text, folded))


def _claims(text: str, folded: Folded) -> Iterator[ClaimSpan]:
    position, previous_end = 0, 0
    while start := _START.search(folded.text, position):
        number_at = start.end()
        shape = _shape(folded.text, number_at)
        found = None
        if shape and (shape.re is not _RUN or start[1] == "zl" or _is_labelled(folded.text, start.start())):
            context = _context(folded.text, start.start(), previous_end, start[1])
            found = _read(folded.text, shape, start[1], context)
        if found is None:
            position = _skip_digits(folded.text, number_at)
            continue
        number, end, context = found
        first, last = folded.span(start.start(), end)
        yield ClaimSpan(
            start=first,
            end=last,
            text=text[first:last],
            written=re.sub(r"[^0-9a-z*#?×]", "", folded.text[number_at:end]).upper(),
            number=number,
            prefix=start[1],
            context=context,
            stated_kind=_stated_kind(folded.text, start.start(), end, previous_end),
            is_pending=_is_pending(folded.text, start.start(), end, previous_end),
        )
        position = previous_end = end


def _skip_digits(text: str, position: int) -> int:
    while position < len(text) and "0" <= text[position] <= "9":
        position += 1
    return position


def _shape(text: str, at: int) -> re.Match[str] | None:
    return (
        LONG_NUMBER.match(text, at)
        or PUBLICATION.match(text, at)
        or SHORT_NUMBER.match(text, at)
        or _RUN.match(text, at)
    )


def _is_labelled(text: str, start: int) -> bool:
    """A cheap look that saves the dear one: a run of digits needs 专利号 before it."""
    before = text[max(start - 20, 0) : start]
    return "号" in before or "號" in before


def _context(text: str, start: int, previous_end: int, prefix: str | None) -> Context:
    before = text[max(start - _BEFORE, previous_end) : start]
    if prefix is None and (_FOREIGN.search(before) or _OTHER_OFFICE.search(before)):
        return Context.NONE
    if _NAMED.search(before):
        return Context.NAMED
    if _NAMED_ABROAD.search(before):
        return Context.NAMED_ABROAD
    if _WEAK_BEFORE.search(before[-_WEAK_REACH:]):
        return Context.NEAR
    if previous_end and start - previous_end <= 4:
        return Context.NEAR  # "专利号：A、B": what is said of the first is said of the next
    return Context.NONE


def _read(
    text: str, shape: re.Match[str], prefix: str | None, context: Context
) -> tuple[PatentNumber | None, int, Context] | None:
    """The number meant, where it ends and how plainly it is meant; a None number is malformed; None: no claim."""
    if shape.re is _RUN:
        return (None, shape.end(), context) if _is_malformed_claim(shape[0], prefix, context) else None
    number = _READERS[shape.re](shape)
    if context is Context.NONE and _WEAK_AFTER.match(text[shape.end() : shape.end() + _AFTER]):
        context = Context.NEAR
    return (number, shape.end(), context) if _is_meant(number, prefix, context) else None


def _is_meant(number: PatentNumber, prefix: str | None, context: Context) -> bool:
    """Whether a number of the right shape is a claim, given what stands around it.

    ZL + 12 digits always; ZL + 8 digits and a bare number after 专利号 need each other or a right, dotted check digit.
    CN + 12 digits alone needs a right, dotted check digit. "patent no." needs 12 digits of a likely year. 专利 merely
    close by needs that and a dot or a right check digit. A publication number needs CN and any context.
    """
    is_long = len(number.key) == 12 and not number.is_publication
    is_checked = number.check_written is not None and number.is_check_right
    is_likely = number.kind is not None and number.year is not None and FIRST_LIKELY <= number.year < LIKELY_END
    if number.is_publication:
        return prefix == "cn" and context is not Context.NONE
    if prefix == "zl":
        return is_long or context is not Context.NONE or (is_checked and number.is_dotted)
    if context is Context.NAMED:
        return True
    if context is Context.NAMED_ABROAD:
        return is_long and is_likely
    if context is Context.NEAR:
        return is_long and is_likely and (number.is_dotted or is_checked)
    return prefix == "cn" and is_long and is_likely and is_checked and number.is_dotted


def _is_malformed_claim(run: str, prefix: str | None, context: Context) -> bool:
    """A run of digits and placeholders that is no number: a claim only where a patent number must be meant.

    `ZL50` is a wheel loader and `ZL-1234` a model, so ZL alone needs a year and nine signs or more.
    """
    signs = re.sub(r"[\s.\-]", "", run)
    if context is Context.NAMED or (prefix == "zl" and context is not Context.NONE):
        return len(signs) >= 5
    return prefix == "zl" and len(signs) >= 9 and re.match(r"19[89]|20[0-9]", signs) is not None


def _stated_kind(text: str, start: int, end: int, previous_end: int) -> str | None:
    before = text[max(start - _KIND_REACH, previous_end) : start]
    stated = [match.lastgroup for match in _TYPES.finditer(before)]
    if stated:
        return stated[-1]
    after = _TYPE_AFTER.match(text[end : end + _AFTER])
    return after.lastgroup if after else None


def _is_pending(text: str, start: int, end: int, previous_end: int) -> bool:
    before, after = text[max(start - _BEFORE, previous_end) : start], text[end : end + _AFTER]
    return bool(_PENDING.search(before) or _PENDING.search(re.split("[。;；]|zl", after, maxsplit=1)[0]))
