"""Text as the number patterns read it, with the way back to the code points as received.

NFKC, lower case, one form for traditional, Japanese and look-alike signs, and without characters that do not show
(zero-width, soft hyphen, variation selectors, combining marks, bidi controls): full-width digits and hidden joiners
inside a number must not hide it. What is left of HTML (`&nbsp;`, `<b>`) and any run of blanks is one blank, or one line
break if it holds one; between Chinese characters it is nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_CAPITALS = re.compile(r"[A-Z]+")
_SPECIAL = re.compile(r"[^ -~\u4e00-\u9fff]+")
_IGNORABLE = re.compile(
    "[\u00ad\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u20d0-\u20ff\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff\x00-\x08\x0e-\x1f\x7f]"
)
_BLANKS = re.compile(r"(?:\s|&(?:nbsp|ensp|emsp|thinsp|#160|#xa0|#8194|#8195);?|<[a-z/!][^<>]{0,60}>)+")
_PLAIN = str.maketrans(
    "專號請開發発實実觀観設計權権類證証書碼國国臺歐欧韓許録願註冊標準編電話訂單貨條産產廣獲授‐‑‒–—―−·•‧・∙⋅хχ×",
    "专号请开发发实实观观设计权权类证证书码国国台欧欧韩许录愿注册标准编电话订单货条产产广获授-------......xxx",
)
"""The vocabulary of data/patents.toml in one form; dashes as hyphens, middle dots as dots, what passes for the X."""
_VARIANT = re.compile(f"[{''.join(map(chr, _PLAIN))}]+")


@dataclass(frozen=True, slots=True)
class Folded:
    """`origins[i]` is the code point of the received text that folded character i came from."""

    text: str
    origins: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A span of the folded text, end exclusive, as one of the text as received."""
        return self.origins[start], self.origins[end - 1] + 1


def fold(text: str) -> str:
    """The folded text alone."""
    return fold_with_origins(text).text


def fold_with_origins(text: str) -> Folded:
    """The folded text with its index map. Chinese characters and ASCII are taken over as they are."""
    if text.isascii() and text.isprintable():
        return _without_blanks(Folded(text.lower(), range(len(text))))
    lowered = _CAPITALS.sub(_lower, text)
    pieces: list[str] = []
    origins: list[int] = []
    done = 0
    for special in _SPECIAL.finditer(lowered):
        pieces.append(lowered[done : special.start()])
        origins.extend(range(done, special.start()))
        for position in range(special.start(), special.end()):
            folded = _fold_one(text[position])
            pieces.append(folded)
            origins.extend([position] * len(folded))
        done = special.end()
    pieces.append(lowered[done:])
    origins.extend(range(done, len(text)))
    return _without_blanks(Folded(_VARIANT.sub(_plain, "".join(pieces)), origins))


def _lower(letters: re.Match[str]) -> str:
    return letters[0].lower()


def _plain(variants: re.Match[str]) -> str:
    return variants[0].translate(_PLAIN)


@lru_cache(maxsize=4_096)
def _fold_one(character: str) -> str:
    return _IGNORABLE.sub("", unicodedata.normalize("NFKC", character).lower())


def _without_blanks(folded: Folded) -> Folded:
    """One blank or line break for each run of them and of HTML, none between Chinese characters."""
    text, done = folded.text, 0
    pieces: list[str] = []
    origins: list[int] = []
    for blanks in _BLANKS.finditer(text):
        start, end = blanks.span()
        is_inside = start > 0 and end < len(text) and _is_han(text[start - 1]) and _is_han(text[end])
        if end - start == 1 and text[start] == " " and not is_inside:
            continue
        pieces += [text[done:start], "" if is_inside else "\n" if "\n" in blanks[0] else " "]
        origins += folded.origins[done:start]
        if not is_inside:
            origins.append(folded.origins[start])
        done = end
    if not done:
        return folded
    return Folded("".join([*pieces, text[done:]]), [*origins, *folded.origins[done:]])


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"
