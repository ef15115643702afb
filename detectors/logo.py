"""Detector `logo`: a right's mark, or a false patent claim, in the words read in a listing's pictures.

A reader takes O for 0, l for I and rn for m, and puts blanks where it likes. What the steps of disguise find in words
that were read is therefore no disguise: the mark counts as written as registered, as far as anybody knows, and alerts
as openly named marks do, by a signal beside it. Short marks that only such a step finds are chance. Patent numbers are
believed from lines that were read with certainty, and never for being malformed: a line that was cut is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.kernels import codes
from detectors.mark import MarkJudge
from detectors.matching import NEAR, Hits, match_text
from detectors.patents.detector import ClaimVerdict, judge_claims
from detectors.picture_words import FIELD, PictureWords, words_of
from detectors.pictures.seen import Looks
from detectors.records import Listing, Match, Page, Reason
from detectors.sampling import Sample
from detectors.screening import sift
from detectors.text import PageText, fingerprint_text
from detectors.watchlist import Watchlist
from detectors.weighing import is_short

DETECTOR: Final = "logo"
SURE = 0.9  # confidence that a short mark or a patent number has to be read with
DOUBTFUL = "doubtful_reading"
_SAID_OF_IT = codes.COMPATIBLE_USE | codes.DENIED
_ALL = Sample(Page(b"", datetime(1970, 1, 1, tzinfo=UTC)), 1.0)


@dataclass(frozen=True, slots=True)
class LogoVerdict:
    """What a listing's pictures say of one right or number; `screened` says why it does not alert, None that it may."""

    match: Match
    screened: str | None
    threshold: float


def judge_logos(listings: Sequence[Listing], looks: Looks, watchlist: Watchlist, today: date) -> Iterator[LogoVerdict]:
    """One verdict for each listing and right whose marks are read in its pictures, then one for each false claim."""
    words = words_of(listings, looks)
    if words is None:
        return
    text = fingerprint_text(words.listings)
    found = match_text(text, len(words.listings), watchlist)
    hits = _Read(words, text, found, watchlist).hits()
    yield from _marks(words, text, hits, listings, watchlist, today)
    # With the words in place of its attributes: a kind of patent that those state may be another patent's.
    for claim in judge_claims(text, hits, words.listings, watchlist, today):
        yield _claim(words, claim)


def _marks(
    words: PictureWords, text: PageText, hits: Hits, listings: Sequence[Listing], watchlist: Watchlist, today: date
) -> Iterator[LogoVerdict]:
    sifted = sift(hits, words.listings, watchlist, today, _ALL)
    judge = MarkJudge(text, hits, watchlist, today)
    found: list[tuple[Match, str | None, int]] = [
        (judge.mention(group), reason, group.right) for group, reason in sifted.kept
    ]
    for group, verdict in zip(sifted.open, judge.judge(sifted.open, listings), strict=True):
        found.append((judge.matches(verdict)[0], verdict.screened, group.right))
    found.sort(key=lambda one: (one[0].listing, one[0].subject))
    for match, screened, right in found:
        told = match._replace(detector=DETECTOR, reasons=words.reasons(match.listing, match.reasons))
        yield LogoVerdict(told, screened, watchlist.right(right).score_threshold)


def _claim(words: PictureWords, claim: ClaimVerdict) -> LogoVerdict:
    match = claim.match
    is_sure = any(_is_sure(words, match.listing, reason) for reason in match.reasons if reason.code != "malformed")
    told = match._replace(detector=DETECTOR, reasons=words.reasons(match.listing, match.reasons))
    return LogoVerdict(told, claim.screened or (None if is_sure else DOUBTFUL), claim.threshold)


def _is_sure(words: PictureWords, listing: int, reason: Reason) -> bool:
    block = words.blocks[listing, reason.field.removeprefix(FIELD)]
    return all(line.confidence >= SURE for line in block.lines(reason.start or 0, reason.end or 0))


class _Read:
    """The hits of a page, weighed as of words that were read."""

    def __init__(self, words: PictureWords, text: PageText, hits: Hits, watchlist: Watchlist) -> None:
        self._words = words
        self._text = text
        self._hits = hits
        self._watchlist = watchlist
        self._in_pictures = hits.fields >= text.first_attribute
        self._is_mark = hits.kinds == codes.MARK

    def hits(self) -> Hits:
        """Marks and claims in pictures alone, none of them disguised, and the wording of the whole listing."""
        hits, read = self._hits, self._is_mark & self._in_pictures
        context = hits.context.copy()
        strong = np.unique(hits.listings[hits.kinds == codes.COUNTERFEIT_STRONG])
        context[read & np.isin(hits.listings, strong)] |= codes.IN_CODED_LISTING
        context[read] |= self._said_of_it()[read]
        bits = np.where(read, hits.bits & ~np.uint32(codes.DISGUISES), hits.bits)
        of_pictures = self._is_mark | (hits.kinds == codes.CLAIM_TRIGGER)
        kept = np.flatnonzero((~of_pictures | self._in_pictures) & ~self._is_chance())
        return Hits(
            hits.fields[kept], hits.symbols[kept], hits.lengths[kept], hits.patterns[kept], bits[kept],
            hits.kinds[kept], context[kept], hits.listings[kept],
        )  # fmt: skip

    def _is_chance(self) -> NDArray[np.bool_]:
        """bool[h]: what is near a mark and not the mark, and short marks unless read plainly and with certainty."""
        hits = self._hits
        chance: NDArray[np.bool_] = self._is_mark & self._in_pictures & ((hits.bits & NEAR) != 0)
        sources = self._watchlist.patterns.sources
        for row in np.flatnonzero(self._is_mark & self._in_pictures & ~chance).tolist():
            if is_short(self._watchlist.texts[int(sources[hits.patterns[row]])]):
                is_plain = not hits.bits.item(row) & (codes.DISGUISES | codes.DOUBTFUL)
                chance[row] = not is_plain or not self._is_read_surely(row)
        return chance

    def _is_read_surely(self, row: int) -> bool:
        hits, symbols = self._hits, self._text.folded
        field, first = hits.fields.item(row), hits.symbols.item(row)
        last = first + hits.lengths.item(row) - 1
        origin = symbols.field_starts.item(field)
        start, end = symbols.sources.item(first) - origin, symbols.sources.item(last) - origin + 1
        block = self._words.blocks[hits.listings.item(row), self._text.attribute(field) or ""]
        return all(line.confidence >= SURE for line in block.lines(start, end))

    def _said_of_it(self) -> NDArray[np.uint8]:
        """uint8[h]: what the listing's own words say of a mark, wherever it stands in them, its pictures say too."""
        hits, said = self._hits, np.zeros(len(self._hits), np.uint8)
        rows = np.flatnonzero(self._is_mark)
        places, rights, _ = self._watchlist.owners(hits.patterns[rows])
        rows = rows[places]
        pairs = np.column_stack((hits.listings[rows], rights))
        _, keys = np.unique(pairs, axis=0, return_inverse=True)
        keys = keys.reshape(-1)
        own = ~self._in_pictures[rows]
        everywhere = np.full(len(rows), _SAID_OF_IT, np.uint8)  # by key; there are no more of them than rows
        named = np.zeros(len(rows), np.bool_)
        np.bitwise_and.at(everywhere, keys[own], hits.context[rows[own]])
        named[keys[own]] = True
        np.bitwise_or.at(said, rows, np.where(named[keys], everywhere[keys], np.uint8(0)))
        return said
