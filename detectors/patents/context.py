"""What the words around a number say: whose number it is, how plainly, of which kind, granted or not.

One pass over the text finds every phrase of the vocabulary; a number then looks at those that stand close by.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from detectors.patents.wording import KIND_TABLES, PatentWording

BEFORE, AFTER = 48, 24  # how far around a number words are looked for, in folded characters
_NEAR = 28  # between a word such as patent and a number that only it makes a claim
_LIST_REACH = 12  # between two numbers of one list
_OTHER_REACH = 8  # between 订单号 and its number
_OTHER_NUMBER = re.compile(r"[\u4e00-\u9fff](?:号|号码|编号|编码|代码|码)[\s:.为是]{0,3}$")  # 机身号, 图号: of anything
_FILL = re.compile(r"[\s:.,、为是=()\[\]【】<>《》#*\"'“”‘’/_\-第号]*")
_LIST = re.compile(r"[\s,、;/&+~()\-]*(?:和|及|与|至|或|and|or|to|및|から)?[\s,、;/&+~()\-]*(?:第|no\.?)?\s?")
_CHAIN_WORDS = (
    "专利|特许|특허|patents?|pat|numbers?|nos?|nr|n[.°]o?|type|kind|of|for|the|and|an?|is|申请|公告|公开|授权|登记|登录|등록|证书|产品|"
    "技术|编|号|码|权|第|类型|类别|种类|名称|中国|国家|chinese|china|的|已获|获得|和|及|与|或|번호|番号|zl|cn"
)
# (?!) never matches: as in recover.py, for possessive groups before Python 3.11.5.
_CHAIN = re.compile(rf"(?:[\s:.,、为是=()\[\]【】<>《》#*\"'“”/_\-]|{_CHAIN_WORDS}|(?!))*+")
_OFFICE_CHAIN = re.compile(rf"(?:[\s.()#\-]|{_CHAIN_WORDS}|:(?=[^a-z]*$)|(?!))*+")
_NO_DIGITS = re.compile(r"[^0-9]{0,6}")
_OPENING = re.compile(r"[号)]{1,2}\s?[(\[【]|[\s(\[【,]{0,3}")
_NEXT_NUMBER = re.compile(r"(?P<label>(?:专利|patent|nos?|[\s:.号第,]|(?!))*+)(?:zl|cn|[0-9])")
_SENTENCE_END = re.compile(r"[。;；!\n]|zl")


class Context(IntEnum):
    """How plainly the text says that a number is a patent's."""

    OTHER = -1  # it says that the number is something else: 订单号, EAN
    NONE = 0
    NEAR = 1  # 专利 or patent stands close by
    BESIDE = 2  # ... with nothing between, or the number before it is a patent's: 专利 ZL..., 专利号：A、B
    DOCUMENT = 3  # 申请号, 公告号: a number of an office
    NAMED_ABROAD = 4  # patent no., 特許番号: any office's number may follow
    NAMED = 5  # 专利号


@dataclass(frozen=True, slots=True)
class _Mention:
    start: int
    end: int
    meaning: str


class Surroundings:
    """The phrases of one folded text, looked for when a number first asks for them."""

    def __init__(self, text: str, wording: PatentWording) -> None:
        self._text = text
        self._wording = wording

    @cached_property
    def _labels(self) -> list[_Mention]:
        return list(_mentions(self._text, self._wording.labels, self._wording.roles))

    @cached_property
    def _label_starts(self) -> list[int]:
        return [mention.start for mention in self._labels]

    @cached_property
    def _kinds(self) -> list[_Mention]:
        return list(_mentions(self._text, self._wording.kinds, self._wording.kind_of))

    @cached_property
    def _kind_starts(self) -> list[int]:
        return [mention.start for mention in self._kinds]

    def context(self, start: int, end: int, previous_end: int) -> Context:
        """What is said of the number at [start, end); nothing before `previous_end` is about it."""
        last = self._last_label(start, previous_end)
        if last is not None:
            between = self._text[last.end : start]
            if last.meaning == "other_label" and len(between) <= _OTHER_REACH:
                return Context.OTHER
            if last.meaning == "word" and _OTHER_NUMBER.search(between) and not _CHAIN.fullmatch(between):
                return Context.OTHER
            is_beside = last.meaning != "word" or "," not in between
            if last.meaning != "other_label" and is_beside and _FILL.fullmatch(between):
                return self._label_context(last)
            if last.meaning != "other_label" and len(between) <= _NEAR:
                return Context.NEAR
        if previous_end and start - previous_end <= _LIST_REACH and _LIST.fullmatch(self._text, previous_end, start):
            return Context.NEAR if self._text[previous_end:start].isspace() else Context.BESIDE
        return Context.NEAR if self._is_word_after(end) else Context.NONE

    def office(self, start: int, previous_end: int) -> str | None:
        """The office named before a number, as `US Patent No.` does, if any."""
        before = self._text[max(start - BEFORE, previous_end) : start]
        found = None
        for mention in _mentions(before, self._wording.offices, self._wording.office_of):
            if _OFFICE_CHAIN.fullmatch(self._wording.kinds.sub("", before[mention.end :])):
                found = mention.meaning
        return found

    def stated_kinds(self, start: int, end: int, previous_end: int) -> tuple[frozenset[str], int]:
        """The kinds that the words directly before the number state, or else those directly after it.

        Also where the words after it end, so that they are not taken for the next number's.
        """
        before = self._kinds_before(start, previous_end)
        after, after_end = self._kind_after(end, is_told=bool(before))
        return before or after, after_end

    def is_pending(self, start: int, end: int, previous_end: int) -> bool:
        """Whether the text calls it an application."""
        return bool(self._said(self._wording.pending, start, end, previous_end))

    def has_notice(self, start: int, end: int, previous_end: int) -> bool:
        """Whether the text says that it is not granted yet."""
        return bool(self._said(self._wording.notice, start, end, previous_end))

    def _said(self, pattern: re.Pattern[str], start: int, end: int, previous_end: int) -> re.Match[str] | None:
        before, after = self._text[max(start - BEFORE, previous_end) : start], self._text[end : end + AFTER]
        return pattern.search(before) or pattern.search(_SENTENCE_END.split(after, maxsplit=1)[0])

    def _last_label(self, start: int, previous_end: int) -> _Mention | None:
        index = bisect_left(self._label_starts, start) - 1
        if index < 0:
            return None
        last = self._labels[index]
        return last if last.start >= max(start - BEFORE, previous_end) and last.end <= start else None

    def _is_word_after(self, end: int) -> bool:
        index = bisect_left(self._label_starts, end)
        if index == len(self._labels):
            return False
        label = self._labels[index]
        return label.meaning in ("word", "label") and bool(_NO_DIGITS.fullmatch(self._text, end, label.start))

    def _kinds_before(self, start: int, previous_end: int) -> frozenset[str]:
        stated: frozenset[str] = frozenset()
        index = bisect_left(self._kind_starts, start) - 1
        while index >= 0 and self._kinds[index].start >= max(start - BEFORE, previous_end):
            kind = self._kinds[index]
            if not _CHAIN.fullmatch(self._text, kind.end, start):
                break
            stated |= KIND_TABLES[kind.meaning]
            start = kind.start
            index -= 1
        return stated

    def _kind_after(self, end: int, *, is_told: bool) -> tuple[frozenset[str], int]:
        """`ZL... (外观设计专利)`, but not the words that introduce the next number."""
        index = bisect_left(self._kind_starts, end)
        if index == len(self._kinds) or not _OPENING.fullmatch(self._text, end, self._kinds[index].start):
            return frozenset(), end
        kind = self._kinds[index]
        following = _NEXT_NUMBER.match(self._text, kind.end, kind.end + AFTER)
        if following:
            is_introduced = any(sign in following["label"] for sign in ":号") or is_told
            return frozenset(), end if is_introduced else kind.end  # between two numbers it may be said of either
        return KIND_TABLES[kind.meaning], kind.end

    def _label_context(self, label: _Mention) -> Context:
        if label.meaning != "label":
            return Context.DOCUMENT if label.meaning == "document_label" else Context.BESIDE
        return Context.NAMED if "专利" in self._text[label.start : label.end] else Context.NAMED_ABROAD


def _mentions(text: str, pattern: re.Pattern[str], meanings: Mapping[str, str]) -> Iterator[_Mention]:
    for found in pattern.finditer(text):
        yield _Mention(found.start(), found.end(), meanings[found[0]])
